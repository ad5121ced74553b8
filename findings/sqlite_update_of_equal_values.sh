#!/bin/sh
# SQLite 3.54.1 (in apsw 3.54.1.0): UPDATE rewrites the entry of every index with a column that SET names, also where
# the value stays as it is: it deletes the entry and inserts the same one again. Which indexes are touched is decided by
# names, when the statement is prepared; values are not compared, and with the document the row is written as well. So
# an UPDATE that sets all columns, as those of most object mappers and upserts do, writes as many pages as there are
# indexes; PostgreSQL compares them. The documentation of UPDATE does not say it; no report was found, in November 2026.
#
# Seen: a table of 20,000 rows with 12 indexes: one row in a transaction writes 1 page to the log where SET names the
# document alone, and 13 where it names all columns, of which the document alone differs.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0 2>/dev/null
cat >pages.py <<'PYTHON'
import sys

import apsw

INDEXES = 12
COLUMNS = [f"c{number}" for number in range(INDEXES)]
pages = []
connection = apsw.Connection("event.db")
connection.execute("PRAGMA journal_mode = WAL").fetchall()
connection.execute(f"CREATE TABLE event (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)}, document)")
for column in COLUMNS:
    connection.execute(f"CREATE INDEX event_by_{column} ON event ({column})")
values = ", ".join(f"(n * {7919 + number}) % 20011" for number in range(INDEXES))
connection.execute(f"""
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
    INSERT INTO event SELECT n, {values}, 'a' FROM number""")
connection.set_wal_hook(lambda _, __, count: pages.append(count) or apsw.SQLITE_OK)


def written(statement, bindings):
    """Pages that the statement adds to the write-ahead log."""
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.execute(statement, bindings)
    return pages[-1]


row = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM event WHERE id = 10000").get
alone = written("UPDATE event SET document = ? WHERE id = 10000", ("b",))
names = ", ".join(f"{column} = ?" for column in COLUMNS)
all_columns = written(f"UPDATE event SET {names}, document = ? WHERE id = 10000", (*row, "c"))
same = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM event WHERE id = 10000").get == row
print(f"SQLite {apsw.sqlite_lib_version()}, {INDEXES} indexes, one row of which the document changes")
print(f"SET names the document: {alone} pages; all columns, equal values: {all_columns} pages")
if not same or alone != 1 or all_columns < INDEXES + 1:
    sys.exit("the behaviour has changed: indexes of equal values are left alone")
PYTHON
venv/bin/python pages.py
