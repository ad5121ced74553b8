"""Stores to measure on, filled at once: rows by the store's own code, without the wire between.

Measures nothing. Same bytes as if clients had sent the events one by one.
"""

import itertools
import os
import random
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import apsw
import msgspec
from msgspec import Raw

from bench.requests import DESKS, FIRST_MANAGER, HIDDEN_DESK, MONDAY, WEEK_SEC, note
from deskcal.core.event import (
    ChangeType,
    Event,
    EventType,
    Participant,
    ParticipantRole,
    ParticipantStatus,
)
from deskcal.store.ports.work import Mutation
from deskcal.store.sqlite.connection import DATABASE, connect_writer
from deskcal.store.sqlite.group import Numbers, SqliteBatch

AT_ONCE = 20_000
"""Events of one batch; all batches are one transaction."""
WEEKS = 50
OWNED_A_WEEK = 10
"""Events that a manager owns in a week, who also participates in as many of others."""
PARTICIPANTS = (0, 0, 1, 2, 2)
"""Participants of an event, each number as often as the next: one in the middle."""
RETRY_WINDOW_SEC = 86_400
FIVE_YEARS_SEC = 5 * 365 * 86_400


def managers_of(events: int) -> int:
    """Managers among whom so many events are spread, for weeks of 20 rows in every store."""
    return max(1, events // (WEEKS * OWNED_A_WEEK))


def calendar(count: int) -> Iterator[Event]:
    """`count` events of 50 weeks, in about the order of their starts; a week has about 20 rows."""
    rng = random.Random(count)
    managers = managers_of(count)
    a_week = count // WEEKS
    for number in range(count):
        week = min(number // max(1, a_week), WEEKS - 1)
        owner = number % managers
        participants = rng.sample(range(managers), rng.choice(PARTICIPANTS)) if managers > 2 else []
        start = MONDAY + week * WEEK_SEC + rng.randrange(5) * 86_400 + rng.randrange(28, 72) * 900
        yield event(number + 1, rng, owner, participants, start, rng.choice(DESKS))


def event(
    event_id: int, rng: random.Random, owner: int, participants: list[int], start: int, desk: str
) -> Event:
    """One event; its document has some 700 bytes."""
    owner += FIRST_MANAGER
    rows = [_row(event_id, owner, ParticipantRole.ORGANIZER, ParticipantStatus.ACCEPTED)]
    rows += [
        _row(
            event_id,
            manager_id + FIRST_MANAGER,
            ParticipantRole.REQUIRED,
            ParticipantStatus.INVITED,
        )
        for manager_id in participants
        if manager_id + FIRST_MANAGER != owner
    ]
    customer = rng.randrange(1, 200_000)
    return Event(
        id=event_id,
        desk=desk,
        owner_manager_id=owner,
        created_by=owner,
        type=EventType(event_id % 6),
        title=f"Call customer {customer}",
        ast_json=_NOTES[event_id % len(_NOTES)],
        start_time=start,
        end_time=start + rng.choice((900, 1800, 3600)),
        customer_id=customer,
        created_time=MONDAY,
        updated_time=MONDAY,
        participants=tuple(rows),
    )


_NOTES = [Raw(msgspec.json.encode(note(f"Asked for a call {number}."))) for number in range(100)]


def _row(
    event_id: int, manager_id: int, role: ParticipantRole, status: ParticipantStatus
) -> Participant:
    return Participant(event_id, manager_id, role, status, MONDAY, MONDAY)


def with_hidden(events: Iterable[Event], hidden: int) -> Iterator[Event]:
    """The events, and then so many on a desk that the managers' mask excludes."""
    rng = random.Random(4)
    last = 0
    for item in events:
        last = item.id
        yield item
    for number in range(hidden):
        start = MONDAY + rng.randrange(WEEKS * WEEK_SEC)
        yield event(last + number + 1, rng, number % 50, [], start, HIDDEN_DESK)


def fill(directory: Path, events: Iterable[Event]) -> Path:
    """A new store with these events, whose ids are 1, 2, 3 ...; on the disk when this returns."""
    directory.mkdir(parents=True)
    connection = connect_writer(directory)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {pragma}")
    numbers = Numbers.read(connection)
    now = int(time.time())
    with connection:
        for page in _pages(events):
            batch = SqliteBatch(connection, numbers, retry_window_sec=RETRY_WINDOW_SEC)
            for item in page:
                batch.staged.apply(_added(item, now))
            batch.write()
            numbers = batch.numbers
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    _sync(directory / DATABASE)
    return directory


def _pages(events: Iterable[Event]) -> Iterator[list[Event]]:
    rest = iter(events)
    while page := list(itertools.islice(rest, AT_ONCE)):
        yield page


def _added(item: Event, now: int) -> Mutation:
    """Changed just now: of changes in 2025 the server would forget some while it is measured."""
    return Mutation(0, ChangeType.ADDED, item.owner_manager_id, now, lambda _, __: item)


def copy_with_long_events(source: Path, directory: Path, every: int) -> Path:
    """The same store, but that one event in `every` lasts five years."""
    directory.mkdir(parents=True)
    shutil.copyfile(source / DATABASE, directory / DATABASE)
    connection = connect_writer(directory)
    numbers = Numbers.read(connection)
    now = int(time.time())
    with connection:
        batch = SqliteBatch(connection, numbers, retry_window_sec=RETRY_WINDOW_SEC)
        for event_id in range(every // 2, numbers.last_event_id + 1, every):
            batch.staged.apply(Mutation(event_id, ChangeType.UPDATED, 1, now, _lengthened))
        batch.write()
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()
    _sync(directory / DATABASE)
    return directory


def _lengthened(item: Event | None, _: int) -> Event | None:
    assert item is not None
    return msgspec.structs.replace(
        item, end_time=item.start_time + FIVE_YEARS_SEC, version=item.version + 1
    )


def _sync(path: Path) -> None:
    """So that the machine is quiet when the measuring begins."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
