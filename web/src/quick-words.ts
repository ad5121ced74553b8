// Plain rules that read day, time, length, type and customer out of a title: "call Anna tomorrow 15:00 #555 30m".
// What was read is shown before it counts, so a word that is only a name ("May", "Sun") costs nothing.

import { momentOf, wallOf } from "./time/clock";
import { addDays, dayNumber, startOfWeek, weekday } from "./time/dates";
import { EventType, Priority } from "./types.gen";

export interface QuickWords {
  /** The title without the words that were understood. */
  title: string;
  type?: EventType;
  /** ISO date. */
  date?: string;
  /** Minutes since midnight; 1440 is the end of the day. */
  minutes?: number;
  lengthMin?: number;
  customer_id?: number;
  lead_id?: number;
  priority?: Priority;
}

const TYPES: [RegExp, EventType][] = [
  [/^(?:call|phone|ring)\b/i, EventType.CALL],
  [/^(?:meet|meeting|meet with)\b/i, EventType.MEETING],
  [/^(?:follow[- ]?up)\b/i, EventType.FOLLOW_UP],
  [/^(?:task|todo)\b:?/i, EventType.TASK],
  [/^(?:remind me to|remind me|reminder)\b:?/i, EventType.REMINDER],
  [/^(?:deadline)\b:?/i, EventType.DEADLINE],
];
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const WEEKDAY = /(?:^|\s)(?:(on|this|next)\s+)?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?=\s|$|[,.])/i;
/** A short name counts only with a word before it: "Sun" alone may be a person. */
const SHORT_DAY = /(?:^|\s)(on|this|next)\s+(mon|tue|wed|thu|fri|sat|sun)(?=\s|$|[,.])/i;
const TIME = /(?:^|\s)(?:at\s+|@)?([01]?\d|2[0-4])[:.]([0-5]\d)(?:\s*(am|pm))?(?=\s|$|[,;])/i;
const HOUR = /(?:^|\s)(?:(?:at\s+|@)([01]?\d|2[0-4])|(?:at\s+|@)?(1[0-2]|0?[1-9])\s*(am|pm))(?=\s|$|[,;])/i;
const LENGTH = /(?:^|\s)(?:for\s+)?(?:(\d{1,2})\s*h(?:ours?|rs?)?\s*(?:(\d{1,2})\s*m?(?:in(?:utes?)?)?)?|(\d{1,3})\s*m(?:in(?:utes?)?)?)(?=\s|$|[,;])/i;
const IN_WHILE = /(?:^|\s)in\s+(\d{1,3})\s*(m|min|minutes?|h|hours?|d|days?)(?=\s|$|[,;])/i;
const CUSTOMER = /(?:^|\s)#(\d{1,15})(?=\s|$|[,;.])/;
const LEAD = /(?:^|\s)lead\s+#?(\d{1,15})(?=\s|$|[,;.])/i;

/** What the title says, read at that moment by the clock of `zone`. */
export function readWords(title: string, now: number, zone: string): QuickWords {
  const found: QuickWords = { title };
  const take = (pattern: RegExp, act: (match: RegExpMatchArray) => boolean | void) => {
    const match = found.title.match(pattern);
    if (match && act(match) !== false) found.title = found.title.replace(pattern, " ");
  };
  const wall = wallOf(now, zone);
  const today = new Date(Math.floor(wall / 86_400) * 86_400_000).toISOString().slice(0, 10);
  const type = TYPES.find(([pattern]) => pattern.test(title.trim()));
  if (type) found.type = type[1];
  take(LEAD, ([, id]) => void (found.lead_id = Number(id)));
  take(CUSTOMER, ([, id]) => void (found.customer_id = Number(id)));
  take(/(?:^|\s)(?:urgent|!!)(?=\s|$)/i, () => void (found.priority = Priority.URGENT));
  take(IN_WHILE, ([, count = "", unit = ""]) => {
    const seconds = Number(count) * (unit.startsWith("m") ? 60 : unit.startsWith("h") ? 3600 : 86_400);
    const at = unit.startsWith("d") ? wall + seconds : wallOf(Math.ceil((now + seconds) / 300) * 300, zone);
    found.date = new Date(at * 1000).toISOString().slice(0, 10);
    if (!unit.startsWith("d")) found.minutes = Math.floor((at % 86_400) / 60);
  });
  if (found.date === undefined) readDay(take, found, today);
  if (found.minutes === undefined) readTime(take, found);
  take(LENGTH, ([, hours, rest, minutes]) => {
    found.lengthMin = minutes ? Number(minutes) : Number(hours) * 60 + Number(rest ?? 0);
    return found.lengthMin > 0;
  });
  found.title = found.title.replace(/\s+/g, " ").replace(/\s+([,;.])/g, "$1").replace(/[\s,;]+$/, "").trim();
  return found;
}

