#!/bin/sh
# icalendar 7.3.2 (Timezone.from_tzid, add_missing_timezones) writes the onset of daylight saving time by the clock
# after it: DTSTART:20270328T030000 with TZOFFSETFROM:+0100, which is 02:00 UTC, an hour late. RFC 5545, 3.6.5: the onset
# is local time by TZOFFSETFROM, so 02:00; that of winter is written so. Readers that look for the observance by the
# local time take no notice; for those that turn the onsets into UTC the hour after the gap does not exist, and a call in
# it is an hour late: icalendar itself with pytz, of its own text. The generators of Ruby (icalendar, issue 252) and Go
# had the same; of icalendar for Python no report was found, in November 2026.
# deskcal had written such text; now it writes the onset by the offset before it.
#
# Guess: DTSTART:20270328T020000. Seen: 03:30 in Berlin on 28 March 2027 is 02:30 UTC by pytz; 01:30 UTC with the
# onset at 02:00.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check icalendar==7.3.2 pytz==2026.6 tzdata==2026.6 \
    2>/dev/null
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt
import re
import sys
from importlib.metadata import version

import icalendar

YEARS = {"first_date": dt.date(2027, 1, 1), "last_date": dt.date(2028, 1, 1)}
written = icalendar.Timezone.from_tzid("Europe/Berlin", **YEARS).to_ical().decode()
onsets = re.findall(r"DTSTART:2027(\d+T\d{4})00\r\n(?:.*\r\n)?TZOFFSETFROM:(.*)\r\nTZOFFSETTO:(.*)\r", written)

icalendar.use_pytz()


def read(tzid, onset):
    """Hour in UTC of a call at 03:30 on the day of the change, by this VTIMEZONE alone."""
    zone = written.replace("TZID:Europe/Berlin", f"TZID:{tzid}").replace("20270328T030000", onset)
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID={tzid}:20270328T033000\r\nEND:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{zone}{event}END:VCALENDAR\r\n"
    start = icalendar.Calendar.from_ical(text).events[0].start
    return f"{start.astimezone(dt.timezone.utc):%H:%M}"


seen = read("Office 1", "20270328T030000"), read("Office 2", "20270328T020000")
print(f"icalendar {version('icalendar')}, pytz {version('pytz')}")
print(f"onsets with the offsets before and after: {onsets}")
print(f"03:30 in UTC: as written {seen[0]}, with the onset at 02:00 {seen[1]}")
is_late = ("0328T0300", "+0100", "+0200") in onsets and ("1031T0300", "+0200", "+0100") in onsets
if not is_late or seen != ("02:30", "01:30"):
    sys.exit("the behaviour has changed")
PYTHON
