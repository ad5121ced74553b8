// Reminders that have come and are not done with. The same token is shown once.

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { later, nowSeconds, startText } from "./calendar-event";
import type { Link } from "./use-connection";
import { readToken, reminderOf, type Reminder } from "./wire";

const REMEMBERED = 500;
const MOST_SHOWN = 20;
const KEY = "deskcal.live.reminders.";
const KEPT_SEC = 86_400;

export interface Reminders {
  due: Reminder[];
  done: (reminder: Reminder) => void;
  snooze: (reminder: Reminder, seconds: number) => void;
}

export function useReminders({ api, connection }: Link, me: number, zone: string): Reminders {
  const announce = useEffectEvent((reminder: Reminder) => notify(reminder, zone));
  const [due, setDue] = useState(() => keptReminders(me));
  const seen = useRef(new Set(due.map((one) => one.token)));
  const shown = useRef(due);
  // Kept at once, not after the next render: the page may be loaded anew before that.
  const change = useCallback(
    (next: (all: Reminder[]) => Reminder[]) => {
      shown.current = next(shown.current);
      keepReminders(me, shown.current);
      setDue(shown.current);
    },
    [me],
  );

  useEffect(() => {
    return connection.listen((message) => {
      const read = readToken(message);
      if (read) change((all) => all.filter((one) => one.token !== read));
      const reminder = reminderOf(message);
      if (!reminder || seen.current.has(reminder.token)) return;
      if (seen.current.size > REMEMBERED) seen.current.clear();
      seen.current.add(reminder.token);
      change((all) => [...all, reminder].slice(-MOST_SHOWN));
      announce(reminder);
    });
  }, [connection, change]);

  const forget = useCallback((reminder: Reminder) => {
    change((all) => all.filter((one) => one.token !== reminder.token));
  }, [change]);
  const done = useCallback(
    (reminder: Reminder) => {
      forget(reminder);
      api.acknowledge(reminder.token).catch(() => {});
    },
    [api, forget],
  );
  const snooze = useCallback(
    (reminder: Reminder, seconds: number) => {
      forget(reminder);
      api.snooze(reminder.token, nowSeconds() + seconds).then(
        () => seen.current.delete(reminder.token),
        () => later(seconds, () => change((all) => [...all, reminder])),
      );
    },
    [api, forget, change],
  );
  return { due, done, snooze };
}

/** Those of this tab before it was loaded anew: the server delivers a reminder once. */
function keptReminders(me: number): Reminder[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY + me) ?? "[]") as Reminder[];
    return kept.filter((one) => one.due > nowSeconds() - KEPT_SEC);
  } catch {
    return [];
  }
}

function keepReminders(me: number, due: Reminder[]): void {
  try {
    sessionStorage.setItem(KEY + me, JSON.stringify(due));
  } catch {
    // Too much for the browser: then they don't outlive the page.
    sessionStorage.removeItem(KEY + me);
  }
}

/** Tells of it on the desktop, where that is allowed and the page is not looked at. */
function notify({ row, token }: Reminder, zone: string): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted" || document.hasFocus()) return;
  const shown = new Notification(row.title, { tag: token, body: startText(row, zone) });
  shown.onclick = () => window.focus();
}
