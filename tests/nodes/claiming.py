"""Sessions that claim and complete calls on servers that end, and what the feed says of it.

No fixtures here.
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from deskcal.core.claims import is_same_customer
from deskcal.core.document import decode_event
from deskcal.core.event import Event, EventStatus
from deskcal.store.ports import Store
from harness import request, token
from nodes.running import WAIT_SEC, Nodes
from store.mutations import adding, mutate_all

SESSIONS = 64
FIRST_MANAGER = 1000
DESK = "DESK_EU"


def token_of(number: int) -> str:
    """A token of the session of that number."""
    return token(FIRST_MANAGER + number, desks=DESK, exp=time.time() + 3600)


async def add_calls(store: Store, count: int) -> None:
    """Calls in the pool that have come; two of each customer, one lead between four.

    All of one customer have the same priority, so that they are the next ones at the same time.
    """
    now = int(time.time())
    calls = [
        adding(
            now=now,
            title=f"call {number}",
            type=2,
            desk=DESK,
            owner_manager_id=1,
            priority=number // 4 % 4,
            start_time=now - 3600 + number % 100,
            end_time=now + 86_400,
            pool_after_sec=60,
            customer_id=1 + number // 2,
            lead_id=number // 4 if number % 2 else 0,
        )
        for number in range(count)
    ]
    await mutate_all(store, calls)


class Callers:
    """Sessions, each on one connection at a time, until `count` calls are completed."""

    def __init__(self, nodes: Nodes, count: int) -> None:
        self._nodes = nodes
        self._count = count
        self.completed: list[int] = []
        """Events whose completion was answered."""
        self._news = asyncio.Event()

    async def run(self) -> None:
        """All of them."""
        await asyncio.gather(*(self._run(number) for number in range(SESSIONS)))

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Until so much is completed."""
        async with asyncio.timeout(WAIT_SEC):
            while not is_so():
                self._news.clear()
                await self._news.wait()

    async def _run(self, number: int) -> None:
        is_over = False
        while not is_over:
            server = await self._nodes.for_client(number)
            with suppress(OSError, EOFError):
                reader, writer = await asyncio.open_connection(server.host, server.port)
                try:
                    is_over = await self._call(number, reader, writer)
                finally:
                    writer.transport.abort()
            await asyncio.sleep(0.01)

    async def _call(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Claims and completes; True once it is enough. Raises: EOFError."""

        async def ask(command: str, **data: Any) -> Any:
            writer.write(request(command, 1, data, own) + b"\r\n")
            line = await asyncio.wait_for(reader.readline(), WAIT_SEC)
            if not line:
                raise EOFError
            answer = json.loads(line)
            return answer["data"] if answer["status"] == 200 else None

        own = token_of(number)
        while len(self.completed) < self._count:
            found = await ask("MngClaimNextCalendarEvent", deskFilter="*")
            if found is None:
                continue
            if found["event"] is None:
                await asyncio.sleep(0.01)
                continue
            if await ask("MngCompleteCalendarEvent", id=found["event"]["id"]):
                self.completed.append(found["event"]["id"])
                self._news.set()
        return True


async def assert_never_shared(store: Store) -> list[int]:
    """No event and no customer was held by two managers at a time; events that are done, by time.

    Raises: AssertionError if it was so, or if one was completed by who did not hold it.
    """
    done = []
    holding: dict[int, Event] = {}
    since = 0
    while changes := await store.feed.changes(since, 5000):
        since = changes[-1].seq
        for change in changes:
            event = decode_event(change.document)
            before = holding.pop(event.id, None)
            if event.claimed_by:
                if before is None or before.claimed_by != event.claimed_by:
                    assert before is None or before.claim_until <= change.time, (before, event)
                    for other in holding.values():
                        assert (
                            other.claimed_by == event.claimed_by
                            or other.claim_until <= change.time
                            or not is_same_customer(other, event)
                        ), (other, event)
                holding[event.id] = event
            elif event.status == EventStatus.DONE and before is not None:
                assert before.claimed_by == event.updated_by
                done.append(event.id)
    return done
