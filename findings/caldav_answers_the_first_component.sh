#!/bin/sh
# caldav 3.6.0 puts an answer to an invitation into the first component of the resource alone. The order of components
# is free (RFC 5545, 3.6); where a server gives the override of one occurrence before the series, `accept_invite` and
# `change_attendee_status` accept that occurrence, and the series stays unanswered; without an error. The documentation
# of `icalendar_component` promises the series ("For recurrence sets, the master component will be returned").
# No report of it was found.
#
# Seen: the same two components in both orders: the answer is in the series, or in the occurrence of 8 March alone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check caldav==3.6.0 icalendar==7.3.2 2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import caldav
from icalendar import Calendar

ANSWER = "ORGANIZER:mailto:o@example.com\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@example.com\r\nEND:VEVENT\r\n"
HEAD = "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
SERIES = HEAD + "DTSTART:20270301T100000Z\r\nRRULE:FREQ=WEEKLY;COUNT=8\r\n" + ANSWER
MOVED = HEAD + "RECURRENCE-ID:20270308T100000Z\r\nDTSTART:20270308T140000Z\r\n" + ANSWER


def accepted(*components):
    """Of which component the attendee is after the answer ACCEPTED."""
    start = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\n"
    event = caldav.Event(data=start + "".join(components) + "END:VCALENDAR\r\n")
    event.change_attendee_status("mailto:a@example.com", partstat="ACCEPTED")
    found = Calendar.from_ical(event.data).walk("VEVENT")
    return [
        "the series" if "RRULE" in one else "8 March"
        for one in found
        if one["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    ]


first, last = accepted(SERIES, MOVED), accepted(MOVED, SERIES)
print(f"caldav {version('caldav')}, ACCEPTED to an invitation to a series with a moved occurrence")
print(f"the series first: accepted is {first}")
print(f"the override first: accepted is {last}")
if (first, last) != (["the series"], ["8 March"]):
    sys.exit("the behaviour has changed")
PYTHON
