#!/bin/sh
# polars 2.1.0 moves a time that the clock skips back by the gap: the midnight of 30 April 2027, which Cairo does not
# have, becomes 29 April, 23:00. So datetime_range() by days has 29 April twice and 30 April never, offset_by("1d") of
# 29 April is 29 April, and group_by_dynamic(every="1d") counts the calls of 30 April under 29 April; a report by date
# adds them to the day before. dt.truncate("1d") has 30 April, 1:00, for the same rows. In Berlin a call at 2:30 of
# each day is at 1:30 on 28 March. RFC 5545, 3.3.5, and Temporal take the offset before the gap, which is 1:00 and
# 3:30; pandas raises an error. polars' documentation of offset_by has of a calendar day "the corresponding time on the
# next day", and that it follows RFC 5545 where a time comes twice. Of `1d` no report was found, in November 2026
# (issue 26330: timedelta).
# deskcal takes the offset before the gap.
#
# Guess: 28, 29, 30 April and 1 May. Seen: 28, 29, 29 April and 1 May.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 tzdata==2026.6 >/dev/null 2>&1
cat >days.py <<'PYTHON'
import datetime as dt
import sys

import polars
from polars import col

CAIRO, BERLIN = "Africa/Cairo", "Europe/Berlin"


def times(begin, end, every, zone):
    return polars.datetime_range(begin, end, every, time_zone=zone, eager=True)


def dates(series):
    return [f"{date:%d.%m.}" for date in series.dt.date()]


days = times(dt.datetime(2027, 4, 28), dt.datetime(2027, 5, 1), "1d", CAIRO)
calls = polars.DataFrame({"time": times(dt.datetime(2027, 4, 29), dt.datetime(2027, 5, 1), "6h", CAIRO)})
counted = calls.group_by_dynamic("time", every="1d").agg(polars.len())
truncated = calls.group_by(col("time").dt.truncate("1d").dt.date(), maintain_order=True).agg(polars.len())
early = times(dt.datetime(2027, 3, 27, 2, 30), dt.datetime(2027, 3, 30), "1d", BERLIN).dt.strftime("%H:%M")
print(f"polars {polars.__version__}")
print(f"days from 28 April to 1 May in Cairo: {dates(days)}")
print(f"calls by group_by_dynamic: {dates(counted['time'])} {counted['len'].to_list()}")
print(f"calls by dt.truncate: {[f'{date:%d.%m.}' for date in truncated['time']]} {truncated['len'].to_list()}")
print(f"every day at 2:30 from 27 March in Berlin: {early.to_list()}")
is_twice = dates(days) == ["28.04.", "29.04.", "29.04.", "01.05."]
is_counted = dates(counted["time"]) == ["29.04.", "29.04."]
is_right = [date.day for date in truncated["time"]] == [29, 30]
if not is_twice or not is_counted or not is_right or early.to_list() != ["02:30", "01:30", "02:30"]:
    sys.exit("the behaviour has changed")
PYTHON
PYTHONTZPATH="" venv/bin/python days.py
