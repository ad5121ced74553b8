#!/bin/sh
# x-wr-timezone 2.0.1, which recurring-ical-events 3.8.2 runs on every calendar that it is given, moves the times of UTC
# into the zone that X-WR-TIMEZONE names, and leaves the days of the rule where they were. 23:00 UTC on Mondays is 8:00
# on Tuesdays in Tokyo; it becomes a call on Tuesday 2 March and then one on every Monday, of which a COUNT of four makes
# five, and the EXDATE, which moves with the times, leaves out a Tuesday that is none. Without X-WR-TIMEZONE, which is
# only the calendar's usual zone, the same file is read rightly. No report of it was found, in November 2026.
# deskcal reads times in UTC as they are.
#
# Guess: the same instants in another zone. Seen: 1, 15 and 22 March 23:00 UTC without the line; with it 1, 7, 14, 21 and
# 28 March.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check recurring-ical-events==3.8.2 x-wr-timezone==2.0.1 \
    icalendar==7.3.2 tzdata==2026.6 2>/dev/null
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
import datetime as dt
import sys
from importlib.metadata import version

import icalendar
import recurring_ical_events

SINCE, UNTIL = dt.datetime(2027, 2, 1), dt.datetime(2027, 5, 1)
TEXT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
{}BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART:20270301T230000Z
DTEND:20270301T233000Z
RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO
EXDATE:20270308T230000Z
SUMMARY:call
END:VEVENT
END:VCALENDAR
"""


def starts(line):
    calendar = icalendar.Calendar.from_ical(TEXT.format(line).replace("\n", "\r\n"))
    found = [event.start for event in recurring_ical_events.of(calendar).between(SINCE, UNTIL)]
    return [f"{start.astimezone(dt.timezone.utc):%d %H:%M}" for start in sorted(found)]


without, tokyo = starts(""), starts("X-WR-TIMEZONE:Asia/Tokyo\n")
print(f"x-wr-timezone {version('x-wr-timezone')}, recurring-ical-events {version('recurring-ical-events')}")
print(f"weekly on Mondays at 23:00 UTC, four times, 8 March left out: {without}")
print(f"with X-WR-TIMEZONE:Asia/Tokyo, in UTC: {tokyo}")
if without != ["01 23:00", "15 23:00", "22 23:00"] or tokyo != [f"{day:02} 23:00" for day in (1, 7, 14, 21, 28)]:
    print("the behaviour has changed")
    sys.exit(1)
PYTHON
