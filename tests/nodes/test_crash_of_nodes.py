"""Three nodes on one database, killed again and again under writers who go on elsewhere."""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from deskcal.core.document import decode_event
from deskcal.core.event import Event
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.postgres.store import open_postgres
from e2e.process import deskcal
from harness import new_event, token
from helpers import NEVER
from nodes.running import WAIT_SEC, Nodes
from postgres_server import PostgresServer
from store.mutations import loaded
from wire import Wire

NODES = 3
WRITERS = 12
KILLS = 8
BETWEEN = 150
"""Creates that are answered between two kills."""
TEN = token(10, exp=NEVER)
Answer = dict[str, Any]


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def nodes(url: str) -> AsyncIterator[Nodes]:
    made = Nodes(*[["--database", url]] * NODES)
    try:
        await asyncio.gather(*(made.start(number) for number in range(NODES)))
        yield made
    finally:
        await made.end()


class Book:
    """What writers were answered, and what they had no answer to."""

    def __init__(self) -> None:
        self.created: dict[str, int] = {}
        """Events by idempotency_key."""
        self.changed: dict[int, tuple[int, int]] = {}
        """Version and customer_id of the last answered update, by event."""
        self.cuts = 0
        """Requests that went out and were never answered."""
        self.is_over = False
        self._news = asyncio.Event()

    def note(self, key: str, event: Answer) -> None:
        """A create was answered."""
        self.created[key] = event["id"]
        self._news.set()

    async def until(self, count: int, writing: "asyncio.Future[Any]") -> None:
        """Until so many creates were answered."""
        async with asyncio.timeout(WAIT_SEC):
            while len(self.created) < count:
                self._news.clear()
                await self._news.wait()
                assert not writing.done(), writing


class Writer:
    """One client, on one connection at a time."""

    def __init__(self, number: int, nodes: Nodes, book: Book) -> None:
        self._number = number
        self._nodes = nodes
        self._book = book
        self._turns = itertools.count(number)
        self._wire: Wire | None = None

    async def run(self) -> None:
        """Creates and updates, until the book is closed."""
        for step in itertools.count():
            if self._book.is_over:
                break
            key = f"{self._number} {step}"
            event = await self._insist(
                "MngAddCalendarEvent", **new_event(title=key, idempotency_key=key)
            )
            self._book.note(key, event)
            event = await self._insist("MngUpdateCalendarEvent", id=event["id"], customer_id=step)
            self._book.changed[event["id"]] = (event["version"], step)
        self._hang_up()

    async def _insist(self, command: str, **data: Any) -> Answer:
        """The event of an answer, from whichever node has one."""
        while True:
            wire = self._wire = self._wire or await self._connect()
            wire.ask(TEN, command, **data)
            line = await wire.line()
            if line.endswith(b"\n"):
                answered: Answer = json.loads(line)
                if answered["status"] == 200:
                    event: Answer = answered["data"]["event"]
                    return event
                assert answered["status"] in (503, 504), answered
            else:
                self._book.cuts += 1
            self._hang_up()

    async def _connect(self) -> Wire:
        """To another node each time."""
        while True:
            server = await self._nodes.for_client(next(self._turns))
            try:
                return Wire(*await asyncio.open_connection(server.host, server.port))
            except OSError:
                await asyncio.sleep(0.01)

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.writer.transport.abort()
            self._wire = None


async def test_every_answered_change_survives_the_kills_of_nodes_and_no_key_makes_two_events(
    nodes: Nodes, url: str
) -> None:
    book = Book()
    chance = random.Random(3)
    writing = asyncio.gather(*(Writer(number, nodes, book).run() for number in range(WRITERS)))
    for round_ in range(KILLS):
        await book.until(len(book.created) + BETWEEN, writing)
        await nodes.until_one_runs()
        for number in (
            nodes.running() if round_ == KILLS // 2 else chance.sample(nodes.running(), 1)
        ):
            await nodes.kill(number)
            nodes.start(number)
    book.is_over = True
    await asyncio.wait_for(writing, WAIT_SEC)
    await nodes.end()
    assert book.cuts > KILLS, "nobody waited for an answer when a node was killed"

    status, output = await deskcal("check", "--database", url)
    assert (status, output.splitlines()[-1]) == (0, "no differences")
    store = await open_postgres(url, Limits())
    await assert_all_is_there(store, book)
    await store.close()


async def assert_all_is_there(store: Store, book: Book) -> None:
    """One event for each key, with its answered update, and no version left out."""
    events: dict[int, list[Event]] = {}
    since = 0
    while changes := await store.feed.changes(since, 1000):
        seqs = [since, *(change.seq for change in changes)]
        assert seqs == sorted(set(seqs))
        since = changes[-1].seq
        for change in changes:
            events.setdefault(change.event_id, []).append(decode_event(change.document))
    assert {rows[0].title: event_id for event_id, rows in events.items()} == book.created
    assert len(events) == len(book.created)
    for event_id, rows in events.items():
        assert [event.version for event in rows] == [1 + number for number in range(len(rows))]
        version, customer_id = book.changed[event_id]
        assert rows[version - 1].customer_id == rows[-1].customer_id == customer_id
        assert await loaded(store, event_id) == rows[-1]
