// When a customer may be called: by brand, on the customer's own wall clock.
// Source: contract, section 14, "Calling hours".

import { dateIn, minutesIn, momentOf } from "./time/clock";
import { addDays, dayNumber, weekday } from "./time/dates";
import type { EventRow } from "./types.gen";

/** The hours of one brand, as the directory tells them. */
export interface HoursTable {
  /** "09:00-20:00"; "22:00-02:00" ends on the next day. */
  hours: string;
  /** 1 is Monday. */
  weekdays: number[];
  /** ISO dates. */
  holidays: string[];
  /** Of customers whose own zone is not known. */
  timezone: string;
}

export type CallingHours = Readonly<Record<string, HoursTable>>;

type Customer = Pick<EventRow, "brand" | "customer_timezone">;

const DAY_MIN = 1440;
const DAY_SEC = 86_400;
const LOOK_AHEAD_DAYS = 60;

/** The zone of the customer's clock; null: it is not known and the brand has no hours. */
export function customerZone(row: Customer, hours: CallingHours): string | null {
  return row.customer_timezone || hours[row.brand]?.timezone || null;
}

/** Whether the customer may be called at that moment. */
export function mayCall(row: Customer, hours: CallingHours, seconds: number): boolean {
  const table = hours[row.brand];
  return !table || isAllowed(table, row.customer_timezone || table.timezone, seconds);
}

/** The first moment from `seconds` on at which the customer may be called; null: none in the next two months. */
export function nextCallable(row: Customer, hours: CallingHours, seconds: number): number | null {
  const table = hours[row.brand];
  if (!table || mayCall(row, hours, seconds)) return seconds;
  const zone = row.customer_timezone || table.timezone;
  const today = dateIn(seconds, zone);
  for (let days = 0; days <= LOOK_AHEAD_DAYS; days++) {
    const opening = momentOf(dayNumber(addDays(today, days)) * DAY_SEC + minutesOf(table).start * 60, zone);
    if (opening > seconds && isAllowed(table, zone, opening)) return opening;
  }
  return null;
}

function isAllowed(table: HoursTable, zone: string, seconds: number): boolean {
  const { start, end } = minutesOf(table);
  const minute = minutesIn(seconds, zone);
  const date = dateIn(seconds, zone);
  if (minute >= start && minute < end && isCallingDay(table, date)) return true;
  return minute + DAY_MIN < end && isCallingDay(table, addDays(date, -1));
}

function isCallingDay({ weekdays, holidays }: HoursTable, date: string): boolean {
  return weekdays.includes(weekday(date)) && !holidays.includes(date);
}

/** Minutes after midnight; over midnight the end is that of the next day. */
function minutesOf({ hours }: HoursTable): { start: number; end: number } {
  const [start = 0, end = 0] = hours.split("-").map((clock) => {
    const [hour = 0, minute = 0] = clock.split(":").map(Number);
    return hour * 60 + minute;
  });
  return { start, end: end > start ? end : end + DAY_MIN };
}
