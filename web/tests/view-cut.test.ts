import { describe, expect, it } from "vitest";
import { itemsOfDay, toItem } from "../src/calendar-event";
import { layDay } from "../src/day-layout";
import { cutColumns, cutRows, dayIndex } from "../src/view-cut";
import { dayBounds, visibleRange } from "../src/visible-range";
import { makeRow } from "./make-row";

const HOUR = 3600;
const bounds = dayBounds(visibleRange("month", "2026-03-15", "Europe/Nicosia"));
const monday = (bounds[0] ?? 0) / 1000;
const item = (id: number, start: number, hours = 1) =>
  toItem(makeRow({ id, start_time: monday + start * HOUR, end_time: monday + (start + hours) * HOUR }), "Europe/Nicosia");

describe("a month", () => {
  it("of March 2026 in Nicosia has whole weeks, one of its days 23 hours", () => {
    expect((bounds.length - 1) % 7).toBe(0);
    expect(bounds.slice(1).filter((bound, index) => bound - (bounds[index] ?? 0) === 23 * HOUR * 1000)).toHaveLength(1);
  });

  it("shows what fits and counts the rest of the day", () => {
    const { shown, hidden } = cutRows([1, 2, 3, 4, 5].map((id) => item(id, id)), bounds, 3);
    expect(shown.map((one) => one.resource.id)).toEqual([1, 2, 3]);
    expect(hidden[0]).toBe(2);
    expect(hidden[1]).toBe(0);
  });

  it("gives long events their row first, on each of their days", () => {
    const { shown, hidden } = cutRows([item(1, 9), item(2, 0, 72), item(3, 33)], bounds, 1);
    expect(shown.map((one) => one.resource.id)).toEqual([2]);
    expect(hidden.slice(0, 4)).toEqual([1, 1, 0, 0]);
  });

  it("shows the earliest of a day in order of time, whatever their length and the order they came in", () => {
    const day = [item(5, 24, 48), item(9, 34, 3), item(4, 34, 1), item(3, 35.5, 0.25), item(2, 38, 2), item(1, 41, 0.5)];
    for (const items of [day, [...day].reverse()]) {
      const { shown, hidden } = cutRows(items, bounds, 4);
      expect(shown.map((one) => one.resource.id)).toEqual([5, 4, 9, 3]);
      expect(hidden.slice(0, 3)).toEqual([0, 2, 0]);
      const [from, to] = [bounds[1] ?? 0, bounds[2] ?? 0];
      expect(itemsOfDay(items, from, to).map((one) => one.resource.id)).toEqual([5, 4, 9, 3, 2, 1]);
    }
  });

  it("loses none: each is shown or counted", () => {
    const items = Array.from({ length: 5000 }, (_, id) => item(id, (id * 7) % 700, 1));
    const { shown, hidden } = cutRows(items, bounds, 4);
    expect(shown.length + hidden.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5000);
    expect(shown.length).toBeLessThanOrEqual(4 * (bounds.length - 1));
  });
});

describe("a week", () => {
  const week = bounds.slice(0, 8);
  it("shows so many beside each other, and counts the others", () => {
    const { shown, hidden } = cutColumns([item(1, 9), item(2, 9), item(3, 9), item(4, 12)], week, 2, 3);
    expect(shown.map((one) => one.resource.id)).toEqual([1, 2, 4]);
    expect(hidden[0]).toBe(1);
  });

  it("knows the day of a moment", () => {
    expect(dayIndex(week, (week[3] ?? 0) + 5)).toBe(3);
    expect(dayIndex(week, (week[0] ?? 0) - 1)).toBe(-1);
    expect(dayIndex(week, week[7] ?? 0)).toBe(7);
  });
});

it("a day's events stand beside each other where they overlap, and full where not", () => {
  const accessors = { start: (one: { start: Date }) => one.start, end: (one: { end: Date }) => one.end };
  const slotMetrics = {
    getRange: (start: Date, end: Date) => ({
      top: ((start.getTime() / 1000 - monday) / (24 * HOUR)) * 100,
      height: ((end.getTime() - start.getTime()) / (24 * HOUR * 1000)) * 100,
    }),
  };
  const laid = layDay({ events: [item(1, 9, 2), item(2, 10, 1), item(3, 13, 1), item(4, 14, 0)], slotMetrics, accessors });
  expect(laid.map(({ event, style }) => [event.resource.id, style.xOffset, style.width])).toEqual([
    [1, "0%", "calc(50% - 2px)"],
    [2, "50%", "calc(50% - 2px)"],
    [3, "0%", "calc(100% - 2px)"],
    [4, "0%", "calc(100% - 2px)"],
  ]);
  expect(laid[3]?.style.height).toBeGreaterThan(1);
});
