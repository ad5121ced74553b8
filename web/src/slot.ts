// A selection of days or of hours, of which a new event is made.

import { toSeconds } from "./calendar-event";
import { dateIn, startOfDate } from "./time/clock";
import type { EventRow } from "./types.gen";

export interface Slot {
  start: Date;
  end: Date;
  allDay: boolean;
  /** Of a desk's day: whose column it is in. */
  place?: Pick<EventRow, "owner_manager_id" | "desk" | "brand">;
}

/** Whether it begins and ends at midnights. */
export function isMidnights(start: Date, end: Date, zone: string): boolean {
  const isFirst = (date: Date) => startOfDate(dateIn(toSeconds(date), zone), zone) === toSeconds(date);
  return isFirst(start) && isFirst(end) && end > start;
}

/** Dates of a selection of whole days. */
export function datesOf({ start, end }: Slot, zone: string): { first: string; last: string } {
  const first = dateIn(toSeconds(start), zone);
  const last = dateIn(Math.max(toSeconds(start), toSeconds(end) - 1), zone);
  return { first, last: last < first ? first : last };
}
