// From view and day to what is seen, and to the next or previous page of it.

import type { ViewName } from "./filters";
import { dateIn, startOfDate } from "./time/clock";
import { addDays, addMonths, datesFrom, daysBetween, startOfMonth, startOfWeek } from "./time/dates";
import { dateText, rangeText } from "./time/formats";

const IN_A_DAY: ViewName[] = ["day", "my_day", "desk"];
export const AGENDA_DAYS = 30;

/** Dates; the last one is part of it. */
export interface Range {
  first: string;
  last: string;
}

/** What the range depends on besides view and day. */
export interface Shape {
  /** 1 is Monday. */
  weekStart: number;
}

export function visibleRange(view: ViewName, day: string, { weekStart }: Shape): Range {
  if (IN_A_DAY.includes(view)) return { first: day, last: day };
  if (view === "agenda") return { first: day, last: addDays(day, AGENDA_DAYS - 1) };
  if (view === "month") {
    const end = addDays(startOfMonth(addMonths(startOfMonth(day), 1)), -1);
    return { first: startOfWeek(startOfMonth(day), weekStart), last: addDays(startOfWeek(end, weekStart), 6) };
  }
  const first = startOfWeek(day, view === "work_week" ? 1 : weekStart);
  return { first, last: addDays(first, view === "work_week" ? 4 : 6) };
}

/** The day that the view one page on (1) or back (-1) is around. */
export function pageDay(view: ViewName, day: string, pages: 1 | -1): string {
  if (view === "month") return addMonths(day, pages);
  const steps = { week: 7, work_week: 7, day: 1, my_day: 1, desk: 1, agenda: AGENDA_DAYS };
  return addDays(day, pages * steps[view]);
}

export function rangeTitle(view: ViewName, day: string, shape: Shape): string {
  if (view === "month") return dateText(day, "month");
  if (IN_A_DAY.includes(view)) return dateText(day, "full");
  const { first, last } = visibleRange(view, day, shape);
  return rangeText(first, last);
}

export function dayCount({ first, last }: Range): number {
  return daysBetween(first, last) + 1;
}

/** First moments of the range's days and of the day after, in milliseconds. */
export function dayBounds(range: Range, zone: string): number[] {
  return datesFrom(range.first, dayCount(range) + 1).map((date) => startOfDate(date, zone) * 1000);
}

/** What to read where the range ends after the horizon of a series; empty elsewhere. Source: contract, section 13. */
export function horizonText(horizon: number | null, { last }: Range, zone: string): string {
  if (horizon === null || startOfDate(addDays(last, 1), zone) <= horizon) return "";
  return `Repeating events are there until ${dateText(dateIn(horizon, zone), "date")}; later ones come in time`;
}
