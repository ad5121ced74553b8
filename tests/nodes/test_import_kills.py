"""`deskcal import` that is killed again and again goes on each time, and nothing serves a part."""

import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Raw

from deskcal.core.document import encode_event
from deskcal.core.event import ChangeType
from deskcal.limits import Limits
from deskcal.store.postgres.check import check_postgres
from deskcal.store.transfer.export import FORMAT, PAGE_ROWS, ExportWriter
from deskcal.store.transfer.rows import KINDS, ChangeRow, Head
from e2e.process import COMMAND, environment
from helpers import NOW, make_event, make_owner_row
from postgres_server import PostgresServer

EVENTS = 12_000
WAIT_SEC = 120


def write(path: Path) -> None:
    """A file of events with a change each, of some managers and desks."""
    counts = dict.fromkeys(KINDS, 0) | {"event": EVENTS, "change": EVENTS}
    head = Head(
        format=FORMAT,
        counts=counts,
        last_event_id=EVENTS,
        last_seq=EVENTS + 7,
        floor_seq=0,
        has_done_times=True,
    )
    documents = [document(number) for number in range(1, EVENTS + 1)]
    with path.open("wb") as file:
        export = ExportWriter(head, file.write, lambda *_: None)
        for stored in documents:
            export.put("event", stored)
        for number, stored in enumerate(documents, 1):
            export.put("change", ChangeRow(number, ChangeType.ADDED, NOW, 10, number, Raw(stored)))
        export.end()


def document(number: int) -> bytes:
    owner = 10 + number % 50
    rows = (make_owner_row(owner, event_id=number),)
    return encode_event(
        make_event(
            id=number,
            owner_manager_id=owner,
            desk=f"DESK_{number % 9}",
            start_time=NOW + number,
            end_time=NOW + number + 60,
            participants=rows,
        )
    )


def importing(url: str, path: Path) -> "subprocess.Popen[bytes]":
    with path.open("rb") as file:
        return subprocess.Popen(
            [*COMMAND, "import", "--database", url],
            env=environment(),
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )


def run(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(),
        capture_output=True,
        timeout=WAIT_SEC,
        check=False,
    )


def lines_in(connection: psycopg.Connection[Any]) -> int:
    """How far the import is; 0: it has not begun, or all is in."""
    if connection.execute("SELECT to_regclass('import')").fetchone() == (None,):
        return 0
    row = connection.execute("SELECT lines FROM import").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def unfinished(url: str, process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Keeps an import from its end: it waits for a lock once all lines are in."""
    until = time.monotonic() + WAIT_SEC
    with psycopg.connect(url, autocommit=True) as holder:
        while holder.execute("SELECT to_regclass('event')").fetchone() == (None,):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
        with holder.transaction():
            holder.execute("LOCK TABLE event IN SHARE UPDATE EXCLUSIVE MODE")
            yield


def kill_beyond(url: str, path: Path, lines: int, more: int) -> int:
    """An import, killed `more` looks after more than so many lines are in; how many are in then."""
    until = time.monotonic() + WAIT_SEC
    process = importing(url, path)
    with unfinished(url, process), psycopg.connect(url, autocommit=True) as connection:
        while lines_in(connection) <= lines:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
        for _ in range(more):
            lines_in(connection)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it was over before it was killed"
        return lines_in(connection)


def test_a_killed_import_goes_on_and_no_server_starts_on_a_part(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """Each is started right after the one before was killed, whatever that has left behind."""
    path = tmp_path / "all.jsonl"
    write(path)
    chance = random.Random(1)
    with postgres.scratch_database() as url:
        reached = 0
        while reached < 2 * EVENTS - PAGE_ROWS:
            reached = kill_beyond(url, path, reached, chance.choice([0, 10, 40]))
        serving = run("serve", "--database", url, "--tcp", "127.0.0.1:0", "--web", "off")
        assert serving.returncode == 1
        assert re.search(b"part of an import|import into the database is running", serving.stderr)

        last = importing(url, path)
        output, _ = last.communicate(timeout=WAIT_SEC)
        assert last.returncode == 0, output
        report = check_postgres(url, Limits())
        assert (report.counts["event"], report.differences) == (EVENTS, [])
        assert run("export", "--database", url).stdout == path.read_bytes()
