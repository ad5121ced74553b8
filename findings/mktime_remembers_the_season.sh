#!/bin/sh
# time.mktime() of Python, with tm_isdst -1, gives an hour that comes twice according to what it was asked before. In
# Berlin 2:30 of 31 October 2027 is the first one after a call for a day of summer and the second one after a call for
# a day of winter; in a process that has asked nothing it is the second. -1 is what strptime() and timetuple() fill in,
# so a log or an import whose lines are read one after the other has the same line at two instants, and a repeated test
# another result than the first. The function mktime() of glibc begins its search with the offset that it found last,
# for the whole process, threads as well; POSIX leaves the choice open, its manual page and that of Python's time do
# not say that it varies. datetime.timestamp() has a search of its own, and takes the first (fold=0) each time;
# zoneinfo does, too. Noticed in tz-rs' issue 26, and the reason of chrono's issue 668 (closed); of Python no report
# was found, in November 2026.
# deskcal converts by zoneinfo alone.
#
# Guess: one of the two, each time the same. Seen with Python 3.11 and glibc 2.36: 2:30 CEST after July, CET after
# December; timestamp() CEST after both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tzdata==2026.6 2>/dev/null
berlin=$(echo "$folder"/venv/lib/python3*/site-packages/tzdata/zoneinfo/Europe/Berlin)
cat >twice.py <<'PYTHON'
import datetime as dt
import platform
import sys
import time

TWICE = "2027-10-31 02:30"
FORM = "%Y-%m-%d %H:%M"


def asked_after(text):
    """The zone of the hour that comes twice, by mktime() and by timestamp(), once `text` was converted."""
    time.mktime(time.strptime(text, FORM))
    by_mktime = time.mktime(time.strptime(TWICE, FORM))
    by_datetime = dt.datetime.strptime(TWICE, FORM).timestamp()
    return [time.strftime("%Z", time.localtime(instant)) for instant in (by_mktime, by_datetime)]


print(f"Python {platform.python_version()}, {' '.join(platform.libc_ver())}")
seen = {}
for text in ("2027-07-01 12:00", "2027-12-01 12:00", "2027-07-02 12:00"):
    seen[text] = asked_after(text)
    print(f"after {text}: {TWICE} by mktime {seen[text][0]}, by datetime {seen[text][1]}")
if list(seen.values()) != [["CEST", "CEST"], ["CET", "CEST"], ["CEST", "CEST"]]:
    sys.exit("the behaviour has changed")
PYTHON
TZ=":$berlin" venv/bin/python twice.py
