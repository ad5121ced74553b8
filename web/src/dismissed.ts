// Missed reminders that were dismissed here: the server lists a missed one until it forgets it, and takes no
// acknowledgement of it. Source: docs/live.md, MngGetCalendarReminders.

const KEY = "deskcal.missed.";
const REMEMBERED = 2000;

/** Tokens that manager `me` has dismissed in this browser, the latest last. */
export function dismissedTokens(me: number): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY + me) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Calls `listener` when another tab of this browser has dismissed one, until the function returned is called. */
export function watchDismissed(me: number, listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => key === KEY + me && listener();
  window.addEventListener("storage", onStorage);
  return () => window.removeEventListener("storage", onStorage);
}

export function keepDismissed(me: number, token: string): void {
  try {
    localStorage.setItem(KEY + me, JSON.stringify([...dismissedTokens(me), token].slice(-REMEMBERED)));
  } catch {
    // No room in the browser: it is listed again on the next visit.
  }
}
