// A recurrence rule in words, and the choices of the form.

import { lengthOfMonth, newRule, parseRule, type ByDay, type Frequency, type Rule } from "./recurrence";
import { dateText } from "./time/formats";
import { addDays, weekday } from "./time/dates";

export const KINDS = ["none", "daily", "workdays", "weekly", "monthly", "weekday", "yearly", "custom"] as const;
export type Kind = (typeof KINDS)[number];

const A_MONDAY = "2026-11-30";
const WORKDAYS = [1, 2, 3, 4, 5];
const NTH: Record<number, string> = { 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", [-1]: "last", [-2]: "second to last" };
const UNITS = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };

/** "Every 2 weeks on Monday and Thursday, until 24 Dec 2026". `first`: date of the first occurrence. */
export function ruleWords(rule: Rule, first: string): string {
  return `${isWorkdays(rule) ? "Every workday" : everyWords(rule) + daysWords(rule, first)}${endWords(rule)}`;
}

/** The same of a text; the text itself where it can't be read. */
export function textWords(text: string, first: string): string {
  const rule = parseRule(text);
  return rule ? ruleWords(rule, first) : text;
}

/** Also where it is daily on these days. */
function isWorkdays({ freq, interval, days, monthDays, months, positions }: Rule): boolean {
  const isOnThem = sameDays(days, WORKDAYS) && (freq === "DAILY" || freq === "WEEKLY");
  return isOnThem && interval === 1 && !monthDays.length && !months.length && !positions.length;
}

function everyWords({ freq, interval }: Rule): string {
  return interval === 1 ? `Every ${UNITS[freq]}` : `Every ${interval} ${UNITS[freq]}s`;
}

function daysWords(rule: Rule, first: string): string {
  const { freq, days, monthDays, months, positions } = rule;
  const parts: string[] = [];
  if (positions.length) parts.push(`on the ${list(positions.map(nthWord))} of ${days.length ? list(days.map(dayWord)) : "these days"}`);
  else if (days.length) parts.push(`on ${list(days.map(dayWord))}`);
  else if (freq === "WEEKLY") parts.push(`on ${weekdayName(weekday(first))}`);
  if (monthDays.length) parts.push(`on ${list(monthDays.map(monthDayWord))}${freq === "DAILY" || days.length ? " of the month" : ""}`);
  else if (freq === "MONTHLY" && !days.length) parts.push(`on ${monthDayWord(dayOf(first))}`);
  if (freq === "YEARLY" && !days.length && !monthDays.length && !months.length) parts.push(`on ${dateText(first, "dayLongMonth")}`);
  else if (months.length) parts.push(`in ${list(months.map(monthName))}`);
  return parts.map((part) => ` ${part}`).join("");
}

function endWords({ count, until }: Rule): string {
  if (count) return count === 1 ? ", once" : `, ${count} times`;
  const date = until.includes("T") ? `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}` : until;
  return until ? `, until ${dateText(date, "date")}` : "";
}

export function weekdayName(day: number): string {
  return dateText(addDays(A_MONDAY, day - 1), "weekday");
}

function monthName(month: number): string {
  return dateText(`2026-${String(month).padStart(2, "0")}-01`, "month").replace(/\s*2026\s*/, "");
}

function dayWord({ nth, day }: ByDay): string {
  return nth ? `the ${nthWord(nth)} ${weekdayName(day)}` : weekdayName(day);
}

function nthWord(nth: number): string {
  return NTH[nth] ?? (nth < 0 ? `${-nth}. to last` : `${nth}.`);
}

function monthDayWord(day: number): string {
  if (day > 0) return `day ${day}`;
  return day === -1 ? "the last day" : `the ${nthWord(day)} day`;
}

