// What mouse and keyboard do at an event, wherever one is drawn: hovering, the menu, moving by keys.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { EventRow } from "../types.gen";
import { useFocusMoves } from "../use-focus";
import { EVENT, eventIdAt } from "../use-selection";
import { useStable } from "../use-stable";

export interface Pointed {
  row: EventRow;
  /** Of what was pointed at, in the window. */
  box: DOMRect;
}

interface Handlers {
  onPoint: (pointed: Pointed | null) => void;
  onMenu: (row: EventRow, x: number, y: number) => void;
  onNudge: (row: EventRow, key: string, isResize: boolean) => void;
}

const DELAY_MS = 450;
const NUDGES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/** The element of an event in the view that takes the focus, rather its own than a copy; null: it is not shown, or folded away. */
export function elementOf(id: number): HTMLElement | null {
  const drawn = document.querySelectorAll<HTMLElement>(`#calendar .row[data-event="${id}"], #calendar .rbc-event:has([data-event="${id}"])`);
  const all = [...drawn].filter((one) => !one.closest("details:not([open])"));
  return all.find((one) => !one.matches(".ev-copy")) ?? all[0] ?? null;
}

/** The event whose card is shown; none beside a form, which it would cover. */
export function usePointed(isEditing: boolean) {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  if (isEditing && pointed) setPointed(null);
  return [pointed, setPointed] as const;
}

/** Handlers for the element around the events. An event's element has its id in `data-event` within. */
export function useEventPointer(rows: EventRow[], { onPoint, onMenu, onNudge }: Handlers) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useFocusKept();
  const find = useStable((target: EventTarget | null): Pointed | null => {
    const element = (target as Element | null)?.closest?.(EVENT);
    const id = eventIdAt(target);
    const row = id ? rows.find((one) => one.id === id) : undefined;
    return row && element ? { row, box: element.getBoundingClientRect() } : null;
  });
  const point = useStable(onPoint);
  const menu = useStable(onMenu);
  const nudge = useStable(onNudge);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useMemo(
    () => ({
      onMouseOver: ({ target, buttons }: React.MouseEvent) => {
        clearTimeout(timer.current);
        if (buttons) return point(null);
        timer.current = setTimeout(() => point(find(target)), DELAY_MS);
      },
      onMouseLeave: () => clearTimeout(timer.current),
      onMouseDown: () => {
        clearTimeout(timer.current);
        point(null);
      },
      onContextMenu: (event: React.MouseEvent) => {
        const found = find(event.target);
        if (!found) return;
        event.preventDefault();
        clearTimeout(timer.current);
        point(null);
        menu(found.row, event.clientX, event.clientY);
      },
      onKeyDown: (event: React.KeyboardEvent) => {
        if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
          const found = find(event.target);
          if (!found) return;
          event.preventDefault();
          return menu(found.row, found.box.left + 8, found.box.top + 8);
        }
        if (!event.altKey || !NUDGES.includes(event.key)) return;
        const found = find(event.target);
        if (!found) return;
        event.preventDefault();
        nudge(found.row, event.key, event.shiftKey);
      },
    }),
    [find, point, menu, nudge],
  );
}

/** What may have the focus for a while between two things done to an event. */
const BETWEEN = "dialog, .pop-over";

/**
 * The focus stays with its event where that is drawn elsewhere: moved, given away, in another order. The grid's library would
 * leave it on nothing, or with the element on another event.
 */
function useFocusKept(): void {
  const focused = useRef<{ element: HTMLElement; id: number } | null>(null);
  useFocusMoves((element) => {
    const id = element.closest("#calendar") ? eventIdAt(element) : 0;
    if (id) focused.current = { element, id };
    else if (!element.closest(BETWEEN)) focused.current = null;
  });
  useLayoutEffect(() => {
    if (!focused.current) return;
    const { element, id } = focused.current;
    const isThere = element.isConnected && eventIdAt(element) === id;
    const active = document.activeElement;
    if (isThere || (active !== element && active !== document.body)) return;
    (elementOf(id) ?? document.getElementById("calendar"))?.focus({ preventScroll: true });
  });
}
