#!/bin/sh
# icalendar 7.3.0 and vobject 0.9.9 keep the first VTIMEZONE of a TZID for as long as the process runs: a second file
# whose VTIMEZONE of the same TZID has another offset is read in the zone of the first one. RFC 5545, 3.2.19: a TZID
# that does not begin with a solidus is that of the VTIMEZONE in the same iCalendar object. A server that reads the
# files of two companies, each with a zone of its own called "Office", has wrong hours for the one whose file comes
# second.
#
# Seen: 10:00 at +05:00 is read as 10:00 at +02:00 when a file with +02:00 was read before it, as +05:00 when not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check icalendar==7.3.0 vobject==0.9.9 python-dateutil==2.9.0 \
    2>/dev/null
cat >read.py <<'PYTHON'
import sys

import icalendar
import vobject

TEXT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20270101T000000Z
DTSTART;TZID=Office:20270115T100000
DTEND;TZID=Office:20270115T110000
END:VEVENT
END:VCALENDAR
"""


def by_icalendar(text):
    return icalendar.Calendar.from_ical(text).walk("VEVENT")[0].start


def by_vobject(text):
    return vobject.readOne(text).vevent.dtstart.value


read = {"icalendar": by_icalendar, "vobject": by_vobject}[sys.argv[1]]
for offset in sys.argv[2:]:
    start = read(TEXT.format(offset=offset).replace("\n", "\r\n"))
print(start.strftime("%z"))
PYTHON
for library in icalendar vobject; do
    alone=$(venv/bin/python read.py $library +0500)
    after=$(venv/bin/python read.py $library +0200 +0500)
    echo "$library: a file with +0500 is read with $alone, after one with +0200 with $after"
    if [ "$alone" != +0500 ] || [ "$after" != +0200 ]; then
        echo "the behaviour of $library has changed" >&2
        exit 1
    fi
done
