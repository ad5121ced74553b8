"""The floors of creates and lists: SQLite itself, with no server around it.

Run as `python -m bench.sqlite_floor JOB`. Creates: the very rows that the store would write
(event, its index rows, change row), made beforehand by the store's own code, inserted in
transactions of a given size with synchronous=FULL in WAL. The same connection copies the log, as
SQLite does by itself; a thread for that made no difference (docs/performance.md). Lists: stored
documents read and joined.
"""

import random
import sys
import time
from pathlib import Path
from typing import Any, cast

import apsw
import msgspec
from msgspec import Raw, Struct

from bench.stores import RETRY_WINDOW_SEC
from deskcal.commands.events import AddEvent
from deskcal.core.draft import create, draft_new
from deskcal.core.event import ChangeType, Event
from deskcal.store.ports.work import Mutation
from deskcal.store.sqlite.checkpoint import CHECKPOINT_PAGES
from deskcal.store.sqlite.connection import connect_reader, connect_writer
from deskcal.store.sqlite.group import Numbers, SqliteBatch


class Job(Struct, kw_only=True):
    """What to do in which directory."""

    directory: str
    requests: str = ""
    """File of create requests: insert their rows; "": read documents instead."""
    group: int = 64
    """Events of one transaction."""
    rows: int
    """Events to insert, or documents to read."""


class Took(Struct):
    """How long it took."""

    rows: int
    seconds: float
    size_bytes: int = 0

    @property
    def per_sec(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


class Recorder:
    """Stands where a batch expects a connection, and keeps the statements it would run."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, list[Any]]] = []

    def executemany(self, statement: str, rows: list[Any]) -> None:
        """Keeps them."""
        self.statements.append((statement, rows))

    def execute(self, statement: str, values: tuple[Any, ...]) -> None:
        """Keeps a statement of many rows."""
        self.statements.append((statement, [values]))


class _Request(Struct):
    data: Raw


def main(job: Job) -> Took:
    """Runs the job."""
    return insert(job) if job.requests else read(job)


def insert(job: Job) -> Took:
    """Inserts the rows of the requests; only the transactions are timed."""
    connection = connect_writer(Path(job.directory))
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA temp_store = MEMORY")  # As the store's own writer has it.
    groups = _groups(job, Numbers.read(connection))
    begun = time.perf_counter()
    for statements in groups:
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    connection.close()
    return Took(job.rows, seconds)


def _groups(job: Job, numbers: Numbers) -> list[list[tuple[str, list[Any]]]]:
    decode = msgspec.json.Decoder(_Request).decode
    decode_data = msgspec.json.Decoder(AddEvent).decode
    lines = Path(job.requests).read_bytes().splitlines()
    rng = random.Random(5)
    groups = []
    for start in range(0, job.rows, job.group):
        recorder = Recorder()
        connection = cast(apsw.Connection, recorder)
        batch = SqliteBatch(connection, numbers, retry_window_sec=RETRY_WINDOW_SEC)
        for number in range(start, min(start + job.group, job.rows)):
            sent = draft_new(decode_data(decode(lines[number % len(lines)]).data))
            actor, now = sent.values["owner_manager_id"], 1_760_000_000 + rng.randrange(1000)
            batch.staged.apply(_mutation(sent, actor, now))
        batch.write()
        numbers = batch.numbers
        groups.append(recorder.statements)
    return groups


def _mutation(sent: Any, actor: int, now: int) -> Mutation:
    def change(_: Event | None, event_id: int) -> Event:
        return create(sent, event_id=event_id, actor=actor, now=now)

    return Mutation(0, ChangeType.ADDED, actor, now, change)


def read(job: Job) -> Took:
    """Reads documents in the order they are stored in, and joins them; the best of three."""
    connection = connect_reader(Path(job.directory))
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        found = connection.execute("SELECT document FROM event LIMIT ?", (job.rows,))
        text = b",".join([document for (document,) in found])
        took.append(time.perf_counter() - begun)
    return Took(job.rows, min(took), len(text))


if __name__ == "__main__":
    print(msgspec.json.encode(main(msgspec.json.decode(sys.argv[1], type=Job))).decode())
