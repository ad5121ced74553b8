// Gives a view only what it can draw, and counts the rest: thousands of events stay quick to draw.

import { isLongTimed, type CalendarItem } from "./calendar-event";
import { planDays, type DayShape, type DrawnItem } from "./day-plan";

/** Before every rank of a short one. */
const LONG_RANK = -100;

export interface Cut {
  shown: CalendarItem[];
  /** By index of the day: how many of its events are not drawn. */
  hidden: number[];
}

/** An item with what decides on its place, read once: thousands of them are compared. */
interface Placed {
  item: CalendarItem;
  first: number;
  last: number;
  isLong: boolean;
  rank: number;
  start: number;
}

/**
 * Of a month (or the all-day row of a week): at most `rows` events one above the other, in order of time.
 *
 * Where not all have room, long ones come first, then those of the lowest `rank`, then the earliest.
 */
export function cutRows(items: CalendarItem[], bounds: number[], rows: number, daysInRow = 7, rank: (item: CalendarItem) => number = () => 0): Cut {
  const days = bounds.length - 1;
  const hidden = new Array<number>(days).fill(0);
  const shown = new Set<Placed>();
  const weeks: Placed[][] = Array.from({ length: Math.ceil(days / daysInRow) }, () => []);
  for (const item of items) {
    const start = item.start.getTime();
    const first = dayIndex(bounds, start);
    const last = Math.max(first, dayIndex(bounds, item.end.getTime() - 1));
    if (last < 0 || first >= days) continue;
    const isLong = item.allDay || last > first;
    const placed = { item, first: Math.max(0, first), last: Math.min(days - 1, last), isLong, rank: isLong ? LONG_RANK : rank(item), start };
    const lastWeek = Math.floor(placed.last / daysInRow);
    for (let week = Math.floor(placed.first / daysInRow); week <= lastWeek; week++) weeks[week]?.push(placed);
  }
  weeks.forEach((placed, week) => {
    placed.sort((a, b) => a.rank - b.rank || inTime(a, b));
    placeRow(placed, week * daysInRow, daysInRow, rows, shown, hidden);
  });
  const inOrder = [...shown].sort((a, b) => Number(b.isLong) - Number(a.isLong) || inTime(a, b));
  return { shown: inOrder.map(({ item }) => item), hidden };
}

/** The order of `inOrder`, among those that are long, or among those that are not. */
function inTime(a: Placed, b: Placed): number {
  return a.start - b.start || (a.isLong ? +b.item.end - +a.item.end : 0) || a.item.resource.id - b.item.resource.id;
}

/** Whether the same items are drawn, in the same order, and as many are hidden. */
export function isSameCut(one: Cut, other: Cut): boolean {
  return one === other || (isSame(one.shown, other.shown) && isSame(one.hidden, other.hidden));
}

function isSame<Value>(one: readonly Value[], other: readonly Value[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function placeRow(all: Placed[], from: number, daysInRow: number, rows: number, shown: Set<Placed>, hidden: number[]): void {
  const taken = Array.from({ length: rows }, () => new Array<boolean>(daysInRow).fill(false));
  for (const placed of all) {
    const { first, last } = placed;
    const left = Math.max(0, first - from);
    const right = Math.min(daysInRow - 1, last - from);
    const row = taken.find((level) => isFree(level, left, right));
    if (row) {
      row.fill(true, left, right + 1);
      shown.add(placed);
    } else {
      for (let day = left; day <= right; day++) hidden[from + day] = (hidden[from + day] ?? 0) + 1;
    }
  }
}

function isFree(level: boolean[], left: number, right: number): boolean {
  for (let day = left; day <= right; day++) if (level[day]) return false;
  return true;
}

/** Of a week or day: at most `rows` all-day events above each other; timed ones as the day has room. */
export function cutGrid(items: CalendarItem[], bounds: number[], rows: number, shape: DayShape): { shown: DrawnItem[]; hidden: number[] } {
  const isAbove = (item: CalendarItem) => item.allDay || isLongTimed(item);
  const { shown, hidden } = cutRows(items.filter(isAbove), bounds, rows, bounds.length - 1);
  const from = bounds[0] ?? 0;
  const to = bounds[bounds.length - 1] ?? 0;
  const timed = items.filter((item) => !isAbove(item) && +item.start < to && +item.start >= from);
  return { shown: [...shown, ...planDays(timed, shape)], hidden };
}

/** The day that holds the moment: -1 before the first, as many as there are days after the last. */
export function dayIndex(bounds: number[], moment: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
