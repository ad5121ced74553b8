import { describe, expect, it } from "vitest";
import { Actions, type Conflict } from "../src/actions";
import type { Api, Applied } from "../src/api";
import { fieldsOf, newFields } from "../src/event-fields";
import { EventStore, eventOf } from "../src/event-store";
import { timesOf } from "../src/moving";
import type { EventRow, ParticipantRow, UpdateEvent } from "../src/types.gen";
import type { More } from "../src/use-toasts";
import { ServerError } from "../src/wire";
import { makeRow } from "./make-row";

interface Shown extends More {
  text: string;
}

const BATCH = 77;

/** Answers that the test gives when it wants to, in the order of the calls. */
class Server {
  readonly calls: { command: string; data: unknown; resolve: (row: EventRow) => void; reject: (error: Error) => void }[] = [];
  readonly undone: number[] = [];
  private waiting = (command: string) => (data: unknown) =>
    new Promise<Applied>((resolve, reject) => this.calls.push({ command, data, resolve: (row) => resolve({ row, batchId: BATCH }), reject }));

  readonly api = {
    add: this.waiting("add"),
    update: this.waiting("update"),
    complete: this.waiting("complete"),
    archive: this.waiting("archive"),
    remove: (id: number) => this.waiting("remove")(id).then(({ batchId }) => batchId),
    respond: this.waiting("respond"),
    undo: (batchId: number) => {
      this.undone.push(batchId);
      return Promise.resolve({ undone: 1, left: [], batch_id: batchId + 1 });
    },
  } as unknown as Api;
}

function desk(row = makeRow({ id: 1, version: 1 })) {
  const server = new Server();
  const store = new EventStore();
  store.dispatch({ type: "answered", row });
  const toasts: Shown[] = [];
  const conflicts: (Conflict | null)[] = [];
  const tell = (text: string, more: More = {}) => void toasts.push({ text, ...more });
  const actions = new Actions({ api: server.api, store, tell, nameOf: String, onLeft: () => {}, onConflict: (conflict) => conflicts.push(conflict) });
  return { row, server, store, toasts, conflicts, actions, shown: () => eventOf(store.get(), row.id) };
}

