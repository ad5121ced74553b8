#!/bin/sh
# react-big-calendar 1.20.0 with its localizer for luxon labels the hours of a day on which the clock changes an hour
# off, where the day does not begin at midnight (min, as desks and shops have it): on 14 March in New York the first row
# says 7 AM, and a call at 9:00, which is drawn in the second one, is next to 8 AM; on 7 November next to 10 AM.
# getMinutesFromMidnight of that localizer counts the minutes that have passed, 480 at 9:00 of a day of 23 hours, and
# the slots set the clock to them; the localizers for moment, dayjs and date-fns take those of the clock. A click on the
# row of 9 AM makes a call at 9:00, which is then drawn in the row above. In the week view all days have the labels of
# the first, which is that Sunday in the United States. Pull request 2374 (open) is for moment's, and says that luxon's
# is to be found; issue 2466 (open) is about min and max in that week.
# deskcal's page has a localizer of its own, which takes the minutes of the clock.
#
# Guess: 8:00 first, and 9:00 in the second row, by each. Seen: by luxon 7:00 and 9:00 first; the call in the second
# row.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --legacy-peer-deps react-big-calendar@1.20.0 react@19.2.0 react-dom@19.2.0 \
    luxon@3.7.2 moment@2.30.1 dayjs@1.11.23 >/dev/null 2>&1
cat >labels.cjs <<'JAVASCRIPT'
const { luxonLocalizer, momentLocalizer, dayjsLocalizer } = require("react-big-calendar");
const { getSlotMetrics } = require("react-big-calendar/lib/utils/TimeSlots");
const localizers = {
  luxon: luxonLocalizer(require("luxon").DateTime),
  moment: momentLocalizer(require("moment")),
  dayjs: dayjsLocalizer(require("dayjs")),
};
const seen = [];
for (const day of ["2027-03-13", "2027-03-14", "2027-11-07"]) {
  for (const [name, localizer] of Object.entries(localizers)) {
    const at = (hour) => new Date(`${day}T${hour}:00`);
    const slots = getSlotMetrics({ min: at("08"), max: at("18"), step: 60, timeslots: 1, localizer });
    const row = Math.floor((slots.getRange(at("09"), at("10")).top / 100) * slots.groups.length);
    const labels = slots.groups.map(([slot]) => slot.getHours());
    const clicked = slots.closestSlotToPosition((row + 0.5) / slots.groups.length).getHours();
    const where = `a call at 9:00 is in the row of ${labels[row]}:00, where a click makes one at ${clicked}:00`;
    console.log(`${day} ${name}: first ${labels[0]}:00; ${where}`);
    seen.push([labels[0], labels[row], clicked].join("-"));
  }
}
const expected = ["8-9-9", "8-9-9", "8-9-9", "7-8-8", "8-9-9", "8-9-9", "9-10-10", "8-9-9", "8-9-9"];
if (seen.join() !== expected.join()) {
  console.log("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
echo "react-big-calendar 1.20.0, New York, from 8:00"
TZ=America/New_York node labels.cjs
