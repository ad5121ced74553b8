// The choices of a reminder, and the two fields that they stand for.

import { countText } from "./labels";
import { movedAlong } from "./time/clock";
import type { EventRow } from "./types.gen";

type ReminderFields = Pick<EventRow, "remind_time" | "remind_before_sec">;

/** Seconds before the start; or at the start, at a given time, or not at all. */
export type ReminderChoice = number | "none" | "start" | "time";

export const BEFORE_CHOICES: [number, string][] = [
  [300, "5 minutes before"],
  [900, "15 minutes before"],
  [3600, "1 hour before"],
  [86_400, "A day before"],
];

/** `remind_before_sec` 0 means none, so "at start" is a reminder at that very time. */
export function reminderChoice(fields: ReminderFields & Pick<EventRow, "start_time">): ReminderChoice {
  if (fields.remind_time) return fields.remind_time === fields.start_time ? "start" : "time";
  return fields.remind_before_sec || "none";
}

export function reminderFields(choice: ReminderChoice, start_time: number, given = 0): ReminderFields {
  if (choice === "none") return { remind_time: 0, remind_before_sec: 0 };
  if (choice === "start") return { remind_time: start_time, remind_before_sec: 0 };
  if (choice === "time") return { remind_time: given || start_time - 1800, remind_before_sec: 0 };
  return { remind_time: 0, remind_before_sec: choice };
}

/** A reminder at a given time goes along when the start moves, by the same distance on the clock of `zone`. */
export function movedReminder(
  { remind_time, start_time }: ReminderFields & { start_time: number },
  start: number,
  zone: string,
  before = start_time,
): Partial<ReminderFields> {
  return remind_time ? { remind_time: movedAlong(remind_time, before, start, zone) } : {};
}

export function beforeLabel(seconds: number): string {
  const known = BEFORE_CHOICES.find(([value]) => value === seconds);
  if (known) return known[1];
  if (seconds % 86_400 === 0) return `${seconds / 86_400} days before`;
  if (seconds % 3600 === 0) return `${seconds / 3600} hours before`;
  return `${countText(Math.max(1, Math.round(seconds / 60)), "minute")} before`;
}
