// Every event that is known, in one Map by id: filled by lists, kept right by changes.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Api } from "./api";
import { toSeconds } from "./calendar-event";
import { listEvents } from "./event-lists";
import type { Filters } from "./filters";
import type { EventRow } from "./types.gen";
import type { Link } from "./use-connection";
import { pageDay, visibleRange, type Range } from "./visible-range";
import { changeOf, isResync, ServerError, type Change } from "./wire";

const KEPT_ROWS = 60_000;
const FLUSH_MS = 30;

interface Span {
  from: number;
  to: number;
}

export interface Events {
  /** All that are known, in no order; another array at each change. */
  rows: EventRow[];
  isLoading: boolean;
  error: string | null;
  get: (id: number) => EventRow | undefined;
  /** Takes up what an answer or a guess of ours says. `guess`: also if it is no newer version. */
  put: (row: EventRow, guess?: boolean) => void;
  drop: (id: number) => void;
  reload: () => void;
}

export function useEvents({ api, connection, state }: Link, filters: Filters): Events {
  const known = useRef(new Map<number, EventRow>());
  const gone = useRef(new Set<number>());
  const loaded = useRef(new Map<string, Span[]>());
  const cursor = useRef<number | null>(null);
  /** What was known before a reload, and has not come again. */
  const stale = useRef(new Set<number>());
  const waiting = useRef<Change[]>([]);
  const [changes, setChanges] = useState(0);
  const [isLive, setIsLive] = useState(false);
  const [epoch, setEpoch] = useState(0);
  const [isLoading, setIsLoading] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const changed = useCallback(() => setChanges((count) => count + 1), []);

  const put = useCallback((row: EventRow, guess = false) => {
    const before = known.current.get(row.id);
    if (before && before.version > row.version && !guess) return;
    known.current.set(row.id, row);
    gone.current.delete(row.id);
    changed();
  }, [changed]);

  const drop = useCallback((id: number) => {
    known.current.delete(id);
    gone.current.add(id);
    changed();
  }, [changed]);

  const reload = useCallback(() => {
    stale.current = new Set(known.current.keys());
    loaded.current.clear();
    setEpoch((count) => count + 1);
  }, []);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      for (const { id, row } of waiting.current.splice(0)) {
        if (row) put(row);
        else drop(id);
      }
    };
    const onChange = (message: unknown) => {
      const change = changeOf(message);
      if (isResync(message)) {
        cursor.current = message.seq;
        reload();
      }
      if (!change) return;
      cursor.current = Math.max(cursor.current ?? 0, change.seq);
      waiting.current.push(change);
      timer ??= setTimeout(flush, FLUSH_MS);
    };
    return connection.listen(onChange, () => clearTimeout(timer));
  }, [connection, put, drop, reload]);

  useEffect(() => {
    if (state !== "open") {
      setIsLive(false);
      return;
    }
    let isStale = false;
    void goLive(api, cursor.current).then(({ next, missed }) => {
      if (isStale) return;
      cursor.current = next;
      if (missed) reload();
      setIsLive(true);
    });
    return () => {
      isStale = true;
    };
  }, [state, api, reload]);

  const { view, day, zone, brand, desk, managers } = filters;
  const opened = useRef(filters.event);
  opened.current = filters.event;
  const scope = JSON.stringify([brand, desk, managers]);
  useEffect(() => {
    if (!isLive) return;
    let isStale = false;
    const load = async (range: Range) => {
      const span = spanOf(range);
      if (isCovered(loaded.current.get(scope) ?? [], span)) return;
      if (known.current.size > KEPT_ROWS) {
        stale.current = new Set(known.current.keys());
        loaded.current.clear();
      }
      const take = (rows: EventRow[]) => {
        for (const row of rows) {
          stale.current.delete(row.id);
          const before = known.current.get(row.id);
          if (gone.current.has(row.id) || (before && before.version >= row.version)) continue;
          known.current.set(row.id, row);
        }
        changed();
      };
      await listEvents((data) => api.list(data), { ...span, brand, deskFilter: desk }, managers, take);
      loaded.current.set(scope, [...(loaded.current.get(scope) ?? []), span]);
    };
    const dropStale = () => {
      for (const id of stale.current) {
        // The one in the panel may be of another range: somebody may be editing it.
        if (id === opened.current) api.get(id).then(put, () => drop(id));
        else known.current.delete(id);
      }
      if (stale.current.size) changed();
      stale.current.clear();
    };
    const run = async () => {
      setIsLoading(true);
      try {
        await load(visibleRange(view, day, zone));
        dropStale();
        setError(null);
      } catch (failure) {
        if (!isStale) setError(failure instanceof ServerError ? failure.message : "The events could not be loaded.");
      }
      if (isStale) return;
      setIsLoading(false);
      for (const pages of [1, -1] as const) {
        if (!isStale) await load(visibleRange(view, pageDay(view, day, pages), zone)).catch(() => {});
      }
    };
    const timer = setTimeout(() => void run(), 0);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
    // `managers` is in `scope`.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isLive, epoch, view, day, zone, scope, api, changed, put, drop]);

  const rows = useMemo(() => [...known.current.values()], [changes]);
  const get = useCallback((id: number) => known.current.get(id), []);
  return { rows, isLoading, error, get, put, drop, reload };
}

/** Subscribes from the cursor on. `missed`: what changed meanwhile can't be told, load anew. */
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
  await api.subscribe(next).catch(() => {});
  return { next, missed: since !== null };
}

/** With a day more on both sides: all-day events stay on their dates in every zone. */
function spanOf({ start, end }: Range): Span {
  return {
    from: Math.max(1, toSeconds(start.minus({ days: 1 }).toJSDate())),
    to: toSeconds(end.plus({ days: 1 }).toJSDate()),
  };
}

function isCovered(spans: Span[], { from, to }: Span): boolean {
  return spans.some((span) => span.from <= from && span.to >= to);
}
