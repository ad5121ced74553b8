"""Managers who listen to servers that end and start again, and what they received.

No fixtures here.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from deskcal.core.document import decode_event
from deskcal.store.ports import Store
from harness import CRM_MANAGER, request, token
from nodes.running import WAIT_SEC, Nodes
from store.mutations import adding, mutate_all

MANAGERS = 6
LONGEST_LINE = 2**24


Wanted = set[tuple[int, int, int]]
"""Recipients: event, due time, manager."""


async def arm(store: Store, events: int, due: int) -> Wanted:
    """Events of two managers each, all due in the same second; one guest has declined."""
    mutations = [
        adding(
            now=due - 3600,
            title=f"call {number}",
            owner_manager_id=1 + number % MANAGERS,
            participants=[
                {"manager_id": 1 + (number + 1) % MANAGERS},
                {"manager_id": 1 + (number + 2) % MANAGERS, "status": 2},
            ],
            start_time=due + 600,
            end_time=due + 1200,
            remind_before_sec=600,
        )
        for number in range(events)
    ]
    documents = await mutate_all(store, mutations)
    return {
        (decode_event(document).id, due, 1 + (number + place) % MANAGERS)
        for number, document in enumerate(documents)
        for place in (0, 1)
    }


class Managers:
    """Some managers, each on a connection that is re-established when it ends."""

    def __init__(self, ids: Sequence[int] = range(1, 1 + MANAGERS)) -> None:
        self._ids = ids
        self.received: Counter[tuple[int, int, str]] = Counter()
        """By event, manager and token of the reminder."""
        self.sent_times: dict[int, int] = {}
        """As the reminders tell it, by event."""
        self.repeated: list[str] = []
        """Tokens that came more than once on a connection."""
        self.connected = 0
        self._news = asyncio.Event()

    @asynccontextmanager
    async def listening(self, nodes: Nodes) -> AsyncIterator[None]:
        """They are connected, until the servers are ended within; then nothing is on its way."""
        tasks = [asyncio.create_task(self._listen(one, nodes)) for one in self._ids]
        try:
            await self.until(lambda: self.connected == len(self._ids))
            yield
            await nodes.end()
            await self.until(lambda: not self.connected)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Until a condition on what they have received holds."""
        async with asyncio.timeout(WAIT_SEC):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def until_received(self, count: int) -> None:
        """Until so many different reminders were received."""
        await self.until(lambda: len(self.received) >= count)

    async def _listen(self, manager_id: int, nodes: Nodes) -> None:
        while True:
            server = await nodes.for_client(manager_id)
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(
                    server.host, server.port, limit=LONGEST_LINE
                )
                await self._hear(manager_id, reader, writer)
            await asyncio.sleep(0.01)

    async def _hear(
        self, manager_id: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Until the server has ended, and what it had sent is taken."""
        seen: set[str] = set()
        own = token(manager_id, CRM_MANAGER, exp=time.time() + 3600)
        writer.write(request("Ping", 1, {}, own) + b"\r\n")
        self.connected += 1
        try:
            while (line := await reader.readline()).endswith(b"\n"):
                message = json.loads(line) if line.strip() else None
                if isinstance(message, list):
                    self._take(manager_id, message, seen)
                self._news.set()
        finally:
            self.connected -= 1
            self._news.set()
            writer.transport.abort()

    def _take(self, manager_id: int, message: list[Any], seen: set[str]) -> None:
        reminder, recipient, event = message[3], message[6], message[8]["event"]
        assert recipient == manager_id
        if reminder in seen:
            self.repeated.append(reminder)
        seen.add(reminder)
        self.received[event["id"], manager_id, reminder] += 1
        self.sent_times[event["id"]] = event["reminder_sent_time"]

    def assert_all_were_reported(self, wanted: Wanted) -> None:
        """Nobody was left out, and nobody has two tokens, or one twice on a connection."""
        tokens: dict[tuple[int, int], set[str]] = {}
        for event_id, manager_id, found in self.received:
            tokens.setdefault((event_id, manager_id), set()).add(found)
        missing = {(event_id, manager_id) for event_id, _, manager_id in wanted} - tokens.keys()
        second = {key for key, found in tokens.items() if len(found) > 1}
        assert (len(missing), len(second), self.repeated) == (0, 0, [])
        assert {tuple(map(int, found.split("-"))) for _, _, found in self.received} == wanted


class Waves:
    """Events that are all armed before the first is due, however slow the machine is."""

    def __init__(self, store: Store, events: int) -> None:
        """`events` of each wave."""
        self._store = store
        self._events = events
        self._ahead_sec = 1

    async def arm(self) -> Wanted:
        """A wave. Where its events are due too soon, it is left as it is, and another one made."""
        wanted: Wanted = set()
        while True:
            due = int(time.time()) + self._ahead_sec
            wanted |= await arm(self._store, self._events, due)
            if time.time() < due:
                return wanted
            self._ahead_sec *= 2


async def is_amid_firing(store: Store, events: int) -> bool:
    """Whether some are fired and some are not."""
    fired = await store.feed.changes(events, 1)
    return bool(fired) and await store.reminders.next_due() is not None


async def assert_sent_once(store: Store, fired: dict[int, int]) -> None:
    """Each event has one firing in its history, at the time that all were reminded."""
    actors: dict[int, list[int]] = {}
    since = 0
    while changes := await store.feed.changes(since, 1000):
        since = changes[-1].seq
        for change in changes:
            actors.setdefault(change.event_id, []).append(change.actor)
            if change.actor == 0:
                assert (
                    decode_event(change.document).reminder_sent_time == fired[change.event_id] > 0
                )
    assert actors == {event_id: [10, 0] for event_id in fired}
    assert await store.reminders.next_due() is None
    assert await store.reminders.waiting_managers() == set()
