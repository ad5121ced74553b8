// In place of a part that is still loaded: it has the focus, so that no key goes to what is below. What is typed meanwhile
// is for the field that has the focus once the part is there; Escape is for the part, too: it does not open, and what was
// typed before is kept by whom it was for.

import { useEffect, useLayoutEffect, useRef } from "react";
import { useStable } from "./use-stable";

const TEXT_TYPES = ["text", "search"];
const HELD = ["Enter", "Tab"];

/** What was typed for the part that is loaded next. */
let typed = "";

export function Waiting({ onCancel }: { onCancel: (typed: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const input = field.current;
    const before = document.activeElement as HTMLElement | null;
    input?.focus({ preventScroll: true });
    return () => {
      typed = input?.value ?? "";
      // The part gives the focus back to what has it when the part comes.
      if (document.activeElement === input) before?.focus({ preventScroll: true });
    };
  }, []);
  const onKey = (event: React.KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (HELD.includes(event.key)) event.preventDefault();
    if (event.key !== "Escape") return;
    event.preventDefault();
    const text = event.currentTarget.value;
    event.currentTarget.value = "";
    onCancel(text);
  };
  return (
    <div className="waiting">
      <input ref={field} className="visually-hidden" aria-label="Loading" onKeyDown={onKey} />
    </div>
  );
}

/** In place of a part that is only read: the keys stay those of the page, but for Escape. */
export function WaitingToRead({ onCancel }: { onCancel: () => void }) {
  const cancel = useStable(onCancel);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      cancel();
    };
    window.addEventListener("keydown", listener, true);
    return () => window.removeEventListener("keydown", listener, true);
  }, [cancel]);
  return null;
}

/** Beside a part that is loaded: types what was typed before into the field that has the focus. */
export function TypedBefore() {
  // Of parts that are drawn at once, the one that it was typed for may take the focus last.
  useEffect(() => queueMicrotask(typeIt), []);
  return null;
}

function typeIt(): void {
  const text = typed;
  typed = "";
  const field = document.activeElement;
  const isText = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && TEXT_TYPES.includes(field.type));
  if (!text || !isText) return;
  field.setRangeText(text, field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
