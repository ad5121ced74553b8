#!/bin/sh
# Two readers find a 53rd Friday in each year. FREQ=YEARLY;BYDAY=53FR is for years that have one, such as 2027 and 2032
# (RFC 5545, 3.3.10: a number within the year; recurrences with an invalid date are left out). rrule-temporal 2.2.8
# counts on into January: besides 31 December 2027 it has 5 January 2029 and 4 January 2030, the first Fridays of the
# years after those that have no 53rd; ical.js 2.2.1 has the third Friday of each January in its place, and leaves
# DTSTART out. So the extra pay day of a year with 53 of them comes every year. rrule-temporal also takes BYDAY for
# nothing beside BYYEARDAY, where it limits (the table's note 2): New Year on a weekend, BYYEARDAY=1;BYDAY=SA,SU, is
# every New Year; written with BYMONTH=1 and BYMONTHDAY=1 it is right. rrule 2.8.1 and python-dateutil read both
# rightly. That libical loses the 53rd of 2020 was its issue 1145; of these two no report was found, in November 2026.
# deskcal has the 53rd in years that have it. A yearly rule with BYYEARDAY it does not follow, and says so.
#
# Guess: 2027-12-31, 2032-12-31, 2038-12-31 and 2028-01-01, 2033-01-01, 2034-01-01. Seen: rrule alone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund rrule-temporal@2.2.8 rrule@2.8.1 ical.js@2.2.1 >/dev/null 2>&1
cat >years.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import rrule from "rrule";
import { RRuleTemporal } from "rrule-temporal";

const readers = {
  "rrule 2.8.1": (start, rule) =>
    rrule.rrulestr(`DTSTART:${start}\nRRULE:${rule}`).all().map((date) => date.toISOString().slice(0, 10)),
  "rrule-temporal 2.2.8": (start, rule) =>
    new RRuleTemporal({ rruleString: `DTSTART:${start}\nRRULE:${rule}` }).all().map((time) => `${time.toPlainDate()}`),
  "ical.js 2.2.1": (start, rule) => {
    const time = start.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z");
    const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(time));
    return [1, 2, 3].map(() => `${iterator.next()}`.slice(0, 10));
  },
};
const seen = [];
for (const [start, rule] of [
  ["20271231T090000Z", "FREQ=YEARLY;BYDAY=53FR;COUNT=3"],
  ["20280101T090000Z", "FREQ=YEARLY;BYYEARDAY=1;BYDAY=SA,SU;COUNT=3"],
  ["20280101T090000Z", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYDAY=SA,SU;COUNT=3"],
]) {
  console.log(rule);
  for (const [name, read] of Object.entries(readers)) {
    const dates = read(start, rule).join(" ");
    console.log(`  ${name}: ${dates}`);
    seen.push(dates);
  }
}
const fridays = ["2027-12-31 2032-12-31 2038-12-31", "2027-12-31 2029-01-05 2030-01-04"];
const [weekends, all] = ["2028-01-01 2033-01-01 2034-01-01", "2028-01-01 2029-01-01 2030-01-01"];
const expected = [...fridays, "2028-01-21 2029-01-19 2030-01-18", weekends, all, ...Array(4).fill(weekends)];
if (seen.join() !== expected.join()) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node years.mjs
