// An event of the wire as react-big-calendar wants it. Seconds become Dates here alone.
// Source: seed 000, "Frontend Mapping"; contract, section 4 (all-day dates).

import { dateIn, dayIn, nowSeconds, startOfDate } from "./time/clock";
import { addDays } from "./time/dates";
import { clockText, dateText } from "./time/formats";
import { serverZone, zonesVersion } from "./time/zones";
import type { EventRow } from "./types.gen";

export interface CalendarItem {
  title: string;
  start: Date;
  end: Date;
  allDay: boolean;
  resource: EventRow;
  /** Of an event over midnight that is shorter than a day: the piece on its first or its second date. */
  piece?: "first" | "last";
}

const MINUTE_MS = 60_000;
const DAY_SEC = 86_400;

export function toDate(seconds: number): Date {
  return new Date(seconds * 1000);
}

export function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

export function eventZone(row: Pick<EventRow, "timezone">): string {
  return row.timezone || serverZone();
}

type Dated = Pick<EventRow, "start_time" | "end_time" | "timezone">;

/** First and last calendar date of an all-day event, wherever it is looked at from. */
export function allDayDates(row: Dated): { first: string; last: string } {
  const zone = eventZone(row);
  const lastSecond = Math.max(row.start_time, row.end_time - 1);
  return { first: dateIn(row.start_time, zone), last: dateIn(lastSecond, zone) };
}

/** The times of an event on whole dates of its own zone: from the first to the end of the last. */
export function allDayTimes(first: string, last: string, zone: string): { start_time: number; end_time: number } {
  return { start_time: startOfDate(first, zone), end_time: startOfDate(addDays(last, 1), zone) };
}

/** "Fri 27 Nov 2026, all day": the one text of all-day dates, in cards, notices, panel and dialogs. */
export function allDayText(row: Dated): string {
  const { first, last } = allDayDates(row);
  return first === last ? `${dateText(first, "full")}, all day` : `${dateText(first, "full")} – ${dateText(last, "full")}, all day`;
}

/** "Fri 27 Nov 2026, 10:00 – 10:30": when an event is, in whole words. */
export function whenText(row: Dated & Pick<EventRow, "all_day">, zone: string): string {
  if (row.all_day) return allDayText(row);
  const [first, last] = [dateIn(row.start_time, zone), dateIn(row.end_time, zone)];
  const [from, to] = [clockText(row.start_time, zone), clockText(row.end_time, zone)];
  if (first !== last) return `${dateText(first, "full")} ${from} – ${dateText(last, "full")} ${to}`;
  return `${dateText(first, "full")}, ${row.end_time === row.start_time ? from : `${from} – ${to}`}`;
}

/** How far its start is off, for people: "In 10 min, at 15:00". */
export function startText(row: EventRow, zone: string): string {
  if (row.all_day) return allDayText(row);
  const minutes = Math.round((row.start_time - nowSeconds()) / 60);
  const at = clockText(row.start_time, zone);
  if (minutes > 0 && minutes < 60) return `In ${minutes} min, at ${at}`;
  if (minutes === 0) return `Now, at ${at}`;
  if (minutes < 0 && minutes > -60) return `Began ${-minutes} min ago, at ${at}`;
  return `${dateText(dateIn(row.start_time, zone), "full")} at ${at}`;
}

/** The end that the calendar reckons with: none at a midnight, which is of the next day, and none without length. */
export function drawnEnd({ start, end, piece }: CalendarItem): Date {
  if (end <= start) return new Date(Math.floor(+start / MINUTE_MS + 1) * MINUTE_MS);
  return piece === "first" ? new Date(+end - 1) : end;
}

/** Of a day or longer, though it has times: it stands in the row of all-day events, with its times. */
export function isLongTimed({ resource: row }: Pick<CalendarItem, "resource">): boolean {
  return row.all_day === 0 && row.end_time - row.start_time >= DAY_SEC;
}

interface Kept {
  zone: string;
  version: string;
  item: CalendarItem;
  pieces: CalendarItem[];
}

