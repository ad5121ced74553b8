// What an export to a calendar file asks for. `whose`: `manager:ID`, or `desk:CODE`, whose code may have colons, too.

import { startOfDate } from "./time/clock";
import { addDays, addMonths, startOfMonth } from "./time/dates";
import type { ExportEvents } from "./types.gen";

/** What is asked for; both days may be empty and count whole, in the zone that is shown. */
export function wantedOf(whose: string, first: string, last: string, zone: string): ExportEvents {
  const [kind, name] = partsOf(whose);
  return {
    ...(kind === "desk" ? { deskFilter: name } : { manager_id: Number(name) }),
    from: first ? startOfDate(first, zone) : null,
    to: last ? startOfDate(addDays(last, 1), zone) : null,
  };
}

/** Letters of a name that a file is called by: the longest is far below what file systems take. */
const MOST_LETTERS = 40;

/** "calendar-anna-petrova-2026-11.ics". `name`: of the manager or desk; one without letters and digits is left out. */
export function icsName(name: string, first: string, last: string): string {
  return `${["calendar", fileWords(name), ...rangeWords(first, last)].filter(Boolean).join("-")}.ics`;
}

/** Letters and digits of any script, and single hyphens: no file system reserves these. */
function fileWords(name: string): string {
  const words = name.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "-");
  return [...words].slice(0, MOST_LETTERS).join("").replace(/^-|-$/g, "");
}

/** A whole month by its name, a day once, both ends otherwise; nothing for a range without ends. */
function rangeWords(first: string, last: string): string[] {
  if (!first && !last) return [];
  if (first === last) return [first];
  if (!last) return ["from", first];
  if (!first) return ["until", last];
  const isMonth = first === startOfMonth(first) && addDays(last, 1) === addMonths(first, 1);
  return isMonth ? [first.slice(0, 7)] : [first, last];
}

function partsOf(whose: string): [string, string] {
  const colon = whose.indexOf(":");
  return [whose.slice(0, colon), whose.slice(colon + 1)];
}
