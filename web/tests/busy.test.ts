import { describe, expect, it } from "vitest";
import { busyQuestion, busyText, grouped, hoursProblem, hoursText, ownTime, slotSearch, USUAL_HOURS, withoutOwn } from "../src/busy";
import { secondsOf } from "../src/time/clock";
import { ParticipantStatus } from "../src/types.gen";
import { makeRow } from "./make-row";

const ZONE = "Europe/Nicosia";
const at = (time: string, date = "2027-03-22") => secondsOf(date, time, ZONE);
const guest = (manager_id: number, status: ParticipantStatus = 1) => ({ event_id: 1, manager_id, role: 1 as const, status, created_time: 1, updated_time: 1 });

describe("working hours", () => {
  it("are told in one line", () => {
    expect(hoursText(USUAL_HOURS)).toBe("09:00–18:00, Mon–Fri");
    expect(hoursText({ start: "10:00", end: "00:00", weekdays: [6, 1] })).toBe("10:00–24:00, Mon, Sat");
    expect(hoursText({ ...USUAL_HOURS, weekdays: [6, 7] })).toBe("09:00–18:00, Sat, Sun");
  });

  it("say what is wrong with them", () => {
    expect(hoursProblem(USUAL_HOURS)).toBe("");
    expect(hoursProblem({ ...USUAL_HOURS, end: "09:00" })).toContain("end before they begin");
    expect(hoursProblem({ ...USUAL_HOURS, end: "00:00" })).toBe("");
    expect(hoursProblem({ ...USUAL_HOURS, start: "" })).toContain("begin and end");
    expect(hoursProblem({ ...USUAL_HOURS, weekdays: [] })).toContain("day");
  });
});

describe("a search for times", () => {
  const search = (now: number, changes = {}) =>
    slotSearch([10, 11], 30, "2027-03-22", { ...USUAL_HOURS, ...changes }, ZONE, now)!;

  it("begins at the midnight of the day, or now on the same grid", () => {
    expect(search(at("12:00", "2027-03-20")).from).toBe(at("00:00"));
    expect(search(at("10:20")).from).toBe(at("10:30"));
    expect(search(at("10:30")).from).toBe(at("10:30"));
    expect(search(at("10:31", "2027-03-24")).from).toBe(at("11:00", "2027-03-24"));
  });

  it("has the hours of the page's zone and the length of the meeting", () => {
    const found = search(at("08:00"), { end: "00:00" });
    expect(found.hours).toEqual({ start: "09:00", end: "24:00", timezone: ZONE, weekdays: [1, 2, 3, 4, 5] });
    expect(found.duration_sec).toBe(1800);
    expect((found.to - found.from) / found.step_sec!).toBeLessThan(20_000);
  });

  it("asks nothing without managers or with hours that are wrong", () => {
    expect(slotSearch([], 30, "2027-03-22", USUAL_HOURS, ZONE, 0)).toBeNull();
    expect(search(0, { end: "08:00" })).toBeNull();
  });

  it("is shown by dates of the page's zone and by who is busy", () => {
    const slot = (time: string, ...busy: number[]) => ({ start_time: at(time, "2027-03-21"), end_time: at("00:00"), busy });
    const slots = [slot("20:00"), slot("20:30"), slot("22:30", 11), slot("23:30")];
    const told = (zone: string) => grouped(slots, zone).map(({ date, busy, slots }) => [date.slice(-2), busy, slots.length]);
    expect(told(ZONE)).toEqual([["21", [], 3], ["21", [11], 1]]);
    expect(told("Asia/Kathmandu")).toEqual([["21", [], 1], ["22", [], 2], ["22", [11], 1]]);
  });
});

describe("an event that is edited", () => {
  const saved = makeRow({ start_time: 100, end_time: 200, participants: [guest(10), guest(11, ParticipantStatus.DECLINED)] });

  it("makes those busy who take part in it, and nobody when it is not open", () => {
    expect(ownTime(saved, 10)).toEqual([100, 200]);
    expect(ownTime(saved, 11)).toBeNull();
    expect(ownTime(saved, 12)).toBeNull();
    expect(ownTime(makeRow({ ...saved, status: 2 }), 10)).toBeNull();
    expect(ownTime(makeRow({ ...saved, end_time: 100 }), 10)).toBeNull();
    expect(ownTime(null, 10)).toBeNull();
  });

  it("is asked about only where something else than itself can be told", () => {
    expect(busyQuestion([10], 100, 200, saved)).toBeNull();
    expect(busyQuestion([10], 120, 180, saved)).toBeNull();
    expect(busyQuestion([10, 11, 12], 100, 200, saved)?.manager_ids).toEqual([11, 12]);
    expect(busyQuestion([10, 12], 150, 250, saved)?.manager_ids).toEqual([10, 12]);
    expect(busyQuestion([10], 200, 200, null)).toBeNull();
    expect(busyQuestion([10], Number.NaN, 200, null)).toBeNull();
    expect(busyQuestion([], 100, 200, null)).toBeNull();
  });

  it("does not make its own participants look busy", () => {
    expect(withoutOwn([[100, 200]], [100, 200])).toEqual([]);
    expect(withoutOwn([[100, 240]], [100, 200])).toEqual([[200, 240]]);
    expect(withoutOwn([[50, 240]], [100, 200])).toEqual([[50, 100], [200, 240]]);
    expect(withoutOwn([[120, 180], [300, 310]], [100, 200])).toEqual([[300, 310]]);
    expect(withoutOwn([[120, 180]], null)).toEqual([[120, 180]]);
  });
});

describe("who is busy", () => {
  const [from, to] = [at("10:00"), at("11:00")];

  it("is told with the part of the time", () => {
    expect(busyText([], from, to, ZONE)).toBe("");
    expect(busyText([[from, to]], from, to, ZONE)).toBe("Busy");
    expect(busyText([[at("10:15"), at("10:30")]], from, to, ZONE)).toBe("Busy 10:15–10:30");
    expect(busyText([[from, at("10:30")], [at("10:45"), to]], from, to, ZONE)).toBe("Busy 10:00–10:30 and later");
    expect(busyText([[from, to]], from, at("11:00", "2027-03-23"), ZONE)).toBe("Busy");
  });
});
