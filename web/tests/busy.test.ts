import { describe, expect, it } from "vitest";
import { busyQuestion, busyText, grouped, hoursProblem, hoursText, invitedTo, isMeeting, slotSearch, USUAL_HOURS, type Wanted } from "../src/busy";
import { newFields, type Fields } from "../src/event-fields";
import { newParticipant } from "../src/participants";
import { secondsOf } from "../src/time/clock";
import { EventStatus, EventType, ParticipantStatus } from "../src/types.gen";

const ZONE = "Europe/Nicosia";
const at = (time: string, date = "2027-03-22") => secondsOf(date, time, ZONE);

describe("working hours", () => {
  it("are written in one line", () => {
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
  const wanted: Wanted = { managers: [10, 11], lengthSec: 1800, date: "2027-03-22", hours: USUAL_HOURS, zone: ZONE, excluded: null };
  const search = (now: number, changes = {}) => slotSearch({ ...wanted, hours: { ...USUAL_HOURS, ...changes } }, now)!;

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

  it("has the exact length of the event that is moved, which makes nobody busy", () => {
    const found = slotSearch({ ...wanted, lengthSec: 1290, excluded: 7 }, at("08:00"))!;
    expect(found).toMatchObject({ duration_sec: 1290, step_sec: 900, exclude_event_id: 7 });
    expect(search(at("08:00")).exclude_event_id).toBeNull();
  });

  it("asks nothing without managers or with hours that are wrong", () => {
    expect(slotSearch({ ...wanted, managers: [] }, 0)).toBeNull();
    expect(search(0, { end: "08:00" })).toBeNull();
  });

  it("is shown by dates of the page's zone and by who is busy", () => {
    const slot = (time: string, ...busy: number[]) => ({ start_time: at(time, "2027-03-21"), end_time: at("00:00"), busy });
    const slots = [slot("20:00"), slot("20:30"), slot("22:30", 11), slot("23:30")];
    const found = (zone: string) => grouped(slots, zone).map(({ date, busy, slots }) => [date.slice(-2), busy, slots.length]);
    expect(found(ZONE)).toEqual([["21", [], 3], ["21", [11], 1]]);
    expect(found("Asia/Kathmandu")).toEqual([["21", [], 1], ["22", [], 2], ["22", [11], 1]]);
  });
});

describe("an event that is edited", () => {
  const given = { start_time: 100, end_time: 200, timezone: ZONE, owner_manager_id: 10 };
  const fields = (changes: Partial<Fields> = {}) => newFields({ ...given, ...changes });
  const participant = (manager_id: number, status: ParticipantStatus = 0) => ({ ...newParticipant(manager_id), status });

  it("does not count among the busy times that are asked for", () => {
    expect(busyQuestion([10, 11], 100, 200, 7)).toEqual({ manager_ids: [10, 11], from: 100, to: 200, exclude_event_id: 7 });
    expect(busyQuestion([10], 100, 200, null)?.exclude_event_id).toBeNull();
    expect(busyQuestion([10], 200, 200, null)).toBeNull();
    expect(busyQuestion([10], Number.NaN, 200, null)).toBeNull();
    expect(busyQuestion([], 100, 200, null)).toBeNull();
  });

  it("needs the times of its owner and of all who have not declined", () => {
    expect(invitedTo(fields())).toEqual([10]);
    expect(invitedTo(fields({ participants: [participant(10), participant(11, ParticipantStatus.DECLINED), participant(12)] }))).toEqual([10, 12]);
    expect(invitedTo(fields({ participants: [participant(12)] }))).toEqual([10, 12]);
    expect(invitedTo(fields({ participants: [participant(12)], status: EventStatus.CANCELLED }))).toEqual([]);
  });

  it("has free times if it is a meeting by its type or its participants", () => {
    expect(isMeeting(fields({ type: EventType.CALL, participants: [participant(10)] }))).toBe(false);
    expect(isMeeting(fields({ type: EventType.CALL, participants: [participant(10), participant(11)] }))).toBe(true);
    expect(isMeeting(fields({ type: EventType.MEETING }))).toBe(true);
  });

  it.each([{ all_day: 1 as const }, { status: EventStatus.DONE }, { end_time: 100 }, { end_time: Number.NaN }])(
    "has none with %o", (changes) => {
      expect(isMeeting(fields({ type: EventType.MEETING, ...changes }))).toBe(false);
    },
  );
});

describe("who is busy", () => {
  const [from, to] = [at("10:00"), at("11:00")];

  it("is shown with the part of the time", () => {
    expect(busyText([], from, to, ZONE)).toBe("");
    expect(busyText([[from, to]], from, to, ZONE)).toBe("Busy");
    expect(busyText([[at("10:15"), at("10:30")]], from, to, ZONE)).toBe("Busy 10:15–10:30");
    expect(busyText([[from, at("10:30")], [at("10:45"), to]], from, to, ZONE)).toBe("Busy 10:00–10:30 and later");
    expect(busyText([[from, to]], from, at("11:00", "2027-03-23"), ZONE)).toBe("Busy");
  });
});
