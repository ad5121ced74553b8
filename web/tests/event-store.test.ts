import { describe, expect, it } from "vitest";
import { EventStore, eventOf, isCovered, shownRows, type Span } from "../src/event-store";
import { makeRow } from "./make-row";

function storeWith(...versions: [id: number, version: number][]): EventStore {
  const store = new EventStore();
  store.dispatch({ type: "listed", rows: versions.map(([id, version]) => makeRow({ id, version })), asked: store.get() });
  return store;
}

/** A list without rows that makes the range known. */
function cover(store: EventStore, scope: string, span: Span, horizon: number | null): void {
  store.dispatch({ type: "listed", rows: [], asked: store.get(), covers: { scope, span, horizon } });
}

const titleOf = (store: EventStore, id = 1) => eventOf(store.get(), id)?.title;
const ids = (store: EventStore) => shownRows(store.get()).map((row) => row.id).sort();

describe("versions", () => {
  it("an older answer never replaces a newer row", () => {
    const store = storeWith([1, 3]);
    store.dispatch({ type: "answered", row: makeRow({ id: 1, version: 2, title: "Old" }) });
    store.dispatch({ type: "listed", rows: [makeRow({ id: 1, version: 2, title: "Old" })], asked: store.get() });
    expect(titleOf(store)).toBe("Title");
  });

  it("a reminder that fired changes the row without a new version", () => {
    const store = storeWith([1, 3]);
    store.dispatch({ type: "changed", changes: [{ seq: 9, id: 1, row: makeRow({ id: 1, version: 3, reminder_sent_time: 5 }) }] });
    expect(eventOf(store.get(), 1)?.reminder_sent_time).toBe(5);
  });
});

describe("guesses", () => {
  it("a failed guess shows what the server sent last, also what came meanwhile", () => {
    const store = storeWith([1, 1]);
    store.dispatch({ type: "guessed", key: "a", row: makeRow({ id: 1, version: 1, title: "Guess" }) });
    store.dispatch({ type: "changed", changes: [{ seq: 2, id: 1, row: makeRow({ id: 1, version: 2, title: "Theirs" }) }] });
    expect(titleOf(store)).toBe("Guess");
    store.dispatch({ type: "guess_failed", id: 1, key: "a" });
    expect(titleOf(store)).toBe("Theirs");
  });

  it("the answer to the first of two guesses leaves the second one shown", () => {
    const store = storeWith([1, 1]);
    store.dispatch({ type: "guessed", key: "a", row: makeRow({ id: 1, title: "First" }) });
    store.dispatch({ type: "guessed", key: "b", row: makeRow({ id: 1, title: "Second" }) });
    store.dispatch({ type: "answered", key: "a", row: makeRow({ id: 1, version: 2, title: "First" }) });
    expect(titleOf(store)).toBe("Second");
    store.dispatch({ type: "answered", key: "b", row: makeRow({ id: 1, version: 3, title: "Second" }) });
    expect(store.get().guesses.size).toBe(0);
  });

  it("a guess about an event that is deleted goes with it", () => {
    const store = storeWith([1, 1]);
    store.dispatch({ type: "guessed", key: "a", row: makeRow({ id: 1 }) });
    store.dispatch({ type: "changed", changes: [{ seq: 2, id: 1, row: null }] });
    expect(ids(store)).toEqual([]);
    expect(store.get().guesses.size).toBe(0);
  });
});

describe("deletions", () => {
  it("a list that was asked for before a deletion does not bring the event back", () => {
    const store = storeWith([1, 1], [2, 1]);
    const asked = store.get();
    store.dispatch({ type: "changed", changes: [{ seq: 2, id: 1, row: null }] });
    store.dispatch({ type: "listed", rows: [makeRow({ id: 1 }), makeRow({ id: 2 })], asked });
    expect(ids(store)).toEqual([2]);
  });

  it("an event that comes back during a resync is shown", () => {
    const store = storeWith([1, 1]);
    store.dispatch({ type: "changed", changes: [{ seq: 2, id: 1, row: null }] });
    store.dispatch({ type: "reload" });
    store.dispatch({ type: "listed", rows: [makeRow({ id: 1, version: 3 })], asked: store.get() });
    store.dispatch({ type: "settled", keep: 0 });
    expect(ids(store)).toEqual([1]);
  });
});

