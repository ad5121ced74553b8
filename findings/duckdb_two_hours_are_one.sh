#!/bin/sh
# DuckDB 2.0.1: in the hour that comes twice, date_trunc('hour', ...) of a TIMESTAMPTZ gives the second one for both,
# which is later than the time that it truncates; GROUP BY puts the calls of two hours into one, and the hour before is
# empty. date_diff('hour', ...) of two times an hour apart is 0, date_diff('minute', ...) of the same two is 60.
# date_trunc by minutes and time_bucket() with the zone keep the hours; but in Havana, where midnight comes twice,
# time_bucket() by days puts a call at 0:30 EDT on 7 November into 6 November. PostgreSQL 18.4, whose date_trunc it
# follows, truncates to the hour that is meant. With TimeZone = 'UTC' all agree. RisingWave had the same (issue 12072);
# of DuckDB no report was found, in November 2026.
# deskcal finds hours and days in Python.
#
# Guess: 2 and 1 calls, and 1 hour. Seen: 3 calls in one hour, 0 hours, 60 minutes; in UTC 2 and 1, and 1 hour.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 pytz==2026.6 >/dev/null 2>&1
cat >hours.py <<'PYTHON'
import sys

import duckdb

CALLS = "(VALUES (TIMESTAMPTZ '2027-10-31 00:10Z'), ('2027-10-31 00:50Z'), ('2027-10-31 01:10Z')) AS call (due)"
PAIR = "TIMESTAMPTZ '2027-10-31 00:30Z', TIMESTAMPTZ '2027-10-31 01:30Z'"
TRUNCATED = "SELECT count(*) FROM {} GROUP BY {} ORDER BY min(due)"
BUCKET = "time_bucket(INTERVAL 1 hour, due, 'Europe/Berlin')"
MIDNIGHT = "SELECT strftime(time_bucket(INTERVAL 1 day, TIMESTAMPTZ '2027-11-07 04:30Z', 'America/Havana'), '%d')"

connection = duckdb.connect()
connection.execute("LOAD icu")


def rows(query):
    return [value for (value,) in connection.execute(query).fetchall()]


seen = {}
for zone in ("Europe/Berlin", "UTC"):
    connection.execute(f"SET TimeZone = '{zone}'")
    counted = rows(TRUNCATED.format(CALLS, "date_trunc('hour', due)"))
    bucketed = rows(TRUNCATED.format(CALLS, BUCKET))
    apart = [rows(f"SELECT date_diff('{unit}', {PAIR})")[0] for unit in ("hour", "minute")]
    seen[zone] = counted, bucketed, apart
    print(f"DuckDB {duckdb.__version__}, {zone}: calls by hour {counted}, by time_bucket {bucketed}, apart {apart}")
connection.execute("SET TimeZone = 'America/Havana'")
day = rows(MIDNIGHT)[0]
print(f"a call at 0:30 on 7 November in Havana, by days: {day}")
if seen != {"Europe/Berlin": ([3], [2, 1], [0, 60]), "UTC": ([2, 1], [2, 1], [1, 60])} or day != "06":
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python hours.py
