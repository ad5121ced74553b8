// Dates and times for people, in one form everywhere: the language and the clock of the settings, by Intl.

import { timeIn, wallOf, dateIn } from "./clock";
import { dayNumber } from "./dates";
import { offsetAt } from "./zones";

export interface Formats {
  /** BCP 47, such as "en-GB". */
  locale: string;
  isTwelveHours: boolean;
}

type Style = Intl.DateTimeFormatOptions;

const short = "short";
const numeric = "numeric";
const STYLES = {
  /** "Fri 27 Nov" */
  day: { weekday: short, day: numeric, month: short },
  /** "Fri 27 Nov 2026" */
  full: { weekday: short, day: numeric, month: short, year: numeric },
  /** "27 Nov" */
  dayMonth: { day: numeric, month: short },
  /** "27 November" */
  dayLongMonth: { day: numeric, month: "long" },
  /** "27 Nov 2026" */
  date: { day: numeric, month: short, year: numeric },
  /** "Friday" */
  weekday: { weekday: "long" },
  /** "Fri" */
  shortWeekday: { weekday: short },
  /** "F" */
  narrowWeekday: { weekday: "narrow" },
  /** "Friday, 27 November" */
  longDay: { weekday: "long", day: numeric, month: "long" },
  /** "November 2026" */
  month: { month: "long", year: numeric },
  /** "3:05 pm" */
  clock: { hour: numeric, minute: "2-digit", hour12: true },
  /** "3 pm" */
  hour: { hour: numeric, hour12: true },
} satisfies Record<string, Style>;
export type DateStyle = Exclude<keyof typeof STYLES, "clock" | "hour">;

const DAY_MS = 86_400_000;
let formats: Formats = { locale: "en-GB", isTwelveHours: false };
const writers = new Map<Style, Intl.DateTimeFormat>();

/** Holds for all texts that are written from now on. */
export function setFormats(wanted: Formats): void {
  if (wanted.locale !== formats.locale) writers.clear();
  formats = wanted;
}

export function isTwelveHours(): boolean {
  return formats.isTwelveHours;
}

export function dateText(date: string, style: DateStyle): string {
  const day = dayNumber(date);
  return Number.isNaN(day) ? "" : writerOf(STYLES[style]).format(day * DAY_MS).replace(/^(\p{L}{3}), (?=\d)/u, "$1 ");
}

/** "23 – 29 Nov 2026". */
export function rangeText(first: string, last: string): string {
  return writerOf(STYLES.date).formatRange(dayNumber(first) * DAY_MS, dayNumber(last) * DAY_MS);
}

/** "15:05" or "3:05 pm". */
export function clockText(seconds: number, zone: string): string {
  if (!formats.isTwelveHours) return timeIn(seconds, zone);
  const wall = new Date(wallOf(seconds, zone) * 1000);
  return writerOf(STYLES.clock).format(wall);
}

/** "15:00", "3 pm": beside the hours of the grid. */
export function hourText(seconds: number, zone: string): string {
  if (!formats.isTwelveHours) return timeIn(seconds, zone);
  return writerOf(STYLES.hour).format(new Date(wallOf(seconds, zone) * 1000));
}

/** "27 Nov 2026, 15:05". */
export function stampText(seconds: number, zone: string): string {
  return `${dateText(dateIn(seconds, zone), "date")}, ${clockText(seconds, zone)}`;
}

/** "UTC+2", "UTC−3:30": as it is at that moment. */
export function offsetText(seconds: number, zone: string): string {
  const offset = Math.round(offsetAt(seconds, zone) / 60);
  const size = Math.abs(offset);
  const minutes = size % 60 ? `:${String(size % 60).padStart(2, "0")}` : "";
  return offset ? `UTC${offset < 0 ? "-" : "+"}${Math.floor(size / 60)}${minutes}` : "UTC+0";
}

function writerOf(style: Style): Intl.DateTimeFormat {
  let writer = writers.get(style);
  if (!writer) writers.set(style, (writer = new Intl.DateTimeFormat(formats.locale, { ...style, timeZone: "UTC" })));
  return writer;
}
