// Keys that work wherever nothing is being typed.

import { useEffect, useEffectEvent } from "react";

/** By name of the key; with `ctrl+` in front, together with Ctrl or Cmd. `isHere`: where the focus may be. */
export function useShortcuts(keys: Record<string, () => unknown>, isHere: (target: Element) => boolean = () => true): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const isTyping = target.closest("input, textarea, select, [contenteditable=true], dialog, [role=dialog], [role=menu]");
    // The focus is outside of an open dialog once the button that had it is disabled or gone.
    if (isTyping || event.altKey || event.defaultPrevented || !isHere(target) || document.querySelector("dialog:modal")) return;
    const act = keys[event.ctrlKey || event.metaKey ? `ctrl+${event.key}` : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}
