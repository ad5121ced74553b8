#!/bin/sh
# icalevents 0.3.1 leaves out more than an EXDATE in UTC names, where the series is in a zone: besides the occurrence at
# that instant also the one on the date that the text of the EXDATE has. 23:00 UTC of 1 March is 8:00 of 2 March in
# Tokyo; icalevents removes 1 and 2 March. RFC 5545, 3.8.5.1, allows an EXDATE in UTC, and it names one instant; so read
# it recurring-ical-events, ical.js and node-ical, and icalevents itself where the EXDATE has the zone. No report of it
# was found, in November 2026.
# deskcal writes an EXDATE in the zone of the series, and reads one in UTC as an instant.
#
# Seen: three days at 8:00 in Tokyo, of which EXDATE leaves out the second: icalevents has the third alone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalevents==0.3.1 recurring-ical-events==3.8.2 \
    icalendar==7.3.2 tzdata==2026.6 2>/dev/null
cat >left_out.py <<'PYTHON'
import datetime as dt
import sys
from importlib.metadata import version

import icalendar
import recurring_ical_events
from icalevents.icalparser import parse_events

SINCE, UNTIL = dt.datetime(2027, 2, 1), dt.datetime(2027, 4, 1)
LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VTIMEZONE
TZID:Asia/Tokyo
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART;TZID=Asia/Tokyo:20270301T080000
DTEND;TZID=Asia/Tokyo:20270301T090000
RRULE:FREQ=DAILY;COUNT=3
{}
END:VEVENT
END:VCALENDAR
"""


def days(exdate):
    """Days of March that both libraries find."""
    text = LINES.format(exdate).replace("\n", "\r\n")
    icalevents = sorted(event.start.day for event in parse_events(text, start=SINCE, end=UNTIL))
    calendar = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    return icalevents, sorted(event["DTSTART"].dt.day for event in calendar.between(SINCE, UNTIL))


print(f"icalevents {version('icalevents')}, recurring-ical-events {version('recurring-ical-events')}")
in_utc = days("EXDATE:20270301T230000Z")
in_zone = days("EXDATE;TZID=Asia/Tokyo:20270302T080000")
print("EXDATE in UTC, days of March by each:", *in_utc)
print("EXDATE in the zone:", *in_zone)
if in_utc != ([3], [1, 3]) or in_zone != ([1, 3], [1, 3]):
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python left_out.py
