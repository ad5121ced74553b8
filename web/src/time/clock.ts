// Moments and what the clock of a zone shows then. A moment is Unix seconds; a wall time is the seconds that
// UTC would show the same at. Source: contract, section 13: a time that the clock skips is read with the
// offset before the gap, one that it has twice is the first.

import { dateOfDay, dayNumber } from "./dates";
import { offsetAt } from "./zones";

const DAY_SEC = 86_400;

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

export function wallOf(seconds: number, zone: string): number {
  return seconds + offsetAt(seconds, zone);
}

/** The moment at which the clock of `zone` shows the wall time. */
export function momentOf(wall: number, zone: string): number {
  const before = offsetAt(wall - DAY_SEC, zone);
  const after = offsetAt(wall + DAY_SEC, zone);
  const first = wall - before;
  if (before === after || wallOf(first, zone) === wall) return first;
  const second = wall - after;
  return wallOf(second, zone) === wall ? second : first;
}

/** Days since 1970-01-01 of the date that the calendar of `zone` shows. */
export function dayIn(seconds: number, zone: string): number {
  return Math.floor(wallOf(seconds, zone) / DAY_SEC);
}

/** ISO date. To compare dates of many moments, `dayIn` takes a tenth of the time. */
export function dateIn(seconds: number, zone: string): string {
  return dateOfDay(dayIn(seconds, zone));
}

/** "15:05": for fields and comparisons; `clockText` is for people. */
export function timeIn(seconds: number, zone: string): string {
  const minutes = minutesIn(seconds, zone);
  return `${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** Minutes since midnight that the clock shows. */
export function minutesIn(seconds: number, zone: string): number {
  const wall = wallOf(seconds, zone);
  return Math.floor((wall - Math.floor(wall / DAY_SEC) * DAY_SEC) / 60);
}

/** The first moment of the date, also where it has no midnight. */
export function startOfDate(date: string, zone: string): number {
  return momentOf(dayNumber(date) * DAY_SEC, zone);
}

/** Seconds of a wall-clock time such as "09:30"; NaN if it is none. */
export function secondsOf(date: string, time: string, zone: string): number {
  const [hours = NaN, minutes = NaN] = time.split(":").map(Number);
  const wall = dayNumber(date) * DAY_SEC + hours * 3600 + minutes * 60;
  return Number.isNaN(wall) ? NaN : momentOf(wall, zone);
}

/** `seconds` moved as far on the clock of `zone` as `to` is from `from` on it. */
export function movedAlong(seconds: number, from: number, to: number, zone: string): number {
  return momentOf(wallOf(seconds, zone) + wallOf(to, zone) - wallOf(from, zone), zone);
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, "0");
}
