import { describe, expect, it } from "vitest";
import { chosenDesk, columnItems, cutColumns, deskColumns, deskLists, givenTo } from "../src/desk-day";
import { deskLists as listsToAsk } from "../src/desk-lists";
import { secondsOf } from "../src/time/clock";
import type { EventRow } from "../src/types.gen";
import type { Directory } from "../src/use-directory";
import { isEscalation } from "../src/wire";
import { makeRow } from "./make-row";

const NOW = secondsOf("2026-11-27", "12:00", "UTC");
const DAY = [secondsOf("2026-11-27", "00:00", "UTC") * 1000, secondsOf("2026-11-28", "00:00", "UTC") * 1000];
const person = (id: number, desks = "DESK_A") => ({ id, name: `Manager ${id}`, brand: "default", desks, colour: "#000000" });
const people = [person(10), person(11), person(12, "DESK_B")];
const directory = {
  people,
  desks: [
    { code: "DESK_B", brand: "default", title: "B", manager_id: 12 },
    { code: "DESK_A", brand: "default", title: "A", manager_id: 11 },
  ],
  person: (id: number) => people.find((one) => one.id === id) ?? person(id, ""),
} as unknown as Directory;
const participant = (manager_id: number, status: 0 | 1 | 2 = 1) => ({ event_id: 1, manager_id, role: 1 as const, status, created_time: 1, updated_time: 1 });
const owner = (manager_id: number) => ({ ...participant(manager_id), role: 0 as const });

describe("the desk that is shown", () => {
  it("is the one filtered by, else the one led, else one's own, else the first", () => {
    expect(chosenDesk("DESK_B", directory, 10)).toBe("DESK_B");
    expect(chosenDesk("*", directory, 11)).toBe("DESK_A");
    expect(chosenDesk("*", directory, 10)).toBe("DESK_A");
    expect(chosenDesk("*", directory, 99)).toBe("DESK_B");
    expect(chosenDesk("DESK_X", directory, 10)).toBe("");
  });

  it("has its lead's column first, and one for each other owner", () => {
    expect(deskColumns("DESK_A", directory, [10, 77]).map((column) => column.id)).toEqual([11, 10, 77]);
  });
});

describe("the columns", () => {
  const columns = deskColumns("DESK_A", directory, []);
  const at = (id: number, fields: Partial<EventRow> = {}) => makeRow({ id, start_time: NOW, end_time: NOW + 3600, ...fields });

  it("hold each event with its owner, and a copy with each colleague who comes", () => {
    const row = at(1, { participants: [owner(10), participant(11), participant(12), participant(13, 2)] });
    expect(columnItems([row], columns, "UTC").map(({ column, isCopy }) => [column, isCopy])).toEqual([[10, undefined], [11, true]]);
  });

  it("are cut each for itself", () => {
    const rows = Array.from({ length: 30 }, (_, index) => at(index + 1, { owner_manager_id: index ? 10 : 11, participants: [owner(index ? 10 : 11)] }));
    const shown = cutColumns(columnItems(rows, columns, "UTC"), DAY, 150, { zone: "UTC", me: 10, now: NOW * 1000 });
    expect(shown.filter((item) => item.column === 11)).toHaveLength(1);
    const ten = shown.filter((item) => item.column === 10);
    expect(ten.filter((item) => !item.more)).toHaveLength(2);
    expect(ten.find((item) => item.more)?.more).toHaveLength(27);
  });
});

describe("what waits", () => {
  const call = (id: number, minutes: number, fields: Partial<EventRow> = {}) => makeRow({ id, type: 2, start_time: NOW + minutes * 60, end_time: NOW + minutes * 60 + 600, ...fields });

  it("is late, claimed, or in the pool; of this desk alone", () => {
    const rows = [
      call(1, -60),
      call(2, -90, { status: 1 }),
      call(3, -120, { pool_after_sec: 60 }),
      call(4, -5, { claimed_by: 11, claim_until: NOW + 60, pool_after_sec: 60 }),
      call(5, -50, { desk: "DESK_B" }),
      call(6, 30, { claimed_by: 11, claim_until: NOW - 1 }),
    ];
    const ids = Object.entries(deskLists(rows, "DESK_A", NOW)).map(([name, list]) => [name, (list as EventRow[]).map((row) => row.id)]);
    expect(Object.fromEntries(ids)).toEqual({ overdue: [3, 1], claimed: [4], pool: [3] });
  });

  it("is asked for beside the day in views of work alone", () => {
    const wanted = { me: 10, brand: "", desk: "*", now: NOW };
    expect(listsToAsk("week", wanted)).toEqual([]);
    expect(listsToAsk("my_day", wanted)[0]).toMatchObject({ overdue: 1, owner_manager_id: 10, to: NOW });
    expect(listsToAsk("desk", wanted)[0]).not.toHaveProperty("owner_manager_id");
    // A colleague's call of the next hour comes to the pool without a change that would be pushed.
    expect(listsToAsk("my_day", wanted)[1]?.to).toBe(NOW + 3600);
  });

  it("tells an escalation by its token", () => {
    expect([isEscalation({ token: "7-1710000000-10" }), isEscalation({ token: "7-1710000000-10-20" })]).toEqual([false, true]);
  });
});

describe("an event that is given to another manager", () => {
  it("leaves its owner, who stays in a meeting with others", () => {
    const alone = makeRow({ id: 1, participants: [owner(10)] });
    expect(givenTo(alone, 11)).toMatchObject({ owner_manager_id: 11, participants: [{ manager_id: 11, role: 0 }] });
    const meeting = makeRow({ id: 1, participants: [owner(10), participant(11), participant(12)] });
    expect(givenTo(meeting, 11).participants.map((one) => [one.manager_id, one.role])).toEqual([[11, 0], [10, 1], [12, 1]]);
    expect(givenTo(meeting, 11, false).participants.map((one) => [one.manager_id, one.role])).toEqual([[11, 0], [12, 1]]);
  });
});
