import { describe, expect, it } from "vitest";
import { deskMatches, maskError } from "../src/desk-mask";
import { defaultFilters, formatFilters, isShown, parseFilters } from "../src/filters";
import { reminderChoice, reminderFields, movedReminder } from "../src/reminder-choice";
import { secondsOf } from "../src/time/clock";
import { dayBounds, horizonText, pageDay, rangeTitle, visibleRange } from "../src/visible-range";
import { makeRow } from "./make-row";

const usual = defaultFilters("2026-11-21", "Europe/Nicosia", "week");

describe("desk masks", () => {
  it.each([
    ["*", "", true], ["*", "DESK_A", true], ["DESK_*", "", false], ["desk_*", "DESK_A", true],
    ["DESK_EU*,!DESK_EU_TEST", "DESK_EU_SALES", true], ["!DESK_EU_TEST, DESK_EU*", "DESK_EU_TEST", false],
    ["DESK_%", "DESKXEU", false], ["DESK[AB]", "DESKA", false], ["*A*B", "XAB", true], ["*A*B", "XBA", false], ["A*A", "A", false],
    ["*a*a*a*a*a*a*a*a*a*b", "a".repeat(5000), false],
  ])("%s and %s: %s", (mask, desk, matches) => {
    expect(deskMatches(mask, desk)).toBe(matches);
    expect(deskMatches(mask, desk)).toBe(matches);
  });

  it("without an including pattern are refused", () => {
    expect(maskError("!A")).not.toBeNull();
    expect(maskError(" , ")).not.toBeNull();
    expect(maskError("DESK_*,!X")).toBeNull();
  });
});

describe("filters", () => {
  it("come out of the address as they went in", () => {
    const filters = { ...usual, view: "month" as const, day: "2026-12-01", zone: "Asia/Tokyo", desk: "DESK_EU*,!X", managers: [10, 11], types: [2], statuses: [0], priorities: [3], search: "a&b", brand: "b", event: 7 };
    expect(parseFilters(`?${formatFilters(filters, usual)}`, usual)).toEqual(filters);
    expect(parseFilters(`?${formatFilters(usual, usual)}`, usual)).toEqual(usual);
  });

  it("that are nonsense are left at their default", () => {
    expect(parseFilters("?view=year&day=2026-99-99&zone=Mars/Base&managers=x.1.-2&event=zz", usual)).toEqual({ ...usual, managers: [1] });
  });

  it("let a row through that matches all of them", () => {
    const row = makeRow({ desk: "DESK_A", status: 3, title: "Call Ann" });
    expect(isShown(row, usual)).toBe(false);
    expect(isShown(row, { ...usual, statuses: [] })).toBe(true);
    expect(isShown(row, { ...usual, statuses: [3], search: "ANN" })).toBe(true);
    expect(isShown(row, { ...usual, statuses: [3], managers: [99] })).toBe(false);
    expect(isShown(row, { ...usual, statuses: [3], brand: "other" })).toBe(false);
  });
});

const shape = { weekStart: 1 };

describe("pages", () => {
  it("turn by what the view shows", () => {
    expect(pageDay("month", "2026-01-31", 1)).toBe("2026-02-28");
    expect(pageDay("week", "2026-01-01", -1)).toBe("2025-12-25");
    expect(rangeTitle("week", "2026-01-01", shape).replace(/\s/g, " ")).toBe("29 Dec 2025 – 4 Jan 2026");
    expect(pageDay("week", "2026-01-01", 1)).toBe("2026-01-08");
  });

  it("begin on the day of the settings", () => {
    expect(visibleRange("week", "2026-11-27", shape)).toEqual({ first: "2026-11-23", last: "2026-11-29" });
    expect(visibleRange("week", "2026-11-27", { ...shape, weekStart: 7 })).toEqual({ first: "2026-11-22", last: "2026-11-28" });
    expect(visibleRange("work_week", "2026-11-27", { ...shape, weekStart: 7 })).toEqual({ first: "2026-11-23", last: "2026-11-27" });
    expect(visibleRange("month", "2026-02-10", { ...shape, weekStart: 7 })).toEqual({ first: "2026-02-01", last: "2026-02-28" });
  });

  it("of a week with a clock change have its real length", () => {
    const bounds = dayBounds(visibleRange("week", "2026-03-29", shape), "Europe/Nicosia");
    expect(((bounds.at(-1) ?? 0) - (bounds[0] ?? 0)) / 3_600_000).toBe(167);
  });

  it("say from where on repeating events are still to come, where they end after it", () => {
    const horizon = Date.UTC(2027, 11, 27, 23) / 1000;
    const text = "Repeating events are there until 27 Dec 2027; later ones come in time";
    expect(horizonText(horizon, { first: "2027-12-27", last: "2027-12-27" }, "UTC")).toBe(text);
    expect(horizonText(horizon, { first: "2028-12-27", last: "2028-12-27" }, "UTC")).toBe(text);
    expect(horizonText(horizon, { first: "2027-12-20", last: "2027-12-26" }, "UTC")).toBe("");
    expect(horizonText(horizon, { first: "2027-12-20", last: "2027-12-27" }, "Europe/Nicosia")).toBe("");
    expect(horizonText(horizon, { first: "2027-12-20", last: "2027-12-28" }, "Europe/Nicosia")).toBe(text.replace("27 Dec", "28 Dec"));
    expect(horizonText(null, { first: "2028-12-27", last: "2028-12-27" }, "UTC")).toBe("");
  });
});

describe("reminders", () => {
  it("at the start are a reminder at that time, and go along with it", () => {
    const fields = { ...reminderFields("start", 5000), start_time: 5000 };
    expect(fields).toEqual({ remind_time: 5000, remind_before_sec: 0, start_time: 5000 });
    expect(reminderChoice(fields)).toBe("start");
    expect(movedReminder(fields, 6000, "UTC")).toEqual({ remind_time: 6000 });
    expect(movedReminder({ remind_time: 0, remind_before_sec: 60, start_time: 5000 }, 6000, "UTC")).toEqual({});
  });

  it("at a given time move by the same distance on the clock, also over a change", () => {
    const zone = "Europe/Nicosia";
    const before = { remind_time: secondsOf("2027-03-26", "18:00", zone), remind_before_sec: 0, start_time: secondsOf("2027-03-27", "09:00", zone) };
    const start = secondsOf("2027-03-28", "09:00", zone);
    expect(movedReminder(before, start, zone)).toEqual({ remind_time: secondsOf("2027-03-27", "18:00", zone) });
  });

  it.each(["none", 300, 86_400] as const)("%s comes back as chosen", (choice) => {
    expect(reminderChoice({ ...reminderFields(choice, 5000), start_time: 5000 })).toBe(choice);
  });
});