const kept = new WeakMap<EventRow, Kept>();

/** The item of `row` as seen from `zone`; the same object as long as the row is the same. */
export function toItem(row: EventRow, zone: string): CalendarItem {
  return keptOf(row, zone).item;
}

/** What of the event stands in a grid of hours: one item, or two of a night. */
export function toPieces(row: EventRow, zone: string): CalendarItem[] {
  return keptOf(row, zone).pieces;
}

function keptOf(row: EventRow, zone: string): Kept {
  const before = kept.get(row);
  const version = zonesVersion();
  if (before?.zone === zone && before.version === version) return before;
  const item = row.all_day ? allDayItem(row, zone) : timedItem(row);
  const found = { zone, version, item, pieces: piecesOf(item, zone) };
  kept.set(row, found);
  return found;
}

function timedItem(row: EventRow): CalendarItem {
  return { title: row.title, start: toDate(row.start_time), end: toDate(row.end_time), allDay: false, resource: row };
}

function allDayItem(row: EventRow, zone: string): CalendarItem {
  const { start_time, end_time } = allDayTimes(allDayDates(row).first, allDayDates(row).last, zone);
  return { title: row.title, start: toDate(start_time), end: toDate(end_time), allDay: true, resource: row };
}

function piecesOf(item: CalendarItem, zone: string): CalendarItem[] {
  const { start_time, end_time } = item.resource;
  if (item.allDay || isLongTimed(item) || dayIn(start_time, zone) === dayIn(end_time, zone)) return [item];
  const midnight = toDate(startOfDate(dateIn(end_time, zone), zone));
  const first: CalendarItem = { ...item, end: midnight, piece: "first" };
  return +midnight === +item.end ? [first] : [first, { ...item, start: midnight, piece: "last" }];
}

/** Of a month: a night stands on the date of its evening alone. */
export function toMonthItem(row: EventRow, zone: string): CalendarItem {
  return toPieces(row, zone)[0] ?? toItem(row, zone);
}

/** Sorts by time: what is long first (all day, or over several days), then by start, of long ones the longer, then by id. */
export function inOrder(isLong: (item: CalendarItem) => boolean): (a: CalendarItem, b: CalendarItem) => number {
  return (a, b) => {
    const long = isLong(a);
    if (long !== isLong(b)) return long ? -1 : 1;
    return +a.start - +b.start || (long ? +b.end - +a.end : 0) || a.resource.id - b.resource.id;
  };
}

/** Those that are on a day between two midnights, in order: whole days first, the others by when they are seen there. */
export function itemsOfDay(items: CalendarItem[], from: number, to: number): CalendarItem[] {
  const isLong = ({ allDay, start, end }: CalendarItem) => allDay || (start.getTime() <= from && end.getTime() >= to);
  const seenFrom = (item: CalendarItem) => Math.max(from, +item.start);
  const order = inOrder(isLong);
  return items
    .filter(({ start, end }) => start.getTime() < to && Math.max(start.getTime(), end.getTime() - 1) >= from)
    .sort((a, b) => (isLong(a) || isLong(b) ? order(a, b) : seenFrom(a) - seenFrom(b) || order(a, b)));
}

/** When an item is on a date: "10:00 – 10:30", "from 22:00", "until 02:00", "All day". */
export function timesOnDate({ allDay, resource: row }: CalendarItem, date: string, zone: string): string {
  if (allDay) return "All day";
  const [starts, ends] = [dateIn(row.start_time, zone), dateIn(Math.max(row.start_time, row.end_time - 1), zone)];
  const [from, to] = [clockText(row.start_time, zone), clockText(row.end_time, zone)];
  if (starts < date) return ends > date ? "All day" : `until ${to}`;
  if (ends > date) return `from ${from}`;
  return row.start_time === row.end_time ? from : `${from} – ${to}`;
}

/** Calls `act` so many seconds from now. */
export function later(seconds: number, act: () => void): void {
  setTimeout(act, seconds * 1000);
}
