import { describe, expect, it } from "vitest";
import { allDayDates, allDayText, allDayTimes, drawnEnd, startText, timesOnDate, toItem, toPieces, whenText } from "../src/calendar-event";
import { droppedTimes, movedTimes, resizedItem, resizedTimes } from "../src/moving";
import { dateIn, secondsOf, timeIn } from "../src/time/clock";
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

describe("the text of an all-day event", () => {
  const row = makeRow({ ...allDayTimes("2026-05-04", "2026-05-04", "Asia/Tokyo"), all_day: 1, timezone: "Asia/Tokyo" });
  it.each(zones)("names its own date, seen from %s", (zone) => {
    expect([startText(row, zone), whenText(row, zone), allDayText(row)]).toEqual(Array(3).fill("Mon 4 May 2026, all day"));
  });

  it("names both dates of several", () => {
    const trip = makeRow({ ...allDayTimes("2026-05-04", "2026-05-06", "Asia/Tokyo"), all_day: 1, timezone: "Asia/Tokyo" });
    expect(allDayText(trip)).toBe("Mon 4 May 2026 – Wed 6 May 2026, all day");
  });
});

describe("a night from 22:00 to 02:00", () => {
  const zone = "Europe/Nicosia";
  const at = (date: string, time: string) => secondsOf(date, time, zone);
  const night = makeRow({ start_time: at("2026-11-09", "22:00"), end_time: at("2026-11-10", "02:00") });
  const [evening, morning] = toPieces(night, zone);
  const shown = (seconds: number) => `${dateIn(seconds, zone)} ${timeIn(seconds, zone)}`;

  it("stands in two pieces in the grid, each within its date", () => {
    expect([evening?.piece, morning?.piece]).toEqual(["first", "last"]);
    expect([shown(+evening!.start / 1000), shown(+evening!.end / 1000)]).toEqual(["2026-11-09 22:00", "2026-11-10 00:00"]);
    expect([shown(+morning!.start / 1000), shown(+morning!.end / 1000)]).toEqual(["2026-11-10 00:00", "2026-11-10 02:00"]);
    expect(shown(+drawnEnd(evening!) / 1000 - 1)).toBe("2026-11-09 23:59");
  });

  it("is shown on each of its dates", () => {
    const item = toItem(night, zone);
    expect([timesOnDate(item, "2026-11-09", zone), timesOnDate(item, "2026-11-10", zone)]).toEqual(["from 22:00", "until 02:00"]);
  });

  it("moves as a whole, whichever piece is dragged", () => {
    const up = (seconds: number) => new Date((seconds + 3600) * 1000);
    const wanted = { start_time: night.start_time + 3600, end_time: night.end_time + 3600, all_day: 0 };
    expect(droppedTimes(evening!, up(+evening!.start / 1000), false, zone)).toEqual(wanted);
    expect(droppedTimes(morning!, up(+morning!.start / 1000), false, zone)).toEqual(wanted);
  });

  it("changes the edge that is dragged, and keeps the other one of the other piece", () => {
    const later = new Date(at("2026-11-10", "03:00") * 1000);
    expect(resizedItem(morning!, morning!.start, later, zone)).toMatchObject({ start_time: night.start_time, end_time: at("2026-11-10", "03:00") });
    const sooner = new Date(at("2026-11-09", "21:00") * 1000);
    expect(resizedItem(evening!, sooner, evening!.end, zone)).toMatchObject({ start_time: at("2026-11-09", "21:00"), end_time: night.end_time });
  });

  it("that ends at midnight is one piece", () => {
    expect(toPieces(makeRow({ start_time: at("2026-11-09", "22:00"), end_time: at("2026-11-10", "00:00") }), zone)).toHaveLength(1);
  });
});

describe("dropped", () => {
  const zone = "Europe/Nicosia";
  const at = (date: string, time: string) => secondsOf(date, time, zone);
  const date = (day: string) => new Date(at(day, "00:00") * 1000);

  it("on the grid, an all-day event becomes timed there, and its reminder moves along", () => {
    const day = makeRow({ ...allDayTimes("2026-11-09", "2026-11-09", zone), all_day: 1, timezone: zone, remind_time: at("2026-11-08", "18:00") });
    const moved = droppedTimes(toItem(day, zone), new Date(at("2026-11-11", "10:00") * 1000), false, zone);
    expect(moved).toMatchObject({ start_time: at("2026-11-11", "10:00"), end_time: at("2026-11-11", "11:00"), all_day: 0 });
    expect(moved.remind_time).toBe(at("2026-11-11", "04:00"));
  });

  it("on the row of all-day events, a timed one becomes all-day", () => {
    const hour = makeRow({ start_time: at("2026-11-09", "10:00"), end_time: at("2026-11-09", "11:00"), timezone: zone });
    expect(droppedTimes(toItem(hour, zone), date("2026-11-12"), true, zone)).toEqual({ ...allDayTimes("2026-11-12", "2026-11-12", zone), all_day: 1 });
  });

  it("within that row, one of several days keeps its times", () => {
    const trip = makeRow({ start_time: at("2026-11-09", "14:00"), end_time: at("2026-11-11", "11:00") });
    expect(droppedTimes(toItem(trip, zone), date("2026-11-10"), true, zone)).toEqual({ start_time: at("2026-11-10", "14:00"), end_time: at("2026-11-12", "11:00"), all_day: 0 });
  });
});
