import { describe, expect, it } from "vitest";
import { secondsOf } from "../src/time/clock";
import type { EventRow } from "../src/types.gen";
import { GROUPS, nextOf, toDo, workList, type WorkGroup } from "../src/work-list";
import { makeRow } from "./make-row";

const NOW = secondsOf("2026-11-27", "12:00", "UTC");
const AT = { me: 10, now: NOW, zone: "UTC" };
const OTHER = [{ event_id: 1, manager_id: 11, role: 0 as const, status: 1 as const, created_time: 1, updated_time: 1 }];

let lastId = 0;
function call(minutes: number, fields: Partial<EventRow> = {}): EventRow {
  const start_time = NOW + minutes * 60;
  return makeRow({ id: ++lastId, type: 2, start_time, end_time: start_time + 900, ...fields });
}

function pooled(minutes: number, fields: Partial<EventRow> = {}): EventRow {
  return call(minutes, { owner_manager_id: 11, participants: OTHER, pool_after_sec: 1800, ...fields });
}

function groupsOf(rows: EventRow[]): Partial<Record<WorkGroup, number[]>> {
  const list = workList(rows, AT);
  return Object.fromEntries(GROUPS.filter((group) => list[group].length).map((group) => [group, list[group].map((row) => row.id)]));
}

describe("the work of a day", () => {
  it("is late, current, next or later, whatever the order it came in", () => {
    const [late, current, next, beside, later, tomorrow] = [call(-60), call(-5), call(20), call(20), call(60), call(1440)];
    expect(groupsOf([tomorrow, later, beside, next, current, late])).toEqual({ overdue: [late.id], now: [current.id], next: [next.id, beside.id], later: [later.id] });
  });

  it("puts what is late in the order of claims: priority, then start", () => {
    const [old, urgent, recent] = [call(-600), call(-60, { priority: 3 }), call(-120)];
    expect(groupsOf([recent, old, urgent]).overdue).toEqual([urgent.id, old.id, recent.id]);
  });

  it("leaves out what is another's, cancelled, declined, or not yet in the pool", () => {
    const declined = call(10, { owner_manager_id: 11, participants: [{ ...OTHER[0]!, manager_id: 10, status: 2 }] });
    expect(groupsOf([call(10, { owner_manager_id: 11, participants: OTHER }), call(10, { status: 2 }), declined, pooled(-20)])).toEqual({});
  });

  it("offers the pool, and keeps a colleague's claim in view", () => {
    const free = pooled(-40);
    const taken = pooled(-50, { claimed_by: 12, claim_until: NOW + 60 });
    const ended = pooled(-45, { claimed_by: 12, claim_until: NOW });
    expect(groupsOf([free, taken, ended])).toEqual({ pool: [taken.id, ended.id, free.id] });
    expect(nextOf(workList([free, taken, ended], AT), ended.id, AT)?.id).toBe(free.id);
  });

  it("has what I claimed under now, and the late one that a colleague took from me greyed in its place", () => {
    const mine = pooled(-300, { claimed_by: 10, claim_until: NOW + 60 });
    const taken = pooled(-100, { claimed_by: 12, claim_until: NOW + 60, owner_manager_id: 12, participants: [...OTHER, { ...OTHER[0]!, manager_id: 10, role: 1 }] });
    expect(groupsOf([mine, taken])).toEqual({ overdue: [taken.id], now: [mine.id] });
  });

  it("has whole days after timed events, and none of them is the next", () => {
    const day = makeRow({ id: 900, all_day: 1, start_time: secondsOf("2026-11-27", "00:00", "UTC"), end_time: secondsOf("2026-11-28", "00:00", "UTC") });
    const over = makeRow({ ...day, id: 901, start_time: day.start_time - 86_400, end_time: day.start_time });
    const later = call(30);
    expect(groupsOf([day, over, later])).toEqual({ overdue: [901], next: [later.id], later: [900] });
  });

  it("counts as done today what I did today", () => {
    const done = call(-60, { status: 1, updated_by: 10, updated_time: NOW - 60 });
    const list = workList([done, call(-60, { status: 1, updated_by: 11, updated_time: NOW }), call(-60, { status: 1, updated_by: 10, updated_time: NOW - 86_400 })], AT);
    expect(list.done).toEqual([done]);
    const created = call(-60, { status: 1, updated_by: 0, created_by: 10, updated_time: NOW });
    expect(workList([created, { ...created, start_time: NOW - 86_400 }], AT).done).toEqual([created]);
    expect(toDo(list)).toEqual([]);
  });
});
