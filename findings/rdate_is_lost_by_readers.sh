#!/bin/sh
# node-ical 0.27.2 and icalevents 0.3.1 leave out every RDATE of an event: a call that takes place on a further day, as
# RFC 5545, 3.8.5.2, has it, is not there, with and without an RRULE, and without an error. recurring-ical-events and
# ical.js have it (ical.js with an RRULE; without one it leaves DTSTART out in place of it, its pull request 534). The
# READMEs of both name RRULE and EXDATE and say nothing of RDATE; no report was found of these two, in November 2026 (of
# ts-ics, which does not have it either, issue 224).
# deskcal's feed has an occurrence that the rule does not have as an event of its own; RDATE is in CalDAV and exports
# alone.
#
# Seen: weekly, twice, and one RDATE: 1, 3 and 8 March by recurring-ical-events and ical.js, 1 and 8 March by the other
# two.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalevents==0.3.1 recurring-ical-events==3.8.2 \
    icalendar==7.3.2 tzdata==2026.6 2>/dev/null
npm install --silent --no-audit --no-fund node-ical@0.27.2 ical.js@2.2.1 >/dev/null 2>&1
cat >call.ics <<'ICS'
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART:20270301T090000Z
DTEND:20270301T100000Z
RRULE:FREQ=WEEKLY;COUNT=2
RDATE:20270303T090000Z
END:VEVENT
END:VCALENDAR
ICS
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import ical from "node-ical";

const text = readFileSync("call.ics", "utf8").replaceAll("\n", "\r\n");
const event = Object.values(ical.sync.parseICS(text)).find((one) => one.type === "VEVENT");
const range = { from: new Date("2027-02-01"), to: new Date("2027-04-01") };
const days = ical.expandRecurringEvent(event, range).map((one) => one.start.getUTCDate());
console.log("node-ical", ...days.sort((a, b) => a - b));
const component = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
const iterator = new ICAL.Event(component).iterator();
const found = [];
for (let time = iterator.next(); time; time = iterator.next()) found.push(time.day);
console.log("ical.js", ...found);
JAVASCRIPT
cat >read.py <<'PYTHON'
import datetime as dt
import pathlib

import icalendar
import recurring_ical_events
from icalevents.icalparser import parse_events

SINCE, UNTIL = dt.datetime(2027, 2, 1), dt.datetime(2027, 4, 1)
text = pathlib.Path("call.ics").read_text().replace("\n", "\r\n")
print("icalevents", *sorted(event.start.day for event in parse_events(text, start=SINCE, end=UNTIL)))
calendar = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
print("recurring-ical-events", *sorted(event["DTSTART"].dt.day for event in calendar.between(SINCE, UNTIL)))
PYTHON
{ TZ=UTC node read.mjs; venv/bin/python read.py; } | tee seen
printf 'node-ical 1 8\nical.js 1 3 8\nicalevents 1 8\nrecurring-ical-events 1 3 8\n' | cmp -s - seen || {
    echo "the behaviour has changed"
    exit 1
}
