"""Listens for commits of other nodes: by LISTEN, and by polling once a second.

A NOTIFY carries nothing, so a lost one costs no more than the rest of that second. The listener has
a connection of its own, and reconnects by itself.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from msgspec import Struct

from deskcal.incidents import LastingFault
from deskcal.store.ports import Committed, StoreError
from deskcal.store.postgres.changes import PostgresFeed, begin_timeline
from deskcal.store.postgres.connection import (
    IDLE_IN_TRANSACTION_SEC,
    Connection,
    cut_after,
    end_stalled,
)
from deskcal.store.postgres.group import CHANNEL
from deskcal.store.postgres.reminders import PostgresReminders
from deskcal.store.postgres.url import one_line

POLL_SEC = 1
LEAST_WAIT_SEC = 0.01
"""Between two looks, so that many small commits are seen together."""
LOOK_TIMEOUT_SEC = 5
"""A look that takes longer is given up, and the connection with it."""
FIRST_WAIT_SEC = 0.1
"""Before a new connection is tried; twice as long each time."""
LONGEST_WAIT_SEC = 3

_LISTEN = f"LISTEN {CHANNEL}"
_LOOK = """
    SELECT last_seq, floor_seq,
        coalesce((SELECT max(fired_seq) FROM notification WHERE fired_seq > 0), 0)
    FROM counter"""
_NEXT_DUE = """
    SELECT coalesce(least(
        (SELECT min(due_time) FROM event WHERE due_time > 0),
        (SELECT min(due_time) FROM notification WHERE state = 0 AND fired_time = 0),
        (SELECT min(escalate_time) FROM escalation)), 0)"""

logger = logging.getLogger(__name__)


class Nudge(Struct):
    """A `Committed`: what one look has found."""

    last_seq: int
    earliest_due: int
    """Of all that is armed; 0: nothing is, or it was not looked for."""
    has_fired: bool
    reminded: list[int] = []


class PostgresListener:
    """Listens from `start` to `close`."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        feed: PostgresFeed,
        reminders: PostgresReminders,
        on_new: Callable[[Committed], None],
    ) -> None:
        """`on_new` is called when there is something new."""
        self._connect = connect
        self._feed = feed
        self._reminders = reminders
        self._on_new = on_new
        self._loop = asyncio.get_running_loop()
        self._connection: Connection | None = None
        self._fault = LastingFault(logger)
        self._fired_seq = 0
        self._poll_at = 0.0
        self._end_stalled_at = 0.0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reads how far the nodes are, then listens. Raises: psycopg.Error, StoreError."""
        connection = await self._open()
        last_seq, floor_seq, self._fired_seq = await _row(connection, _LOOK)
        self._feed.saw(last_seq, floor_seq)
        self._reminders.fetched_seq = last_seq
        self._task = self._loop.create_task(self._run())

    async def close(self) -> None:
        """Stops listening."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._drop()

    async def _open(self) -> Connection:
        connection = self._connection = await self._connect()
        await connection.execute(_LISTEN)
        self._feed.gaps = await begin_timeline(connection, time.time())
        return connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _run(self) -> None:
        wait_sec = FIRST_WAIT_SEC
        while True:
            try:
                if self._connection is None:
                    await self._open()
                wait_sec = FIRST_WAIT_SEC
                await self._listen()
            except (psycopg.Error, StoreError) as exc:
                self._fault.failed("not listening for the other nodes", one_line(exc))
            except Exception as exc:
                self._fault.failed("not listening for the other nodes", exc, exc_info=exc)
            await self._drop()
            await asyncio.sleep(wait_sec)
            wait_sec = min(2 * wait_sec, LONGEST_WAIT_SEC)

    async def _listen(self) -> None:
        """Polls, waits for a notification, polls again, until the connection is gone."""
        assert self._connection is not None
        while True:
            with cut_after(self._connection, LOOK_TIMEOUT_SEC):
                await self._look(self._connection)
            self._fault.succeeded()
            await asyncio.sleep(LEAST_WAIT_SEC)
            wait_sec = max(0, self._poll_at - self._loop.time())
            async for _ in self._connection.notifies(timeout=wait_sec, stop_after=1):
                pass

    async def _look(self, connection: Connection) -> None:
        last_seq, floor_seq, fired_seq = await _row(connection, _LOOK)
        due = 0
        if self._loop.time() >= self._poll_at:
            (due,) = await _row(connection, _NEXT_DUE)
            self._poll_at = self._loop.time() + POLL_SEC
        if self._loop.time() >= self._end_stalled_at:
            await end_stalled(connection)
            self._end_stalled_at = self._loop.time() + IDLE_IN_TRANSACTION_SEC
        is_new = last_seq > self._feed.last_seq
        has_fired = fired_seq > self._fired_seq
        self._feed.saw(last_seq, floor_seq)
        self._fired_seq = max(self._fired_seq, fired_seq)
        if is_new or has_fired or due:
            self._on_new(Nudge(last_seq, due, has_fired))


async def _row(connection: Connection, query: str) -> tuple[Any, ...]:
    cursor = await connection.execute(query.encode(), prepare=True)
    rows = await cursor.fetchall()
    row: tuple[Any, ...] = rows[0]
    return row