function list(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function sameDays(days: ByDay[], wanted: number[]): boolean {
  return days.length === wanted.length && days.every((one) => !one.nth && wanted.includes(one.day));
}

/** The rule of a choice for an event on that date. */
export function ruleOfKind(kind: Exclude<Kind, "none" | "custom">, date: string): Rule {
  switch (kind) {
    case "daily":
      return newRule("DAILY");
    case "workdays":
      return newRule("WEEKLY", { days: WORKDAYS.map((day) => ({ nth: 0, day })) });
    case "weekly":
      return newRule("WEEKLY", { days: [{ nth: 0, day: weekday(date) }] });
    case "monthly":
      return newRule("MONTHLY", { monthDays: [monthDayOf(date)] });
    case "weekday":
      return newRule("MONTHLY", { days: [nthOf(date)] });
    case "yearly":
      return newRule("YEARLY");
  }
}

/** The 31st is the last day: every month has one. */
function monthDayOf(date: string): number {
  const day = dayOf(date);
  return day === lengthOfMonth(date) && day > 28 ? -1 : day;
}

/** The fourth Friday; the last one where none follows in the month. */
function nthOf(date: string): ByDay {
  const day = dayOf(date);
  return { nth: day + 7 > lengthOfMonth(date) ? -1 : Math.ceil(day / 7), day: weekday(date) };
}

/** Which choice the rule is; what none of them says is custom. */
export function kindOf(text: string): Kind {
  if (!text) return "none";
  const rule = parseRule(text);
  if (!rule || isSpecial(rule)) return "custom";
  if (isWorkdays(rule)) return "workdays";
  if (!fitsForm(rule)) return "custom";
  if (rule.freq === "MONTHLY") return rule.days.length ? "weekday" : "monthly";
  return KIND_OF[rule.freq];
}

/** The same while days are chosen in the form: Monday to Friday, chosen one by one, are still days of a week. */
export function kindByDays(text: string): Kind {
  const kind = kindOf(text);
  return kind === "workdays" && parseRule(text)?.freq === "WEEKLY" ? "weekly" : kind;
}

const KIND_OF = { DAILY: "daily", WEEKLY: "weekly", YEARLY: "yearly" } as const;

/** Whether the form can show all of it: how often, on which days, and until when. */
export function fitsForm(rule: Rule): boolean {
  const { freq, days, monthDays } = rule;
  if (isSpecial(rule)) return false;
  if (freq === "WEEKLY") return !monthDays.length && days.every((one) => !one.nth);
  if (freq !== "MONTHLY") return !days.length && !monthDays.length;
  return days.length ? days.length === 1 && days[0]?.nth !== 0 && !monthDays.length : monthDays.length < 2;
}

/** The rule in another unit, on the days that go with that date. */
export function withFrequency({ interval, count, until }: Rule, freq: Frequency, date: string): Rule {
  const days = freq === "WEEKLY" ? [{ nth: 0, day: weekday(date) }] : [];
  return newRule(freq, { interval, count, until, days, monthDays: freq === "MONTHLY" ? [monthDayOf(date)] : [] });
}

/** A day of the month on which a monthly rule may come. */
export interface MonthChoice {
  words: string;
  days: ByDay[];
  monthDays: number[];
}

/** Those that go with that date, and the one of the rule. */
export function monthChoices(rule: Rule, date: string): MonthChoice[] {
  const day = dayOf(date);
  const last = lengthOfMonth(date);
  const nth = { nth: Math.ceil(day / 7), day: weekday(date) };
  const choices = [onMonthDay(day), ...(day === last ? [onMonthDay(-1)] : []), ...(nth.nth < 5 ? [onWeekday(nth)] : []), ...(day + 7 > last ? [onWeekday({ ...nth, nth: -1 })] : [])];
  const own = monthChoiceOf(rule, date);
  return choices.some(({ words }) => words === own.words) ? choices : [own, ...choices];
}

/** The one of the rule, which `fitsForm`. */
export function monthChoiceOf({ days, monthDays }: Rule, date: string): MonthChoice {
  return days[0] ? onWeekday(days[0]) : onMonthDay(monthDays[0] ?? dayOf(date));
}

function onMonthDay(day: number): MonthChoice {
  return { words: monthDayWord(day), days: [], monthDays: [day] };
}

function onWeekday(day: ByDay): MonthChoice {
  return { words: dayWord(day), days: [day], monthDays: [] };
}

function dayOf(date: string): number {
  return Number(date.slice(8));
}

/** With parts that no choice of the form has. */
function isSpecial({ positions, months, weekStart, until }: Rule): boolean {
  return positions.length > 0 || months.length > 0 || weekStart !== 1 || until.includes("T");
}

/** How the choice that the rule is is called: with its own interval and days, without its end. */
export function chosenLabel(rule: Rule, kind: Kind, first: string): string {
  const endless = { ...rule, count: 0, until: "" };
  return kind === "workdays" ? ruleWords(endless, first) : everyWords(endless) + daysWords(endless, first);
}

/** How a choice is called for an event on that date. */
export function kindLabel(kind: Kind, date: string): string {
  if (kind === "none") return "Does not repeat";
  if (kind === "custom") return "Another rule…";
  return ruleWords(ruleOfKind(kind, date), date);
}
