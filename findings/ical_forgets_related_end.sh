#!/bin/sh
# ical 14.3.1 (PyPI; the local calendar of Home Assistant is built on it) leaves RELATED=END of a TRIGGER out: an alarm an
# hour before the end of a call, or five minutes after it, is written back as one before or after the start. RFC 5545,
# 3.8.6.3: RELATED=END counts from the end. A reminder of what is to be done after a meeting of two hours comes two hours
# early once the file has passed through it; nothing says so. vobject and icalendar keep it. Of the same kind: a category
# with an escaped comma, CATEGORIES:A\,B, becomes two, of which the first ends with a backslash (RFC 5545, 3.3.11).
# RELATED is reported: issue 651 and pull request 675, both open in November 2026; of categories no report was found.
# deskcal keeps alarms and categories as they were put.
#
# Guess: the lines come back. Seen: TRIGGER:PT5M, and the categories "A\", "B" and "C".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ical==14.3.1 vobject==0.9.9 tzdata==2026.6 2>/dev/null
"$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
import sys
from importlib.metadata import version

import vobject
from ical.calendar_stream import IcsCalendarStream

TEXT = r"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART:20270301T090000Z
DTEND:20270301T110000Z
SUMMARY:call
CATEGORIES:A\,B,C
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:write the minutes
TRIGGER;RELATED=END:PT5M
END:VALARM
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

calendar = IcsCalendarStream.calendar_from_ics(TEXT)
categories = calendar.events[0].categories
written = IcsCalendarStream.calendar_to_ics(calendar)
(own,) = [line for line in written.splitlines() if line.startswith("TRIGGER")]
other = vobject.readOne(TEXT).serialize()
(kept,) = [line for line in other.splitlines() if line.startswith("TRIGGER")]
print(f"ical {version('ical')}: {own}, categories {categories}")
print(f"vobject {version('vobject')}: {kept}")
if own != "TRIGGER:PT5M" or categories != ["A\\", "B", "C"] or kept != "TRIGGER;RELATED=END:PT5M":
    print("the behaviour has changed")
    sys.exit(1)
PYTHON
