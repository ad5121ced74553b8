// Where an event goes that is dragged, resized, or moved by keys: by the clock of the zone that is shown.

import { allDayDates, allDayTimes, eventZone, toSeconds, type CalendarItem } from "./calendar-event";
import { movedReminder } from "./reminder-choice";
import { dateIn, momentOf, movedAlong, startOfDate, wallOf } from "./time/clock";
import { addDays, daysBetween } from "./time/dates";
import type { EventRow } from "./types.gen";

export interface Times {
  start_time: number;
  end_time: number;
  all_day: number;
}

/** What a move changes; a reminder at a given time goes along. On a desk's day it may go to another manager. */
export type Moved = Times & Partial<Pick<EventRow, "remind_time" | "remind_before_sec" | "owner_manager_id" | "participants">>;

/** Those that it has. */
export function timesOf({ start_time, end_time, all_day }: EventRow): Times {
  return { start_time, end_time, all_day };
}

const HOUR_SEC = 3600;
const DAY_SEC = 86_400;

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

/**
 * Where an item goes that was dropped at `start` in the row of all-day events, or in the grid of hours.
 *
 * Of a night, either piece may have been dragged. A timed event of a day or longer stands in the row of all-day
 * events: there it keeps its times.
 */
export function droppedTimes({ resource: row, start: before }: CalendarItem, start: Date, isAllDayRow: boolean, zone: string): Moved {
  const isLong = !row.all_day && row.end_time - row.start_time >= DAY_SEC;
  if (isAllDayRow && isLong) {
    const days = daysBetween(dateIn(row.start_time, zone), dateIn(toSeconds(start), zone));
    return withReminder(row, shifted(row, days * DAY_SEC, zone), zone);
  }
  if (isAllDayRow || row.all_day) return withReminder(row, movedTimes(row, start, isAllDayRow, zone), zone);
  const start_time = movedAlong(row.start_time, toSeconds(before), toSeconds(start), zone);
  return withReminder(row, { start_time, end_time: movedEnd(row, start_time, zone), all_day: 0 }, zone);
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

/** The same of an item, which may be one piece of a night: the other piece stays. */
export function resizedItem({ resource: row, piece }: CalendarItem, start: Date, end: Date, zone: string): Moved {
  const from = piece === "last" ? new Date(row.start_time * 1000) : start;
  const to = piece === "first" ? new Date(row.end_time * 1000) : end;
  return withReminder(row, resizedTimes(row, from, to, zone), zone);
}

/** Moved by so many seconds on the clock; all-day events by whole dates. */
export function shiftedTimes(row: EventRow, wallSec: number, zone: string): Moved {
  if (!row.all_day) return withReminder(row, shifted(row, wallSec, zone), zone);
  const days = Math.round(wallSec / DAY_SEC);
  const { first, last } = allDayDates(row);
  return withReminder(row, { ...allDayTimes(addDays(first, days), addDays(last, days), eventZone(row)), all_day: 1 }, zone);
}

/** With another end, by so many seconds; never before its start. */
export function stretchedTimes(row: EventRow, seconds: number): Times {
  if (!row.all_day) return { start_time: row.start_time, end_time: Math.max(row.start_time, row.end_time + seconds), all_day: 0 };
  const { first, last } = allDayDates(row);
  const moved = addDays(last, Math.sign(seconds));
  return { ...allDayTimes(first, moved < first ? first : moved, eventZone(row)), all_day: 1 };
}

/** To another date, at the same time of day. */
export function onDate(row: EventRow, date: string, zone: string): Moved {
  const first = row.all_day ? allDayDates(row).first : dateIn(row.start_time, zone);
  return shiftedTimes(row, daysBetween(first, date) * DAY_SEC, zone);
}

/** To another moment, with its length. */
export function atTime(row: EventRow, start_time: number, zone: string): Moved {
  return withReminder(row, { start_time, end_time: movedEnd(row, start_time, zone), all_day: 0 }, zone);
}

/** The end of an event that starts at another time; from 22:00 to 06:00 it is also where the night has seven hours. */
export function movedEnd(row: Pick<EventRow, "start_time" | "end_time">, start_time: number, zone: string): number {
  const elapsed = Math.max(0, row.end_time - row.start_time);
  const shown = wallOf(row.end_time, zone) - wallOf(row.start_time, zone);
  // In an hour that comes twice the clock may stand still, or go back.
  if (shown <= 0) return start_time + elapsed;
  return Math.max(start_time, momentOf(wallOf(start_time, zone) + shown, zone));
}

function shifted(row: EventRow, wallSec: number, zone: string): Times {
  const start_time = momentOf(wallOf(row.start_time, zone) + wallSec, zone);
  return { start_time, end_time: movedEnd(row, start_time, zone), all_day: 0 };
}

function withReminder(row: EventRow, times: Times, zone: string): Moved {
  return { ...times, ...movedReminder(row, firstMoment(times, row), zone, firstMoment(row, row)) };
}

/** Where a reminder counts from: of an all-day event its first date's beginning. */
function firstMoment(times: Pick<EventRow, "start_time" | "all_day">, row: EventRow): number {
  return times.all_day ? startOfDate(dateIn(times.start_time, eventZone(row)), eventZone(row)) : times.start_time;
}

/** The last date of an all-day event with as many dates as `row`, from `first` on. */
function lastOf(row: EventRow, first: string): string {
  const dates = allDayDates(row);
  return addDays(first, daysBetween(dates.first, dates.last));
}
