// What the page shows: view, day, zone and filters, and how they stand in the address.

import { deskMatches } from "./desk-mask";
import { fitsSearch } from "./search";
import { canonicalZone } from "./time/canonical";
import { isDate } from "./time/dates";
import { isZone } from "./time/zones";
import { EventStatus, type EventRow } from "./types.gen";

export const VIEWS = ["month", "week", "work_week", "day", "agenda", "my_day", "desk"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface Filters {
  view: ViewName;
  /** ISO date that the view is around. */
  day: string;
  zone: string;
  brand: string;
  desk: string;
  /** Empty: everybody. */
  managers: number[];
  types: number[];
  statuses: number[];
  priorities: number[];
  search: string;
  /** Id of the event in the panel, 0 for none. */
  event: number;
}

const SHOWN_STATUSES = [EventStatus.OPEN, EventStatus.DONE, EventStatus.CANCELLED];

export function defaultFilters(today: string, zone: string, view: ViewName): Filters {
  return {
    view,
    day: today,
    zone,
    brand: "",
    desk: "*",
    managers: [],
    types: [],
    statuses: [...SHOWN_STATUSES],
    priorities: [],
    search: "",
    event: 0,
  };
}

/** The filters in an address's query; what is unusable there is left at its default. */
export function parseFilters(query: string, defaults: Filters): Filters {
  const given = new URLSearchParams(query);
  const view = given.get("view") as ViewName;
  const day = given.get("day") ?? "";
  return {
    view: VIEWS.includes(view) ? view : defaults.view,
    day: isDate(day) ? day : defaults.day,
    zone: zoneOf(given.get("zone")) ?? defaults.zone,
    brand: given.get("brand") ?? defaults.brand,
    desk: given.get("desk") ?? defaults.desk,
    managers: numbers(given.get("managers")) ?? defaults.managers,
    types: numbers(given.get("types")) ?? defaults.types,
    statuses: numbers(given.get("status")) ?? defaults.statuses,
    priorities: numbers(given.get("priority")) ?? defaults.priorities,
    search: given.get("q") ?? defaults.search,
    event: numbers(given.get("event"))?.[0] ?? 0,
  };
}

/** The query that stands for `filters`, with nothing in it that is as it is by default. */
export function formatFilters(filters: Filters, defaults: Filters): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string, usual: string) => {
    if (value !== usual) query.set(name, value);
  };
  query.set("view", filters.view);
  put("day", filters.day, defaults.day);
  put("zone", filters.zone, defaults.zone);
  put("brand", filters.brand, defaults.brand);
  put("desk", filters.desk, defaults.desk);
  put("managers", filters.managers.join("."), defaults.managers.join("."));
  put("types", filters.types.join("."), defaults.types.join("."));
  put("status", filters.statuses.join("."), defaults.statuses.join("."));
  put("priority", filters.priorities.join("."), defaults.priorities.join("."));
  put("q", filters.search, "");
  put("event", String(filters.event), "0");
  return query.toString();
}

function zoneOf(name: string | null): string | null {
  return name && isZone(name) ? canonicalZone(name) : null;
}

function numbers(text: string | null): number[] | null {
  if (text === null) return null;
  return text.split(".").filter((part) => /^\d{1,16}$/.test(part)).map(Number);
}

/** Whether the list that the server gives under `filters` would hold the row, times aside. */
export function inScope(row: EventRow, filters: Pick<Filters, "brand" | "desk" | "managers">): boolean {
  if (filters.brand && row.brand !== filters.brand) return false;
  if (!deskMatches(filters.desk, row.desk)) return false;
  return filters.managers.length === 0 || filters.managers.some((id) => takesPart(row, id));
}

export function takesPart(row: EventRow, manager: number): boolean {
  if (row.owner_manager_id === manager || row.created_by === manager) return true;
  return row.participants.some((participant) => participant.manager_id === manager);
}

/** Whether the row is to be seen. */
export function isShown(row: EventRow, filters: Omit<Filters, "view" | "day" | "zone" | "event">): boolean {
  if (!inScope(row, filters)) return false;
  if (filters.types.length && !filters.types.includes(row.type)) return false;
  if (filters.statuses.length && !filters.statuses.includes(row.status)) return false;
  if (filters.priorities.length && !filters.priorities.includes(row.priority)) return false;
  return !filters.search.trim() || fitsSearch(row, filters.search);
}

/** How many filters narrow what is seen, for a badge. */
export function activeFilters(filters: Filters): number {
  const usual = filters.statuses.join() === SHOWN_STATUSES.join() || filters.statuses.length === 0;
  return [filters.brand, filters.desk !== "*", filters.managers.length, filters.types.length, !usual, filters.priorities.length].filter(Boolean).length;
}
