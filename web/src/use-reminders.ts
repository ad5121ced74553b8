// Reminders that have come and are not done with: pushed ones, and those that the server has as unread or missed.
// The same token is shown once.

import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { later, startText } from "./calendar-event";
import { dismissedTokens, keepDismissed, watchDismissed } from "./dismissed";
import { MOST_REMINDERS } from "./api";
import { nowSeconds } from "./time/clock";
import type { Link } from "./use-connection";
import { EventStatus } from "./types.gen";
import { changeOf, readToken, reminderOf, type Reminder } from "./wire";

const REMEMBERED = 2000;
const KEY = "deskcal.reminders.";
const KEPT_SEC = 86_400;

export interface Reminders {
  /** Most urgent first. */
  due: Reminder[];
  /** Never delivered in their time, of events that are open; those dismissed here are not listed again. */
  missed: Reminder[];
  done: (reminder: Reminder) => void;
  doneAll: () => void;
  /** A missed one comes back in this tab only, and is listed as missed again where the page is loaded before. */
  snooze: (reminder: Reminder, seconds: number) => void;
  snoozeAll: (seconds: number) => void;
}

export function useReminders({ api, connection, state }: Link, me: number, zone: string, hasSound: boolean): Reminders {
  const announce = useEffectEvent((reminder: Reminder) => {
    notify(reminder, zone);
    if (hasSound) chime();
  });
  const [due, setDue] = useState(() => keptReminders(me));
  const [missed, setMissed] = useState<Reminder[]>([]);
  const snoozedHere = useRef(new Set<string>());
  const seen = useRef(new Set(due.map((one) => one.token)));
  const shown = useRef(due);
  // Kept at once, not after the next render: the page may be loaded again before that.
  const change = useCallback(
    (next: (all: Reminder[]) => Reminder[]) => {
      shown.current = next(shown.current);
      keepReminders(me, shown.current);
      setDue(shown.current);
    },
    [me],
  );
  const add = useCallback(
    (reminder: Reminder): boolean => {
      if (seen.current.has(reminder.token)) return false;
      if (seen.current.size > REMEMBERED) seen.current.clear();
      seen.current.add(reminder.token);
      change((all) => [...all, reminder]);
      return true;
    },
    [change],
  );

  const forget = useCallback(
    (tokens: Set<string>) => {
      change((all) => all.filter((one) => !tokens.has(one.token)));
      setMissed((all) => all.filter((one) => !tokens.has(one.token)));
    },
    [change],
  );

  // What fired while no page was open: unread ones are due, missed ones are only listed.
  useEffect(() => {
    if (state !== "open") return;
    let isStale = false;
    const before = shown.current;
    void api.reminders().then(
      (found) => {
        if (isStale || !found) return;
        forget(readMeanwhile(before, found.unread));
        for (const one of found.unread) add(one);
        const away = new Set([...dismissedTokens(me), ...snoozedHere.current, ...shown.current.map((one) => one.token)]);
        setMissed(found.missed.filter((one) => one.row.status === EventStatus.OPEN && !away.has(one.token)));
      },
      () => {},
    );
    return () => {
      isStale = true;
    };
  }, [api, state, add, forget, me]);
  useEffect(() => watchDismissed(me, () => forget(new Set(dismissedTokens(me)))), [me, forget]);

  const done = useCallback(
    (reminder: Reminder) => {
      forget(new Set([reminder.token]));
      if (reminder.isMissed) keepDismissed(me, reminder.token);
      else api.acknowledge(reminder.token).catch(() => {});
    },
    [api, forget, me],
  );

  useEffect(() => {
    return connection.listen((message) => {
      const read = readToken(message);
      if (read) change((all) => all.filter((one) => one.token !== read));
      const reminder = reminderOf(message);
      if (reminder && add(reminder)) announce(reminder);
      const changed = changeOf(message);
      if (!changed || changed.row?.status === EventStatus.OPEN) return;
      shown.current.filter((one) => one.row.id === changed.id).forEach(done);
      setMissed((all) => all.filter((one) => one.row.id !== changed.id));
    });
  }, [connection, add, change, done]);

  const snooze = useCallback(
    (reminder: Reminder, seconds: number) => {
      const { token } = reminder;
      const again = () => {
        snoozedHere.current.delete(token);
        change((all) => [...all, reminder]);
      };
      const snoozeHere = () => {
        snoozedHere.current.add(token);
        later(seconds, again);
      };
      forget(new Set([token]));
      if (reminder.isMissed) snoozeHere();
      else api.snooze(token, nowSeconds() + seconds).then(() => seen.current.delete(token), snoozeHere);
    },
    [api, forget, change],
  );
  const doneAll = useCallback(() => shown.current.forEach(done), [done]);
  const snoozeAll = useCallback((seconds: number) => shown.current.forEach((one) => snooze(one, seconds)), [snooze]);
  const sorted = useMemo(() => [...due].sort((a, b) => b.row.priority - a.row.priority || a.row.start_time - b.row.start_time), [due]);
  return { due: sorted, missed, done, doneAll, snooze, snoozeAll };
}

/** Tokens of those shown that the server does not have as unread any more: read elsewhere while there was no connection. */
export function readMeanwhile(shown: Reminder[], unread: Reminder[]): Set<string> {
  // A list that is full may leave some out.
  if (unread.length >= MOST_REMINDERS) return new Set();
  const there = new Set(unread.map((one) => one.token));
  return new Set(shown.filter((one) => !one.isMissed && !there.has(one.token)).map((one) => one.token));
}

/** Those of this tab before it was loaded again: the server delivers a reminder once. */
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

/** On the desktop, where that is allowed and the page is not looked at. */
function notify({ row, token }: Reminder, zone: string): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted" || document.hasFocus()) return;
  const shown = new Notification(row.title, { tag: token, body: startText(row, zone) });
  shown.onclick = () => window.focus();
}

/** Two short tones, made here: no file, no foreign host. */
function chime(): void {
  try {
    const context = new AudioContext();
    [660, 880].forEach((hertz, index) => {
      const tone = context.createOscillator();
      const volume = context.createGain();
      volume.gain.value = 0.08;
      tone.frequency.value = hertz;
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + index * 0.18);
      tone.stop(context.currentTime + index * 0.18 + 0.15);
    });
    setTimeout(() => void context.close(), 1000);
  } catch {
    // No sound device, or not allowed before a click: the card is there all the same.
  }
}
