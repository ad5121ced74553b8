#!/bin/sh
# Setting the minutes of a time in the hour that comes twice moves it to the other hour in two libraries. 2:30 CET in
# Berlin, when the clock has been put back, set to minute 45: @internationalized/date 3.12.4 (of React Aria's date and
# time fields) makes it 2:45 CEST, an hour earlier, while cycle("minute", 15), the arrow key, keeps the hour; so a user
# who types moves a call, and one who uses the arrow does not. @date-fns/tz 1.5.0 with date-fns 4.4.0 makes 2:45 CET of
# 2:30 CEST on a machine in UTC or New York, and 2:45 CEST of 2:30 CET on one in Berlin; startOfHour of 2:30 CEST is
# then later than that. luxon 3.7.2, moment-timezone 0.6.6, dayjs 1.11.23 and Temporal (`offset: "prefer"`) keep the
# hour of each on every machine. Of date-fns it is known for times that are made (pull request 4321, open); of
# @internationalized/date no report was found, in November 2026.
# deskcal's page takes the first of the two for each time that is typed.
#
# Guess: 2:45 in the same hour. Seen, in UTC, of 0:30 and 1:30: set() 0:45 and 0:45; date-fns in UTC 1:45 and 1:45, in
# Berlin 0:45 and 0:45; the others 0:45 and 1:45.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @internationalized/date@3.12.4 @date-fns/tz@1.5.0 date-fns@4.4.0 luxon@3.7.2 \
    moment@2.30.1 moment-timezone@0.6.6 dayjs@1.11.23 @js-temporal/polyfill@0.5.1 >/dev/null 2>&1
cat >minutes.mjs <<'JAVASCRIPT'
import { TZDate } from "@date-fns/tz";
import { fromAbsolute } from "@internationalized/date";
import { Temporal } from "@js-temporal/polyfill";
import { setMinutes, startOfHour } from "date-fns";
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime } from "luxon";
import moment from "moment-timezone";

dayjs.extend(utc);
dayjs.extend(timezone);
const ZONE = "Europe/Berlin";
const zoned = (time) => Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(ZONE);
const WAYS = {
  set: (time) => fromAbsolute(time, ZONE).set({ minute: 45 }).toDate(),
  cycle: (time) => fromAbsolute(time, ZONE).cycle("minute", 15).toDate(),
  "date-fns": (time) => setMinutes(new TZDate(time, ZONE), 45),
  startOfHour: (time) => startOfHour(new TZDate(time, ZONE)),
  luxon: (time) => DateTime.fromMillis(time, { zone: ZONE }).set({ minute: 45 }),
  moment: (time) => moment.tz(time, ZONE).minute(45),
  dayjs: (time) => dayjs(time).tz(ZONE).minute(45),
  Temporal: (time) => zoned(time).with({ minute: 45 }).epochMilliseconds,
};
const both = [Date.parse("2027-10-31T00:30Z"), Date.parse("2027-10-31T01:30Z")];
const clock = (time) => new Date(Number(time)).toISOString().slice(11, 16);
console.log(Object.entries(WAYS).map(([name, set]) => `${name} ${both.map(set).map(clock).join(" ")}`).join(", "));
JAVASCRIPT
others="luxon 00:45 01:45, moment 00:45 01:45, dayjs 00:45 01:45, Temporal 00:45 01:45"
is_same=yes
for pair in "UTC=date-fns 01:45 01:45, startOfHour 01:00 01:00" \
    "Europe/Berlin=date-fns 00:45 00:45, startOfHour 00:00 00:00"; do
    found=$(TZ=${pair%%=*} node minutes.mjs)
    echo "on a machine in ${pair%%=*}: $found"
    [ "$found" = "set 00:45 00:45, cycle 00:45 01:45, ${pair#*=}, $others" ] || is_same=no
done
[ $is_same = yes ] || { echo "the behaviour has changed"; exit 1; }
