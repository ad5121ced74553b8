#!/bin/sh
# opening_hours 3.15.0 (npm, the reference implementation of OpenStreetMap's opening_hours): "Feb 29 09:00-17:00", asked
# in 2027 when it opens next, never does: getNextChange() is undefined and getOpenIntervals() until the end of 2028 is
# empty. Asked in 2028, it opens on 29 February, and getState() of that day is open all along. So from 1 March of a leap
# year until the next one the hours of that day, and a day off in "24/7; Feb 29 off", do not exist for what is planned
# ahead; "Jan 01,Feb 29" and "2028 Feb 29" are right. The README: getNextChange() is undefined if the state never
# changes, or not within about 5 years. No report of it was found, in November 2026.
# deskcal's rules find 29 February in any later year (BYMONTH=2;BYMONTHDAY=29).
#
# Guess: 29 February 2028, 9:00, from each year. Seen: from 2028 alone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund opening_hours@3.15.0 >/dev/null 2>&1
cat >leap.cjs <<'JAVASCRIPT'
const OpeningHours = require("opening_hours");

const next = (text, from) => {
  const found = new OpeningHours(text, null).getNextChange(new Date(from));
  return found ? found.toISOString().slice(0, 16) : "never";
};
const LEAP = "Feb 29 09:00-17:00";
const hours = new OpeningHours(LEAP, null);
const seen = {
  "28 February, from 1 March 2027": next("Feb 28 09:00-17:00", "2027-03-01T00:00"),
  "29 February, from 1 March 2024": next(LEAP, "2024-03-01T00:00"),
  "29 February, from 1 January 2027": next(LEAP, "2027-01-01T00:00"),
  "29 February, from 1 January 2028": next(LEAP, "2028-01-01T00:00"),
  "24/7 without it, from 1 January 2027": next("24/7; Feb 29 off", "2027-01-01T00:00"),
  "1 January and 29 February, from 2 January 2027": next("Jan 01,Feb 29 09:00-17:00", "2027-01-02T00:00"),
  "open on 29 February 2028 at 10:00": hours.getState(new Date("2028-02-29T10:00")),
  "times open in 2027 and 2028": hours.getOpenIntervals(new Date("2027-01-01"), new Date("2028-12-31")).length,
};
for (const [name, value] of Object.entries(seen)) console.log(`${name}: ${value}`);
const expected = ["2028-02-28T09:00", "never", "never", "2028-02-29T09:00", "never", "2028-01-01T09:00", true, 0];
if (Object.values(seen).join() !== expected.join()) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
echo "opening_hours 3.15.0, the next change"
TZ=UTC node leap.cjs
