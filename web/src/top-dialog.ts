// The modal dialogs that are open. While one is, everything outside of it is inert and behind its backdrop,
// so what has to be seen and clicked is drawn inside the topmost.

import { useSyncExternalStore } from "react";

const opened: HTMLElement[] = [];
const listeners = new Set<() => void>();

/** It is the topmost from now on; the function returned takes it out. */
export function addDialog(dialog: HTMLElement): () => void {
  opened.push(dialog);
  tell();
  return () => {
    opened.splice(opened.indexOf(dialog), 1);
    tell();
  };
}

/** null: no dialog is open. */
export function topDialog(): HTMLElement | null {
  return opened.at(-1) ?? null;
}

export function useTopDialog(): HTMLElement | null {
  return useSyncExternalStore(subscribe, topDialog);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
