// Keeps the event store filled: lists what is to be seen, and adds what is pushed.

import { useCallback, useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import type { Api } from "./api";
import { deskLists } from "./desk-lists";
import { listAll, listEvents, type AskList } from "./event-lists";
import { EventStore, eventOf, isCovered, shownRows, type Span } from "./event-store";
import type { Filters } from "./filters";
import { idle } from "./idle";
import type { EventRow } from "./types.gen";
import type { Link } from "./use-connection";
import { nowSeconds, startOfDate } from "./time/clock";
import { addDays } from "./time/dates";
import { pageDay, visibleRange, type Range, type Shape } from "./visible-range";
import { changeOf, isResync, ServerError, type Change } from "./wire";

const KEPT_ROWS = 60_000;
const FLUSH_MS = 30;

export interface Events {
  /** All that are known, in no order; another array where one of them is another. */
  rows: EventRow[];
  /** False also while there is no connection: then nothing comes. */
  isLoading: boolean;
  error: string | null;
  /** All that is to be seen is among `rows`: nothing else is still loading, or could not be loaded. */
  isComplete: boolean;
  /** From where on occurrences of series may be missing; null: no list has named one. */
  horizon: number | null;
  store: EventStore;
  get: (id: number) => EventRow | undefined;
  reload: () => void;
}

export function useEvents(link: Link, filters: Filters, shape: Shape, me: number): Events {
  const [store] = useState(() => new EventStore());
  const state = useSyncExternalStore(store.subscribe, store.getDrawn);
  const reload = useCallback(() => store.dispatch({ type: "reload" }), [store]);
  const isLive = useLive(link, store);
  const { error, scope, ...lists } = useLists(link, store, filters, shape, isLive, state.epoch, me);
  const isComplete = !lists.isLoading && error === null;
  const isLoading = lists.isLoading && link.state !== "lost" && link.state !== "refused";
  const { known, guesses } = state;
  const rows = useMemo(() => shownRows({ known, guesses }), [known, guesses]);
  const get = useCallback((id: number) => eventOf(store.get(), id), [store]);
  const horizon = state.horizons.get(scope) ?? null;
  return useMemo(
    () => ({ rows, isLoading, error, isComplete, horizon, store, get, reload }),
    [rows, isLoading, error, isComplete, horizon, store, get, reload],
  );
}

/** Subscribes at each connection, from where the last one ended. True: changes are pushed. */
function useLive({ api, connection, state }: Link, store: EventStore): boolean {
  const [live, setLive] = useState<Api | null>(null);
  const [cursor] = useState<{ seq: number | null }>({ seq: null });

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waiting: Change[] = [];
    const flush = () => {
      timer = undefined;
      store.dispatch({ type: "changed", changes: waiting.splice(0) });
    };
    const onMessage = (message: unknown) => {
      if (isResync(message)) {
        setSeq(cursor, message.seq);
        store.dispatch({ type: "reload" });
      }
      const change = changeOf(message);
      if (!change) return;
      setSeq(cursor, Math.max(cursor.seq ?? 0, change.seq));
      waiting.push(change);
      timer ??= setTimeout(flush, FLUSH_MS);
    };
    return connection.listen(onMessage, () => clearTimeout(timer));
  }, [connection, store, cursor]);

  useEffect(() => {
    if (state !== "open") return;
    let isStale = false;
    void goLive(api, cursor.seq).then(({ next, missed }) => {
      if (isStale) return;
      setSeq(cursor, next);
      if (missed) store.dispatch({ type: "reload" });
      setLive(api);
    });
    return () => {
      isStale = true;
      setLive(null);
    };
  }, [state, api, store, cursor]);
  return live !== null;
}

function setSeq(cursor: { seq: number | null }, seq: number | null): void {
  cursor.seq = seq;
}

