import { describe, expect, it } from "vitest";
import { allDayDates, allDayTimes, dateIn, drawnEnd, movedTimes, resizedTimes, secondsOf, timeIn, toItem } from "../src/calendar-event";
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

  it("is drawn with a minute where it has no length, whatever its seconds", () => {
    const item = toItem(makeRow({ start_time: 1_710_000_030, end_time: 1_710_000_030 }), "UTC");
    expect(drawnEnd(item)).toEqual(new Date("2024-03-09T16:01:00Z"));
    const hour = toItem(makeRow({ start_time: 1_710_000_000, end_time: 1_710_003_600 }), "UTC");
    expect(drawnEnd(hour)).toBe(hour.end);
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
    const moved = movedTimes(row, day("2026-03-29"), true, zone);
    expect(allDayDates({ ...row, ...moved })).toEqual({ first: "2026-03-29", last: "2026-03-29" });
    // The day on which the clocks go forward has 23 hours.
    expect(moved.end_time - moved.start_time).toBe(23 * 3600);
  });
});

describe("dragging between the all-day row and the hours", () => {
  it("makes an hour of a day", () => {
    const row = makeRow({ ...allDayTimes("2026-05-04", "2026-05-05", "UTC"), all_day: 1 });
    const start = new Date("2026-05-06T09:00:00Z");
    expect(movedTimes(row, start, false, "UTC")).toEqual({
      start_time: 1_778_058_000,
      end_time: 1_778_061_600,
      all_day: 0,
    });
  });

  it("makes one whole day of an hour", () => {
    const row = makeRow({ start_time: 1_778_058_000, end_time: 1_778_061_600 });
    const moved = movedTimes(row, new Date("2026-05-07T00:00:00Z"), true, "UTC");
    expect(moved).toEqual({ ...allDayTimes("2026-05-07", "2026-05-07", "UTC"), all_day: 1 });
  });
});

describe("across a change of the clock", () => {
  const zone = "Europe/Nicosia";
  const at = (date: string, time: string) => secondsOf(date, time, zone);
  const shown = (seconds: number) => `${dateIn(seconds, zone)} ${timeIn(seconds, zone)}`;
  const night = makeRow({ start_time: at("2027-03-26", "22:00"), end_time: at("2027-03-27", "06:00") });

  it.each([
    ["2027-03-27", "2027-03-28", 7],
    ["2027-06-05", "2027-06-06", 8],
    ["2027-10-30", "2027-10-31", 9],
  ])("a dragged night of %s is from 22:00 to 06:00", (evening, morning, hours) => {
    const moved = movedTimes(night, new Date(at(evening, "22:00") * 1000), false, zone);
    expect([shown(moved.start_time), shown(moved.end_time)]).toEqual([`${evening} 22:00`, `${morning} 06:00`]);
    expect(moved.end_time - moved.start_time).toBe(hours * 3600);
    expect(movedTimes({ ...night, ...moved }, new Date(night.start_time * 1000), false, zone)).toMatchObject({ end_time: night.end_time });
  });

  it("an end that the clock leaves out comes as late after the start as before", () => {
    const row = makeRow({ start_time: at("2027-03-27", "02:30"), end_time: at("2027-03-27", "03:00") });
    const moved = movedTimes(row, new Date(at("2027-03-28", "02:30") * 1000), false, zone);
    expect([shown(moved.start_time), shown(moved.end_time)]).toEqual(["2027-03-28 02:30", "2027-03-28 04:00"]);
    expect(moved.end_time - moved.start_time).toBe(1800);
  });

  it("what goes over the hour that comes twice keeps its length elsewhere", () => {
    const first = Date.parse("2027-10-31T00:30:00Z") / 1000;
    const row = makeRow({ start_time: first, end_time: first + 3600 });
    expect(timeIn(row.end_time, zone)).toBe("03:30");
    const moved = movedTimes(row, new Date(at("2027-11-02", "10:00") * 1000), false, zone);
    expect(shown(moved.end_time)).toBe("2027-11-02 11:00");
  });

  it("what has no length gets none by being dragged", () => {
    const row = makeRow({ start_time: at("2027-03-27", "12:30"), end_time: at("2027-03-27", "12:30") });
    const start_time = at("2027-03-28", "12:30");
    expect(movedTimes(row, new Date(start_time * 1000), false, zone)).toEqual({ start_time, end_time: start_time, all_day: 0 });
    const up = new Date(at("2027-03-27", "11:00") * 1000);
    expect(resizedTimes(row, up, new Date((row.end_time + 86_400) * 1000), zone)).toMatchObject({ start_time: up.getTime() / 1000, end_time: row.end_time });
  });

  it("an edge goes where it was dragged, and the other one stays", () => {
    const at6 = new Date(at("2027-03-28", "06:00") * 1000);
    const row = makeRow({ start_time: at("2027-03-27", "22:00"), end_time: at("2027-03-28", "02:00") });
    expect(resizedTimes(row, new Date(row.start_time * 1000), at6, zone)).toEqual({ start_time: row.start_time, end_time: at("2027-03-28", "06:00"), all_day: 0 });
    const late = makeRow({ start_time: at("2027-03-28", "05:00"), end_time: at("2027-03-28", "09:00") });
    const at1 = new Date(at("2027-03-28", "01:00") * 1000);
    expect(resizedTimes(late, at1, new Date(late.end_time * 1000), zone)).toEqual({ start_time: at("2027-03-28", "01:00"), end_time: late.end_time, all_day: 0 });
  });

  it.each([
    ["2027-10-30", "2027-10-31", "2027-06-01", "2027-06-02"],
    ["2027-03-27", "2027-03-28", "2027-10-30", "2027-10-31"],
    ["2027-06-01", "2027-06-02", "2027-03-27", "2027-03-28"],
  ])("the dates %s and %s dragged to %s stay two dates", (first, last, first2, last2) => {
    const row = makeRow({ ...allDayTimes(first, last, zone), all_day: 1, timezone: zone });
    const moved = movedTimes(row, new Date(at(first2, "00:00") * 1000), true, zone);
    expect(allDayDates({ ...row, ...moved })).toEqual({ first: first2, last: last2 });
  });
});
