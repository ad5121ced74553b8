#!/bin/sh
# A rule in lower case is the same rule (RFC 5545, 2: values are case-insensitive unless stated otherwise; BYDAY and
# FREQ are enumerated). Of `freq=weekly;count=3;byday=mo` six readers make four things: python-dateutil 4.0.0 and
# rrule-temporal 2.2.8 three occurrences; ical.js 2.2.1 and rrule 2.8.1 an error; node-ical 0.27.2 an error of its
# own when it expands, not when it reads; ts-ics 2.4.6 one single event, without an error: of a weekly call it shows the
# first. No report of ts-ics was found, in November 2026.
# deskcal takes both and writes upper case in its feed.
#
# Seen: 3 occurrences in two, an error in three, 1 occurrence in ts-ics.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-dateutil==4.0.0 2>/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1 rrule-temporal@2.2.8 node-ical@0.27.2 \
    ts-ics@2.4.6 >/dev/null 2>&1
cat >read.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import nodeIcal from "node-ical";
import rrule from "rrule";
import { RRuleTemporal } from "rrule-temporal";
import { convertIcsCalendar, extendByRecurrenceRule } from "ts-ics";

const RULE = "freq=weekly;count=3;byday=mo";
const SET = `DTSTART:20270301T090000Z\nRRULE:${RULE}`;
const TEXT = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:1
SUMMARY:call
DTSTAMP:20270101T000000Z
DTSTART:20270301T090000Z
DTEND:20270301T100000Z
RRULE:${RULE}
END:VEVENT
END:VCALENDAR
`.replaceAll("\n", "\r\n");
const RANGE = { from: new Date("2027-01-01"), to: new Date("2028-01-01") };
const readers = {
  "rrule-temporal": () => new RRuleTemporal({ rruleString: SET }).all(),
  "ical.js": () => ICAL.Recur.fromString(RULE),
  rrule: () => rrule.rrulestr(SET).all(),
  "node-ical": () => {
    const event = Object.values(nodeIcal.sync.parseICS(TEXT)).find((one) => one.type === "VEVENT");
    return nodeIcal.expandRecurringEvent(event, RANGE);
  },
  "ts-ics": () => {
    const [event] = convertIcsCalendar(undefined, TEXT).events;
    const start = event.start.date;
    return event.recurrenceRule ? extendByRecurrenceRule(event.recurrenceRule, { start, end: RANGE.to }) : [start];
  },
};
for (const [name, read] of Object.entries(readers)) {
  try {
    console.log(name, read().length);
  } catch {
    console.log(name, "error");
  }
}
JAVASCRIPT
cat >read.py <<'PYTHON'
from dateutil.rrule import rrulestr

print("python-dateutil", len(list(rrulestr("DTSTART:20270301T090000Z\nRRULE:freq=weekly;count=3;byday=mo"))))
PYTHON
{ venv/bin/python read.py; TZ=UTC node read.mjs; } | tee seen
printf 'python-dateutil 3\nrrule-temporal 3\nical.js error\nrrule error\nnode-ical error\nts-ics 1\n' | cmp -s - seen || {
    echo "the behaviour has changed"
    exit 1
}
