// From view and day to what is seen, and to the next or previous page of it.

import { DateTime } from "luxon";
import type { ViewName } from "./filters";

export const AGENDA_DAYS = 30;

export interface Range {
  start: DateTime;
  /** Not in it any more. */
  end: DateTime;
}

export function visibleRange(view: ViewName, day: string, zone: string): Range {
  const at = DateTime.fromISO(day, { zone });
  switch (view) {
    case "month":
      return { start: at.startOf("month").startOf("week"), end: at.endOf("month").endOf("week").plus({ days: 1 }).startOf("day") };
    case "week":
      return { start: at.startOf("week"), end: at.startOf("week").plus({ weeks: 1 }) };
    case "work_week":
      return { start: at.startOf("week"), end: at.startOf("week").plus({ days: 5 }) };
    case "day":
      return { start: at.startOf("day"), end: at.startOf("day").plus({ days: 1 }) };
    case "agenda":
      return { start: at.startOf("day"), end: at.startOf("day").plus({ days: AGENDA_DAYS }) };
  }
}

/** The day that the view one page on (1) or back (-1) is around. */
export function pageDay(view: ViewName, day: string, pages: 1 | -1): string {
  const at = DateTime.fromISO(day, { zone: "utc" });
  const steps = {
    month: { months: pages },
    week: { weeks: pages },
    work_week: { weeks: pages },
    day: { days: pages },
    agenda: { days: pages * AGENDA_DAYS },
  };
  return at.plus(steps[view]).toISODate() ?? day;
}

export function rangeTitle(view: ViewName, day: string): string {
  const at = DateTime.fromISO(day, { zone: "utc" });
  if (view === "month") return at.toFormat("LLLL yyyy");
  if (view === "day") return at.toFormat("ccc, d LLL yyyy");
  const { start, end } = visibleRange(view, day, "utc");
  const last = end.minus({ days: 1 });
  if (start.hasSame(last, "month")) return `${start.toFormat("d")} – ${last.toFormat("d LLL yyyy")}`;
  if (start.hasSame(last, "year")) return `${start.toFormat("d LLL")} – ${last.toFormat("d LLL yyyy")}`;
  return `${start.toFormat("d LLL yyyy")} – ${last.toFormat("d LLL yyyy")}`;
}

/** Midnights of the range's days and of the day after, in milliseconds. */
export function dayBounds(range: Range): number[] {
  const bounds: number[] = [];
  for (let at = range.start; at <= range.end; at = at.plus({ days: 1 })) bounds.push(at.toMillis());
  return bounds;
}
