// What the server says that its command table does not spell out: answers, pushes, failures.

import type { CallingHours } from "./calling-hours";
import type { ErrorCode, EventRow, Json } from "./types.gen";

export interface ListAnswer {
  rows: EventRow[];
  count: number;
  /** From there on occurrences of series are still to be made; absent where none are missing. */
  horizon?: number;
}

export interface ChangesAnswer {
  next: number;
}

export interface DirectoryManager {
  id: number;
  name: string;
  brand: string;
  desks: string;
  colour: string;
  disabled: number;
}

export interface DirectoryDesk {
  code: string;
  brand: string;
  title: string;
  /** Its lead; 0: none. */
  manager_id?: number;
}

export interface DirectoryOutcome {
  code: string;
  name: string;
  /** Types of events that it applies to; empty: all. */
  types: number[];
  is_contact: number;
  /** When the follow-up is, from now; 0: none is usual. */
  next_in_sec: number;
}

export interface DirectoryAnswer {
  managers: DirectoryManager[];
  desks: DirectoryDesk[];
  outcomes?: DirectoryOutcome[];
  calling_hours?: CallingHours;
  /** Types that are completed with an outcome only. */
  outcome_required_types?: number[];
  default_timezone?: string;
  /** 0: of events in scope only owner, creator and admins change anything. */
  others_may_change?: number;
  /** How long a deleted event can be restored; absent: not known. */
  trash_retention_sec?: number;
}

/** Unix seconds; the end is not part of it. */
export type Interval = [start: number, end: number];

export interface FreeBusyAnswer {
  /** Intervals in order, none overlapping. */
  managers: { manager_id: number; busy: Interval[] }[];
}

/** A time to meet; `busy` names managers who can't. */
export interface Slot {
  start_time: number;
  end_time: number;
  busy: number[];
}

export interface SlotsAnswer {
  slots: Slot[];
}

/** One pushed change; of a deletion `row` is null. */
export interface Change {
  seq: number;
  id: number;
  row: EventRow | null;
}

/** One pushed reminder; `token` is the same however often it comes. */
export interface Reminder {
  token: string;
  due: number;
  row: EventRow;
  /** Never delivered in its time: the server neither acknowledges nor snoozes it. Source: docs/live.md. */
  isMissed?: boolean;
}

/** A reminder as the server lists it. */
export interface ReminderRow {
  token: string;
  event: EventRow;
  due: number;
  fired: number;
  state: "unread" | "read" | "missed";
}

export function toReminder({ token, event, due, state }: ReminderRow): Reminder {
  return { token, due, row: event, isMissed: state === "missed" };
}

/** One change of an event; `actor` 0 is the server. */
export interface HistoryEntry {
  seq: number;
  type: number;
  time: number;
  actor: number;
  batch_id: number;
  changed: Record<string, [Json, Json]>;
}

/** Of each operation its status, and what it would be answered with alone. */
export interface BatchAnswer {
  results: ({ status: 200; data: unknown } | { status: number; error: Record<string, unknown> })[];
  /** 0: nothing was changed. */
  batch_id: number;
}

/** An event in the preview of a handover. */
export interface HandoverRow extends Pick<EventRow, "id" | "type" | "title" | "start_time" | "end_time" | "all_day" | "timezone" | "desk"> {
  /** 1: the manager who would get it is busy then. */
  conflict: 0 | 1;
}

export interface HandoverShare {
  manager_id: number;
  count: number;
  conflicts: number;
  /** Of a preview: the first of them, those with a conflict before the others. */
  events?: HandoverRow[];
}

export interface HandoverAnswer {
  count: number;
  /** In it `conflicts`: of these events, those at times at which the manager is busy. */
  by_manager: HandoverShare[];
  digest: string;
  /** Of a handover, not of its preview; 0: nothing was changed. */
  batch_id?: number;
}

export interface TrashRow {
  event: EventRow;
  deleted_time: number;
  deleted_by: number;
}

export interface TrashAnswer {
  rows: TrashRow[];
  /** Where the next page begins; null: this is the last one. */
  next: string | null;
}

export interface SearchAnswer {
  rows: EventRow[];
  /** Where the next page begins; null: this is the last one. */
  next: string | null;
}

export interface UndoAnswer {
  undone: number;
  /** Events that somebody has changed since. */
  left: number[];
  /** To undo the undo by; 0: nothing was undone. */
  batch_id: number;
}

/** What a claim gives: the event, or why there is none and when to ask again. */
export type ClaimAnswer =
  | { event: EventRow }
  | { event: null; reason: "NONE_DUE" | "OUTSIDE_HOURS" | "COOLDOWN" | "ALL_CLAIMED"; retry_after_sec: number };

/** A series: its rule, and which occurrences differ from it. Source: contract, section 13. */
export interface SeriesRow {
  series_id: number;
  rrule: string;
  /** Local dates that are left out. */
  exdates: string[];
  timezone: string;
  start_time: number;
  duration_sec: number;
  horizon: number;
  version: number;
  own: number[];
}

/** Counts of one group of a summary. */
export interface SummaryGroup {
  key: number | string;
  open: number;
  done: number;
  cancelled: number;
  overdue: number;
  oldest_overdue_sec: number;
  on_time: number;
}

/** An answer that says no. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode | "DISCONNECTED",
    message: string,
    readonly field: string | null = null,
    readonly event: EventRow | null = null,
  ) {
    // What the server says of tokens is for programs.
    super(status === 401 ? "Your session is over. Sign in again." : message);
  }
}

/** The change in a pushed message, or null if it is none. */
export function changeOf(message: unknown): Change | null {
  if (!isRecord(message) || message.event !== "calendar:event" || !isRecord(message.data)) return null;
  const { seq, data, type } = message;
  if (typeof seq !== "number" || typeof data.id !== "number") return null;
  const row = type === 2 ? null : (data as unknown as EventRow);
  return { seq, id: data.id, row };
}

/** Whether it came to the lead of a desk because nobody has read it. Source: contract, section 14. */
export function isEscalation({ token }: Pick<Reminder, "token">): boolean {
  return token.split("-").length === 4;
}

/** Whether the server says that changes were left out: list again, pushes go on after `seq`. */
export function isResync(message: unknown): message is { seq: number } {
  return isRecord(message) && message.event === "calendar:resync" && typeof message.seq === "number";
}

/** The token of a reminder that was read on another connection, or null. */
export function readToken(message: unknown): string | null {
  const isRead = isRecord(message) && message.event === "calendar:reminder" && typeof message.token === "string";
  return isRead ? (message.token as string) : null;
}

/** The reminder in a pushed message, or null if it is none. */
export function reminderOf(message: unknown): Reminder | null {
  if (!Array.isArray(message) || message[0] !== "n") return null;
  const [, , , token, , , , , detail] = message as unknown[];
  if (typeof token !== "string" || !isRecord(detail) || !isRecord(detail.event)) return null;
  const due = typeof detail.due === "number" ? detail.due : 0;
  return { token, due, row: detail.event as unknown as EventRow };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface SkippedEvent {
  uid: string;
  /** With the line of the file. */
  why: string;
}

/** What an import made of a file, or would make; counted by UID. */
export interface ImportAnswer {
  created: number;
  updated: number;
  unchanged: number;
  /** The first 1,000 of them. */
  skipped: SkippedEvent[];
  /** How many there are, also where `skipped` is cut. */
  skipped_count: number;
}
