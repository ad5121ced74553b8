// What can come of a call, and when to call again: the choices of the page.
// Source: contract, section 14, MngCompleteCalendarEvent.

import { dateIn, momentOf, nowSeconds, secondsOf, timeIn, wallOf } from "./time/clock";
import type { Complete, EventRow, FollowUp } from "./types.gen";
import type { DirectoryOutcome } from "./wire";

const DAY_SEC = 86_400;
const HOUR_SEC = 3600;

export const AGAIN = ["none", "hour", "tomorrow", "week", "own"] as const;
export type Again = (typeof AGAIN)[number];

export const AGAIN_TEXT: Record<Again, string> = { none: "Not again", hour: "1 h", tomorrow: "Tomorrow", week: "Next week", own: "Own time" };

/** What was chosen for a call so far. */
export interface Finish {
  /** Code; empty: none yet. */
  outcome: string;
  note: string;
  again: Again;
  /** Whether `again` or `at` was chosen by hand: an outcome then leaves them as they are. */
  isAgainChosen: boolean;
  /** Unix seconds of an own time. */
  at: number;
  /** Only within the customer's calling hours. */
  inHours: boolean;
}

/** Outcomes that apply to events of that type; the key of the first is 1. */
export function outcomesFor(outcomes: DirectoryOutcome[], type: number): DirectoryOutcome[] {
  return outcomes.filter((one) => !one.types.length || one.types.includes(type as never));
}

/** As the directory names it; its code where the directory does not know it. */
export function outcomeName(outcomes: DirectoryOutcome[], code: string): string {
  return outcomes.find((one) => one.code === code)?.name || code;
}

/** Whether an event of that type is completed with an outcome only. Where none of the directory applies to it, it is not. */
export function isOutcomeRequired(outcomes: DirectoryOutcome[], required: number[], type: number): boolean {
  return required.includes(type) && (!outcomes.length || outcomesFor(outcomes, type).length > 0);
}

export function newFinish(now = nowSeconds()): Finish {
  return { outcome: "", note: "", again: "none", isAgainChosen: false, at: now + DAY_SEC, inHours: true };
}

/** Whether a note was typed that the event does not have. */
export function hasUnsavedNote({ note }: Pick<Finish, "note">, { outcome_note }: Pick<EventRow, "outcome_note">): boolean {
  const text = note.trim();
  return text !== "" && text !== outcome_note;
}

/** With that outcome and, where no other time was chosen by hand, its usual next call. */
export function withOutcome(finish: Finish, outcome: DirectoryOutcome, now = nowSeconds()): Finish {
  if (finish.isAgainChosen) return { ...finish, outcome: outcome.code };
  const again = againIn(outcome.next_in_sec);
  return { ...finish, outcome: outcome.code, again, at: again === "own" ? now + outcome.next_in_sec : finish.at };
}

/** With a next call that was chosen by hand. */
export function withAgain(finish: Finish, again: Partial<Pick<Finish, "again" | "at">>): Finish {
  return { ...finish, ...again, isAgainChosen: true };
}

function againIn(seconds: number): Again {
  if (!seconds) return "none";
  if (seconds === HOUR_SEC) return "hour";
  if (seconds === DAY_SEC) return "tomorrow";
  return seconds === 7 * DAY_SEC ? "week" : "own";
}

/** When the customer is called again, by the clock of `zone`, before calling hours; 0: not again. */
export function againTime({ again, at }: Finish, zone: string, now = nowSeconds()): number {
  if (again === "none") return 0;
  if (again === "own") return at;
  if (again === "hour") return now + HOUR_SEC;
  return momentOf(wallOf(now, zone) + (again === "week" ? 7 : 1) * DAY_SEC, zone);
}

/** What is sent. An hour is counted by the server; the others are times of the clock. */
export function completeData(row: Pick<EventRow, "id">, finish: Finish, zone: string, now = nowSeconds()): Complete {
  const data: Complete = { id: row.id };
  if (finish.outcome.trim()) data.outcome = finish.outcome.trim();
  if (finish.note.trim()) data.outcome_note = finish.note.trim();
  const start_time = againTime(finish, zone, now);
  if (!start_time) return data;
  const when: FollowUp = finish.again === "hour" ? { in_sec: HOUR_SEC } : { start_time };
  return { ...data, follow_up: { ...when, customer_hours: finish.inHours ? 1 : 0 } };
}

/** Date and time of an own time, as its fields show and set it. */
export function ownTime(at: number, zone: string): { date: string; time: string } {
  return { date: dateIn(at, zone), time: timeIn(at, zone) };
}

/** Unix seconds; the time as it was where one of them is none. */
export function atOwnTime(at: number, date: string, time: string, zone: string): number {
  const seconds = secondsOf(date, time, zone);
  return Number.isNaN(seconds) ? at : seconds;
}
