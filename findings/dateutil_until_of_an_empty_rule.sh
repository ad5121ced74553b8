#!/bin/sh
# python-dateutil 4.0.0 looks at `until` only when an occurrence comes. A valid RFC 5545 rule that never
# comes in January (FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30) with UNTIL at the end of January is therefore
# searched up to the year 9999: nothing is found, some 10,000 times later than for a rule that comes.
#
# Seen: 31 days in 0.1 ms; no day in 2.7 s.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dateutil==4.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt
import sys
import time
from importlib.metadata import version

from dateutil.rrule import DAILY, rrule

START, UNTIL = dt.datetime(2027, 1, 1), dt.datetime(2027, 1, 31)


def measured(**parts):
    begun = time.perf_counter()
    count = len(list(rrule(DAILY, dtstart=START, until=UNTIL, **parts)))
    return count, time.perf_counter() - begun


full, full_sec = measured()
empty, empty_sec = measured(bymonth=2, bymonthday=30)
print(f"python-dateutil {version('python-dateutil')}")
print(f"FREQ=DAILY until 31 January: {full} days in {full_sec * 1000:.2f} ms")
print(f"with BYMONTH=2;BYMONTHDAY=30: {empty} days in {empty_sec * 1000:.0f} ms")
if (full, empty) != (31, 0) or empty_sec < 100 * full_sec:
    sys.exit("the behaviour has changed: `until` ends the search of a rule that never comes")
PYTHON
