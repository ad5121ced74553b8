#!/bin/sh
# ical.js 2.2.1 reads FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1, the last days of the quarters, rightly in the first
# year. From the second on, the end of June is 1 July and the end of September 1 October: where there are several
# months, -1 is counted from the end of another one. With one month, and with FREQ=MONTHLY, it is right; so is rrule
# 2.8.1, by the same text. Issue 117 (2014, closed) is about one month; of several no report was found.
#
# Seen: from 31 March 2027 30 June, 30 September, 31 December; in 2028 31 March, 1 July, 1 October, 31 December.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1 >/dev/null 2>&1
cat >quarters.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import rrule from "rrule";

const START = "2027-03-31T10:00:00Z";
const MONTHS = "BYMONTH=3,6,9,12;BYMONTHDAY=-1";

const byIcalJs = (rule) => {
  const days = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(START));
  return Array.from({ length: 8 }, () => days.next().toString().slice(0, 10));
};
const byRrule = (rule) =>
  rrule
    .rrulestr(`DTSTART:20270331T100000Z\nRRULE:${rule};COUNT=8`)
    .all()
    .map((day) => day.toISOString().slice(0, 10));

const yearly = byIcalJs(`FREQ=YEARLY;${MONTHS}`);
const monthly = byIcalJs(`FREQ=MONTHLY;${MONTHS}`);
const expected = byRrule(`FREQ=YEARLY;${MONTHS}`);
console.log(`ical.js 2.2.1, FREQ=YEARLY:  ${yearly.join(" ")}`);
console.log(`ical.js 2.2.1, FREQ=MONTHLY: ${monthly.join(" ")}`);
console.log(`rrule 2.8.1,   FREQ=YEARLY:  ${expected.join(" ")}`);
const other = yearly.filter((day, index) => day !== expected[index]).join(" ");
if (other !== "2028-07-01 2028-10-01" || monthly.join() !== expected.join()) {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node quarters.mjs
