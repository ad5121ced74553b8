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

const MINUTE_MS = 60_000;

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

/** The end that the calendar reckons with: it takes what has no length for a whole day while it is dragged. */
export function drawnEnd({ start, end }: CalendarItem): Date {
  return end > start ? end : new Date(Math.floor(+start / MINUTE_MS + 1) * MINUTE_MS);
}

/** How far its start is off, for people: "In 10 min, at 15:00". */
export function startText(row: EventRow, zone: string): string {
  if (row.all_day) return `All day, ${dateIn(row.start_time, zone)}`;
  const minutes = Math.round((row.start_time - nowSeconds()) / 60);
  const at = timeIn(row.start_time, zone);
  if (minutes > 0 && minutes < 60) return `In ${minutes} min, at ${at}`;
  if (minutes === 0) return `Now, at ${at}`;
  if (minutes < 0 && minutes > -60) return `Began ${-minutes} min ago, at ${at}`;
  return `${dateIn(row.start_time, zone)} at ${at}`;
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

/** Where an event goes that is dragged to `start`: its clock times, seen from `zone`, stay as far apart as they were. */
export function movedTimes(row: EventRow, start: Date, allDay: boolean, zone: string): Times {
  const start_time = toSeconds(start);
  if (!allDay) {
    const end_time = row.all_day ? start_time + HOUR_SEC : movedEnd(row, start_time, zone);
    return { start_time, end_time, all_day: 0 };
  }
  const first = dateIn(start_time, zone);
  return { ...allDayTimes(first, row.all_day ? lastOf(row, first) : first, eventZone(row)), all_day: 1 };
}

/** Where an event goes one edge of which was dragged: the other one stays. */
export function resizedTimes(row: EventRow, start: Date, end: Date, zone: string): Times {
  const [from, to] = [toSeconds(start), toSeconds(end)];
  if (row.all_day) {
    const first = dateIn(from, zone);
    return { ...allDayTimes(first, dateIn(Math.max(from, to - 1), zone), eventZone(row)), all_day: 1 };
  }
  if (from !== row.start_time) return { start_time: Math.min(from, row.end_time), end_time: row.end_time, all_day: 0 };
  return { start_time: from, end_time: Math.max(from, to), all_day: 0 };
}

/** The end of an event that starts at another time; from 22:00 to 06:00 it is also where the night has seven hours. */
export function movedEnd(row: Pick<EventRow, "start_time" | "end_time">, start_time: number, zone: string): number {
  const elapsed = Math.max(0, row.end_time - row.start_time);
  const shown = +clockOf(row.end_time, zone) - +clockOf(row.start_time, zone);
  // In an hour that comes twice the clock may stand still, or go back.
  if (shown <= 0) return start_time + elapsed;
  const end = clockOf(start_time, zone).plus(shown).setZone(zone, { keepLocalTime: true });
  return Math.max(start_time, toSeconds(end.toJSDate()));
}

/** What the clock in `zone` shows, in a zone without changes, so that it can be reckoned with. */
function clockOf(seconds: number, zone: string): DateTime {
  return DateTime.fromJSDate(toDate(seconds), { zone }).setZone("utc", { keepLocalTime: true });
}

/** The last date of an all-day event with as many dates as `row`, from `first` on. */
function lastOf(row: EventRow, first: string): string {
  const dates = allDayDates(row);
  const more = DateTime.fromISO(dates.last, { zone: "utc" }).diff(DateTime.fromISO(dates.first, { zone: "utc" }), "days");
  return DateTime.fromISO(first, { zone: "utc" }).plus(more).toISODate() ?? first;
}

/** Calls `act` so many seconds from now. */
export function later(seconds: number, act: () => void): void {
  setTimeout(act, seconds * 1000);
}
