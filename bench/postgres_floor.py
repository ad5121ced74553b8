"""The floor of creates on PostgreSQL: the same rows by plain INSERT, with no server around it.

Run as `python -m bench.postgres_floor JOB`: event, managers and change of each create, made
beforehand by the store's own code, go through the same driver in transactions of a given size, each
sent in one pipeline, into the same tables with all their indexes.
"""

import asyncio
import random
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from msgspec import Raw, Struct

from bench.sqlite_floor import Took
from deskcal.commands.events import AddEvent
from deskcal.core.document import encode_event
from deskcal.core.draft import create, draft_new
from deskcal.limits import DEFAULT_LIMITS
from deskcal.store.columns import PLACED, event_row
from deskcal.store.postgres.connection import connect
from deskcal.store.postgres.schema import migrate

COLLECTION = 1
"""Number of the one that all events are in."""
_EVENT = f"""
    INSERT INTO event (id, {", ".join(PLACED)}, document)
    VALUES (%s, {", ".join(["%s"] * len(PLACED))}, %b)"""
_MANAGER = """
    INSERT INTO event_manager (manager_id, duration_class, start_time, event_id, end_time)
    VALUES (%s, %s, %s, %s, %s)"""
_CHANGE = """
    INSERT INTO change (seq, event_id, type, time, actor, document)
    VALUES (%s, %s, 0, %s, %s, %b)"""


class Job(Struct, kw_only=True):
    """What to insert where."""

    url: str
    requests: str
    """File of create requests."""
    group: int
    """Events of one transaction."""
    rows: int


class _Request(Struct):
    data: Raw


class _Group(Struct):
    events: list[tuple[Any, ...]] = []
    managers: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []


def insert(job: Job) -> Took:
    """Inserts the rows of the requests; only the transactions are timed."""
    asyncio.run(_make_tables(job.url))
    groups = _groups(job)
    with psycopg.connect(job.url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")
        begun = time.perf_counter()
        for group in groups:
            with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_EVENT, group.events)
                cursor.executemany(_MANAGER, group.managers)
                cursor.executemany(_CHANGE, group.changes)
        return Took(job.rows, time.perf_counter() - begun)


async def _make_tables(url: str) -> None:
    async with await connect(url, DEFAULT_LIMITS) as connection:
        await migrate(connection)


def _groups(job: Job) -> list[_Group]:
    decode = msgspec.json.Decoder(_Request).decode
    decode_data = msgspec.json.Decoder(AddEvent).decode
    lines = Path(job.requests).read_bytes().splitlines()
    rng = random.Random(5)
    groups = []
    for number in range(job.rows):
        if number % job.group == 0:
            groups.append(_Group())
        sent = draft_new(decode_data(decode(lines[number % len(lines)]).data))
        now = 1_760_000_000 + rng.randrange(1000)
        _put(groups[-1], number + 1, sent, now)
    return groups


def _put(group: _Group, event_id: int, sent: Any, now: int) -> None:
    actor = sent.values["owner_manager_id"]
    event = create(sent, event_id=event_id, actor=actor, now=now)
    document = encode_event(event)
    row = event_row(event)
    group.events.append((event_id, COLLECTION, *row.values, document))
    place = (row.duration_class, row.start_time, event_id, row.end_time)
    group.managers += [(manager_id, *place) for manager_id in row.managers]
    group.changes.append((event_id, event_id, now, actor, document))


if __name__ == "__main__":
    result = insert(msgspec.json.decode(sys.argv[1], type=Job))
    print(msgspec.json.encode(result).decode())
