// What a person can do to one event from its menu, in one list for menu and panel.

import type { IconName } from "./components/icon";
import { atTime, onDate, shiftedTimes, type Moved } from "./moving";
import { dateIn, nowSeconds } from "./time/clock";
import { addDays, startOfWeek } from "./time/dates";
import { EventStatus, type EventRow } from "./types.gen";

export interface EventCommand {
  label: string;
  icon?: IconName;
  keys?: string;
  act: () => void;
}

export interface CommandHost {
  zone: string;
  /** Why an event may not be changed; empty: it may. */
  changeProblem: (row: EventRow) => string;
  onOpen: (row: EventRow) => void;
  onEdit: (row: EventRow) => void;
  onMove: (row: EventRow, times: Moved) => void;
  /** Asks who is to own it. */
  onGive: (row: EventRow) => void;
  onStatus: (row: EventRow, status: EventStatus) => void;
  onDelete: (row: EventRow) => void;
  onDuplicate: (row: EventRow) => void;
  onCopyLink: (row: EventRow) => void;
}

const HOUR_SEC = 3600;

export interface Reschedule {
  label: string;
  times: Moved;
}

/** Where an event is often moved to: an hour on, tomorrow, next Monday; of past ones counted from now. */
export function reschedules(row: EventRow, zone: string, now = nowSeconds()): Reschedule[] {
  const today = dateIn(now, zone);
  const later = row.all_day ? [] : [{ label: "+1 h", times: laterTimes(row, zone, now) }];
  return [
    ...later,
    { label: "Tomorrow", times: onDate(row, addDays(today, 1), zone) },
    { label: "Monday", times: onDate(row, addDays(startOfWeek(today, 1), 7), zone) },
  ];
}

/** An hour on; what is over begins in an hour, at a full quarter. */
function laterTimes(row: EventRow, zone: string, now: number): Moved {
  if (row.end_time >= now) return shiftedTimes(row, HOUR_SEC, zone);
  return atTime(row, Math.ceil((now + HOUR_SEC) / 900) * 900, zone);
}

/** Of an event that may not be changed, those that leave it as it is. */
export function commandsFor(row: EventRow, host: CommandHost): EventCommand[] {
  const open: EventCommand = { label: "Open", icon: "text", keys: "Enter", act: () => host.onOpen(row) };
  const copies: EventCommand[] = [
    { label: "Duplicate", icon: "copy", act: () => host.onDuplicate(row) },
    { label: "Copy link", icon: "link", act: () => host.onCopyLink(row) },
  ];
  if (host.changeProblem(row)) return [open, ...copies];
  const isOpen = row.status === EventStatus.OPEN;
  return [
    open,
    { label: "Edit", icon: "edit", keys: "E", act: () => host.onEdit(row) },
    isOpen
      ? { label: "Complete", icon: "check", keys: "C", act: () => host.onStatus(row, EventStatus.DONE) }
      : { label: "Reopen", icon: "undo", act: () => host.onStatus(row, EventStatus.OPEN) },
    ...(isOpen ? reschedules(row, host.zone).map(({ label, times }): EventCommand => ({ label: `Move: ${label}`, icon: "clock", act: () => host.onMove(row, times) })) : []),
    ...(isOpen ? [{ label: "Give to…", icon: "person", act: () => host.onGive(row) } as EventCommand] : []),
    ...copies,
    ...(isOpen ? [{ label: "Cancel event", icon: "ban", act: () => host.onStatus(row, EventStatus.CANCELLED) } as EventCommand] : []),
    { label: "Delete", icon: "trash", act: () => host.onDelete(row) },
  ];
}
