// The events that are selected on the page, and how clicks and keys select them.

import { createContext, useCallback, useMemo, useState } from "react";
import { MOST_AT_ONCE } from "./many-actions";
import { capped, extended, NOTHING_PICKED, toggled, withAll, type Picked } from "./selection";
import type { EventRow } from "./types.gen";
import { useStable } from "./use-stable";
import type { Tell } from "./use-toasts";

/** Ids of the selected events, for what draws one. */
export const PickedContext = createContext<ReadonlySet<number>>(NOTHING_PICKED.ids);

export interface Selection {
  ids: ReadonlySet<number>;
  /** Those of them that are still there, as they are now. */
  rows: EventRow[];
  /** Something is selected, or clicks select. */
  isOn: boolean;
  isMode: boolean;
  /** From now on clicks select; `id`: what is selected first. */
  start: (id?: number) => void;
  toggle: (id: number) => void;
  /** From the one selected last to this one. */
  extend: (id: number) => void;
  all: () => void;
  clear: () => void;
}

/** `shown`: what the page shows; `get`: the event of an id as it is now. */
export function useSelection(shown: EventRow[], get: (id: number) => EventRow | undefined, tell: Tell): Selection {
  const [picked, setPicked] = useState<Picked>(NOTHING_PICKED);
  const change = useStable((after: Picked) => {
    if (after.ids.size > MOST_AT_ONCE) tell(`At most ${MOST_AT_ONCE} events can be selected.`, { failed: true });
    setPicked(capped(after, MOST_AT_ONCE));
  });
  const toggle = useStable((id: number) => change(toggled(picked, id)));
  const extend = useStable((id: number) => change(extended(picked, id, shown)));
  const all = useStable(() => change(withAll(picked, shown)));
  const start = useStable((id?: number) => setPicked({ ...(id ? toggled(picked, id) : picked), isMode: true }));
  const clear = useCallback(() => setPicked(NOTHING_PICKED), []);
  return useMemo(() => {
    const rows = [...picked.ids].map(get).filter((row) => row !== undefined);
    void shown;
    return { ids: picked.ids, rows, isOn: picked.isMode || rows.length > 0, isMode: picked.isMode, start, toggle, extend, all, clear };
  }, [picked, shown, get, start, toggle, extend, all, clear]);
}

/** What an event is drawn as, in all views. */
export const EVENT = ".rbc-event, .row";

/** The event that an element is, or is within; 0: none. */
export function eventIdAt(target: EventTarget | null): number {
  const element = (target as Element | null)?.closest?.(EVENT);
  const marked = element?.matches("[data-event]") ? element : element?.querySelector("[data-event]");
  return Number(marked?.getAttribute("data-event") ?? 0);
}