type Take = (pattern: RegExp, act: (match: RegExpMatchArray) => boolean | void) => void;

function readDay(take: Take, found: QuickWords, today: string): void {
  take(/(?:^|\s)(?:(?:on\s+)?the day after tomorrow)(?=\s|$|[,.])/i, () => void (found.date = addDays(today, 2)));
  if (!found.date) take(/(?:^|\s)tomorrow(?=\s|$|[,.])/i, () => void (found.date = addDays(today, 1)));
  if (!found.date) take(/(?:^|\s)(?:today|tonight)(?=\s|$|[,.])/i, () => void (found.date = today));
  if (!found.date) take(/(?:^|\s)(?:on\s+)?(\d{4}-\d\d-\d\d)(?=\s|$|[,.])/, ([, date = ""]) => (Number.isNaN(dayNumber(date)) ? false : void (found.date = date)));
  for (const pattern of [WEEKDAY, SHORT_DAY]) {
    if (found.date) return;
    take(pattern, ([, which = "", name = ""]) => {
      const wanted = DAYS.findIndex((day) => day.startsWith(name.toLowerCase())) + 1;
      // "next Friday" is of the next week; a bare "Friday" is the first one to come, today not among them.
      found.date =
        which.toLowerCase() === "next" ? addDays(startOfWeek(today, 1), 6 + wanted) : addDays(today, ((wanted - weekday(today) + 6) % 7) + 1);
    });
  }
}

function readTime(take: Take, found: QuickWords): void {
  const set = (hours: number, minutes: number, half: string | undefined) => {
    const isAfternoon = half?.toLowerCase() === "pm";
    if (half && (hours > 12 || hours < 1)) return false;
    const at = (half ? (hours % 12) + (isAfternoon ? 12 : 0) : hours) * 60 + minutes;
    if (at > 1440) return false;
    found.minutes = at;
  };
  take(TIME, ([, hours, minutes, half]) => set(Number(hours), Number(minutes), half));
  if (found.minutes === undefined) take(HOUR, ([, plain, hours, half]) => set(Number(plain ?? hours), 0, half));
  if (found.minutes === undefined) take(/(?:^|\s)(?:at\s+)?noon(?=\s|$|[,.])/i, () => set(12, 0, undefined));
}

/** The start that the words mean, beside the one that the form has; null: they say nothing of it. */
export function quickStart(words: QuickWords, start_time: number, zone: string): number | null {
  if (words.date === undefined && words.minutes === undefined) return null;
  const wall = wallOf(start_time, zone);
  const date = words.date ?? new Date(Math.floor(wall / 86_400) * 86_400_000).toISOString().slice(0, 10);
  const minutes = words.minutes ?? Math.floor((wall % 86_400) / 60);
  return momentOf(dayNumber(date) * 86_400 + minutes * 60, zone);
}

export function saysAnything(words: QuickWords): boolean {
  return Object.keys(words).length > 1;
}
