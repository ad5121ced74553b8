// react-big-calendar's dates in one time zone, which need not be the browser's. A day is drawn with 24 hours,
// also one on which the clock changes, and an event stands at what the clock shows.

import { DateLocalizer, type DateLocalizerSpec } from "react-big-calendar";
import { dateIn, dayIn, minutesIn, momentOf, startOfDate, wallOf } from "./time/clock";
import { addDays, addMonths, datesFrom, dayNumber, daysBetween, startOfMonth, startOfWeek } from "./time/dates";
import { clockText, dateText, hourText } from "./time/formats";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_SEC = 86_400;
const UNIT_MS: Record<string, number> = {
  milliseconds: 1, seconds: SECOND_MS, minutes: MINUTE_MS, minute: MINUTE_MS, hours: 60 * MINUTE_MS, hour: 60 * MINUTE_MS,
};

/** The days that the library's `week` view shows, given a day of it. */
export interface WeekShape {
  first: (day: string) => string;
  days: number;
  /** 1 is Monday: weeks of the month view. */
  weekStart: number;
}

interface Sortable {
  start: Date;
  end: Date;
  allDay?: boolean;
}

/** The library also hands over milliseconds. */
const secondsOfDate = (date: Date | number) => Number(date) / SECOND_MS;

/** Reckoning with Dates in `zone`, in the words of the library. Tested apart from it. */
export function zoneDates(zone: string, { first, days, weekStart }: WeekShape) {
  const dayOf = (date: Date) => dateIn(Math.floor(secondsOfDate(date)), zone);
  /** As a number: without the text, a tenth of the time. The library asks thousands of times. */
  const numberOf = (date: Date) => dayIn(Math.floor(secondsOfDate(date)), zone);
  const startOfDay = (date: Date) => new Date(momentOf(numberOf(date) * DAY_SEC, zone) * SECOND_MS);
  const dateOf = (day: string) => new Date(startOfDate(day, zone) * SECOND_MS);
  // The library asks for the minutes of no date, too, and expects one that is invalid.
  const startOf = (date: Date, unit?: string): Date => {
    switch (unit) {
      case "day": case "date": return startOfDay(date);
      case "week": return dateOf(first(dayOf(date)));
      case "month": return dateOf(startOfMonth(dayOf(date)));
      case "year": return dateOf(`${dayOf(date).slice(0, 4)}-01-01`);
      default: return floor(date, unit);
    }
  };
  const endOf = (date: Date, unit?: string): Date => new Date(+add(startOf(date, unit), unit === "week" ? days : 1, unit === "week" ? "day" : unit) - 1);
  const add = (date: Date, count: number, unit = "milliseconds"): Date => {
    const elapsed = UNIT_MS[unit];
    if (elapsed) return new Date(+date + count * elapsed);
    const day = dayOf(date);
    const moved = unit === "month" ? addMonths(day, count) : unit === "year" ? addMonths(day, 12 * count) : addDays(day, unit === "week" ? 7 * count : count);
    const inDay = wallOf(secondsOfDate(date), zone) - dayNumber(day) * DAY_SEC;
    return new Date(momentOf(dayNumber(moved) * DAY_SEC + inDay, zone) * SECOND_MS);
  };
  const compared = (a: Date, b: Date, unit?: string) => +startOf(a, unit) - +startOf(b, unit);
  const range = (start: Date, end: Date) => datesFrom(dayOf(start), Math.max(0, daysBetween(dayOf(start), dayOf(end)) + 1)).map(dateOf);
  const monthEdge = (date: Date) => startOfWeek(startOfMonth(dayOf(date)), weekStart);
  const lastOfMonth = (date: Date) => addDays(startOfWeek(addDays(addMonths(startOfMonth(dayOf(date)), 1), -1), weekStart), 6);
  const daySpan = (start: Date, end: Date) => numberOf(new Date(Math.max(+start, +end - 1))) - numberOf(start) + 1;
  const isLong = ({ start, end, allDay }: Sortable) => Boolean(allDay) || daySpan(start, end) > 1;
  const isMidnight = (date: Date) => +startOf(date, "day") === +date;
  return {
    startOf,
    endOf,
    add,
    range,
    eq: (a: Date, b: Date, unit?: string) => compared(a, b, unit) === 0,
    neq: (a: Date, b: Date, unit?: string) => compared(a, b, unit) !== 0,
    gt: (a: Date, b: Date, unit?: string) => compared(a, b, unit) > 0,
    gte: (a: Date, b: Date, unit?: string) => compared(a, b, unit) >= 0,
    lt: (a: Date, b: Date, unit?: string) => compared(a, b, unit) < 0,
    lte: (a: Date, b: Date, unit?: string) => compared(a, b, unit) <= 0,
    inRange: (day: Date, from: Date, to: Date, unit = "day") => compared(day, from, unit) >= 0 && compared(day, to, unit) <= 0,
    min: (a: Date, b: Date) => (a < b ? a : b),
    max: (a: Date, b: Date) => (a > b ? a : b),
    minutes: (date: Date) => minutesIn(secondsOfDate(date), zone) % 60,
    ceil: (date: Date, unit?: string) => (+startOf(date, unit) === +date ? date : add(startOf(date, unit), 1, unit)),
    diff: (a: Date, b: Date, unit = "day") =>
      UNIT_MS[unit] ? Math.floor((+b - +a) / UNIT_MS[unit]) : Math.floor((wallOf(secondsOfDate(b), zone) - wallOf(secondsOfDate(a), zone)) / DAY_SEC),
    merge: (date: Date | null, time: Date | null) =>
      date && time ? new Date(momentOf(dayNumber(dayOf(date)) * DAY_SEC + minutesIn(secondsOfDate(time), zone) * 60, zone) * SECOND_MS) : (date ?? time),
    firstVisibleDay: (date: Date) => dateOf(monthEdge(date)),
    lastVisibleDay: (date: Date) => new Date(+dateOf(addDays(lastOfMonth(date), 1)) - 1),
    visibleDays: (date: Date) => datesFrom(monthEdge(date), daysBetween(monthEdge(date), lastOfMonth(date)) + 1).map(dateOf),
    getSlotDate: (date: Date, minutes: number, offset: number) =>
      new Date(momentOf(dayNumber(dayOf(date)) * DAY_SEC + (minutes + offset) * 60, zone) * SECOND_MS),
    getTimezoneOffset: (date: Date) => (secondsOfDate(date) - wallOf(secondsOfDate(date), zone)) / 60,
    getDstOffset: (start: Date, end: Date) => shift(start, end, zone),
    getTotalMin: (start: Date, end: Date) => Math.floor((+end - +start) / MINUTE_MS) + shift(start, end, zone),
    getMinutesFromMidnight: (date: Date) => minutesIn(secondsOfDate(date), zone),
    continuesPrior: (start: Date, from: Date) => +start < +from,
    continuesAfter: (_: Date, end: Date, last: Date) => +end >= +last,
    /** Calendar days that it touches. */
    daySpan,
    /** As `inOrder`, but for the id, which is not known here: what is equal stays as `view-cut.ts` put it. */
    sortEvents: ({ evtA: a, evtB: b }: { evtA: Sortable; evtB: Sortable }) => {
      const long = isLong(a);
      if (long !== isLong(b)) return long ? -1 : 1;
      return +a.start - +b.start || (long ? +b.end - +a.end : 0);
    },
    inEventRange: ({ event, range: seen }: { event: Sortable; range: { start: Date; end: Date } }) => {
      const day = startOfDay(event.start);
      const isLater = +floor(day, "minutes") === +floor(event.end, "minutes") ? event.end >= seen.start : event.end > seen.start;
      return +day <= +startOfDay(seen.end) && isLater;
    },
    isSameDate: (a: Date, b: Date) => dayOf(a) === dayOf(b),
    startAndEndAreDateOnly: (start: Date, end: Date) => isMidnight(start) && isMidnight(end),
  };
}

