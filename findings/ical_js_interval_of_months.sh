#!/bin/sh
# ical.js 2.2.1 forgets INTERVAL in a monthly rule with BYMONTH: from each month that BYMONTH names it goes on to the
# next one that it names, whatever the interval. RFC 5545, 3.3.10: INTERVAL=2 from June on is June, August, October,
# December, February, April; BYMONTH limits these (table "BYxxx rule part", MONTHLY: Limit), so that March and September
# never come. rrule 2.8.1 and rrule-temporal 2.2.8 read it so.
#
# Seen: FREQ=MONTHLY;INTERVAL=2;BYMONTH=6,9 from 1 June 2027 on gives 1 September in ical.js, only 1 June in the others;
# without BYMONTH, or without INTERVAL, all agree.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1 rrule-temporal@2.2.8 >/dev/null
cat >months.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import rrule from "rrule";
import { RRuleTemporal } from "rrule-temporal";

const COUNT = 4;
const START = "20270601T090000Z";

function byIcalJs(rule) {
  const steps = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString("2027-06-01T09:00:00Z"));
  return Array.from({ length: COUNT }, () => steps.next().toString().slice(0, 7)).join(" ");
}

function byOthers(rule) {
  const text = `DTSTART:${START}\nRRULE:${rule};COUNT=${COUNT}`;
  const one = rrule.rrulestr(text).all().map((date) => date.toISOString().slice(0, 7)).join(" ");
  const other = new RRuleTemporal({ rruleString: text }).all().map((date) => date.toString().slice(0, 7)).join(" ");
  return one === other ? one : `${one} or ${other}`;
}

const found = ["INTERVAL=2;BYMONTH=6,9", "INTERVAL=2", "BYMONTH=6,9"].map((parts) => {
  const rule = `FREQ=MONTHLY;${parts}`;
  const [read, wanted] = [byIcalJs(rule), byOthers(rule)];
  console.log(`${rule}\n  ical.js 2.2.1                ${read}\n  rrule 2.8.1, rrule-temporal  ${wanted}`);
  return read === wanted;
});
if (found.join() !== "false,true,true") {
  console.error("the behaviour has changed: ical.js keeps INTERVAL with BYMONTH");
  process.exit(1);
}
JAVASCRIPT
node months.mjs
