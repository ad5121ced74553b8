// The events that are seen: lists what the view is of, and reads what the store has.

import { useCallback, useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import type { Api } from "./api";
import { AHEAD_SEC, callsOf, deskLists } from "./desk-lists";
import { scopeOf, seenSpan, type EventLoads } from "./event-loads";
import { eventOf, isCovered, shownRows, type DrawnState, type EventStore, type Span } from "./event-store";
import type { Filters } from "./filters";
import { idle } from "./idle";
import type { EventRow } from "./types.gen";
import type { Link } from "./use-connection";
import { nowSeconds } from "./time/clock";
import { watchZones, zonesVersion } from "./time/zones";
import { pageDay, type Shape } from "./visible-range";
import { ServerError } from "./wire";

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

export function useEvents({ api, events, state: link }: Link, filters: Filters, shape: Shape, me: number): Events {
  const { store, loads } = events;
  const state = useSyncExternalStore(store.subscribe, store.getDrawn);
  const isLive = useSyncExternalStore(events.watch, events.getIsLive);
  const zones = useSyncExternalStore(watchZones, zonesVersion);
  const reload = useCallback(() => store.dispatch({ type: "reload" }), [store]);
  const scope = scopeOf(filters, me);
  const outcome = useLists({ api, store, loads, isLive }, filters, shape, scope, `${state.epoch} ${zones}`, me);
  const { known, guesses } = state;
  const rows = useMemo(() => shownRows({ known, guesses }), [known, guesses]);
  const get = useCallback((id: number) => eventOf(store.get(), id), [store]);
  const horizon = state.horizons.get(scope) ?? null;
  const { error } = outcome;
  const isListing = (outcome.isLoading || (error === null && !hasOtherLists(filters))) && !isWhole(state, filters, scope, spanOf(filters, shape));
  const isComplete = !isListing && error === null;
  const isLoading = isListing && link !== "lost" && link !== "refused";
  return useMemo(
    () => ({ rows, isLoading, error, isComplete, horizon, store, get, reload }),
    [rows, isLoading, error, isComplete, horizon, store, get, reload],
  );
}

function spanOf({ view, day, zone }: Filters, shape: Shape): Span {
  return seenSpan(view, day, shape, zone);
}

/** Whether the view is of more than a range. */
function hasOtherLists({ view }: Pick<Filters, "view">): boolean {
  return view === "my_day" || view === "desk";
}

/** Whether all is known that the view needs: then it is complete at the moment at which its events are drawn. */
function isWhole(state: Pick<DrawnState, "loaded" | "stale">, of: Pick<Filters, "view">, scope: string, span: Span): boolean {
  return !hasOtherLists(of) && !state.stale.size && isCovered(state, scope, span);
}

interface Lists {
  api: Api;
  store: EventStore;
  loads: EventLoads;
  isLive: boolean;
}

interface Outcome {
  isLoading: boolean;
  error: string | null;
}

/** `again`: another text has everything listed again that is not known. */
function useLists({ api, store, loads, isLive }: Lists, filters: Filters, { weekStart }: Shape, scope: string, again: string, me: number): Outcome {
  const { view, day, zone, brand, desk } = filters;
  const [outcome, setOutcome] = useState<Outcome>({ isLoading: true, error: null });
  const opened = useEffectEvent(() => filters.event);
  useEffect(() => {
    if (!isLive) return;
    let isStale = false;
    const shape = { weekStart };
    const span = (pages: -1 | 0 | 1) => seenSpan(view, pages ? pageDay(view, day, pages) : day, shape, zone);
    const isThere = () => isWhole(store.get(), { view }, scope, span(0));
    const run = async () => {
      // What is known already is complete, and not drawn again to say so.
      if (!isThere()) setOutcome((before) => (before.isLoading ? before : { ...before, isLoading: true }));
      let error: string | null = null;
      try {
        await loads.span(scope, span(0));
        for (const wanted of deskLists(view, { me, brand, desk, now: nowSeconds() })) await loads.all(wanted);
        await settle(api, store, opened());
      } catch (failure) {
        error = failure instanceof ServerError ? failure.message : "The events could not be loaded.";
      }
      if (isStale) return;
      setOutcome((before) => (error === null && before.error === null && isThere() ? before : { isLoading: false, error }));
      for (const pages of [1, -1] as const) {
        await idle();
        if (!isStale) await loads.span(scope, span(pages), true).catch(() => {});
      }
    };
    const timer = setTimeout(() => void run(), 0);
    const stop = hasOtherLists({ view }) ? listComing(loads, { brand, desk }) : undefined;
    return () => {
      isStale = true;
      clearTimeout(timer);
      stop?.();
    };
  }, [isLive, again, view, day, zone, weekStart, scope, api, store, loads, me, brand, desk]);
  return outcome;
}

const LOOK_MS = 60_000;

/** Lists the calls of the next hours as they come near, until the function returned is called. */
function listComing(loads: EventLoads, scope: Pick<Filters, "brand" | "desk">): () => void {
  let until = nowSeconds() + AHEAD_SEC;
  const look = () => {
    const from = until;
    if (from - nowSeconds() > AHEAD_SEC / 2) return;
    until = nowSeconds() + AHEAD_SEC;
    // Where that fails they are asked for at the next look.
    loads.all(callsOf(scope, from, until)).catch(() => (until = from));
  };
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
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
