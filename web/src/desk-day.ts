// One desk's day for its lead: a column for each manager, what is late, what is claimed, what waits in the pool.

import { toPieces, type CalendarItem } from "./calendar-event";
import type { DayShape, DrawnItem } from "./day-plan";
import { deskMatches } from "./desk-mask";
import { EventStatus, ParticipantRole, ParticipantStatus, type EventRow, type ParticipantRow } from "./types.gen";
import type { Directory } from "./use-directory";
import { cutGrid } from "./view-cut";
import { byUrgency, holderOf, isInPool, isOverdue } from "./work-list";

export interface DeskColumn {
  id: number;
  name: string;
}

export interface DeskLists {
  /** The longest over first. */
  overdue: EventRow[];
  claimed: EventRow[];
  /** Waits for anybody; in the order of claims. */
  pool: EventRow[];
}

const ALL_DAY_ROWS = 2;
const LEAST_BOX_PX = 70;

/** The desk that is shown: the one filtered by, else one that the manager leads, else the manager's own, else the first. */
export function chosenDesk(mask: string, { desks, person }: Directory, me: number): string {
  const own = person(me).desks;
  const found =
    desks.find((desk) => desk.code === mask) ??
    desks.find((desk) => desk.manager_id === me && deskMatches(mask, desk.code)) ??
    desks.find((desk) => own && deskMatches(own, desk.code) && deskMatches(mask, desk.code)) ??
    desks.find((desk) => deskMatches(mask, desk.code));
  return found?.code ?? "";
}

/** Managers of the desk by name, the lead first; then others who own one of the events. */
export function deskColumns(desk: string, { people, desks, person }: Directory, owners: Iterable<number>): DeskColumn[] {
  const entry = desks.find((one) => one.code === desk);
  const staff = people.filter((one) => one.desks && (!entry || one.brand === entry.brand) && deskMatches(one.desks, desk)).map((one) => one.id);
  const lead = entry?.manager_id ?? 0;
  const ids = [...new Set([...staff.sort((a, b) => Number(b === lead) - Number(a === lead)), ...owners])];
  return ids.map((id) => ({ id, name: person(id).name }));
}

/** What stands in the columns: each event with its owner, and a copy that can't be dragged with each colleague who comes. */
export function columnItems(rows: EventRow[], columns: DeskColumn[], zone: string): DrawnItem[] {
  const ids = new Set(columns.map((column) => column.id));
  return rows.flatMap((row) => {
    const participants = row.participants.filter((one) => one.manager_id !== row.owner_manager_id && one.status !== ParticipantStatus.DECLINED && ids.has(one.manager_id));
    return toPieces(row, zone).flatMap((item): DrawnItem[] => [
      { ...item, column: row.owner_manager_id },
      ...participants.map((participant) => ({ ...item, column: participant.manager_id, isCopy: true })),
    ]);
  });
}

/** As much of it as the columns have room for. `width` of one of them, in pixels. */
export function cutColumns(items: DrawnItem[], bounds: number[], width: number, shape: Omit<DayShape, "columns" | "slivers">): DrawnItem[] {
  const byColumn = new Map<number, DrawnItem[]>();
  for (const item of items) {
    const list = byColumn.get(item.column ?? 0);
    if (list) list.push(item);
    else byColumn.set(item.column ?? 0, [item]);
  }
  const columns = Math.max(1, Math.floor(width / LEAST_BOX_PX));
  return [...byColumn.values()].flatMap((list) => cutGrid(list as CalendarItem[], bounds, ALL_DAY_ROWS, { ...shape, columns, slivers: 1 }).shown);
}

export function deskLists(rows: EventRow[], desk: string, now: number): DeskLists {
  const here = rows.filter((row) => row.desk === desk && row.status === EventStatus.OPEN);
  return {
    overdue: here.filter((row) => isOverdue(row, now)).sort((a, b) => a.end_time - b.end_time || a.id - b.id),
    claimed: here.filter((row) => holderOf(row, now) > 0).sort((a, b) => (a.claim_until ?? 0) - (b.claim_until ?? 0)),
    pool: here.filter((row) => isInPool(row, now) && !holderOf(row, now)).sort(byUrgency),
  };
}

/** What changes when an event goes to another manager. `keepsOwner`: the one before still takes part, as in a meeting with others. */
export function givenTo(row: EventRow, manager: number, keepsOwner = row.participants.length > 1): Pick<EventRow, "owner_manager_id" | "participants"> {
  const others = row.participants.filter((one) => one.manager_id !== manager && (keepsOwner || one.manager_id !== row.owner_manager_id));
  const owner: ParticipantRow = { event_id: row.id, manager_id: manager, role: ParticipantRole.ORGANIZER, status: ParticipantStatus.ACCEPTED, created_time: 0, updated_time: 0 };
  return { owner_manager_id: manager, participants: [owner, ...others.map((one) => (one.role === ParticipantRole.ORGANIZER ? { ...one, role: ParticipantRole.REQUIRED } : one))] };
}
