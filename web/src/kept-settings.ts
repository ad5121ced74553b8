// The settings, kept by the browser and the same in all of its tabs.

import { readSettings, type Settings } from "./settings";
import { setFormats } from "./time/formats";

const KEY = "deskcal.settings";
const listeners = new Set<() => void>();
let current = readSettings(localStorage.getItem(KEY));
setFormats(current);

export function settings(): Settings {
  return current;
}

export function changeSettings(changes: Partial<Settings>): void {
  take({ ...current, ...changes });
  localStorage.setItem(KEY, JSON.stringify(current));
}

function take(next: Settings): void {
  current = next;
  setFormats(next);
  for (const listener of listeners) listener();
}

export function watchSettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

window.addEventListener("storage", ({ key, newValue }) => key === KEY && take(readSettings(newValue)));
