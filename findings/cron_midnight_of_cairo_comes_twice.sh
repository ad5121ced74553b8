#!/bin/sh
# cron 4.4.0 (npm) runs a daily job at midnight twice in Cairo on the night in which the clock goes back, from midnight
# to 23:00: at 23:00 for the second time, still on the old day, and at midnight an hour later. It takes the midnight
# that it left for one that was skipped. Where the clock goes forward, jobs of every hour at minute 30 run once more,
# at the moment of the change: 1:30, 3:00 and 3:30 in Berlin. cron(8) of Debian runs a job of a skipped time right
# after the change only where its hour is fixed; the README of cron says nothing of daylight saving. croner 11.0.1 and
# cron-parser 5.10.6 have one midnight, and 1:30 and 3:30. Earlier faults in the same code: issues 563 and 881
# (closed); of these two no report was found, in November 2026.
# deskcal has no cron rules.
#
# Guess: 0:00 of 29 October. Seen, in UTC: 28 October 21:00 and 22:00; the others 22:00.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund cron@4.4.0 croner@11.0.1 cron-parser@5.10.6 >/dev/null 2>&1
cat >runs.mjs <<'JAVASCRIPT'
import { CronTime } from "cron";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";

const COUNT = 3;
const LIBRARIES = {
  "cron 4.4.0": (rule, zone, start) => {
    const runs = [];
    for (let from = start; runs.length < COUNT; from = runs.at(-1)) {
      runs.push(new CronTime(rule, zone).getNextDateFrom(from, zone).toJSDate());
    }
    return runs;
  },
  "croner 11.0.1": (rule, zone, start) => new Cron(rule, { timezone: zone, paused: true }).nextRuns(COUNT, start),
  "cron-parser 5.10.6": (rule, zone, start) => {
    const runs = CronExpressionParser.parse(rule, { currentDate: start, tz: zone });
    return Array.from({ length: COUNT }, () => runs.next().toDate());
  },
};
const CASES = [
  ["0 0 * * *", "Africa/Cairo", "2027-10-28T12:00Z"],
  ["30 * * * *", "Europe/Berlin", "2027-03-28T00:00Z"],
];
for (const [name, runs] of Object.entries(LIBRARIES)) {
  const texts = CASES.map(([rule, zone, start]) => runs(rule, zone, new Date(start)).map((run) => run.toISOString()));
  console.log(`${name}: ${texts.map((times) => times.map((time) => time.slice(8, 16)).join(" ")).join(", ")}`);
}
JAVASCRIPT
TZ=UTC node runs.mjs | tee seen
others="28T22:00 29T22:00 30T22:00, 28T00:30 28T01:30 28T02:30"
printf 'cron 4.4.0: 28T21:00 28T22:00 29T22:00, 28T00:30 28T01:00 28T01:30\n%s\n%s\n' \
    "croner 11.0.1: $others" "cron-parser 5.10.6: $others" | cmp -s - seen || {
    echo "the behaviour has changed"
    exit 1
}
