#!/bin/sh
# luxon 3.7.2: Interval.count("days"), which asks "what dates are included in this interval?", leaves one out where its
# first day begins at 1:00, as in Cairo and Beirut each spring, when the clock goes on from midnight. It counts from
# the start of the first day to that of the last in whole days of the clock, and from 1:00 to the next midnight are 23
# hours. An event from that Friday to Saturday noon has one date. In Berlin, where the clock goes forward at 2:00, it
# is right. With hasSame(), or startOf("day") for each, both days are found. No report of it was found, in November
# 2026.
# deskcal counts dates, not hours.
#
# Guess: 2 days. Seen: 1 in Cairo and Beirut, 2 in Berlin; a day later 2 in each.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund luxon@3.7.2 >/dev/null 2>&1
cat >count.mjs <<'JAVASCRIPT'
import { DateTime, Interval, VERSION } from "luxon";

const count = (zone, first) => {
  const start = DateTime.fromISO(`${first}T10:00`, { zone });
  const end = start.plus({ days: 1 }).set({ hour: 12 });
  return [Interval.fromDateTimes(start, end).count("days"), start.hasSame(end, "day") ? 1 : 2];
};
const CASES = [
  ["Africa/Cairo", "2027-04-30"],
  ["Asia/Beirut", "2027-03-28"],
  ["Europe/Berlin", "2027-03-28"],
  ["Africa/Cairo", "2027-05-01"],
  ["Asia/Beirut", "2027-03-29"],
];
const found = CASES.map(([zone, first]) => count(zone, first));
CASES.forEach(([zone, first], index) => {
  const [days, dates] = found[index];
  console.log(`luxon ${VERSION}, ${zone}, ${first} 10:00 to the next noon: ${days} of ${dates} days`);
});
if (JSON.stringify(found) !== "[[1,2],[1,2],[2,2],[2,2],[2,2]]") {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
TZ=UTC node count.mjs
