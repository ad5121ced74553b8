import { describe, expect, it } from "vitest";
import { itemsOfDay, toItem } from "../src/calendar-event";
import { layDay } from "../src/day-layout";
import { cutGrid, cutRows, dayIndex, isSameCut } from "../src/view-cut";
import { dayBounds, visibleRange } from "../src/visible-range";
import type { DrawnItem } from "../src/day-plan";
import type { EventRow } from "../src/types.gen";
import { makeRow } from "./make-row";

const HOUR = 3600;
const bounds = dayBounds(visibleRange("month", "2026-03-15", { weekStart: 1 }), "Europe/Nicosia");
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

  it("is drawn the same until one of its items or counts is another", () => {
    const items = [1, 2, 3, 4, 5].map((id) => item(id, id));
    const cut = (of: typeof items) => cutRows(of, bounds, 3);
    expect(isSameCut(cut(items), cut([...items, item(6, 24 * 60)]))).toBe(true);
    expect(isSameCut(cut(items), cut([...items, item(6, 7)]))).toBe(false);
    expect(isSameCut(cut(items), cut([item(1, 1), ...items.slice(1)]))).toBe(false);
    expect(isSameCut(cut(items.slice(0, 2)), cut(items.slice(0, 3)))).toBe(false);
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

  it("shows those of the lowest rank where not all have room, in order of time", () => {
    const ranks: Record<number, number> = { 1: 4, 2: 0, 3: 10, 4: 1 };
    const { shown, hidden } = cutRows([1, 2, 3, 4].map((id) => item(id, id)), bounds, 2, 7, (one) => ranks[one.resource.id] ?? 0);
    expect(shown.map((one) => one.resource.id)).toEqual([2, 4]);
    expect(hidden[0]).toBe(2);
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
  const shape = { zone: "Europe/Nicosia", columns: 2, slivers: 3, me: 10, now: 0 };
  const ids = (items: DrawnItem[]) => items.map((one) => one.resource.id);
  const at = (id: number, start: number, fields: Partial<EventRow> = {}, hours = 1) =>
    toItem(makeRow({ id, start_time: monday + start * HOUR, end_time: monday + (start + hours) * HOUR, ...fields }), "Europe/Nicosia");

  it("shows so many beside each other, and counts the others in their slot", () => {
    const { shown, hidden } = cutGrid([at(1, 9), at(2, 9), at(3, 9), at(4, 12)], week, 3, shape);
    expect(ids(shown.filter((one) => !one.more)).sort()).toEqual([1, 2, 4]);
    const more = shown.find((one) => one.more);
    expect([ids(more?.more ?? []), +(more?.start ?? 0) / 1000]).toEqual([[3], monday + 9 * HOUR]);
    expect(hidden[0]).toBe(0);
  });

  it("shows open, urgent and current ones before those that are done, which become slivers", () => {
    const now = (monday + 10.5 * HOUR) * 1000;
    const items = [at(1, 10, { status: 1 }), at(2, 10, { status: 2 }), at(3, 10.25, { priority: 0 }), at(4, 10, {}), at(5, 10.5, { priority: 3 })];
    const { shown } = cutGrid(items, week, 3, { ...shape, now });
    expect(ids(shown.filter((one) => !one.more && !one.isSliver)).sort()).toEqual([4, 5]);
    expect(ids(shown.filter((one) => one.isSliver)).sort()).toEqual([1, 2]);
    expect(ids(shown.find((one) => one.more)?.more ?? [])).toEqual([3]);
  });

  it("draws what is done in full where nothing open stands next to it", () => {
    const { shown } = cutGrid([at(1, 10, { status: 1 })], week, 3, shape);
    expect(shown[0]?.isSliver).toBeUndefined();
  });

  it("of ten at ten o'clock shows two and counts eight; none is lost", () => {
    const { shown } = cutGrid(Array.from({ length: 10 }, (_, id) => at(id + 1, 10)), week, 3, shape);
    expect(shown.filter((one) => !one.more)).toHaveLength(2);
    expect(shown.find((one) => one.more)?.more).toHaveLength(8);
  });

  it("is planned in little time, however many events a day has", () => {
    const many = Array.from({ length: 3000 }, (_, id) => at(id + 1, (id * 7) % 160));
    const start = performance.now();
    const { shown } = cutGrid(many, week, 3, shape);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(shown.reduce((sum, one) => sum + (one.more?.length ?? 1), 0)).toBe(3000);
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
    [1, "calc((100% - 0px) * 0)", "calc((100% - 0px) * 0.5 - 2px)"],
    [2, "calc((100% - 0px) * 0.5)", "calc((100% - 0px) * 0.5 - 2px)"],
    [3, "calc((100% - 0px) * 0)", "calc((100% - 0px) * 1 - 2px)"],
    [4, "calc((100% - 0px) * 0)", "calc((100% - 0px) * 1 - 2px)"],
  ]);
  expect(laid[3]?.style.height).toBeGreaterThan(1);
});
