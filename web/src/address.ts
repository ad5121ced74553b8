// What the address asks for, before anything is drawn: view, day, zone and filters.

import { defaultFilters, parseFilters, type Filters } from "./filters";
import { browserZone } from "./time/canonical";
import { dateIn, nowSeconds } from "./time/clock";

export const PHONE = "(max-width: 700px)";

export function isPhone(): boolean {
  return window.matchMedia(PHONE).matches;
}

/** What is shown where the address says nothing. */
export function usualFilters(): Filters {
  const zone = browserZone();
  return defaultFilters(dateIn(nowSeconds(), zone), zone, isPhone() ? "agenda" : "week");
}

export function addressedFilters(): Filters {
  return parseFilters(location.search, usualFilters());
}

/** The same object, but for "My day", which is always `today`. */
export function shownFilters(filters: Filters, today: string): Filters {
  return filters.view === "my_day" ? { ...filters, day: today } : filters;
}
