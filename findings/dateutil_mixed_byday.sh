#!/bin/sh
# python-dateutil 4.0.0 intersects the plain and the numbered days of one BYDAY. RFC 5545, 3.3.10, has
# them add up: BYDAY=1MO,WE of a month is its first Monday and every Wednesday (so reads lib-recur).
# dateutil asks for a day that is a Wednesday and the first Monday, and finds none.
#
# Seen: BYDAY=1MO gives day 1; BYDAY=WE days 3, 10, 17, 24, 31; BYDAY=1MO,WE nothing.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==4.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from dateutil.rrule import rrulestr

print(f"python-dateutil {version('python-dateutil')}")
found = {}
for by_day in ("1MO", "WE", "1MO,WE"):
    text = f"DTSTART:20270301T100000\nRRULE:FREQ=MONTHLY;UNTIL=20270331T100000;BYDAY={by_day}"
    found[by_day] = [day.day for day in rrulestr(text)]
    print(f"March 2027, FREQ=MONTHLY;BYDAY={by_day}: {found[by_day]}")
if found != {"1MO": [1], "WE": [3, 10, 17, 24, 31], "1MO,WE": []}:
    sys.exit("the behaviour has changed")
PYTHON