function participantOf(manager_id: number, status: ParticipantRow["status"]): ParticipantRow {
  return { event_id: 1, manager_id, role: 1, status, created_time: 0, updated_time: 0 };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const TIMES = { start_time: 1_710_100_000, end_time: 1_710_103_600, all_day: 0 };

describe("a move", () => {
  it("is shown at once, and stays when it is answered", async () => {
    const { row, server, actions, toasts, shown } = desk();
    actions.move(row, TIMES);
    expect(shown()?.start_time).toBe(TIMES.start_time);
    expect(server.calls[0]?.data).toMatchObject({ id: 1, if_version: 1, start_time: TIMES.start_time });
    server.calls[0]?.resolve({ ...row, ...TIMES, version: 2 });
    await settled();
    expect(shown()).toMatchObject({ version: 2, ...TIMES });
    expect(toasts.map((one) => one.text)).toEqual(["Moved: Title"]);
  });

  it("that fails never puts an old row over a newer one", async () => {
    const { row, server, store, actions, toasts, shown } = desk();
    actions.move(row, TIMES);
    store.dispatch({ type: "changed", changes: [{ seq: 7, id: 1, row: makeRow({ id: 1, version: 2, title: "Theirs" }) }] });
    server.calls[0]?.reject(new ServerError(503, "UNAVAILABLE", "shutting down"));
    await settled();
    expect(shown()).toMatchObject({ version: 2, title: "Theirs", start_time: row.start_time });
    expect(toasts).toEqual([{ text: "shutting down", failed: true }]);
  });

  it("that was overtaken by another is answered without undoing the later one", async () => {
    const { row, server, actions, shown } = desk();
    actions.move(row, TIMES);
    actions.move(row, { ...TIMES, end_time: TIMES.end_time + 60 });
    server.calls[0]?.reject(new ServerError(503, "UNAVAILABLE", "shutting down"));
    await settled();
    expect(shown()?.end_time).toBe(TIMES.end_time + 60);
  });

  it("of an event that somebody else renamed is merged", async () => {
    const { row, server, actions, conflicts } = desk();
    actions.move(row, TIMES);
    const theirs = makeRow({ id: 1, version: 2, title: "Theirs" });
    server.calls[0]?.reject(new ServerError(409, "CONFLICT", "changed", null, theirs));
    await settled();
    expect(server.calls[1]?.data).toMatchObject({ if_version: 2, start_time: TIMES.start_time });
    expect((server.calls[1]?.data as UpdateEvent).title).toBeUndefined();
    expect(conflicts).toEqual([]);
  });

  it("of an event that somebody else moved waits for a choice, and shows theirs", async () => {
    const { row, server, actions, conflicts, shown } = desk();
    actions.move(row, TIMES);
    const theirs = makeRow({ id: 1, version: 2, start_time: 1_710_200_000, end_time: 1_710_203_600 });
    server.calls[0]?.reject(new ServerError(409, "CONFLICT", "changed", null, theirs));
    await settled();
    expect(conflicts[0]?.merged.collisions).toEqual(["start_time"]);
    expect(shown()?.start_time).toBe(1_710_200_000);
  });
});

describe("a save", () => {
  it("that becomes a conflict is not saved", async () => {
    const { row, server, actions } = desk();
    const saved = actions.save(row, { ...fieldsOf(row), title: "Mine" });
    server.calls[0]?.reject(new ServerError(409, "CONFLICT", "changed", null, makeRow({ id: 1, version: 2, title: "Theirs" })));
    expect(await saved).toBe(false);
  });

  it("is undone by its batch, and done again by that of the undo", async () => {
    const { row, server, actions, toasts } = desk();
    const saved = actions.save(row, { ...fieldsOf(row), title: "Mine" });
    server.calls[0]?.resolve(makeRow({ id: 1, version: 2, title: "Mine" }));
    expect(await saved).toBe(true);
    toasts[0]?.undo?.();
    await settled();
    expect(toasts[1]?.text).toBe("Undone (saved: Mine)");
    toasts[1]?.redo?.();
    await settled();
    expect(toasts[2]).toMatchObject({ text: "Done again (saved: Mine)", isAgain: true });
    expect(server.undone).toEqual([BATCH, BATCH + 1]);
  });
});

describe("a creation", () => {
  const fields = newFields({ ...TIMES, timezone: "UTC", title: "Call" });
  const keyOf = (call: { data: unknown } | undefined) => (call?.data as { idempotency_key?: string } | undefined)?.idempotency_key;
  const lost = new ServerError(503, "DISCONNECTED", "The connection broke before the answer came.");

  it("whose answer was lost makes no second event when it is tried again", async () => {
    const { server, actions } = desk();
    void actions.create(fields);
    server.calls[0]?.reject(lost);
    await settled();
    void actions.create({ ...fields });
    server.calls[1]?.reject(new ServerError(504, "TIMEOUT", "The server did not answer in time."));
    await settled();
    void actions.create(fields);
    expect(keyOf(server.calls[0])).toBeTruthy();
    expect([keyOf(server.calls[1]), keyOf(server.calls[2])]).toEqual([keyOf(server.calls[0]), keyOf(server.calls[0])]);
  });

  it("of other data, or after an answer, is a new one", async () => {
    const { server, actions, row } = desk();
    void actions.create(fields);
    server.calls[0]?.reject(lost);
    await settled();
    void actions.create({ ...fields, title: "Another" });
    server.calls[1]?.resolve(row);
    await settled();
    void actions.create({ ...fields, title: "Another" });
    server.calls[2]?.reject(new ServerError(400, "INTERNAL", "no"));
    await settled();
    void actions.create({ ...fields, title: "Another" });
    expect(new Set(server.calls.map(keyOf)).size).toBe(4);
  });
});

describe("giving an event with answers to a colleague", () => {
  const answered = makeRow({ id: 1, version: 1, participants: [participantOf(10, 1), participantOf(12, 1)] });
  const given = { owner_manager_id: 11 };

  it("offers to ask everybody again only where the time is another", async () => {
    for (const [times, offered] of [[timesOf(answered), undefined], [TIMES, "Ask everybody again"]] as const) {
      const { row, server, actions, toasts } = desk(answered);
      actions.move(row, { ...times, ...given });
      server.calls[0]?.resolve({ ...row, ...times, ...given, version: 2 });
      await settled();
      expect([toasts[0]?.text, toasts[0]?.action?.label]).toEqual([expect.stringMatching(/^Given to 11: /), offered]);
    }
  });
});

it("a deletion is undone by its batch", async () => {
  const { row, server, actions, toasts, shown } = desk();
  const removed = actions.remove(row);
  server.calls[0]?.resolve(row);
  expect(await removed).toBe(true);
  expect(shown()).toBeUndefined();
  toasts[0]?.undo?.();
  await settled();
  expect(server.undone).toEqual([BATCH]);
  expect(toasts.map((one) => one.text)).toEqual(["Deleted: Title", "Undone (deleted: Title)"]);
});

it("a status is shown at once and taken back when it is refused", async () => {
  const { row, server, actions, shown } = desk();
  actions.setStatus(row, 1);
  expect(shown()?.status).toBe(1);
  server.calls[0]?.reject(new ServerError(403, "FORBIDDEN", "not yours"));
  await settled();
  expect(shown()?.status).toBe(0);
});

describe("a change of several occurrences", () => {
  it("says so to the server and to the person, and leaves a reminder at a given time where it is", async () => {
    const { row, server, actions, toasts } = desk(makeRow({ id: 1, version: 1, series_id: 7, remind_time: 1_710_000_000 }));
    actions.move(row, { ...TIMES, remind_time: 1_710_100_000 }, 1);
    expect(server.calls[0]?.data).toMatchObject({ id: 1, scope: 1, start_time: TIMES.start_time });
    expect(server.calls[0]?.data).not.toHaveProperty("remind_time");
    server.calls[0]?.resolve({ ...row, ...TIMES, version: 2 });
    await settled();
    expect(toasts[0]?.text).toBe("Moved (this and following): Title");
  });

  it("of one alone sends no scope", () => {
    const { row, server, actions } = desk();
    actions.move(row, TIMES);
    expect(server.calls[0]?.data).not.toHaveProperty("scope");
  });

  it("keeps its scope through a merge", async () => {
    const { row, server, actions } = desk();
    const saved = actions.save(row, { ...fieldsOf(row), title: "Mine" }, 2);
    server.calls[0]?.reject(new ServerError(409, "CONFLICT", "changed", null, { ...row, priority: 3, version: 2 }));
    await settled();
    expect(server.calls[1]?.data).toMatchObject({ title: "Mine", scope: 2, if_version: 2 });
    server.calls[1]?.resolve({ ...row, title: "Mine", version: 3 });
    expect(await saved).toBe(true);
  });
});
