// Keys that work wherever nothing is being typed.

import { useEffect, useEffectEvent } from "react";

type Pressed = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "getModifierState">;

/**
 * The name of a key: "n", "N" with Shift, "ctrl+z" with Ctrl or Cmd.
 *
 * The lock of capitals does not count. On a keyboard of another script a letter is the one of its place. With AltGr a key
 * has no name: it writes a letter of the keyboard's own.
 */
export function keyName(pressed: Pressed): string {
  if (pressed.getModifierState("AltGraph")) return "";
  const { key, code, shiftKey, ctrlKey, metaKey } = pressed;
  const isForeign = key.length === 1 && key > "\u007f";
  const letter = /^[a-z]$/i.test(key) ? key : isForeign ? (/^Key([A-Z])$/.exec(code)?.[1] ?? "") : "";
  const name = letter ? (shiftKey ? letter.toUpperCase() : letter.toLowerCase()) : key;
  return ctrlKey || metaKey ? `ctrl+${name}` : name;
}

/** By `keyName`. `isHere`: where the focus may be. */
export function useShortcuts(keys: Record<string, () => unknown>, isHere: (target: Element) => boolean = () => true): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const isTyping = target.closest("input, textarea, select, [contenteditable=true], dialog, [role=dialog], [role=menu]");
    // The focus is outside of an open dialog once the button that had it is disabled or gone.
    if (isTyping || event.altKey || event.defaultPrevented || !isHere(target) || document.querySelector("dialog:modal")) return;
    const act = keys[keyName(event)];
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
