// react-big-calendar's dates in one time zone, which need not be the browser's.

import { DateTime, Settings } from "luxon";
import { luxonLocalizer, type DateLocalizer } from "react-big-calendar";
import { quicken } from "./fast-zone";

const MONDAY = 1;

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
  const elapsed = (start: Date, end: Date) => Math.floor((end.getTime() - start.getTime()) / 60_000);
  const getDstOffset = (start: Date, end: Date) => at(end).offset - at(start).offset;
  return {
    getTimezoneOffset: (date: Date) => -at(date).offset,
    getDstOffset,
    getTotalMin: (start: Date, end: Date) => elapsed(start, end) + getDstOffset(start, end),
    getMinutesFromMidnight: (start: Date) => at(start).hour * 60 + at(start).minute,
  };
}
