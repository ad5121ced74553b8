#!/bin/sh
# vobject 0.9.9 keeps the first time alone of an RDATE with several in a VTIMEZONE, when it reads and when it writes
# the text again. Of a zone whose changes of the clock are listed (RFC 5545, 3.6.5; the VTIMEZONEs that icalendar
# makes) all later years are without daylight saving time: a call of summer is an hour off. In a VEVENT the same RDATE
# is read whole, and so is the VTIMEZONE by python-dateutil and icalendar, and by vobject itself once each time is a
# line of its own. Radicale 3.9 stores what vobject makes of it. No report of it was found.
#
# Seen: of RDATE:20270328T030000,20280326T030000 the text has 20270328T030000; July 2028 in Berlin is at UTC+1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9 python-dateutil==2.9.0.post0 \
    icalendar==7.3.2 tzdata==2026.6 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt
import io
import sys

import icalendar
import vobject
from dateutil.tz import tzical

first, last = dt.date(2026, 1, 1), dt.date(2029, 1, 1)
zone = icalendar.Timezone.from_tzid("Europe/Berlin", first_date=first, last_date=last).to_ical().decode()
event = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20280710T100000\r\nEND:VEVENT\r\n"


def read(zone):
    """UTC offset in hours of the start of the event, and the text that vobject makes of it."""
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\n{zone}{event}END:VCALENDAR\r\n"
    calendar = vobject.readOne(text)
    return calendar.vevent.dtstart.value.utcoffset().total_seconds() / 3600, calendar.serialize()


def by(tzinfo):
    return dt.datetime(2028, 7, 10, 10, tzinfo=tzinfo).utcoffset().total_seconds() / 3600


expected = by(tzical(io.StringIO(zone)).get()), by(icalendar.Timezone.from_ical(zone).to_tz(lookup_tzid=False))
offset, text = read(zone)
lists = [line for line in zone.split("\r\n") if line.startswith("RDATE")]
kept = [line for line in text.split("\r\n") if line.startswith("RDATE")]
print(f"vobject {vobject.VERSION}; the VTIMEZONE has {lists}")
print(f"its text has {sorted(kept)}")
print(f"10 July 2028, 10:00 in Berlin: UTC+{offset} by vobject; UTC+{expected[0]} by dateutil, UTC+{expected[1]} by icalendar")
if offset != 1 or expected != (2, 2) or any("," in line for line in kept):
    sys.exit("the behaviour has changed")
PYTHON
