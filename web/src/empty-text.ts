// Why nothing is seen, in words.

import { inScope, type Filters, type ViewName } from "./filters";
import type { EventRow } from "./types.gen";

const SPANS: Record<ViewName, string> = { month: "month", week: "week", work_week: "work week", day: "day", agenda: "30 days", my_day: "day", desk: "day" };

/** `loaded`: the rows of the range, before the filters that the page applies. */
export function emptyText(filters: Filters, loaded: EventRow[], unknownDesk: string): string {
  if (unknownDesk) return `No desk is called ${unknownDesk}.`;
  const span = SPANS[filters.view];
  if (filters.search.trim()) return `Nothing in this ${span} fits “${filters.search.trim()}”`;
  const hidden = loaded.filter((row) => inScope(row, filters)).length;
  if (hidden) return `${hidden === 1 ? "One event of this" : `${hidden} events of this`} ${span} ${hidden === 1 ? "is" : "are"} left out by status, type or priority.`;
  const parts = [filters.managers.length && "of these managers", filters.desk !== "*" && `of ${filters.desk}`, filters.brand && `of the brand ${filters.brand}`];
  const whose = parts.filter(Boolean).join(" and ");
  return whose ? `No event ${whose} is in this ${span}.` : "";
}

/** The first desk that the mask names and the directory does not know; empty: none. */
export function unknownDesk(mask: string, known: string[]): string {
  if (!known.length) return "";
  const codes = mask.split(",").map((one) => one.trim().replace(/^!/, "").trim().toUpperCase());
  return codes.find((code) => code && !code.includes("*") && !known.includes(code)) ?? "";
}
