// Every event that is known, as a pure reducer: filled by lists, kept right by pushed changes, and
// covered by guesses while an answer is awaited. No sockets, no React, no clock here.

import type { EventRow } from "./types.gen";
import type { Change } from "./wire";

export interface Span {
  from: number;
  to: number;
}

/** What a person just did, shown until the server answers. */
export interface Guess {
  key: string;
  row: EventRow;
}

export interface EventState {
  /** As the server last sent them. */
  readonly known: ReadonlyMap<number, EventRow>;
  readonly guesses: ReadonlyMap<number, Guess>;
  /** Ids that were deleted or left the visible events, with the `clock` of that. */
  readonly gone: ReadonlyMap<number, number>;
  /** Known before a reload, and not confirmed since. */
  readonly stale: ReadonlySet<number>;
  /** Time ranges that were listed in full, by scope (brand, desk mask and managers). */
  readonly loaded: ReadonlyMap<string, readonly Span[]>;
  /** From where on occurrences of series may be missing, by scope; none: no list has named one. */
  readonly horizons: ReadonlyMap<string, number>;
  /** Rises with each deletion: a list that was asked for before one must not bring the event back. */
  readonly clock: number;
  /** Rises with each reload. */
  readonly epoch: number;
}

export type EventAction =
  /** Rows of a list that was asked for at `asked`; `covers`: with them its range is known in full. */
  | { type: "listed"; rows: EventRow[]; asked: Moment; covers?: Covered }
  /** An answer to a mutation or a single read; ends the guess of that key. */
  | { type: "answered"; row: EventRow; key?: string }
  | { type: "guessed"; row: EventRow; key: string }
  /** The mutation failed: what the server last sent is shown again. */
  | { type: "guess_failed"; id: number; key: string }
  | { type: "changed"; changes: Change[] }
  | { type: "removed"; id: number }
  | { type: "reload" }
  /** A reload is complete; what was not confirmed goes, but for the event with the id `keep`. */
  | { type: "settled"; keep: number };

/** A range of a scope that was listed in full. */
export interface Covered {
  scope: string;
  span: Span;
  /** The earliest that its lists have named; null: none. */
  horizon: number | null;
}

/** When a list was asked for. */
export type Moment = Pick<EventState, "clock" | "epoch">;

export const NO_EVENTS: EventState = {
  known: new Map(),
  guesses: new Map(),
  gone: new Map(),
  stale: new Set(),
  loaded: new Map(),
  horizons: new Map(),
  clock: 0,
  epoch: 0,
};

export function reduceEvents(state: EventState, action: EventAction): EventState {
  switch (action.type) {
    case "listed":
      return withCovered(listed(state, action.rows, action.asked), action.covers);
    case "answered":
      return answered(state, action.row, action.key);
    case "guessed":
      return { ...state, guesses: withEntry(state.guesses, action.row.id, { key: action.key, row: action.row }) };
    case "guess_failed":
      return withoutGuess(state, action.id, action.key);
    case "changed":
      return changed(state, action.changes);
    case "removed":
      return changed(state, [{ seq: 0, id: action.id, row: null }]);
    case "reload":
      return { ...state, stale: new Set(state.known.keys()), loaded: new Map(), horizons: new Map(), epoch: state.epoch + 1 };
    case "settled":
      return settled(state, action.keep);
  }
}

/** The event as it is to be shown; undefined: not known. */
export function eventOf(state: EventState, id: number): EventRow | undefined {
  return state.guesses.get(id)?.row ?? state.known.get(id);
}

/** All events as they are to be shown, in no order. */
export function shownRows({ known, guesses }: Pick<EventState, "known" | "guesses">): EventRow[] {
  if (!guesses.size) return [...known.values()];
  return [...known.values()].map((row) => guesses.get(row.id)?.row ?? row);
}

export function isCovered(state: Pick<EventState, "loaded">, scope: string, { from, to }: Span): boolean {
  return (state.loaded.get(scope) ?? []).some((span) => span.from <= from && span.to >= to);
}

