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
  const daySpan = (start: Date, end: Date) => Math.round((dayOf(new Date(Math.max(+start, +end - 1))) - dayOf(start)) / DAY_MS) + 1;
  const isLong = ({ start, end, allDay }: Sortable) => Boolean(allDay) || daySpan(start, end) > 1;
  const elapsed = (start: Date, end: Date) => Math.floor((end.getTime() - start.getTime()) / 60_000);
  const getDstOffset = (start: Date, end: Date) => at(end).offset - at(start).offset;
  return {
    getTimezoneOffset: (date: Date) => -at(date).offset,
    getDstOffset,
    getTotalMin: (start: Date, end: Date) => elapsed(start, end) + getDstOffset(start, end),
    getMinutesFromMidnight: (start: Date) => at(start).hour * 60 + at(start).minute,
    /** Calendar days that it touches. The library's are elapsed days with a fraction, so the longest came first. */
    daySpan,
    /** As `inOrder`, but for the id, which is not told here: what is equal stays as `view-cut.ts` put it. */
    sortEvents: ({ evtA: a, evtB: b }: { evtA: Sortable; evtB: Sortable }) => {
      const long = isLong(a);
      if (long !== isLong(b)) return long ? -1 : 1;
      return +a.start - +b.start || (long ? +b.end - +a.end : 0);
    },
    /** The library takes a day off what lies in a zone ahead of the browser's; luxon reckons in the zone already. */
    segmentOffset: 0,
  };
}
