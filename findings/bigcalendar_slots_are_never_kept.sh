#!/bin/sh
# react-big-calendar 1.20.0 means to keep the slots of a day column while min, max, step and timeslots are the same:
# update() of the slot metrics compares a key. The key of the kept ones is made of names that are not passed (start
# and end in place of min and max), so it is one of undefined times and never equal: every render of every column
# makes all slots again.
#
# Seen: update() with the same arguments gives other metrics; with slots of a minute, 1439 dates for each update.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund react-big-calendar@1.20.0 react@19.2.0 react-dom@19.2.0 \
    date-fns@4.1.0 >/dev/null
cat >kept.cjs <<'JAVASCRIPT'
const { format, parse, startOfWeek, getDay } = require("date-fns");
const { dateFnsLocalizer } = require("react-big-calendar");
const { getSlotMetrics } = require("react-big-calendar/lib/utils/TimeSlots");

const localizer = dateFnsLocalizer({ format, parse, startOfWeek, getDay, locales: {} });
const min = new Date(2027, 5, 16, 0, 0);
const day = { min, max: new Date(2027, 5, 16, 23, 59), step: 1, timeslots: 1, localizer };
const first = getSlotMetrics(day);
const second = first.update(day);
const isKept = second === first;
const isNew = second.groups[0][0] !== first.groups[0][0];
console.log("react-big-calendar 1.20.0");
console.log(`slots of a day by the minute: ${first.groups.length}`);
console.log(`update() with the same arguments keeps them: ${isKept}; makes other dates: ${isNew}`);
if (isKept || !isNew) {
  console.error("the behaviour has changed: unchanged slots are kept");
  process.exit(1);
}
JAVASCRIPT
node kept.cjs
