// react-big-calendar's dates in one time zone, which need not be the browser's.

import { DateTime, Settings } from "luxon";
import { luxonLocalizer, type DateLocalizer } from "react-big-calendar";
import { quicken } from "./fast-zone";

const MONDAY = 1;
const DAY_MS = 86_400_000;

interface Sortable {
  start: Date;
  end: Date;
  allDay?: boolean;
}

/** The localizer of `zone`; luxon's default zone is that one from now on. */
export function zoneLocalizer(zone: string): DateLocalizer {
  quicken(zone);
  Settings.defaultZone = zone;
  Settings.defaultLocale = "en-GB";
  const localizer = luxonLocalizer(DateTime, { firstDayOfWeek: MONDAY });
  return Object.assign(localizer, wallClock(zone));
}

/**
 * What the library reckons in the browser's zone, or in elapsed time: a day is drawn with 24 hours,
 * also one on which the clock changes, and an event stands at what the clock shows.
 */
export function wallClock(zone: string) {
  const at = (date: Date) => DateTime.fromJSDate(date, { zone });
  const dayOf = (date: Date) => at(date).startOf("day").toMillis();
  const nights = ({ start, end }: Sortable) => Math.round((dayOf(new Date(Math.max(+start, +end - 1))) - dayOf(start)) / DAY_MS);
  const elapsed = (start: Date, end: Date) => Math.floor((end.getTime() - start.getTime()) / 60_000);
  const getDstOffset = (start: Date, end: Date) => at(end).offset - at(start).offset;
  return {
    getTimezoneOffset: (date: Date) => -at(date).offset,
    getDstOffset,
    getTotalMin: (start: Date, end: Date) => elapsed(start, end) + getDstOffset(start, end),
    getMinutesFromMidnight: (start: Date) => at(start).hour * 60 + at(start).minute,
    /** Within a day: what goes over several days, what is all day, then by start. The library's goes by length. */
    sortEvents: ({ evtA: a, evtB: b }: { evtA: Sortable; evtB: Sortable }) =>
      dayOf(a.start) - dayOf(b.start) ||
      nights(b) - nights(a) ||
      Number(!!b.allDay) - Number(!!a.allDay) ||
      +a.start - +b.start ||
      +a.end - +b.end,
  };
}
