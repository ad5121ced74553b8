// What mouse and keyboard do at an event, wherever one is drawn: hovering, the menu, moving by keys.

import { useEffect, useMemo, useRef, useState } from "react";
import type { EventRow } from "../types.gen";
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
const EVENT = ".rbc-event, .row";
const NUDGES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/** The element of an event in the view that takes the focus; null: it is not shown. */
export function elementOf(id: number): HTMLElement | null {
  return document.querySelector(`#calendar .row[data-event="${id}"], #calendar .rbc-event:has([data-event="${id}"])`);
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
  const find = useStable((target: EventTarget | null): Pointed | null => {
    const element = (target as Element | null)?.closest?.(EVENT);
    const marked = element?.matches("[data-event]") ? element : element?.querySelector("[data-event]");
    const id = Number(marked?.getAttribute("data-event"));
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
