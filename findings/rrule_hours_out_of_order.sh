#!/bin/sh
# rrule 2.8.1 gives the hours of a day in the order in which BYHOUR writes them, and ends at the first that is after
# UNTIL. The order of the list means nothing (RFC 5545, 3.3.10): BYHOUR=17,9 until noon of the third day loses the call
# at nine of that day, and COUNT=3 ends at 17:00 of the second day in place of 9:00. python-dateutil, whose port rrule
# is, and rrule-temporal sort the hours. No report of it was found.
#
# Seen: BYHOUR=9,17 has five calls until 3 January, 12:00; BYHOUR=17,9 has four, without 3 January 9:00.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund rrule@2.8.1 rrule-temporal@2.2.8 >/dev/null 2>&1
cat >hours.mjs <<'JAVASCRIPT'
import rrule from "rrule";
import { RRuleTemporal } from "rrule-temporal";

const textOf = (hours) =>
  `DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY;BYHOUR=${hours};UNTIL=20270103T120000Z`;
const byRrule = (hours) => rrule.rrulestr(textOf(hours)).all().map((time) => time.toISOString().slice(8, 13));
const byTemporal = (hours) =>
  new RRuleTemporal({ rruleString: textOf(hours) }).all().map((time) => time.toString().slice(8, 13));

const sorted = byRrule("9,17").join(" ");
const other = byRrule("17,9").join(" ");
const expected = byTemporal("17,9").join(" ");
console.log("FREQ=DAILY from 1 January 2027, 9:00, until 3 January, 12:00; day and hour");
console.log(`rrule 2.8.1, BYHOUR=9,17:          ${sorted}`);
console.log(`rrule 2.8.1, BYHOUR=17,9:          ${other}`);
console.log(`rrule-temporal 2.2.8, BYHOUR=17,9: ${expected}`);
if (sorted !== expected || other !== "01T17 01T09 02T17 02T09") {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node hours.mjs
