import { describe, expect, it } from "vitest";
import type { ActionHost } from "../src/actions";
import type { Operation } from "../src/api";
import { EventStore, eventOf } from "../src/event-store";
import { ManyActions, reassigned } from "../src/many-actions";
import type { EventRow } from "../src/types.gen";
import { Undoing, type LeftEvent } from "../src/undoing";
import type { More } from "../src/use-toasts";
import { ServerError, type BatchAnswer } from "../src/wire";
import { makeRow } from "./make-row";

type Result = BatchAnswer["results"][number];
const refused = (status: number, message: string): Result => ({ status, error: { message } });
const changed = (row: EventRow): Result => ({ status: 200, data: { event: row } });
const DAY = 86_400;

function desk(answer: (operations: Operation[]) => Result[], restore: (id: number) => Promise<EventRow> = () => Promise.reject(new Error())) {
  const store = new EventStore();
  const toasts: (More & { text: string })[] = [];
  const shown: { left: LeftEvent[]; heading: string }[] = [];
  const sent: { operations: Operation[]; atomic: number }[] = [];
  const api = {
    batch: (operations: Operation[], atomic: number) => {
      sent.push({ operations, atomic });
      return Promise.resolve({ results: answer(operations), batch_id: 7 });
    },
    restore,
  };
  const host = {
    api, store,
    tell: (text: string, more: More = {}) => void toasts.push({ text, ...more }),
    nameOf: (id: number) => `Manager ${id}`,
    onLeft: (left: LeftEvent[], heading: string) => void shown.push({ left, heading }),
    onConflict: () => {},
  } as unknown as ActionHost;
  return { many: new ManyActions(host, new Undoing(host)), store, toasts, shown, sent };
}

const rows = [makeRow({ id: 1, title: "One", version: 3 }), makeRow({ id: 2, title: "Two", version: 5 })];

describe("many events", () => {
  it("are moved in one batch, each for itself, with one undo", async () => {
    const { many, store, toasts, sent } = desk((operations) => operations.map((_, index) => changed({ ...(rows[index] as EventRow), version: 9 })));
    await many.move(rows, 2, "UTC");
    expect(sent[0]?.atomic).toBe(0);
    const start_time = (rows[0] as EventRow).start_time + 2 * DAY;
    expect(sent[0]?.operations[0]).toEqual({ command: "MngUpdateCalendarEvent", data: { id: 1, start_time, end_time: start_time + 3600, if_version: 3 } });
    expect(toasts).toHaveLength(1);
    expect(toasts[0]?.text).toBe("Moved 2 events by +2 days");
    expect(toasts[0]?.undo).toBeDefined();
    expect(eventOf(store.get(), 1)?.version).toBe(9);
  });

  it("of a series are said to be changed alone, without a word on it where none is", async () => {
    const occurrence = makeRow({ id: 3, title: "Three", series_id: 9 });
    const { many, toasts, sent } = desk((operations) => operations.map(() => changed(occurrence)));
    await many.remove([rows[0] as EventRow, occurrence]);
    expect(sent[0]?.operations.map(({ data }) => "scope" in data)).toEqual([false, false]);
    expect(toasts[0]?.text).toBe("Deleted 2 events (these alone, not their series)");
    await many.remove(rows);
    expect(toasts[1]?.text).toBe("Deleted 2 events");
  });

  it("of which some are refused are named with the reason", async () => {
    const { many, toasts, shown } = desk(() => [changed(rows[0] as EventRow), refused(409, "version is 6")]);
    await many.move(rows, -1, "UTC");
    expect(toasts[0]?.text).toBe("Moved “One” by −1 day. Not “Two”: Somebody changed this event meanwhile; look at it again.");
    toasts[0]?.action?.act();
    expect(shown[0]).toMatchObject({ heading: "Not changed", left: [{ id: 2, title: "Two", isGone: false }] });
  });

  it("that are all refused are a failure without an undo", async () => {
    const { many, toasts } = desk(() => [refused(403, "not yours"), refused(404, "no event 2")]);
    await many.remove(rows);
    expect(toasts[0]).toMatchObject({ text: "Not “One”, and 1 more: not yours", failed: true });
    expect(toasts[0]?.undo).toBeUndefined();
  });

  it("are completed, cancelled, archived and deleted by their commands", async () => {
    const { many, sent, store } = desk((operations) => operations.map(() => ({ status: 200, data: { id: 1 } })));
    for (const row of rows) store.dispatch({ type: "answered", row });
    for (const status of [1, 2, 3] as const) await many.setStatus(rows, status);
    await many.remove(rows);
    expect(sent.map(({ operations }) => operations[0])).toEqual([
      { command: "MngCompleteCalendarEvent", data: { id: 1, if_version: 3 } },
      { command: "MngUpdateCalendarEvent", data: { id: 1, status: 2, if_version: 3 } },
      { command: "MngArchiveCalendarEvent", data: { id: 1, if_version: 3 } },
      { command: "MngDeleteCalendarEvent", data: { id: 1, if_version: 3 } },
    ]);
    expect(eventOf(store.get(), 1)).toBeUndefined();
  });

  it("are given to somebody with the other participants, and without the owner before", () => {
    const participant = (manager_id: number, role: 0 | 1) => ({ event_id: 1, manager_id, role, status: 2 as const, created_time: 1, updated_time: 1 });
    const { owner_manager_id, participants } = reassigned(makeRow({ participants: [participant(10, 0), participant(11, 1), participant(12, 1)] }), 12);
    expect(owner_manager_id).toBe(12);
    expect(participants).toEqual([{ manager_id: 12, role: 0, status: 1 }, { manager_id: 11, role: 1, status: 2 }]);
  });

  it("are restored, all that can be", async () => {
    const { many, toasts, store } = desk(
      () => [],
      (id) => (id === 1 ? Promise.resolve(makeRow({ id, title: "One", version: 4 })) : Promise.reject(new ServerError(404, "NOT_FOUND", "not in the trash"))),
    );
    expect((await many.restore(rows)).map((row) => row.id)).toEqual([1]);
    expect(eventOf(store.get(), 1)?.version).toBe(4);
    expect(toasts[0]).toMatchObject({ text: "Restored “One”. Not “Two”: not in the trash" });
    expect(toasts[0]?.undo).toBeDefined();
  });

  it("of a series are restored as single events, and that is said", async () => {
    const restored = (id: number) => Promise.resolve(makeRow({ id, title: `Nr. ${id}`, series_id: 0 }));
    const { many, toasts } = desk(() => [], restored);
    const occurrences = [1, 2].map((id) => makeRow({ id, title: `Nr. ${id}`, series_id: 7 }));
    await many.restore(occurrences.slice(0, 1));
    await many.restore([...occurrences, makeRow({ id: 3, title: "Nr. 3" })]);
    expect(toasts.map(({ text }) => text)).toEqual([
      "Restored “Nr. 1” as a single event",
      "Restored 3 events (2 occurrences of series as single events)",
    ]);
  });

  it("that could not be sent are a failure", async () => {
    const { many, toasts } = desk(() => {
      throw new ServerError(503, "DISCONNECTED", "There is no connection to the server.");
    });
    await many.remove(rows);
    expect(toasts).toEqual([{ text: "There is no connection to the server.", failed: true }]);
  });
});