function withCovered(state: EventState, covers: Covered | undefined): EventState {
  if (!covers) return state;
  const { scope, span, horizon } = covers;
  const loaded = withEntry(state.loaded, scope, [...(state.loaded.get(scope) ?? []), span]);
  return { ...state, loaded, horizons: horizon === null ? state.horizons : withEntry(state.horizons, scope, horizon) };
}

/**
 * Of a list from before a reload nothing new is taken: what is gone since would stay, and it is asked for again. What is
 * listed after it replaces what is stale whatever its version: claims keep it, and a restored backup has lower ones.
 */
function listed(state: EventState, rows: EventRow[], { clock, epoch }: Moment): EventState {
  const known = new Map(state.known);
  const stale = new Set(state.stale);
  let isNew = false;
  for (const row of rows) {
    if ((state.gone.get(row.id) ?? -1) >= clock) continue;
    const isRenewed = epoch === state.epoch && stale.delete(row.id);
    const before = known.get(row.id);
    if (before ? before.version >= row.version && !isRenewed : epoch !== state.epoch) continue;
    known.set(row.id, row);
    isNew = true;
  }
  // Where nothing is new, nothing that is drawn from the events is drawn again.
  return { ...state, known: isNew ? known : state.known, stale: stale.size < state.stale.size ? stale : state.stale };
}

function answered(state: EventState, row: EventRow, key?: string): EventState {
  const after = key === undefined ? state : withoutGuess(state, row.id, key);
  return changed(after, [{ seq: 0, id: row.id, row }]);
}

/** Pushed changes come in their order; answers may come before or after the push of the same version. */
function changed(state: EventState, changes: Change[]): EventState {
  const known = new Map(state.known);
  const gone = new Map(state.gone);
  const stale = new Set(state.stale);
  let { clock, guesses } = state;
  for (const { id, row } of changes) {
    const wasStale = stale.delete(id);
    if (row) {
      gone.delete(id);
      const before = known.get(id);
      if (!before || wasStale || before.version <= row.version) known.set(id, row);
      continue;
    }
    known.delete(id);
    gone.set(id, clock++);
    if (guesses.has(id)) guesses = without(guesses, id);
  }
  return { ...state, known, gone, stale, clock, guesses };
}

function settled(state: EventState, keep: number): EventState {
  if (!state.stale.size) return state;
  const known = new Map(state.known);
  for (const id of state.stale) if (id !== keep) known.delete(id);
  return { ...state, known, stale: new Set() };
}

function withoutGuess(state: EventState, id: number, key: string): EventState {
  if (state.guesses.get(id)?.key !== key) return state;
  return { ...state, guesses: without(state.guesses, id) };
}

function withEntry<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): Map<Key, Value> {
  return new Map(map).set(key, value);
}

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Map<Key, Value> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** What the page is drawn from. */
export type DrawnState = Pick<EventState, "known" | "guesses" | "stale" | "loaded" | "horizons" | "epoch">;

/** The state with its listeners, as `useSyncExternalStore` reads it. */
export class EventStore {
  private state = NO_EVENTS;
  private drawn: DrawnState = NO_EVENTS;
  private listeners = new Set<() => void>();

  readonly get = (): EventState => this.state;

  /** The same object until something that is drawn is another. */
  readonly getDrawn = (): DrawnState => this.drawn;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly dispatch = (action: EventAction): void => {
    const after = reduceEvents(this.state, action);
    if (after === this.state) return;
    this.state = after;
    if (!isDrawnAlike(this.drawn, after)) this.drawn = after;
    for (const listener of this.listeners) listener();
  };
}

const DRAWN: (keyof DrawnState)[] = ["known", "guesses", "stale", "loaded", "horizons", "epoch"];

function isDrawnAlike(one: DrawnState, other: DrawnState): boolean {
  return DRAWN.every((part) => one[part] === other[part]);
}