function useLists({ api }: Link, store: EventStore, filters: Filters, { weekStart }: Shape, isLive: boolean, epoch: number, me: number): { isLoading: boolean; error: string | null; scope: string } {
  const { view, day, zone, brand, desk } = filters;
  const managers = view === "my_day" ? [me] : view === "desk" ? [] : filters.managers;
  const [outcome, setOutcome] = useState<{ isLoading: boolean; error: string | null }>({ isLoading: true, error: null });
  const opened = useEffectEvent(() => filters.event);
  const scope = JSON.stringify([brand, desk, managers]);
  useEffect(() => {
    if (!isLive) return;
    let isStale = false;
    const load = (range: Range, isAhead = false) => loadSpan(api, store, scope, spanOf(range, zone), isAhead);
    const shape = { weekStart };
    const run = async () => {
      setOutcome((before) => ({ ...before, isLoading: true }));
      let error: string | null = null;
      try {
        await load(visibleRange(view, day, shape));
        for (const wanted of deskLists(view, { me, brand, desk, now: nowSeconds() })) await listAll(askInto(api, store), wanted, () => {});
        await settle(api, store, opened());
      } catch (failure) {
        error = failure instanceof ServerError ? failure.message : "The events could not be loaded.";
      }
      if (isStale) return;
      setOutcome({ isLoading: false, error });
      for (const pages of [1, -1] as const) {
        await idle();
        if (!isStale) await load(visibleRange(view, pageDay(view, day, pages), shape), true).catch(() => {});
      }
    };
    const timer = setTimeout(() => void run(), 0);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [isLive, epoch, view, day, zone, weekStart, scope, api, store, me, brand, desk]);
  return { ...outcome, scope };
}

type Scope = [brand: string, desk: string, managers: number[]];

function isFull(store: EventStore): boolean {
  const { known, stale } = store.get();
  return known.size - stale.size > KEPT_ROWS;
}

/** Lists whose rows come into the store as they arrive. */
function askInto(api: Api, store: EventStore): AskList {
  return async (data) => {
    const asked = store.get();
    const answer = await api.list(data);
    store.dispatch({ type: "listed", rows: answer.rows, asked });
    return answer;
  };
}

/** `isAhead`: the span is not seen yet, and not worth giving up what is known for. */
async function loadSpan(api: Api, store: EventStore, scope: string, span: Span, isAhead: boolean): Promise<void> {
  if (isCovered(store.get(), scope, span)) return;
  if (isFull(store) && isAhead) return;
  if (isFull(store)) store.dispatch({ type: "reload" });
  const { epoch } = store.get();
  const [brand, deskFilter, managers] = JSON.parse(scope) as Scope;
  const list = askInto(api, store);
  const horizons: number[] = [];
  const ask: AskList = async (data) => {
    const answer = await list(data);
    if (answer.horizon) horizons.push(answer.horizon);
    return answer;
  };
  await listEvents(ask, { ...span, brand, deskFilter }, managers, () => {});
  const horizon = horizons.length ? Math.min(...horizons) : null;
  if (store.get().epoch === epoch) store.dispatch({ type: "covered", scope, span, horizon });
}

/** Ends a reload. The event in the panel may be of another range: it is asked for by itself. */
async function settle(api: Api, store: EventStore, opened: number): Promise<void> {
  const isKept = store.get().stale.has(opened);
  store.dispatch({ type: "settled", keep: opened });
  if (!isKept) return;
  const row = await api.get(opened).catch((failure: unknown) => (failure instanceof ServerError && failure.status === 404 ? null : undefined));
  if (row) store.dispatch({ type: "answered", row });
  if (row === null) store.dispatch({ type: "removed", id: opened });
}

/** Subscribes from the cursor on. `missed`: what changed meanwhile can't be pushed, load again. */
async function goLive(api: Api, since: number | null): Promise<{ next: number | null; missed: boolean }> {
  try {
    if (since !== null) {
      await api.subscribe(since);
      return { next: since, missed: false };
    }
  } catch (failure) {
    if (!(failure instanceof ServerError) || failure.status !== 410) return { next: since, missed: false };
  }
  const next = await api.cursor().catch(() => null);
  // With a cursor, what changes before the server subscribes is pushed, too: a list need not wait for it.
  const subscribed = api.subscribe(next).catch(() => {});
  if (next === null) await subscribed;
  return { next, missed: since !== null };
}

/** With a day more on both sides: all-day events stay on their dates in every zone. */
function spanOf({ first, last }: Range, zone: string): Span {
  return { from: Math.max(1, startOfDate(addDays(first, -1), zone)), to: startOfDate(addDays(last, 2), zone) };
}
