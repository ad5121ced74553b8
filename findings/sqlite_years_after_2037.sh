#!/bin/sh
# SQLite 3.54.1 shows times after 2037 on the clock of another year: datetime(start, 'unixepoch', 'localtime') of 2038
# goes by the rules of 2002. In New York, whose summer time was shorter then, half of March and the first days of
# November are an hour off; in Berlin some days around each change; in Sao Paulo, which has no summer time since 2019,
# all summers are, and in Istanbul, which stays at UTC+3 all year since 2016, all winters. So an anniversary or a
# contract that SQL lists has another hour than in the program. It asks localtime() of the C library for a year from
# 2000 to 2003 in its place, as 32-bit systems need it; on this one localtime() itself is right, as Python's zoneinfo
# is. The documentation says that SQLite "attempts to map the year into an equivalent year" from 1970 to 2037; not that
# it is one of these four, which begins on another weekday and had other rules. No report of it was found, in November
# 2026.
# deskcal stores seconds, and reckons with zones in Python.
#
# Guess: the hours of 2036 in each later year. Seen, at 12:00 UTC: 20 March in New York 8 up to 2037, 7 from 2038; 20
# January in Sao Paulo 9, then 10, in Istanbul 15, then 14.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0 tzdata==2026.6 2>/dev/null
cat >hours.py <<'PYTHON'
import datetime as dt
import os
import sys
import time
from zoneinfo import ZoneInfo

import apsw

DAYS = [("America/New_York", 3, 20), ("America/Sao_Paulo", 1, 20), ("Europe/Istanbul", 1, 20), ("Europe/Berlin", 3, 30)]
YEARS = (2036, 2037, 2038, 2039, 2042)
database = apsw.Connection(":memory:")
print(f"SQLite {apsw.sqlite_lib_version()}: hours of 12:00 UTC in {YEARS}")
seen = {}
for zone, month, day in DAYS:
    os.environ["TZ"] = zone
    time.tzset()
    hours = {"SQLite": [], "localtime()": [], "zoneinfo": []}
    for year in YEARS:
        noon = int(dt.datetime(year, month, day, 12, tzinfo=dt.timezone.utc).timestamp())
        text = database.execute("SELECT strftime('%H', ?, 'unixepoch', 'localtime')", (noon,)).get
        hours["SQLite"].append(int(text))
        hours["localtime()"].append(time.localtime(noon).tm_hour)
        hours["zoneinfo"].append(dt.datetime.fromtimestamp(noon, ZoneInfo(zone)).hour)
    print(f"{day}/{month} {zone}: {hours}")
    seen[zone] = hours
expected = {
    "America/New_York": ([8, 8, 7, 7, 7], [8] * 5),
    "America/Sao_Paulo": ([9, 9, 10, 10, 10], [9] * 5),
    "Europe/Istanbul": ([15, 15, 14, 14, 14], [15] * 5),
    "Europe/Berlin": ([14, 14, 13, 14, 13], [14] * 5),
}
for zone, (by_sqlite, right) in expected.items():
    if list(seen[zone].values()) != [by_sqlite, right, right]:
        sys.exit(f"the behaviour has changed: {zone}")
PYTHON
venv/bin/python hours.py
