// What "My day" and "The desk" show beside the events of their day: what is late, and the open calls of the desk.

import type { WholeList } from "./event-lists";
import type { ViewName } from "./filters";
import { EventStatus, EventType } from "./types.gen";

const DAY_SEC = 86_400;
/** Calls that began longer ago are found among those that are late. */
const POOL_DAYS = 30;
/** Calls come to the pool by the clock alone: those of so long ahead are listed, too, and in time the next ones. */
export const AHEAD_SEC = 3600;

interface Wanted {
  me: number;
  brand: string;
  desk: string;
  /** Unix seconds. */
  now: number;
}

export function deskLists(view: ViewName, { me, brand, desk, now }: Wanted): WholeList[] {
  if (view !== "my_day" && view !== "desk") return [];
  const scope = { brand, deskFilter: desk };
  const late: WholeList = { ...scope, from: 1, to: now, overdue: 1, ...(view === "my_day" && { owner_manager_id: me }) };
  return [late, callsOf({ brand, desk }, now - POOL_DAYS * DAY_SEC, now + AHEAD_SEC)];
}

/** The open calls of a range. */
export function callsOf({ brand, desk }: Pick<Wanted, "brand" | "desk">, from: number, to: number): WholeList {
  return { brand, deskFilter: desk, from, to, type: [EventType.CALL, EventType.FOLLOW_UP], status: EventStatus.OPEN };
}
