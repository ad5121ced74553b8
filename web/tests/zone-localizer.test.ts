import { expect, it } from "vitest";
import { secondsOf } from "../src/time/clock";
import { zoneDates } from "../src/zone-localizer";

const zone = "Europe/Nicosia";
const shape = { first: (day: string) => day, days: 3, weekStart: 7 };
const at = (date: string, time: string) => new Date(secondsOf(date, time, zone) * 1000);

it.each(["2027-03-28", "2027-06-01", "2027-10-31"])("a day is drawn with 24 hours on %s", (day) => {
  const { getTotalMin, getMinutesFromMidnight } = zoneDates(zone, shape);
  expect(getTotalMin(at(day, "00:00"), at(day, "23:59"))).toBe(24 * 60 - 1);
  expect(getMinutesFromMidnight(at(day, "10:30"))).toBe(630);
});

it("events of a day are drawn in order of their start, longer ones not before earlier ones", () => {
  const { sortEvents } = zoneDates(zone, shape);
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
  const { daySpan } = zoneDates(zone, shape);
  expect(daySpan(at("2027-03-27", "23:30"), at("2027-03-28", "00:30"))).toBe(2);
  expect(daySpan(at("2027-03-28", "00:00"), at("2027-03-29", "00:00"))).toBe(1);
  expect(daySpan(at("2027-10-30", "00:00"), at("2027-11-01", "00:00"))).toBe(2);
  expect(daySpan(at("2027-06-01", "10:00"), at("2027-06-01", "10:00"))).toBe(1);
});

it("a week is as many days as the view shows, from its first one on", () => {
  const { startOf, endOf, range } = zoneDates(zone, shape);
  const noon = at("2027-03-27", "12:00");
  expect(range(startOf(noon, "week"), endOf(noon, "week"))).toEqual([at("2027-03-27", "00:00"), at("2027-03-28", "00:00"), at("2027-03-29", "00:00")]);
});

it("a month has whole weeks that begin on the day of the settings", () => {
  const { firstVisibleDay, visibleDays } = zoneDates(zone, shape);
  expect(firstVisibleDay(at("2026-11-10", "12:00"))).toEqual(at("2026-11-01", "00:00"));
  expect(visibleDays(at("2026-11-10", "12:00"))).toHaveLength(35);
});

it("midnights of the zone are dates only, whatever the zone of the browser is", () => {
  const { startAndEndAreDateOnly } = zoneDates(zone, shape);
  expect(startAndEndAreDateOnly(at("2026-11-10", "00:00"), at("2026-11-11", "00:00"))).toBe(true);
  expect(startAndEndAreDateOnly(at("2026-11-10", "00:00"), at("2026-11-11", "01:00"))).toBe(false);
});

it("an event is in the weeks whose days it touches, also on the days of a clock change", () => {
  const { inEventRange } = zoneDates(zone, shape);
  const range = { start: at("2027-03-22", "00:00"), end: at("2027-03-28", "00:00") };
  const isIn = (start: Date, end: Date) => inEventRange({ event: { start, end }, range });
  expect(isIn(at("2027-03-28", "23:30"), at("2027-03-29", "00:30"))).toBe(true);
  expect(isIn(at("2027-03-29", "00:00"), at("2027-03-29", "00:30"))).toBe(false);
  expect(isIn(at("2027-03-21", "23:00"), at("2027-03-22", "00:00"))).toBe(false);
  expect(isIn(at("2027-03-22", "00:00"), at("2027-03-22", "00:00"))).toBe(true);
});
