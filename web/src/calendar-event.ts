// An event of the wire as react-big-calendar wants it, and back. Seconds become Dates here alone.
// Source: seed 000, "Frontend Mapping"; contract, section 4 (all-day dates).

import { DateTime } from "luxon";
import type { EventRow } from "./types.gen";

export interface CalendarItem {
  title: string;
  start: Date;
  end: Date;
  allDay: boolean;
  resource: EventRow;
}

/** What the server takes for an event without a zone, as far as it has told. */
let serverZone = "UTC";

export function setServerZone(zone: string): void {
  serverZone = zone;
}

export function toDate(seconds: number): Date {
  return new Date(seconds * 1000);
}

export function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

export function nowSeconds(): number {
  return toSeconds(new Date());
}

export function eventZone(row: Pick<EventRow, "timezone">): string {
  return row.timezone || serverZone;
}

/** First and last calendar date of an all-day event, wherever it is looked at from. */
export function allDayDates(row: EventRow): { first: string; last: string } {
  const zone = eventZone(row);
  const lastSecond = Math.max(row.start_time, row.end_time - 1);
  return { first: dateIn(row.start_time, zone), last: dateIn(lastSecond, zone) };
}

/** The times of an event on whole dates of its own zone: from the first to the end of the last. */
export function allDayTimes(first: string, last: string, zone: string): { start_time: number; end_time: number } {
  const end = DateTime.fromISO(last, { zone }).plus({ days: 1 });
  return { start_time: toSeconds(DateTime.fromISO(first, { zone }).toJSDate()), end_time: toSeconds(end.toJSDate()) };
}

export function dateIn(seconds: number, zone: string): string {
  return DateTime.fromJSDate(toDate(seconds), { zone }).toISODate() ?? "";
}

export function timeIn(seconds: number, zone: string): string {
  return DateTime.fromJSDate(toDate(seconds), { zone }).toFormat("HH:mm");
}

/** Seconds of a wall-clock time; NaN if it is none. */
export function secondsOf(date: string, time: string, zone: string): number {
  return toSeconds(DateTime.fromISO(`${date}T${time}`, { zone }).toJSDate());
}

const known = new WeakMap<EventRow, { zone: string; item: CalendarItem }>();

/** The item of `row` as seen from `zone`; the same object as long as the row is the same. */
export function toItem(row: EventRow, zone: string): CalendarItem {
  const remembered = known.get(row);
  if (remembered?.zone === zone) return remembered.item;
  const item = row.all_day ? allDayItem(row, zone) : timedItem(row);
  known.set(row, { zone, item });
  return item;
}

function timedItem(row: EventRow): CalendarItem {
  return {
    title: row.title,
    start: toDate(row.start_time),
    end: toDate(row.end_time),
    allDay: false,
    resource: row,
  };
}

function allDayItem(row: EventRow, zone: string): CalendarItem {
  const { first, last } = allDayDates(row);
  return {
    title: row.title,
    start: DateTime.fromISO(first, { zone }).toJSDate(),
    end: DateTime.fromISO(last, { zone }).plus({ days: 1 }).toJSDate(),
    allDay: true,
    resource: row,
  };
}

/** Sorts by time: what is long first (all day, or over several days), then by start, of long ones the longer, then by id. */
export function inOrder(isLong: (item: CalendarItem) => boolean): (a: CalendarItem, b: CalendarItem) => number {
  return (a, b) => {
    const long = isLong(a);
    if (long !== isLong(b)) return long ? -1 : 1;
    return +a.start - +b.start || (long ? +b.end - +a.end : 0) || a.resource.id - b.resource.id;
  };
}

/** Those that are on a day between two midnights, in order. */
export function itemsOfDay(items: CalendarItem[], from: number, to: number): CalendarItem[] {
  const isLong = ({ allDay, start, end }: CalendarItem) => allDay || start.getTime() < from || end.getTime() > to;
  return items
    .filter(({ start, end }) => start.getTime() < to && Math.max(start.getTime(), end.getTime() - 1) >= from)
    .sort(inOrder(isLong));
}

export interface Times {
  start_time: number;
  end_time: number;
  all_day: number;
}

const HOUR_SEC = 3600;

/** Where a dragged or resized event goes; `start` and `end` as the calendar in `zone` gives them. */
export function movedTimes(row: EventRow, start: Date, end: Date, allDay: boolean, zone: string): Times {
  if (!allDay) {
    const start_time = toSeconds(start);
    const end_time = row.all_day ? start_time + HOUR_SEC : toSeconds(end);
    return { start_time, end_time: Math.max(start_time, end_time), all_day: 0 };
  }
  const first = dateIn(toSeconds(start), zone);
  const lastSecond = Math.max(toSeconds(start), toSeconds(end) - 1);
  const last = row.all_day ? dateIn(lastSecond, zone) : first;
  return { ...allDayTimes(first, last, eventZone(row)), all_day: 1 };
}

/** Calls `act` so many seconds from now. */
export function later(seconds: number, act: () => void): void {
  setTimeout(act, seconds * 1000);
}
