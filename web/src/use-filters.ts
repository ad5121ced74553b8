// The filters, kept in the address: back, forward, reload and a copied link all work.

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { addressedFilters, isPhone, PHONE, shownFilters, usualFilters } from "./address";
import { formatFilters, type Filters } from "./filters";
import { dateIn } from "./time/clock";

/** Whether the page is as narrow as a phone, as it changes. */
export function useNarrow(): boolean {
  return useSyncExternalStore(watchWidth, isPhone);
}

function watchWidth(listener: () => void): () => void {
  const query = window.matchMedia(PHONE);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** Names whose change is a step that the back button undoes. */
const STEPS: (keyof Filters)[] = ["view", "day", "event"];

export type ChangeFilters = (changes: Partial<Filters>) => void;

function useFilters(): [Filters, ChangeFilters] {
  const [filters, setFilters] = useState(addressedFilters);
  useEffect(() => {
    const onBack = () => setFilters(addressedFilters());
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);
  const change = useCallback((changes: Partial<Filters>) => {
    setFilters((before) => {
      const after = { ...before, ...changes };
      const address = `?${formatFilters(after, usualFilters())}`;
      const isStep = STEPS.some((name) => before[name] !== after[name]);
      queueMicrotask(() => {
        if (location.search === address) return;
        if (isStep) history.pushState(null, "", address);
        else history.replaceState(null, "", address);
      });
      return after;
    });
  }, []);
  return [filters, change];
}

/** The same; "My day" is always today, and a page that is on today is on the next day from midnight on. `now`: Unix seconds. */
export function usePageFilters(now: number): [Filters, ChangeFilters] {
  const [filters, change] = useFilters();
  const { zone, day } = filters;
  const today = dateIn(now, zone);
  const last = useRef({ zone, today });
  useEffect(() => {
    const before = last.current;
    last.current = { zone, today };
    if (before.zone === zone && before.today !== today && day === before.today) change({ day: today });
  }, [zone, today, day, change]);
  const shown = useMemo(() => shownFilters(filters, today), [filters, today]);
  return [shown, change];
}
