#!/bin/sh
# apsw 3.54.1.0: executemany() with a statement that returns rows, such as INSERT ... RETURNING, runs for the first
# binding only, until somebody takes the rows. If nobody does, and the cursor is not kept, the others are never
# inserted, the transaction commits, and there is no error. The same in execute() with several statements: what follows
# the first one with rows is not run (CREATE TABLE behind a SELECT). Without RETURNING the same call inserts all. apsw's
# documentation says that execute() returns "when the first row is available", of executemany() that it "conceptually"
# executes each binding; SQLite's, that an INSERT makes all its changes before the first row of RETURNING. A question
# about execute() is apsw's issue 220; of executemany() no report was found, in November 2026.
#
# Seen: 1,000 bindings without RETURNING insert 1,000 rows, with it 1, and 1,000 if its rows are taken. Python's own
# sqlite3 (3.11) inserts all.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0 2>/dev/null
cat >inserted.py <<'PYTHON'
import sys

import apsw

BINDINGS = [(number,) for number in range(1000)]


def inserted(statement, *, takes_rows=False):
    """Rows of the table after executemany(), in a transaction that was committed without an error."""
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY)")
    with connection:
        if takes_rows:
            connection.executemany(statement, BINDINGS).fetchall()
        else:
            connection.executemany(statement, BINDINGS)
    return connection.execute("SELECT count(*) FROM event").get


plain = inserted("INSERT INTO event VALUES (?)")
ignored = inserted("INSERT INTO event VALUES (?) RETURNING id")
taken = inserted("INSERT INTO event VALUES (?) RETURNING id", takes_rows=True)
print(f"apsw {apsw.apsw_version()}, executemany() with {len(BINDINGS)} bindings")
print(f"INSERT: {plain} rows")
print(f"INSERT ... RETURNING, whose rows nobody takes: {ignored}")
print(f"INSERT ... RETURNING, rows taken: {taken}")
if (plain, ignored, taken) != (1000, 1, 1000):
    sys.exit("the behaviour has changed: all bindings are executed")
PYTHON
venv/bin/python inserted.py
