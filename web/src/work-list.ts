// What a manager has to do now, in order: late, current, next, later, and what the pool of the desk offers.
// Source: contract, section 14 (order of claims, pool); issue 15, "My day".

import { allDayDates } from "./calendar-event";
import { dateIn } from "./time/clock";
import { EventStatus, EventType, ParticipantStatus, type EventRow } from "./types.gen";

export const GROUPS = ["overdue", "now", "next", "later", "pool", "done"] as const;
export type WorkGroup = (typeof GROUPS)[number];
export type WorkList = Readonly<Record<WorkGroup, EventRow[]>>;

/** Whose day it is, and when. */
export interface WorkTime {
  me: number;
  /** Unix seconds. */
  now: number;
  /** Zone that says which day it is. */
  zone: string;
}

/** Calls and follow-ups can be claimed. */
export function isCall({ type }: Pick<EventRow, "type">): boolean {
  return type === EventType.CALL || type === EventType.FOLLOW_UP;
}

/** Who works on it now; 0: nobody. */
export function holderOf({ claimed_by, claim_until }: Pick<EventRow, "claimed_by" | "claim_until">, now: number): number {
  return claimed_by && (claim_until ?? 0) > now ? claimed_by : 0;
}

/** Whether it waits in the pool for anybody of its desk. */
export function isInPool(row: EventRow, now: number): boolean {
  return row.status === EventStatus.OPEN && isCall(row) && Boolean(row.pool_after_sec) && row.start_time + (row.pool_after_sec ?? 0) <= now;
}

/** Open and over. */
export function isOverdue(row: EventRow, now: number): boolean {
  return row.status === EventStatus.OPEN && row.end_time <= now;
}

export function workList(rows: EventRow[], at: WorkTime): WorkList {
  const list: Record<WorkGroup, EventRow[]> = { overdue: [], now: [], next: [], later: [], pool: [], done: [] };
  const today = dateIn(at.now, at.zone);
  for (const row of rows) {
    const group = groupOf(row, at, today);
    if (group) list[group].push(row);
  }
  list.overdue.sort(byUrgency);
  list.pool.sort(byUrgency);
  for (const group of ["now", "later"] as const) list[group].sort(byTime);
  list.done.sort((a, b) => b.updated_time - a.updated_time);
  const first = list.later.find((row) => !row.all_day);
  if (first) {
    list.next = list.later.filter((row) => !row.all_day && row.start_time === first.start_time);
    list.later = list.later.filter((row) => !list.next.includes(row));
  }
  return list;
}

/** All of it but what is done, in the order in which it is shown. */
export function toDo(list: WorkList): EventRow[] {
  return GROUPS.filter((group) => group !== "done").flatMap((group) => list[group]);
}

/** What comes after the event that was just done: the next that nobody else works on. */
export function nextOf(list: WorkList, done: number, at: WorkTime): EventRow | null {
  return toDo(list).find((row) => row.id !== done && [0, at.me].includes(holderOf(row, at.now))) ?? null;
}

function groupOf(row: EventRow, at: WorkTime, today: string): WorkGroup | null {
  const { me, now, zone } = at;
  if (row.status === EventStatus.DONE) {
    return isDoneToday(row, at, today) ? "done" : null;
  }
  if (row.status !== EventStatus.OPEN) return null;
  if (holderOf(row, now) === me) return "now";
  if (!isMine(row, me)) return isInPool(row, now) ? "pool" : null;
  if (row.all_day) return groupOfDates(row, at, today);
  if (isOverdue(row, now)) return isOwnOrHeld(row, at) ? "overdue" : null;
  if (row.start_time <= now) return "now";
  return dateIn(row.start_time, zone) === today ? "later" : null;
}

/** By the manager whose day it is; what was created as done counts for the day that it was on. */
function isDoneToday(row: EventRow, { me, zone }: WorkTime, today: string): boolean {
  const by = row.updated_by || row.created_by;
  return by === me && dateIn(row.updated_by ? row.updated_time : row.start_time, zone) === today;
}

function groupOfDates(row: EventRow, at: WorkTime, today: string): WorkGroup | null {
  const { first, last } = allDayDates(row);
  if (last < today) return isOwnOrHeld(row, at) ? "overdue" : null;
  return first <= today ? "later" : null;
}

/** Late work is its owner's; what a colleague has taken over stays in view while the colleague works on it. */
function isOwnOrHeld(row: EventRow, { me, now }: WorkTime): boolean {
  return row.owner_manager_id === me || holderOf(row, now) > 0;
}

function isMine(row: EventRow, me: number): boolean {
  if (row.owner_manager_id === me) return true;
  return row.participants.some((one) => one.manager_id === me && one.status !== ParticipantStatus.DECLINED);
}

/** The order of claims. */
export function byUrgency(a: EventRow, b: EventRow): number {
  return b.priority - a.priority || a.start_time - b.start_time || a.id - b.id;
}

function byTime(a: EventRow, b: EventRow): number {
  return a.all_day - b.all_day || a.start_time - b.start_time || a.id - b.id;
}
