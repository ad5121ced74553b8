import { describe, expect, it } from "vitest";
import { changedFields, createData, fieldsOf, mergeFields, withMine } from "../src/event-fields";
import { newGuest } from "../src/guests";
import { makeRow } from "./make-row";

const base = fieldsOf(makeRow({}));

describe("an update", () => {
  it("names only what differs", () => {
    expect(changedFields(base, { ...base, title: "Other" })).toEqual({ title: "Other" });
    expect(changedFields(base, { ...base })).toEqual({});
  });

  it("names the participants when one was added", () => {
    const participants = [...base.participants, newGuest(11)];
    expect(changedFields(base, { ...base, participants })).toEqual({ participants });
  });
});

describe("a recurrence rule", () => {
  const rrule = "FREQ=DAILY";

  it("is sent where it was chosen, and null where the event is to end repeating", () => {
    expect(createData({ ...base, rrule }, "key")).toMatchObject({ recurrence: { rrule } });
    expect(createData({ ...base, rrule: "" }, "key")).not.toHaveProperty("recurrence");
    expect(createData({ ...base, rrule }, "key")).not.toHaveProperty("rrule");
    expect(changedFields(base, { ...base, rrule })).toEqual({ recurrence: { rrule } });
    expect(changedFields(base, { ...base, rrule: "" })).toEqual({ recurrence: null });
  });

  it("of mine stays through a merge", () => {
    expect(mergeFields(base, { ...base, rrule }, { ...base, title: "Theirs" }).fields).toMatchObject({ rrule, title: "Theirs" });
  });
});

describe("two edits of one event", () => {
  it("go together where they touch different fields", () => {
    const { fields, collisions } = mergeFields(base, { ...base, title: "Mine" }, { ...base, priority: 3 });
    expect(collisions).toEqual([]);
    expect(fields).toEqual({ ...base, title: "Mine", priority: 3 });
  });

  it("collide in the field that both changed differently, and theirs stands until chosen", () => {
    const mine = { ...base, title: "Mine", login: 5 };
    const { fields, collisions } = mergeFields(base, mine, { ...base, title: "Theirs" });
    expect(collisions).toEqual(["title"]);
    expect(fields).toMatchObject({ title: "Theirs", login: 5 });
    expect(withMine(fields, mine, ["title"]).title).toBe("Mine");
  });

  it("that say the same do not collide", () => {
    expect(mergeFields(base, { ...base, title: "Same" }, { ...base, title: "Same" }).collisions).toEqual([]);
  });

  it("never mix one's start with the other's end", () => {
    const mine = { ...base, start_time: base.start_time + 600, end_time: base.end_time + 600 };
    const theirs = { ...base, end_time: base.end_time + 7200 };
    const { fields, collisions } = mergeFields(base, mine, theirs);
    expect(collisions).toEqual(["start_time"]);
    expect(fields).toMatchObject({ start_time: base.start_time, end_time: theirs.end_time });
    expect(withMine(fields, mine, ["start_time"])).toMatchObject({ start_time: mine.start_time, end_time: mine.end_time });
  });

  it("keep an answer given beside a new title and a new guest", () => {
    const invited = { ...base, participants: [...base.participants, newGuest(11)] };
    const mine = { ...invited, title: "New", participants: [...invited.participants, newGuest(12)] };
    const answered = { ...invited, participants: [...base.participants, { ...newGuest(11), status: 1 as const }] };
    const { fields, collisions } = mergeFields(invited, mine, answered);
    expect(collisions).toEqual([]);
    expect(fields.title).toBe("New");
    expect(fields.participants.map((guest) => [guest.manager_id, guest.status])).toEqual([[10, 1], [11, 1], [12, 0]]);
  });

  it("let a guest go whom one of them removed", () => {
    const invited = { ...base, participants: [...base.participants, newGuest(11)] };
    expect(mergeFields(invited, base, invited).fields.participants).toEqual(base.participants);
  });
});
