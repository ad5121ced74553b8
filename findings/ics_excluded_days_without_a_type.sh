#!/bin/sh
# ics 3.12.0 (npm) writes the excluded days of an all-day series as EXDATE:20270302. The default type of EXDATE is
# DATE-TIME (RFC 5545, 3.8.5.1), so a day needs VALUE=DATE, which the same file has with DTSTART. Readers differ:
# node-ical and recurring-ical-events take it for the day; ical.js and vobject (so Radicale) refuse the file or the
# event with an error, for one holiday in a series. ical-generator 10.2.0 writes VALUE=DATE. That a date is given
# without a time is as the types of `exclusionDates` allow. No report of it was found, in November 2026.
# deskcal takes it for the day, and writes VALUE=DATE.
#
# Seen: three days, of which the second is excluded: 1 and 3 March in two readers, an error in two.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 vobject==0.9.9 \
    tzdata==2026.6 2>/dev/null
npm install --silent --no-audit --no-fund ics@3.12.0 ical.js@2.2.1 node-ical@0.27.2 >/dev/null 2>&1
cat >days.mjs <<'JAVASCRIPT'
import { writeFileSync } from "node:fs";
import ICAL from "ical.js";
import { createEvent } from "ics";
import nodeIcal from "node-ical";

const { error, value } = createEvent({
  title: "on leave",
  start: [2027, 3, 1],
  end: [2027, 3, 2],
  recurrenceRule: "FREQ=DAILY;COUNT=3",
  exclusionDates: [[2027, 3, 2]],
});
if (error) throw error;
writeFileSync("leave.ics", value);
console.log(value.match(/EXDATE.*/)[0].trim());
const byNodeIcal = () => {
  const event = Object.values(nodeIcal.sync.parseICS(value)).find((one) => one.type === "VEVENT");
  const range = { from: new Date("2027-02-01"), to: new Date("2027-04-01") };
  return nodeIcal.expandRecurringEvent(event, range).map((one) => one.start.getUTCDate());
};
const byIcalJs = () => {
  const component = new ICAL.Component(ICAL.parse(value)).getFirstSubcomponent("vevent");
  const iterator = new ICAL.Event(component).iterator();
  const days = [];
  for (let time = iterator.next(); time; time = iterator.next()) days.push(time.day);
  return days;
};
for (const [name, read] of [["node-ical", byNodeIcal], ["ical.js", byIcalJs]]) {
  try {
    console.log(name, ...read());
  } catch {
    console.log(name, "error");
  }
}
JAVASCRIPT
cat >days.py <<'PYTHON'
import datetime as dt
import pathlib

import icalendar
import recurring_ical_events
import vobject

SINCE, UNTIL = dt.datetime(2027, 2, 1), dt.datetime(2027, 4, 1)
text = pathlib.Path("leave.ics").read_text()
calendar = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
print("recurring-ical-events", *sorted(event["DTSTART"].dt.day for event in calendar.between(SINCE, UNTIL)))
try:
    print("vobject", *(time.day for time in vobject.readOne(text).vevent.getrruleset()))
except vobject.base.ParseError:
    print("vobject error")
PYTHON
{ TZ=UTC node days.mjs; venv/bin/python days.py; } | tee seen
printf 'EXDATE:20270302\nnode-ical 1 3\nical.js error\nrecurring-ical-events 1 3\nvobject error\n' | cmp -s - seen || {
    echo "the behaviour has changed"
    exit 1
}
