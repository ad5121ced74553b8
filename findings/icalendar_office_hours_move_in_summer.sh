#!/bin/sh
# icalendar 7.3.2 writes the hours of an availability (VAVAILABILITY, RFC 7953) in UTC, whatever zone they are given
# in: Available.new(start=9:00 in Berlin), with a weekly rule, has DTSTART:20270104T080000Z, and from 29 March on the
# desk is open from 10:00 to 18:00. Read back, start and end are in UTC too where the text has a TZID, so that hours
# that are expanded from them move as well; what add("DTSTART", ...) and ["DTSTART"].dt have keeps the zone, as does
# Event. RFC 7953, 3.1: a time in UTC, or a local time with a zone; its examples have a TZID. The docstring says that
# the values are converted to UTC, not that a rule then follows it. No report of it was found, in November 2026.
# deskcal's hours are settings of a desk, on the clock of its zone.
#
# Guess: DTSTART;TZID=Europe/Berlin:20270104T090000, as Event writes it; open from 9:00 in March. Seen:
# DTSTART:20270104T080000Z; 9:00 on 22 March, 10:00 on 29 March.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.2 python-dateutil==2.9.0.post0 \
    tzdata==2026.6 2>/dev/null
cat >hours.py <<'PYTHON'
import datetime as dt
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Available, Event

BERLIN = ZoneInfo("Europe/Berlin")
NINE, FIVE = (dt.datetime(2027, 1, 4, hour, tzinfo=BERLIN) for hour in (9, 17))
DAYS = [dt.date(2027, 3, 22), dt.date(2027, 3, 29)]


def start_line(component):
    return next(line for line in component.to_ical().decode().splitlines() if line.startswith("DTSTART"))


def opens(start):
    """The hours in Berlin at which a weekly rule from `start` has the two Mondays."""
    times = (time.astimezone(BERLIN) for time in rrulestr("FREQ=WEEKLY;COUNT=20", dtstart=start))
    return [time.hour for time in times if time.date() in DAYS]


hours = Available.new(start=NINE, end=FIVE)
hours.add("RRULE", {"FREQ": "WEEKLY"})
added = Available()
added.add("DTSTART", NINE)
event = Event.new(start=NINE, end=FIVE)
print(f"icalendar {version('icalendar')}")
lines = [start_line(each) for each in (hours, added, event)]
read = Available.from_ical(added.to_ical())
print("Available.new, Available.add, Event.new:", *lines)
print(f"with a zone in the text: start {read.start}, ['DTSTART'].dt {read['DTSTART'].dt}")
seen = [opens(hours.start), opens(read.start), opens(read["DTSTART"].dt), opens(event.start)]
print(f"on 22 and 29 March: new {seen[0]}, read by start {seen[1]}, by ['DTSTART'].dt {seen[2]}, Event {seen[3]}")
in_zone = "DTSTART;TZID=Europe/Berlin:20270104T090000"
if lines != ["DTSTART:20270104T080000Z", in_zone, in_zone] or seen != [[9, 10], [9, 10], [9, 9], [9, 9]]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python hours.py
