#!/bin/sh
# `sqlite3 FILE ".backup COPY"`, the command that SQLite's shell has for a database in use, copies 100 pages at a time
# and lets go of its snapshot in between. Each commit of another process makes it begin again at the first page, so
# beside a server that commits all the time it never ends, however long it runs; nothing says so, and the copy grows.
# That a backup begins again is said of the C functions (backup.html), which copy all pages in one step if so asked;
# that the shell asks for 100 is not. VACUUM INTO, or Python's Connection.backup(), read one snapshot and end.
#
# Seen with SQLite 3.40.1 of Debian 12, the newest there: a file of 80 MB is copied within 1 s alone;
# beside 200 small commits a second .backup has not ended after 15 s, and VACUUM INTO takes 1 s.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
if ! command -v sqlite3 >/dev/null; then
    apt-get download --quiet=2 sqlite3 libreadline8 >/dev/null
    for package in ./*.deb; do dpkg -x "$package" .; done
    PATH="$folder/usr/bin:$PATH"
    export LD_LIBRARY_PATH="$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib/$(uname -m)-linux-gnu"
fi
cat >commits.py <<'PYTHON'
import pathlib
import sqlite3
import sys
import time

connection = sqlite3.connect("used.db", isolation_level=None, timeout=60)
if sys.argv[1] == "make":
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, document BLOB)")
    connection.execute("""
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
        INSERT INTO event SELECT n, randomblob(3000) FROM number""")
else:
    connection.execute("PRAGMA synchronous = OFF")
    end = time.monotonic() + 120
    while time.monotonic() < end and not pathlib.Path("stop").exists():
        connection.execute("UPDATE event SET document = randomblob(3000) WHERE id = 1")
        pathlib.Path("begun").touch()
        time.sleep(0.005)
PYTHON
python3 commits.py make
alone=0 busy=0 into=0
timeout 60 sqlite3 used.db ".backup alone.db" || alone=$?
python3 commits.py write &
writer=$!
while [ ! -e begun ]; do sleep 0.05; done
timeout 15 sqlite3 used.db ".backup busy.db" || busy=$?
timeout 60 sqlite3 used.db "VACUUM INTO 'into.db'" || into=$?
touch stop
wait "$writer"
ended() { if [ "$1" -eq 0 ]; then echo "ended"; else echo "did not end (status $1)"; fi; }
echo "SQLite $(sqlite3 --version | cut -d ' ' -f 1), a database of 80 MB"
echo ".backup alone: $(ended "$alone")"
echo ".backup beside 200 commits a second, within 15 s: $(ended "$busy")"
echo "VACUUM INTO beside them: $(ended "$into")"
if [ "$alone" -ne 0 ] || [ "$busy" -ne 124 ] || [ "$into" -ne 0 ]; then
    echo "the behaviour has changed: .backup ends beside commits" >&2
    exit 1
fi