describe("a reload", () => {
  it("drops what does not come again, but not the event in the panel", () => {
    const store = storeWith([1, 1], [2, 1], [3, 1]);
    store.dispatch({ type: "reload" });
    store.dispatch({ type: "listed", rows: [makeRow({ id: 1 })], asked: store.get() });
    expect(ids(store)).toEqual([1, 2, 3]);
    store.dispatch({ type: "settled", keep: 2 });
    expect(ids(store)).toEqual([1, 2]);
  });

  it("keeps what was pushed while it ran, also of another range", () => {
    const store = storeWith([1, 1]);
    store.dispatch({ type: "reload" });
    store.dispatch({ type: "changed", changes: [{ seq: 2, id: 1, row: makeRow({ id: 1, version: 2 }) }] });
    store.dispatch({ type: "settled", keep: 0 });
    expect(ids(store)).toEqual([1]);
  });

  it("takes versions of a restored backup, which are lower, from a list or a push", () => {
    const store = storeWith([1, 3], [2, 3]);
    store.dispatch({ type: "reload" });
    store.dispatch({ type: "changed", changes: [{ seq: 9, id: 2, row: makeRow({ id: 2, version: 2, title: "Pushed" }) }] });
    const rows = [makeRow({ id: 1, version: 2, title: "Restored" }), makeRow({ id: 2, version: 1, title: "Asked before" })];
    store.dispatch({ type: "listed", rows, asked: store.get() });
    expect([titleOf(store, 1), titleOf(store, 2)]).toEqual(["Restored", "Pushed"]);
  });

  it("is not ended by a list that was asked for before it", () => {
    const store = storeWith([1, 1]);
    const asked = store.get();
    cover(store, "all", { from: 0, to: 10 }, null);
    store.dispatch({ type: "reload" });
    store.dispatch({ type: "listed", rows: [makeRow({ id: 1 })], asked });
    expect(isCovered(store.get(), "all", { from: 0, to: 10 })).toBe(false);
    store.dispatch({ type: "settled", keep: 0 });
    expect(ids(store)).toEqual([]);
  });
});

it("a list from before a reload brings no event: it may be gone", () => {
  const store = storeWith([1, 1]);
  const asked = store.get();
  store.dispatch({ type: "reload" });
  store.dispatch({ type: "listed", rows: [makeRow({ id: 2 })], asked });
  expect(ids(store)).toEqual([1]);
  store.dispatch({ type: "listed", rows: [makeRow({ id: 2 })], asked: store.get() });
  expect(ids(store)).toEqual([1, 2]);
});

it("the events of a list and its range are there at once", () => {
  const store = new EventStore();
  const seen: [number, boolean][] = [];
  const span = { from: 0, to: 9 };
  store.subscribe(() => seen.push([store.getDrawn().known.size, isCovered(store.getDrawn(), "all", span)]));
  store.dispatch({ type: "listed", rows: [makeRow({ id: 1 })], asked: store.get(), covers: { scope: "all", span, horizon: null } });
  expect(seen).toEqual([[1, true]]);
});

describe("the horizon", () => {
  const horizons = (store: EventStore) => Object.fromEntries(store.get().horizons);

  it("does not change the events when a range is listed in full, so that none is drawn again", () => {
    const store = storeWith([1, 1]);
    const { known, stale } = store.getDrawn();
    cover(store, "all", { from: 0, to: 90 }, null);
    store.dispatch({ type: "listed", rows: [makeRow({ id: 1, version: 1 })], asked: store.get() });
    expect(store.getDrawn().known).toBe(known);
    expect(store.getDrawn().stale).toBe(stale);
    expect(isCovered(store.getDrawn(), "all", { from: 0, to: 90 })).toBe(true);
    const drawn = store.getDrawn();
    store.dispatch({ type: "settled", keep: 0 });
    expect(store.getDrawn()).toBe(drawn);
    cover(store, "all", { from: 0, to: 90 }, 50);
    expect(store.getDrawn().horizons.get("all")).toBe(50);
    store.dispatch({ type: "removed", id: 1 });
    expect(store.getDrawn().known.size).toBe(0);
  });

  it("is that of the last list of a scope that has named one, until a reload", () => {
    const store = new EventStore();
    cover(store, "all", { from: 0, to: 90 }, 50);
    cover(store, "all", { from: 0, to: 10 }, null);
    cover(store, "mine", { from: 0, to: 90 }, null);
    expect(horizons(store)).toEqual({ all: 50 });
    cover(store, "all", { from: 90, to: 99 }, 60);
    expect(horizons(store)).toEqual({ all: 60 });
    store.dispatch({ type: "reload" });
    expect(horizons(store)).toEqual({});
  });
});

it("listeners hear of changes alone", () => {
  const store = storeWith([1, 1]);
  let heard = 0;
  const stop = store.subscribe(() => heard++);
  store.dispatch({ type: "guess_failed", id: 1, key: "none" });
  store.dispatch({ type: "settled", keep: 0 });
  expect(heard).toBe(0);
  store.dispatch({ type: "removed", id: 1 });
  stop();
  store.dispatch({ type: "reload" });
  expect(heard).toBe(1);
});
