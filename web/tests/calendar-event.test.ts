import { describe, expect, it } from "vitest";
import { allDayDates, allDayTimes, dateIn, movedTimes, secondsOf, toItem } from "../src/calendar-event";
import { makeRow } from "./make-row";

const zones = ["UTC", "Europe/Nicosia", "America/Sao_Paulo", "Pacific/Kiritimati", "Pacific/Niue"];

describe("the mapping of the seeds", () => {
  it("gives title, start, end, allDay and the whole event", () => {
    const row = makeRow({ title: "Sync", start_time: 1_710_000_000, end_time: 1_710_003_600 });
    expect(toItem(row, "UTC")).toEqual({
      title: "Sync",
      start: new Date("2024-03-09T16:00:00Z"),
      end: new Date("2024-03-09T17:00:00Z"),
      allDay: false,
      resource: row,
    });
  });

  it("gives the same item for the same row and zone", () => {
    const row = makeRow({});
    expect(toItem(row, "UTC")).toBe(toItem(row, "UTC"));
    expect(toItem(row, "Asia/Tokyo")).not.toBe(toItem(row, "UTC"));
  });
});

describe("all-day events", () => {
  it.each(zones)("stay on their dates, seen from %s", (zone) => {
    const times = allDayTimes("2026-03-28", "2026-03-30", "Europe/Nicosia");
    const row = makeRow({ ...times, all_day: 1, timezone: "Europe/Nicosia" });
    expect(allDayDates(row)).toEqual({ first: "2026-03-28", last: "2026-03-30" });
    const { start, end } = toItem(row, zone);
    expect(dateIn(start.getTime() / 1000, zone)).toBe("2026-03-28");
    expect(dateIn(end.getTime() / 1000 - 1, zone)).toBe("2026-03-30");
  });

  it("of no length are on the date of their start", () => {
    const { start_time } = allDayTimes("2026-05-01", "2026-05-01", "UTC");
    expect(allDayDates(makeRow({ start_time, end_time: start_time, all_day: 1 }))).toEqual({ first: "2026-05-01", last: "2026-05-01" });
  });

  it.each(zones)("dragged by a day in %s move by a day in their own zone", (zone) => {
    const row = makeRow({ ...allDayTimes("2026-03-28", "2026-03-28", "Europe/Nicosia"), all_day: 1, timezone: "Europe/Nicosia" });
    const day = (date: string) => new Date(secondsOf(date, "00:00", zone) * 1000);
    const moved = movedTimes(row, day("2026-03-29"), day("2026-03-30"), true, zone);
    expect(allDayDates({ ...row, ...moved })).toEqual({ first: "2026-03-29", last: "2026-03-29" });
    // The day on which the clocks go forward has 23 hours.
    expect(moved.end_time - moved.start_time).toBe(23 * 3600);
  });
});

describe("dragging between the all-day row and the hours", () => {
  it("makes an hour of a day", () => {
    const row = makeRow({ ...allDayTimes("2026-05-04", "2026-05-05", "UTC"), all_day: 1 });
    const start = new Date("2026-05-06T09:00:00Z");
    expect(movedTimes(row, start, new Date("2026-05-06T10:30:00Z"), false, "UTC")).toEqual({
      start_time: 1_778_058_000,
      end_time: 1_778_061_600,
      all_day: 0,
    });
  });

  it("makes one whole day of an hour", () => {
    const row = makeRow({ start_time: 1_778_058_000, end_time: 1_778_061_600 });
    const moved = movedTimes(row, new Date("2026-05-07T00:00:00Z"), new Date("2026-05-08T00:00:00Z"), true, "UTC");
    expect(moved).toEqual({ ...allDayTimes("2026-05-07", "2026-05-07", "UTC"), all_day: 1 });
  });
});
