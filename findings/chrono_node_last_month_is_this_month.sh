#!/bin/sh
# chrono-node 2.10.3 (npm, 3.6 million downloads a month): "last month", said on 31 March, is 3 March, in the same
# month; "next month" on 31 January is 3 March, and "in 1 month" on 31 March is 1 May, so that on such days a month is
# left out; "in a year" from a leap day is 1 March. It sets the month and lets the day run over, as Date of JavaScript
# does. So each 29th, 30th and 31st has wrong words, and a test that is written on another day does not see it.
# dateparser 1.5.0 of Python ends at the last day of the month. Without an error; the README does not say it. No report
# of it was found, in November 2026 (Carbon of PHP has the same by its date functions, its issue 672).
# deskcal's quick words know no months.
#
# Guess: 28 February for the first two, and 30 April. Seen: 3 March for both, and 1 May.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund chrono-node@2.10.3 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dateparser==1.5.0 2>/dev/null
cat >words.mjs <<'JAVASCRIPT'
import * as chrono from "chrono-node";

const WORDS = ["in 1 month", "next month", "last month", "in a year"];
const reference = (day) => ({ instant: new Date(`${day}T11:00:00Z`), timezone: 0 });
for (const day of ["2027-01-31", "2027-03-31", "2028-02-29"]) {
  const days = WORDS.map((words) => chrono.parseDate(words, reference(day)).toISOString().slice(0, 10));
  console.log(`${day}: ${days.join(" ")}`);
}
JAVASCRIPT
cat >words.py <<'PYTHON'
import datetime as dt

import dateparser

for day in (dt.datetime(2027, 1, 31, 11), dt.datetime(2027, 3, 31, 11), dt.datetime(2028, 2, 29, 11)):
    words = ("in 1 month", "next month", "last month", "in 1 year")
    days = [dateparser.parse(each, settings={"RELATIVE_BASE": day}).date() for each in words]
    print(f"dateparser {day.date()}:", *days)
PYTHON
echo "chrono-node 2.10.3, dateparser 1.5.0: in 1 month, next month, last month, in a year"
{
    TZ=UTC node words.mjs
    TZ=UTC venv/bin/python -W ignore words.py
} | tee seen
cat >wanted <<'TEXT'
2027-01-31: 2027-03-03 2027-03-03 2026-12-31 2028-01-31
2027-03-31: 2027-05-01 2027-05-01 2027-03-03 2028-03-31
2028-02-29: 2028-03-29 2028-03-29 2028-01-29 2029-03-01
dateparser 2027-01-31: 2027-02-28 2027-02-28 2026-12-31 2028-01-31
dateparser 2027-03-31: 2027-04-30 2027-04-30 2027-02-28 2028-03-31
dateparser 2028-02-29: 2028-03-29 2028-03-29 2028-01-29 2029-02-28
TEXT
cmp -s wanted seen || { echo "the behaviour has changed"; exit 1; }
