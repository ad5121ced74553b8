import { describe, expect, it } from "vitest";
import { quickStart, readWords, saysAnything } from "../src/quick-words";
import { dateIn, secondsOf, timeIn } from "../src/time/clock";
import { EventType, Priority } from "../src/types.gen";

const zone = "Europe/Nicosia";
/** A Wednesday. */
const now = secondsOf("2026-11-25", "11:07", zone);
const read = (title: string) => readWords(title, now, zone);

describe("words of a title", () => {
  it("give type, day, time, customer and length", () => {
    expect(read("call Anna tomorrow 15:00 #555 30m")).toEqual({
      title: "call Anna", type: EventType.CALL, date: "2026-11-26", minutes: 900, customer_id: 555, lengthMin: 30,
    });
  });

  it.each([
    ["Report on friday", { title: "Report", date: "2026-11-27" }],
    ["Report next friday", { title: "Report", date: "2026-12-04" }],
    ["Report next fri", { title: "Report", date: "2026-12-04" }],
    ["Report wednesday", { title: "Report", date: "2026-12-02" }],
    ["Report 2026-12-24", { title: "Report", date: "2026-12-24" }],
    ["Talk at 3pm", { title: "Talk", minutes: 900 }],
    ["Talk 15.30", { title: "Talk", minutes: 930 }],
    ["Talk tomorrow 24:00", { title: "Talk", date: "2026-11-26", minutes: 1440 }],
    ["Talk at noon", { title: "Talk", minutes: 720 }],
    ["Talk today 9:15 am for 1h30", { title: "Talk", date: "2026-11-25", minutes: 555, lengthMin: 90 }],
    ["Talk in 2 hours", { title: "Talk", date: "2026-11-25", minutes: 790 }],
    ["Talk in 3 days", { title: "Talk", date: "2026-11-28" }],
    ["Urgent talk, lead 7", { title: "talk", lead_id: 7, priority: Priority.URGENT }],
  ])("%s", (title, wanted) => {
    expect(read(title)).toEqual(wanted);
  });

  it.each(["Sun and May visit", "Report of 2026", "Room 12", "Version 25:00", "Anna Friday-Smith"])("%s says nothing", (title) => {
    expect(saysAnything(read(title))).toBe(false);
    expect(read(title).title).toBe(title);
  });
});

it.each([
  ["2027-03-28", "00:30", "Talk in 3 hours", { date: "2027-03-28", minutes: 270 }],
  ["2027-10-31", "00:30", "Talk in 4 hours", { date: "2027-10-31", minutes: 210 }],
  ["2027-03-27", "12:00", "Talk in 1 day", { date: "2027-03-28" }],
])("%s %s: %s counts hours as they pass, days by the date", (date, time, title, wanted) => {
  const berlin = "Europe/Berlin";
  expect(readWords(title, secondsOf(date, time, berlin), berlin)).toEqual({ title: "Talk", ...wanted });
});

it("the start is read on the wall of the zone, the rest is as in the form", () => {
  const form = secondsOf("2026-11-25", "11:30", zone);
  const shown = (title: string) => {
    const start = quickStart(read(title), form, zone);
    return start === null ? null : `${dateIn(start, zone)} ${timeIn(start, zone)}`;
  };
  expect(shown("Talk tomorrow")).toBe("2026-11-26 11:30");
  expect(shown("Talk 15:00")).toBe("2026-11-25 15:00");
  expect(shown("Talk tomorrow 24:00")).toBe("2026-11-27 00:00");
  expect(shown("Talk")).toBeNull();
});
