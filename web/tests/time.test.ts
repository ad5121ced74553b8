import { afterEach, describe, expect, it } from "vitest";
import { allZones, canonicalZone, isSameZone } from "../src/time/canonical";
import { dateIn, movedAlong, secondsOf, startOfDate, timeIn } from "../src/time/clock";
import { addDays, addMonths, isDate, startOfWeek, weekday } from "../src/time/dates";
import { clockText, dateText, offsetText, setFormats } from "../src/time/formats";
import { isZone, offsetAt, setServerZones, zonesVersion } from "../src/time/zones";

const NONE = { version: "", from: 0, to: 0, zones: {} };
const at = (text: string) => Date.parse(text) / 1000;

afterEach(() => {
  setServerZones(NONE);
  setFormats({ locale: "en-GB", isTwelveHours: false });
});

describe("a wall time", () => {
  it.each([
    ["2027-03-28", "02:30", "Europe/Berlin", "2027-03-28T01:30:00Z"],
    ["2027-10-31", "02:30", "Europe/Berlin", "2027-10-31T00:30:00Z"],
    ["2026-11-01", "00:30", "America/Havana", "2026-11-01T04:30:00Z"],
    ["2027-06-01", "12:00", "Europe/Berlin", "2027-06-01T10:00:00Z"],
    ["2027-01-20", "09:00", "America/Caracas", "2027-01-20T13:00:00Z"],
  ])("%s %s in %s: skipped ones by the offset before, doubled ones the first", (date, time, zone, utc) => {
    expect(secondsOf(date, time, zone)).toBe(at(utc));
  });

  it("that is none gives none", () => {
    expect(secondsOf("2027-02-30", "09:00", "UTC")).not.toBe(secondsOf("2027-02-30", "", "UTC"));
    expect(secondsOf("2027-06-01", "", "UTC")).toBeNaN();
    expect(secondsOf("", "09:00", "UTC")).toBeNaN();
  });
});

describe("the first moment of a date", () => {
  it.each([
    ["2022-03-27", "Asia/Beirut", "2022-03-26T22:00:00Z"],
    ["2022-03-13", "America/Havana", "2022-03-13T05:00:00Z"],
    ["2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z"],
    ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("%s in %s, also where it has no midnight", (date, zone, utc) => {
    expect(startOfDate(date, zone)).toBe(at(utc));
  });

  it("of a date with two midnights is the first one", () => {
    expect(startOfDate("2026-11-01", "America/Havana")).toBe(at("2026-11-01T04:00:00Z"));
  });
});

it("a moment is moved by the distance on the clock", () => {
  const zone = "Europe/Nicosia";
  const moved = movedAlong(secondsOf("2027-03-27", "08:00", zone), secondsOf("2027-03-27", "09:00", zone), secondsOf("2027-03-28", "09:00", zone), zone);
  expect([dateIn(moved, zone), timeIn(moved, zone)]).toEqual(["2027-03-28", "08:00"]);
});

describe("the server's zones", () => {
  const from = at("2026-01-01T00:00:00Z");
  const change = at("2026-06-01T00:00:00Z");
  const zones = { version: "2026f", from, to: at("2030-01-01T00:00:00Z"), zones: { "America/Vancouver": [-28_800, change, -25_200], "Test/Only": [3600] } };

  it("count where they are known, the browser's elsewhere", () => {
    setServerZones(zones);
    expect(zonesVersion()).toBe("2026f");
    expect(offsetAt(change - 1, "America/Vancouver")).toBe(-28_800);
    expect(offsetAt(change, "America/Vancouver")).toBe(-25_200);
    expect(offsetAt(at("2027-01-20T00:00:00Z"), "America/Vancouver")).toBe(-25_200);
    expect(offsetAt(at("2025-01-20T00:00:00Z"), "America/Vancouver")).toBe(-28_800);
    expect(offsetAt(change, "Europe/Berlin")).toBe(7200);
    expect([isZone("Test/Only"), isZone("Nowhere/Else")]).toEqual([true, false]);
  });

  it("decide what a date is: an all-day date of Vancouver in January is one day", () => {
    setServerZones(zones);
    expect(startOfDate("2027-01-20", "America/Vancouver")).toBe(at("2027-01-20T07:00:00Z"));
  });
});

it("zones have the names of today", () => {
  expect(canonicalZone("Asia/Calcutta")).toBe("Asia/Kolkata");
  expect(isSameZone("Europe/Kiev", "Europe/Kyiv")).toBe(true);
  expect(allZones()).toContain("Asia/Kolkata");
  expect(allZones()).not.toContain("Asia/Calcutta");
});

it("dates step without a zone", () => {
  expect([addDays("2026-12-31", 1), addMonths("2026-01-31", 1), addMonths("2026-01-31", -2)]).toEqual(["2027-01-01", "2026-02-28", "2025-11-30"]);
  expect([weekday("2026-11-27"), weekday("2026-11-29"), weekday("1969-12-31")]).toEqual([5, 7, 3]);
  expect([startOfWeek("2026-11-27", 1), startOfWeek("2026-11-27", 7), startOfWeek("2026-11-27", 6)]).toEqual(["2026-11-23", "2026-11-22", "2026-11-21"]);
  expect([isDate("2026-02-29"), isDate("2028-02-29"), isDate("2026-2-1")]).toEqual([false, true, false]);
});

describe("texts", () => {
  it("have no comma after the short name of a weekday, in any month", () => {
    expect(["2026-05-01", "2026-09-23"].map((date) => dateText(date, "full"))).toEqual(["Fri 1 May 2026", "Wed 23 Sept 2026"]);
  });

  it("have one form, by the settings", () => {
    expect([dateText("2026-11-27", "full"), clockText(at("2026-11-27T13:05:00Z"), "Europe/Nicosia")]).toEqual(["Fri 27 Nov 2026", "15:05"]);
    setFormats({ locale: "en-US", isTwelveHours: true });
    expect([dateText("2026-11-27", "dayMonth"), clockText(at("2026-11-27T13:05:00Z"), "Europe/Nicosia").replace(/\s/g, " ")]).toEqual(["Nov 27", "3:05 PM"]);
  });

  it("name the offset of that moment", () => {
    expect(offsetText(at("2026-07-01T00:00:00Z"), "Europe/Nicosia")).toBe("UTC+3");
    expect(offsetText(at("2026-12-01T00:00:00Z"), "Europe/Nicosia")).toBe("UTC+2");
    expect(offsetText(at("2026-12-01T00:00:00Z"), "America/St_Johns")).toBe("UTC-3:30");
  });
});
