#!/bin/sh
# icalendar 7.3.0 reads TRIGGER:-PT24H and DURATION:PT24H and writes them back as -P1D and P1D.
# RFC 5545, 3.3.6 and 3.8.2.5: hours are exact, days are nominal. Over a change of the clock the two
# differ by an hour, and other readers make that difference. Seen on Python 3.11 in November 2026.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.0 2>/dev/null
"$dir/venv/bin/python" - <<'PYTHON'
import sys

import icalendar

SENT = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART;TZID=Europe/Berlin:20270327T120000
DURATION:PT24H
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:x
TRIGGER:-PT24H
END:VALARM
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")

text = icalendar.Calendar.from_ical(SENT).to_ical().decode()
seen = [line for line in text.splitlines() if line.startswith(("DURATION", "TRIGGER"))]
print(f"icalendar {icalendar.__version__}: sent DURATION:PT24H and TRIGGER:-PT24H, got {seen}")
sys.exit(sorted(seen) != ["DURATION:P1D", "TRIGGER:-P1D"])
PYTHON
