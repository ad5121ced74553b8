#!/bin/sh
# apsw 3.54.1.0: fetchone() of the only row of a query leaves the statement unfinished, as it does not look whether
# there is another. While the cursor is kept, so is the snapshot of its connection, also beyond the end of `with
# connection`: every later statement on it reads the database as it was then, however often others commit, and the
# write-ahead log cannot begin again. A program that keeps the cursor in a variable reads old rows for ever, without an
# error. The same with a loop that is left by break. Python's sqlite3 (3.11) looks ahead, and so ends the statement at
# its last row. SQLite says that a read transaction ends with its statements; apsw says of fetchone() "Returns the next
# row of data or None", and nothing of this. Not reported as of November 2026.
#
# Seen: a committed change is invisible to a later SELECT as long as the cursor of an earlier fetchone() is there;
# visible when it is gone, and with .get or fetchall() in place of fetchone().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0 2>/dev/null
cat >stale.py <<'PYTHON'
import sqlite3
import sys

import apsw

QUERY = "SELECT version FROM event WHERE id = 1"
writer = apsw.Connection("used.db")
writer.execute("PRAGMA journal_mode = WAL").fetchall()
writer.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, version INTEGER)")
writer.execute("INSERT INTO event VALUES (1, 1)")


def change():
    writer.execute("UPDATE event SET version = version + 1 WHERE id = 1")
    return writer.execute(QUERY).get


def apsw_fetchone():
    """What is committed, and what is read: while the cursor is kept, and when it is gone."""
    reader = apsw.Connection("used.db")
    with reader:
        cursor = reader.execute(QUERY)
        cursor.fetchone()
    committed = change()
    kept = reader.execute(QUERY).get
    del cursor
    return committed, kept, reader.execute(QUERY).get


def apsw_fetchall():
    reader = apsw.Connection("used.db")
    cursor = reader.execute(QUERY)
    cursor.fetchall()
    return change(), reader.execute(QUERY).get, cursor is not None


def sqlite3_fetchone():
    reader = sqlite3.connect("used.db")
    cursor = reader.execute(QUERY)
    cursor.fetchone()
    return change(), reader.execute(QUERY).fetchone()[0], cursor is not None


committed, kept, gone = apsw_fetchone()
print(f"apsw {apsw.apsw_version()}, a row of which version {committed} was committed after fetchone()")
print(f"read while its cursor is kept: version {kept}; when it is gone: version {gone}")
others = {}
for name, found in (("fetchall()", apsw_fetchall()), ("sqlite3's fetchone()", sqlite3_fetchone())):
    others[name] = found[0] == found[1]
    print(f"with {name}: version {found[1]} of {found[0]}")
if kept != committed - 1 or gone != committed or not all(others.values()):
    sys.exit("the behaviour has changed: the only row ends the statement")
PYTHON
venv/bin/python stale.py