/** The localizer of `zone`; the hours of further `zones` are next to its own. */
export function zoneLocalizer(zone: string, shape: WeekShape, zones: string[] = []): DateLocalizer {
  const dates = zoneDates(zone, shape);
  const dayOf = (date: Date) => dateIn(secondsOfDate(date), zone);
  const clock = (date: Date) => clockText(secondsOfDate(date), zone);
  const span = ({ start, end }: { start: Date; end: Date }) => `${clock(start)} – ${clock(end)}`;
  const formats = {
    dateFormat: (date: Date) => String(Number(dayOf(date).slice(8))),
    dayFormat: (date: Date) => dateText(dayOf(date), "day"),
    weekdayFormat: (date: Date) => dateText(dayOf(date), "shortWeekday"),
    timeGutterFormat: (date: Date) => [...zones, zone].map((one) => hourText(secondsOfDate(date), one)).join("\u2002"),
    monthHeaderFormat: (date: Date) => dateText(dayOf(date), "month"),
    dayHeaderFormat: (date: Date) => dateText(dayOf(date), "full"),
    dayRangeHeaderFormat: () => "",
    selectRangeFormat: span,
    eventTimeRangeFormat: () => "",
    eventTimeRangeStartFormat: () => "",
    eventTimeRangeEndFormat: () => "",
  };
  const spec = { ...dates, formats, firstOfWeek: () => shape.weekStart % 7, format: () => "" };
  const localizer = new DateLocalizer(spec as unknown as DateLocalizerSpec);
  // The library takes a day off what lies in a zone ahead of the browser's; here all is in the zone already.
  return Object.assign(localizer, { segmentOffset: 0 });
}

function floor(date: Date, unit?: string): Date {
  const size = UNIT_MS[unit ?? ""] ?? 1;
  return new Date(Math.floor(+date / size) * size);
}

/** Minutes by which the clock was set forward from start to end. */
function shift(start: Date, end: Date, zone: string): number {
  const ahead = (date: Date) => wallOf(secondsOfDate(date), zone) - secondsOfDate(date);
  return (ahead(end) - ahead(start)) / 60;
}
