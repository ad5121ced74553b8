#!/bin/sh
# moment-timezone 0.6.6: endOf("day") of a day whose last hour comes twice is the end of the first of the two. In Cairo
# clocks go from midnight back to 23:00; the day of 29 October 2026 has 25 hours, of which endOf("day") leaves the last
# out, and startOf("day") of the next day begins an hour after it. A call at 23:30 after the change belongs to the day
# by startOf and isSame, and is not between startOf and endOf. luxon 3.7.2 and Temporal end the day with its last hour.
# moment says of itself that it is in maintenance. Its issue 3132 and moment-timezone's 260, both closed, are about the
# midnight that is skipped; of the hour that comes twice no report was found.
#
# Seen: the end of the day is 20:59:59.999 UTC, the next one begins at 22:00 UTC.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund moment@2.30.1 moment-timezone@0.6.6 luxon@3.7.2 temporal-polyfill@1.0.8 \
    >/dev/null 2>&1
cat >end.mjs <<'JAVASCRIPT'
import { DateTime } from "luxon";
import moment from "moment-timezone";
import { Temporal } from "temporal-polyfill";

const ZONE = "Africa/Cairo";
const CALL = "2026-10-29T21:30:00.000Z";
const iso = (time) => new Date(Number(time)).toISOString().slice(11, 23);

const day = moment.tz("2026-10-29T12:00", ZONE);
const call = moment.tz(CALL, ZONE);
const end = iso(day.clone().endOf("day"));
const next = iso(moment.tz("2026-10-30T12:00", ZONE).startOf("day"));
const isSame = call.isSame(day, "day");
const isBetween = call.isBetween(day.clone().startOf("day"), day.clone().endOf("day"));
const byLuxon = iso(DateTime.fromISO("2026-10-29T12:00", { zone: ZONE }).endOf("day"));
const byTemporal = iso(Temporal.PlainDate.from("2026-10-30").toZonedDateTime(ZONE).epochMilliseconds - 1);
console.log("29 October 2026 in Cairo, UTC");
console.log(`moment-timezone 0.6.6: the day ends at ${end}, the next begins at ${next}`);
console.log(`luxon 3.7.2: ends at ${byLuxon}; Temporal: ${byTemporal}`);
console.log(`a call at ${call.format("HH:mm Z")}: isSame the day: ${isSame}; between its start and end: ${isBetween}`);
const isEarly = end === "20:59:59.999" && next === "22:00:00.000" && isSame && !isBetween;
if (!isEarly || byLuxon !== "21:59:59.999" || byTemporal !== byLuxon) {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node end.mjs
