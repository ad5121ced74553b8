// Who is busy when, and times to meet, as the page asks for them and shows them.

import type { Fields } from "./event-fields";
import { dateIn, secondsOf } from "./time/clock";
import { clockText, dateText } from "./time/formats";
import { EventStatus, EventType, ParticipantStatus, type FindSlots, type GetFreeBusy } from "./types.gen";
import type { Interval, Slot } from "./wire";

/** Working hours by the clock of the page's zone. */
export interface Hours {
  /** Such as "09:00". */
  start: string;
  /** Later than `start`; "00:00" is the day's end. */
  end: string;
  /** 1 is Monday. */
  weekdays: number[];
}

export const USUAL_HOURS: Hours = { start: "09:00", end: "18:00", weekdays: [1, 2, 3, 4, 5] };
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const MOST_MANAGERS = 200;
const DAYS_SEARCHED = 14;
const SLOTS_OFFERED = 8;

/** Since the end of a day is entered as midnight. */
function endOf({ end }: Hours): string {
  return end === "00:00" ? "24:00" : end;
}

/** What is wrong with the hours; empty: nothing. */
export function hoursProblem(hours: Hours): string {
  if (!hours.start || !hours.end) return "Say when working hours begin and end.";
  if (endOf(hours) <= hours.start) return "Working hours end before they begin.";
  return hours.weekdays.length ? "" : "Choose a day of the week.";
}

/** "09:00–18:00, Mon–Fri". */
export function hoursText(hours: Hours): string {
  const days = [...hours.weekdays].sort((a, b) => a - b);
  const names = days.map((day) => WEEKDAYS[day - 1]);
  const isRun = days.length > 2 && days[days.length - 1]! - days[0]! === days.length - 1;
  return `${hours.start}–${endOf(hours)}, ${isRun ? `${names[0]}–${names[names.length - 1]}` : names.join(", ")}`;
}

/** What times to meet are wanted. */
export interface Wanted {
  managers: number[];
  lengthSec: number;
  /** The first day, such as "2027-03-22". */
  date: string;
  hours: Hours;
  zone: string;
  /** The event that is moved, which makes nobody busy; null: a new one. */
  excluded: number | null;
}

/** The earliest times to meet from `date` on and not in the past; null where nothing can be asked for. */
export function slotSearch({ managers, lengthSec, date, hours, zone, excluded }: Wanted, now: number): FindSlots | null {
  if (!managers.length || hoursProblem(hours)) return null;
  const today = dateIn(now, zone);
  const midnight = secondsOf(date < today ? today : date, "00:00", zone);
  const step_sec = lengthSec < 1800 ? 900 : 1800;
  const { start, weekdays } = hours;
  return {
    manager_ids: managers.slice(0, MOST_MANAGERS),
    // From a midnight on, so that times are at full quarters by the clock of every zone.
    from: midnight + Math.max(0, Math.ceil((now - midnight) / step_sec)) * step_sec,
    to: midnight + DAYS_SEARCHED * 86_400,
    exclude_event_id: excluded,
    duration_sec: lengthSec,
    step_sec,
    limit: SLOTS_OFFERED,
    hours: { start, end: endOf(hours), timezone: zone, weekdays },
  };
}

export interface SlotGroup {
  date: string;
  busy: number[];
  slots: Slot[];
}

/** Slots of one date at which the same managers are busy go together, in order of the first. */
export function grouped(slots: Slot[], zone: string): SlotGroup[] {
  const groups = new Map<string, SlotGroup>();
  for (const slot of slots) {
    const date = dateIn(slot.start_time, zone);
    const key = [date, ...slot.busy].join();
    const group = groups.get(key) ?? { date, busy: slot.busy, slots: [] };
    group.slots.push(slot);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whose busy times matter: of an open event, of all who have not declined. */
export function invitedTo(fields: Fields): number[] {
  if (fields.status !== EventStatus.OPEN) return [];
  const { participants, owner_manager_id } = fields;
  const isListed = participants.some((participant) => participant.manager_id === owner_manager_id);
  const coming = participants.filter((participant) => participant.status !== ParticipantStatus.DECLINED).map((participant) => participant.manager_id);
  return isListed ? coming : [owner_manager_id, ...coming];
}

/** Whether free times can be offered for it: open, with a length by the clock, and a meeting by its type or participants. */
export function isMeeting(fields: Fields): boolean {
  const { type, status, all_day, start_time, end_time, owner_manager_id, participants } = fields;
  if (status !== EventStatus.OPEN || all_day || !(end_time > start_time)) return false;
  return type === EventType.MEETING || participants.some((participant) => participant.manager_id !== owner_manager_id);
}

/** Whose times to ask for, without those of the event `excluded`; null where there is nothing to ask for. */
export function busyQuestion(managers: number[], from: number, to: number, excluded: number | null): GetFreeBusy | null {
  if (!managers.length || !(from >= 0 && to > from)) return null;
  return { manager_ids: managers.slice(0, MOST_MANAGERS), from, to, exclude_event_id: excluded };
}

/** "Busy", or "Busy 10:15–10:30" where it is a part of the time alone. */
export function busyText(busy: Interval[], from: number, to: number, zone: string): string {
  const [first, ...more] = busy;
  if (!first) return "";
  const [start, end] = first;
  if ((start <= from && end >= to) || dateIn(from, zone) !== dateIn(to - 1, zone)) return "Busy";
  return `Busy ${clockText(start, zone)}–${clockText(end, zone)}${more.length ? " and later" : ""}`;
}

/** "Mon 22 Mar". */
export function dayText(date: string): string {
  return dateText(date, "day");
}
