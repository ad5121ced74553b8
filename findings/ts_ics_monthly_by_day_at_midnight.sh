#!/bin/sh
# ts-ics 2.4.6: a monthly rule with BYDAY (the last Wednesday) loses the time of day and the first occurrence: a call at
# nine on 27 January and the last Wednesdays after it becomes four midnights from 24 February on, one of them after the
# fourth call. Without BYDAY the time is kept, and a rule of the 31st goes on at the 28th of each month (RFC 5545,
# 3.3.10: a date that does not exist is left out). rrule 2.8.1 and rrule-temporal 2.2.8 read both rightly. No report of
# it was found, in November 2026.
# deskcal's web calendar gets occurrences, not rules; a page of your own asks for them in the same way
# (MngGetCalendarEventsByFilter).
#
# Seen, in UTC: BYDAY=-1WE: 24 February, 31 March, 28 April, 26 May at 0:00; from 31 January: 28 February, 28 March, 28
# April.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ts-ics@2.4.6 rrule@2.8.1 rrule-temporal@2.2.8 >/dev/null 2>&1
cat >monthly.mjs <<'JAVASCRIPT'
import rrule from "rrule";
import { RRuleTemporal } from "rrule-temporal";
import { convertIcsCalendar, extendByRecurrenceRule } from "ts-ics";

const RULES = {
  "20270127T090000Z": "FREQ=MONTHLY;COUNT=4;BYDAY=-1WE",
  "20270131T090000Z": "FREQ=MONTHLY;COUNT=4",
};
const textOf = (times) => times.map((time) => time.toISOString().slice(5, 16)).join(" ");
const byTsIcs = (start, rule) => {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:call"];
  lines.push("DTSTAMP:20270101T000000Z", `DTSTART:${start}`, "DURATION:PT1H", `RRULE:${rule}`, "END:VEVENT", "END:VCALENDAR", "");
  const [event] = convertIcsCalendar(undefined, lines.join("\r\n")).events;
  return extendByRecurrenceRule(event.recurrenceRule, { start: event.start.date, end: new Date("2028-01-01") });
};
const seen = Object.entries(RULES).map(([start, rule]) => {
  const text = `DTSTART:${start}\nRRULE:${rule}`;
  const temporal = new RRuleTemporal({ rruleString: text }).all().map((time) => new Date(time.epochMilliseconds));
  const found = [byTsIcs(start, rule), rrule.rrulestr(text).all(), temporal].map(textOf);
  console.log(`${rule} from ${start}\n  ts-ics: ${found[0]}\n  rrule: ${found[1]}\n  rrule-temporal: ${found[2]}`);
  return found;
});
const expected = [
  ["02-24T00:00 03-31T00:00 04-28T00:00 05-26T00:00", "01-27T09:00 02-24T09:00 03-31T09:00 04-28T09:00"],
  ["01-31T09:00 02-28T09:00 03-28T09:00 04-28T09:00", "01-31T09:00 03-31T09:00 05-31T09:00 07-31T09:00"],
];
const isSame = expected.every(([wrong, right], at) => seen[at].join("|") === [wrong, right, right].join("|"));
if (!isSame) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
TZ=UTC node monthly.mjs
