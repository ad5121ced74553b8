import { describe, expect, it } from "vitest";
import { changedFields, createData, fieldsOf, mergeFields, withMine } from "../src/event-fields";
import { newParticipant } from "../src/participants";
import { makeRow } from "./make-row";

const base = fieldsOf(makeRow({}));

describe("an update", () => {
  it("names only what differs", () => {
    expect(changedFields(base, { ...base, title: "Other" })).toEqual({ title: "Other" });
    expect(changedFields(base, { ...base })).toEqual({});
  });

  it("names the participants when one was added", () => {
    const participants = [...base.participants, newParticipant(11)];
    expect(changedFields(base, { ...base, participants })).toEqual({ participants });
  });
});

describe("keys that are absent while they have their defaults", () => {
  const more = { location: "Room 7", show_as: 1, customer_timezone: "Asia/Tokyo", pool_after_sec: 900 };
  const set = fieldsOf(makeRow(more));

  it("are not sent with a new event unless they were set", () => {
    for (const name of Object.keys(more)) expect(createData(base, "key")).not.toHaveProperty(name);
    expect(createData(set, "key")).toMatchObject(more);
    expect(createData({ ...base, show_as: 0 }, "key")).toMatchObject({ show_as: 0 });
  });

  it("are sent with an update only where they differ, and a default takes them off", () => {
    expect(changedFields(base, { ...base, location: "" })).toEqual({});
    expect(changedFields(base, { ...base, ...more })).toEqual(more);
    expect(changedFields(set, { ...set, title: "Other" })).toEqual({ title: "Other" });
    const usual = { location: "", show_as: null, customer_timezone: "", pool_after_sec: 0 };
    expect(changedFields(set, { ...set, ...usual })).toEqual(usual);
  });

  it("stay as they are where an older draft does not know them", () => {
    const older = Object.entries(set).filter(([name]) => !(name in more));
    const draft = { ...Object.fromEntries(older), title: "Other" } as typeof set;
    expect(changedFields(set, draft)).toEqual({ title: "Other" });
    expect(mergeFields(set, draft, { ...set, priority: 3 }).fields).toMatchObject({ ...more, title: "Other", priority: 3 });
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

  it("keep an answer given beside a new title and a new participant", () => {
    const invited = { ...base, participants: [...base.participants, newParticipant(11)] };
    const mine = { ...invited, title: "New", participants: [...invited.participants, newParticipant(12)] };
    const answered = { ...invited, participants: [...base.participants, { ...newParticipant(11), status: 1 as const }] };
    const { fields, collisions } = mergeFields(invited, mine, answered);
    expect(collisions).toEqual([]);
    expect(fields.title).toBe("New");
    expect(fields.participants.map((participant) => [participant.manager_id, participant.status])).toEqual([[10, 1], [11, 1], [12, 0]]);
  });

  it("let a participant go whom one of them removed", () => {
    const invited = { ...base, participants: [...base.participants, newParticipant(11)] };
    expect(mergeFields(invited, base, invited).fields.participants).toEqual(base.participants);
  });
});
