import { expect, it } from "vitest";
import { secondsOf } from "../src/calendar-event";
import { quicken } from "../src/fast-zone";
import { wallClock } from "../src/zone-localizer";

const zone = "Europe/Nicosia";
const at = (date: string, time: string) => new Date(secondsOf(date, time, zone) * 1000);

it.each(["2027-03-28", "2027-06-01", "2027-10-31"])("a day is drawn with 24 hours on %s", (day) => {
  const { getTotalMin, getMinutesFromMidnight } = wallClock(zone);
  expect(getTotalMin(at(day, "00:00"), at(day, "23:59"))).toBe(24 * 60 - 1);
  expect(getMinutesFromMidnight(at(day, "10:30"))).toBe(630);
});

it("a quickened zone reckons as before, also across a change", () => {
  const moments = ["2027-03-28", "2027-10-31", "1965-05-05"].flatMap((day) => ["00:30", "02:59", "03:00", "04:00"].map((time) => [day, time] as const));
  const before = moments.map(([day, time]) => secondsOf(day, time, "Europe/Warsaw"));
  quicken("Europe/Warsaw");
  expect(moments.map(([day, time]) => secondsOf(day, time, "Europe/Warsaw"))).toEqual(before);
  expect(moments.map(([day, time]) => secondsOf(day, time, "Europe/Warsaw"))).toEqual(before);
});

it("events of a day are drawn in order of their start, longer ones not before earlier ones", () => {
  const { sortEvents } = wallClock(zone);
  const event = (from: string, to: string, allDay = false, last = "2026-11-09") => ({ start: at("2026-11-09", from), end: at(last, to), allDay });
  const inOrder = [
    event("00:00", "00:00", true, "2026-11-11"),
    event("00:00", "00:00", true, "2026-11-10"),
    event("10:00", "10:15"),
    event("11:30", "12:30"),
    event("17:00", "17:30"),
  ];
  expect([...inOrder].reverse().sort((evtA, evtB) => sortEvents({ evtA, evtB }))).toEqual(inOrder);
});

it("the days of an event are those that it touches, not its hours", () => {
  const { daySpan } = wallClock(zone);
  expect(daySpan(at("2027-03-27", "23:30"), at("2027-03-28", "00:30"))).toBe(2);
  expect(daySpan(at("2027-03-28", "00:00"), at("2027-03-29", "00:00"))).toBe(1);
  expect(daySpan(at("2027-10-30", "00:00"), at("2027-11-01", "00:00"))).toBe(2);
  expect(daySpan(at("2027-06-01", "10:00"), at("2027-06-01", "10:00"))).toBe(1);
});
