#!/bin/sh
# polars 2.1.0 has zone data of its own, built in, and hands times to Python and back by the clock on the wall:
# to_list(), item() and rows() compute the local time by the built-in data and attach zoneinfo's zone to it, and a
# datetime that is put in is taken apart by zoneinfo and put together by the built-in data. Where the two are of
# different ages, the instant changes, without an error. In November 2026 the built-in data lack 2026's changes: an
# instant of January 2027 comes back an hour off in Vancouver, Edmonton, Winnipeg and Casablanca, if Python has tzdata
# 2026.6. A datetime of such a zone that goes in and out is the same again, while the column holds another instant:
# joined to one in UTC, it does not match. pyarrow 26.0.1, of the same list, keeps it. polars' documentation of time
# zones does not mention two sets of data; no report was found, in November 2026. In UTC alone nothing happens.
# deskcal converts by zoneinfo alone, in Python.
#
# Guess: 0 s each time. Seen: -3600 s out, 3600 s within the column; 0 s in Berlin, and by pyarrow everywhere.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 pyarrow==26.0.1 tzdata==2026.6 >/dev/null 2>&1
cat >instants.py <<'PYTHON'
import datetime as dt
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

import polars
import pyarrow

INSTANT = dt.datetime(2027, 1, 15, 12, tzinfo=dt.timezone.utc)
CHANGED = ["America/Vancouver", "America/Edmonton", "America/Winnipeg", "Africa/Casablanca"]


def seconds(time):
    return int((time.astimezone(dt.timezone.utc) - INSTANT).total_seconds())


print(f"polars {polars.__version__}, tzdata {version('tzdata')}, pyarrow {pyarrow.__version__}")
seen = {}
for zone in [*CHANGED, "Europe/Berlin"]:
    out = polars.Series([INSTANT]).dt.convert_time_zone(zone).to_list()[0]
    local = polars.Series([INSTANT.astimezone(ZoneInfo(zone))])
    within = local.dt.convert_time_zone("UTC").to_list()[0]
    arrow = pyarrow.array([INSTANT]).cast(pyarrow.timestamp("us", tz=zone)).to_pylist()[0]
    seen[zone] = seconds(out), seconds(within), seconds(arrow)
    print(f"{zone}: out {seen[zone][0]} s, within the column {seen[zone][1]} s, pyarrow {seen[zone][2]} s")
hours = {zone: (-3600, 3600, 0) for zone in CHANGED[:3]} | {"Europe/Berlin": (0, 0, 0)}
if {zone: seen[zone] for zone in hours} != hours or seen["Africa/Casablanca"] != (3600, -3600, 0):
    sys.exit("the behaviour has changed")
PYTHON
PYTHONTZPATH="" venv/bin/python instants.py
