// Recurrence rules as the server takes them: read, written, and the dates on which they come. Dates are local ISO dates.
// Source: RFC 5545, 3.3.10; contract, section 13.

import { momentOf } from "./time/clock";
import { addDays, addMonths, dateOfDay, dayNumber, daysBetween, startOfMonth, startOfWeek, weekday } from "./time/dates";

export const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A weekday, 1 is Monday; `nth` 0: every one, -1: the last of the month or year. */
export interface ByDay {
  nth: number;
  day: number;
}

export interface Rule {
  freq: Frequency;
  interval: number;
  /** 0: none. */
  count: number;
  /** Last local date; a time "20261224T150000Z" is kept as it is; empty: none. */
  until: string;
  months: number[];
  monthDays: number[];
  days: ByDay[];
  positions: number[];
  /** 1 is Monday. */
  weekStart: number;
}

/** Where a rule begins, and what of it is left out. */
export interface RuleStart {
  /** Local date of the first occurrence. */
  date: string;
  exdates?: string[];
  /** Clock time of the first occurrence in seconds after midnight, and its zone: for an UNTIL that is a time. */
  wallSec?: number;
  zone?: string;
}

export const CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const DAY_SEC = 86_400;
/** Dates that are looked at, some hundred years; a rule that does not come in them does not come. */
const MOST_DATES = 40_000;
const LAST_YEAR = "9000";
const KNOWN = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"];

export function newRule(freq: Frequency, more: Partial<Rule> = {}): Rule {
  return { freq, interval: 1, count: 0, until: "", months: [], monthDays: [], days: [], positions: [], weekStart: 1, ...more };
}

/** The rule that `text` writes; null: it can't be read here. The server is the one that checks. */
export function parseRule(text: string): Rule | null {
  const parts = new Map(text.trim().toUpperCase().replace(/;$/, "").split(";").map((part) => part.split("=", 2) as [string, string]));
  const freq = FREQUENCIES.find((name) => name === parts.get("FREQ"));
  if (!freq || [...parts.keys()].some((name) => !KNOWN.includes(name))) return null;
  const days = (parts.get("BYDAY") ?? "").split(",").filter(Boolean).map(readDay);
  const rule = newRule(freq, {
    interval: Number(parts.get("INTERVAL") ?? 1),
    count: Number(parts.get("COUNT") ?? 0),
    until: readUntil(parts.get("UNTIL") ?? ""),
    months: numbers(parts.get("BYMONTH")),
    monthDays: numbers(parts.get("BYMONTHDAY")),
    days: days.filter((one): one is ByDay => one !== null),
    positions: numbers(parts.get("BYSETPOS")),
    weekStart: CODES.indexOf(parts.get("WKST") ?? "MO") + 1,
  });
  const all = [rule.interval, rule.count, ...rule.months, ...rule.monthDays, ...rule.positions];
  const isRead = all.every(Number.isInteger) && rule.interval > 0 && rule.weekStart > 0 && !days.includes(null) && rule.until !== "?";
  return isRead ? rule : null;
}

/** The text of the rule, its parts in the server's order, defaults left out. */
export function ruleText(rule: Rule): string {
  const parts: [string, string][] = [
    ["FREQ", rule.freq],
    ["INTERVAL", rule.interval === 1 ? "" : String(rule.interval)],
    ["COUNT", rule.count ? String(rule.count) : ""],
    ["UNTIL", rule.until.replace(/-/g, "")],
    ["BYMONTH", rule.months.join()],
    ["BYMONTHDAY", rule.monthDays.join()],
    ["BYDAY", rule.days.map(({ nth, day }) => `${nth || ""}${CODES[day - 1]}`).join()],
    ["BYSETPOS", rule.positions.join()],
    ["WKST", rule.weekStart === 1 ? "" : (CODES[rule.weekStart - 1] ?? "")],
  ];
  return parts.filter(([, value]) => value).map(([name, value]) => `${name}=${value}`).join(";");
}

