#!/bin/sh
# Two libraries read a negative duration as a positive one, without an error: dayjs 1.11.23 with its plugin, and
# iso8601-duration 2.1.4 (2.3 million downloads a month). A reminder in iCalendar is TRIGGER:-PT15M (RFC 5545, 3.3.6 and
# 3.8.6.3), 15 minutes before the start; by both it is 15 minutes after it, and -P1D is two days late. dayjs writes
# -PT15M itself, and reads it back as 15. moment, luxon and tinyduration keep the sign. iso8601-duration refuses P0.5D,
# which it does not read, but takes a minus, since it looks for the duration anywhere in the text. ISO 8601 had no
# negative durations before its part 2 of 2019, and iso8601-duration does not mean to read them (issue 14, closed); that
# it reads them as positive was not found reported, in November 2026. Of dayjs it is issue 1788 (2022, open); that it
# leaves out weeks, so that -P1W is at the start, is 2479 (open).
# deskcal reads the sign; its reminders are minutes before the start.
#
# Guess: 08:45, or an error. Seen: 09:15 by both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund dayjs@1.11.23 iso8601-duration@2.1.4 moment@2.30.1 luxon@3.7.2 \
    tinyduration@3.4.1 >/dev/null 2>&1
cat >signs.cjs <<'JAVASCRIPT'
const dayjs = require("dayjs");
dayjs.extend(require("dayjs/plugin/duration"));
const iso = require("iso8601-duration");
const { DateTime, Duration } = require("luxon");
const moment = require("moment");
const tiny = require("tinyduration");

const START = "2027-03-01T09:00";
const clock = (date) => DateTime.fromJSDate(date).toFormat("d HH:mm");
const reminders = (text) => ({
  dayjs: clock(dayjs(START).add(dayjs.duration(text)).toDate()),
  "iso8601-duration": clock(iso.end(iso.parse(text), new Date(START))),
  moment: clock(moment(START).add(moment.duration(text)).toDate()),
  luxon: clock(DateTime.fromISO(START).plus(Duration.fromISO(text)).toJSDate()),
  tinyduration: tiny.parse(text).negative ? "negative" : "positive",
});
const seen = ["-PT15M", "-P1D"].map((text) => {
  const found = reminders(text);
  console.log(`${text} from 1 March, 9:00: ${JSON.stringify(found)}`);
  return found;
});
const written = dayjs.duration(-15, "minutes").toISOString();
const read = dayjs.duration(written).asMinutes();
console.log(`dayjs writes -15 minutes as ${written} and reads ${read}`);
const positive = seen.flatMap((found) => [found.dayjs, found["iso8601-duration"]]);
const negative = seen.flatMap(({ moment, luxon, tinyduration }) => [moment, luxon, tinyduration]);
const expected = ["1 08:45", "1 08:45", "negative", "28 09:00", "28 09:00", "negative"];
const hasChanged = positive.join() !== "1 09:15,1 09:15,2 09:00,2 09:00" || negative.join() !== expected.join();
if (hasChanged || written !== "-PT15M" || read !== 15) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
echo "dayjs 1.11.23, iso8601-duration 2.1.4"
TZ=UTC node signs.cjs
