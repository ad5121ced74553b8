// What "My day" and "The desk" show beside the events of their day: what is late, and the open calls of the desk.

import type { WholeList } from "./event-lists";
import type { ViewName } from "./filters";
import { EventStatus, EventType } from "./types.gen";

const DAY_SEC = 86_400;
/** Calls that began longer ago are found among those that are late. */
const POOL_DAYS = 30;
/** Calls that come to the pool while the page is open: at the latest at midnight all is listed again. */
const AHEAD_SEC = DAY_SEC;

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
  const calls: WholeList = { ...scope, from: now - POOL_DAYS * DAY_SEC, to: now + AHEAD_SEC, type: [EventType.CALL, EventType.FOLLOW_UP], status: EventStatus.OPEN };
  return [late, calls];
}
