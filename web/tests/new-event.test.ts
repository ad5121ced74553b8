import { expect, test } from "vitest";
import { nextTimes } from "../src/new-event";
import { secondsOf } from "../src/time/clock";

const ZONE = "Europe/Nicosia";
const SETTINGS = { lengthMin: 30 };

function startOf(day: string, now: [string, string]): number {
  return nextTimes(day, ZONE, SETTINGS, secondsOf(...now, ZONE)).start_time;
}

test("a new event of today begins at the next half hour, after 23:30 at midnight", () => {
  for (const [time, date, start] of [["14:05", "2026-11-27", "14:30"], ["23:30", "2026-11-27", "23:30"], ["23:31", "2026-11-28", "00:00"]] as const) {
    expect(startOf("2026-11-27", ["2026-11-27", time])).toBe(secondsOf(date, start, ZONE));
  }
});

test("on another day it begins at that time of day, also where the clock changes between them", () => {
  expect(startOf("2026-12-01", ["2026-11-27", "14:05"])).toBe(secondsOf("2026-12-01", "14:30", ZONE));
  expect(startOf("2026-12-01", ["2026-11-27", "23:40"])).toBe(secondsOf("2026-12-01", "00:00", ZONE));
  expect(startOf("2027-03-28", ["2027-03-27", "14:05"])).toBe(secondsOf("2027-03-28", "14:30", ZONE));
  expect(startOf("2027-03-29", ["2027-03-28", "14:05"])).toBe(secondsOf("2027-03-29", "14:30", ZONE));
});
