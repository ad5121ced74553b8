import { describe, expect, it } from "vitest";
import type { Api } from "../src/api";
import { EventStore } from "../src/event-store";
import { UndoHistory } from "../src/undo-history";
import { Undoing, type LeftEvent } from "../src/undoing";
import type { More } from "../src/use-toasts";
import { ServerError, type HistoryEntry, type UndoAnswer } from "../src/wire";
import { makeRow } from "./make-row";

const NAMES: Record<number, string> = { 11: "Anna", 12: "Ben" };
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function entry(fields: Partial<HistoryEntry>): HistoryEntry {
  return { seq: 50, type: 1, time: 1, actor: 11, batch_id: 50, changed: {}, ...fields };
}

function desk(answer: () => Promise<UndoAnswer>, histories: Record<number, HistoryEntry[]> = {}) {
  const store = new EventStore();
  store.dispatch({ type: "answered", row: makeRow({ id: 1, title: "Call" }) });
  const toasts: (More & { text: string })[] = [];
  const shown: LeftEvent[][] = [];
  const asked: number[] = [];
  const api = {
    undo: (batch: number) => (asked.push(batch), answer()),
    history: (id: number, since: number) => Promise.resolve((histories[id] ?? []).filter((one) => one.seq > since)),
  } as unknown as Api;
  const undoing = new Undoing({ api, store, tell: (text, more) => toasts.push({ text, ...more }), nameOf: (id) => NAMES[id] ?? `Manager ${id}`, onLeft: (left) => shown.push(left) });
  return { undoing, toasts, shown, asked };
}

describe("an undo", () => {
  it("of nothing is not offered", () => {
    expect(desk(() => Promise.reject(new Error())).undoing.of(0, "Saved: x")).toBeUndefined();
  });

  it("names who has changed the event since, and how", async () => {
    const { undoing, toasts, shown } = desk(() => Promise.resolve({ undone: 0, left: [1], batch_id: 0 }), {
      1: [entry({ seq: 40, batch_id: 40, actor: 10 }), entry({ changed: { start_time: [1, 2] } })],
    });
    undoing.of(40, "Saved: Call")?.();
    await settled();
    expect(toasts[0]).toMatchObject({ text: "Not undone: Anna has moved “Call” since", failed: true });
    toasts[0]?.action?.act();
    expect(shown[0]?.map((one) => one.id)).toEqual([1]);
  });

  it("of a part says for how many events, and can be done again for them", async () => {
    const { undoing, toasts } = desk(() => Promise.resolve({ undone: 3, left: [1, 2], batch_id: 90 }), {
      1: [entry({ type: 0, seq: 41, batch_id: 40 })],
      2: [entry({ type: 2, actor: 12, changed: { title: ["Lunch", null] } })],
    });
    undoing.of(40, "Moved 5 events")?.();
    await settled();
    expect(toasts[0]?.text).toBe("Undone for 3 of 5 events. Not for the others: you can't change “Call” any more, and 1 more");
    expect(toasts[0]?.redo).toBeDefined();
  });

  it("names a deleted event by its last title", async () => {
    const { undoing, toasts } = desk(() => Promise.resolve({ undone: 0, left: [2], batch_id: 0 }), {
      2: [entry({ type: 2, actor: 12, changed: { title: ["Lunch", null] } })],
    });
    undoing.of(40, "Saved: Lunch")?.();
    await settled();
    expect(toasts[0]?.text).toBe("Not undone: Ben has deleted “Lunch” since");
  });

  it("waits for the one before it", async () => {
    const answers: ((answer: UndoAnswer) => void)[] = [];
    const { undoing, asked } = desk(() => new Promise((resolve) => answers.push(resolve)));
    undoing.of(8, "b")?.();
    undoing.of(7, "a")?.();
    await settled();
    expect(asked).toEqual([8]);
    answers[0]?.({ undone: 1, left: [], batch_id: 9 });
    await settled();
    expect(asked).toEqual([8, 7]);
  });

  it("that is refused says why, and does not stop the next one", async () => {
    const { undoing, toasts } = desk(() => Promise.reject(new ServerError(404, "NOT_FOUND", "there is no batch 7 that you may undo")));
    undoing.of(7, "a")?.();
    undoing.of(6, "b")?.();
    await settled();
    expect(toasts).toHaveLength(2);
    expect(toasts[0]).toEqual({ text: "there is no batch 7 that you may undo", failed: true });
  });
});

describe("what can be undone", () => {
  const act = () => {};

  it("is taken latest first, each once", () => {
    const steps = new UndoHistory();
    steps.did({ id: 1, act });
    steps.did({ id: 2, act });
    expect(steps.lastDone()?.id).toBe(2);
    expect(steps.take(2)?.id).toBe(2);
    expect(steps.take(2)).toBeUndefined();
    expect(steps.lastDone()?.id).toBe(1);
  });

  it("can be done again until something new is done", () => {
    const steps = new UndoHistory();
    steps.undid({ id: 1, act });
    steps.undid({ id: 2, act });
    steps.take(2);
    steps.redid({ id: 3, act });
    expect([steps.lastUndone()?.id, steps.lastDone()?.id]).toEqual([1, 3]);
    steps.did({ id: 4, act });
    expect(steps.lastUndone()).toBeUndefined();
  });

  it("is at most twenty steps", () => {
    const steps = new UndoHistory();
    for (let id = 1; id <= 25; id++) steps.did({ id, act });
    for (let id = 25; id > 5; id--) expect(steps.take(id)?.id).toBe(id);
    expect(steps.lastDone()).toBeUndefined();
  });
});