/** At most `most` dates on which the rule comes, from the date `from` on. */
export function datesOfRule(rule: Rule, start: RuleStart, most: number, from = start.date): string[] {
  const found: string[] = [];
  let counted = 0;
  let seen = 0;
  for (let ahead = 0; seen < MOST_DATES; ahead += rule.interval) {
    const [begin, end] = periodOf(rule, start.date, ahead);
    if (begin > LAST_YEAR) return found;
    seen += daysBetween(begin, end);
    for (const date of datesOfPeriod(rule, start.date, begin, end)) {
      if (date < start.date) continue;
      if (isAfterUntil(rule, start, date) || (rule.count && ++counted > rule.count)) return found;
      if (date >= from && !start.exdates?.includes(date)) found.push(date);
      if (found.length === most) return found;
    }
  }
  return found;
}

function isAfterUntil({ until }: Rule, { wallSec = 0, zone = "UTC" }: RuleStart, date: string): boolean {
  if (!until) return false;
  if (!until.includes("T")) return date > until;
  const time = Date.parse(until.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z")) / 1000;
  return momentOf(dayNumber(date) * DAY_SEC + wallSec, zone) > time;
}

/** The dates of one period, in order. */
function datesOfPeriod(rule: Rule, first: string, from: string, to: string): string[] {
  const dates: string[] = [];
  const last = daysBetween(from, to);
  const day = dayNumber(from);
  for (let index = 0; index < last; index++) {
    const date = dateOfDay(day + index);
    if (isOn(rule, date, first)) dates.push(date);
  }
  if (!rule.positions.length) return dates;
  return dates.filter((_, index) => rule.positions.includes(index + 1) || rule.positions.includes(index - dates.length));
}

/** Its first date and the one after its last; periods are counted from the one of the first occurrence. */
function periodOf({ freq, weekStart }: Rule, first: string, ahead: number): [string, string] {
  if (freq === "DAILY") return [addDays(first, ahead), addDays(first, ahead + 1)];
  if (freq === "WEEKLY") {
    const from = addDays(startOfWeek(first, weekStart), 7 * ahead);
    return [from, addDays(from, 7)];
  }
  if (freq === "MONTHLY") return [addMonths(startOfMonth(first), ahead), addMonths(startOfMonth(first), ahead + 1)];
  const year = Number(first.slice(0, 4)) + ahead;
  return [`${year}-01-01`, `${year + 1}-01-01`];
}

function isOn(rule: Rule, date: string, first: string): boolean {
  const { freq, months, monthDays, days } = rule;
  const [, month = 0, day = 0] = date.split("-").map(Number);
  if (months.length && !months.includes(month)) return false;
  if (monthDays.length && !monthDays.includes(day) && !monthDays.includes(day - lengthOfMonth(date) - 1)) return false;
  if (days.length) return days.some((one) => isNthDay(rule, one, date));
  if (monthDays.length || freq === "DAILY") return true;
  if (freq === "WEEKLY") return weekday(date) === weekday(first);
  const isSameDay = day === Number(first.slice(8));
  return freq === "MONTHLY" || months.length ? isSameDay : isSameDay && date.slice(5, 7) === first.slice(5, 7);
}

function isNthDay({ freq, months }: Rule, { nth, day }: ByDay, date: string): boolean {
  if (weekday(date) !== day) return false;
  if (!nth) return true;
  const isOfYear = freq === "YEARLY" && !months.length;
  const from = isOfYear ? `${date.slice(0, 4)}-01-01` : startOfMonth(date);
  const to = isOfYear ? `${Number(date.slice(0, 4)) + 1}-01-01` : addMonths(from, 1);
  const place = nth > 0 ? Math.floor(daysBetween(from, date) / 7) + 1 : -Math.ceil(daysBetween(date, to) / 7);
  return place === nth;
}

export function lengthOfMonth(date: string): number {
  return daysBetween(startOfMonth(date), addMonths(startOfMonth(date), 1));
}

function readDay(text: string): ByDay | null {
  const found = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text);
  return found ? { nth: Number(found[1] ?? 0), day: CODES.indexOf(found[2] ?? "") + 1 } : null;
}

function readUntil(text: string): string {
  if (!text || /^\d{8}T\d{6}Z$/.test(text)) return text;
  return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : "?";
}

function numbers(text = ""): number[] {
  return text.split(",").filter(Boolean).map(Number);
}
