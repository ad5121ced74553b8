// Who is busy when, and times to meet, as the page asks for them and tells of them.

import { dateIn, secondsOf } from "./time/clock";
import { clockText, dateText } from "./time/formats";
import { EventStatus, ParticipantStatus, type EventRow, type FindSlots, type GetFreeBusy } from "./types.gen";
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

/** The earliest times to meet from `date` on and not in the past; null where nothing can be asked for. */
export function slotSearch(managers: number[], minutes: number, date: string, hours: Hours, zone: string, now: number): FindSlots | null {
  if (!managers.length || hoursProblem(hours)) return null;
  const today = dateIn(now, zone);
  const midnight = secondsOf(date < today ? today : date, "00:00", zone);
  const step_sec = minutes < 30 ? 900 : 1800;
  const { start, weekdays } = hours;
  return {
    manager_ids: managers.slice(0, MOST_MANAGERS),
    // From a midnight on, so that times are at full quarters by the clock of every zone.
    from: midnight + Math.max(0, Math.ceil((now - midnight) / step_sec)) * step_sec,
    to: midnight + DAYS_SEARCHED * 86_400,
    duration_sec: minutes * 60,
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

/**
 * When a saved event itself makes one of its participants busy; null: it does not.
 *
 * Busy times have no ids, so within this interval it can't be told what keeps somebody busy: the event
 * that is being edited, or another one as well. The page then says nothing. Outside of it, and of
 * whoever does not take part in the saved event, every busy time is another event's.
 */
export function ownTime(saved: EventRow | null, manager: number): Interval | null {
  if (saved?.status !== EventStatus.OPEN || saved.end_time <= saved.start_time) return null;
  const takesPart = saved.participants.some((guest) => guest.manager_id === manager && guest.status !== ParticipantStatus.DECLINED);
  return takesPart ? [saved.start_time, saved.end_time] : null;
}

/** Whose times to ask for; null where there is nothing that could be told. */
export function busyQuestion(managers: number[], from: number, to: number, saved: EventRow | null): GetFreeBusy | null {
  if (!(from >= 0 && to > from)) return null;
  const asked = managers.filter((id) => {
    const own = ownTime(saved, id);
    return !own || from < own[0] || to > own[1];
  });
  return asked.length ? { manager_ids: asked.slice(0, MOST_MANAGERS), from, to } : null;
}

/** What is left of the busy times without the event's own. */
export function withoutOwn(busy: Interval[], own: Interval | null): Interval[] {
  if (!own) return busy;
  const [since, until] = own;
  const parts = busy.flatMap(([start, end]): Interval[] => [[start, Math.min(end, since)], [Math.max(start, until), end]]);
  return parts.filter(([start, end]) => start < end);
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
