"""The reading threads of the embedded store, each with a connection of its own.

Points, changes and lists have threads of their own, so that a long list keeps nobody from an event.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from deskcal.store.sqlite.connection import connect_reader, read_until, unavailable

LIST_READERS = 2

_Result = TypeVar("_Result")


class Readers:
    """The reading connections of a store."""

    def __init__(self, directory: Path, vfs: str | None, deadline_sec: float) -> None:
        """`deadline_sec`: how long a read may take, with its wait for a thread."""
        self._directory = directory
        self._vfs = vfs
        self._deadline_sec = deadline_sec
        self._loop = asyncio.get_running_loop()
        self._local = threading.local()
        self.points = ThreadPoolExecutor(1, "deskcal-point")
        """Single events."""
        self.changes = ThreadPoolExecutor(1, "deskcal-change")
        """The feed, and other short reads."""
        self.lists = ThreadPoolExecutor(LIST_READERS, "deskcal-list")
        """Lists, searches, summaries and free-busy."""

    async def read(
        self, pool: ThreadPoolExecutor, read: Callable[..., _Result], *arguments: object
    ) -> _Result:
        """`read(connection, *arguments)` on a thread of `pool`.

        Raises: Unavailable if the database fails or the deadline is over, and what `read` raises.
        """
        until = time.monotonic() + self._deadline_sec
        return await self._loop.run_in_executor(pool, self._read_until, until, read, arguments)

    def _read_until(
        self, until: float, read: Callable[..., _Result], arguments: tuple[object, ...]
    ) -> _Result:
        try:
            return read_until(until, self._connection(), read, *arguments)
        except apsw.InterruptError as exc:
            raise unavailable(exc) from exc
        except apsw.Error as exc:
            connection = self._local.__dict__.pop("connection", None)
            if connection is not None:
                connection.close(True)  # Its own errors are ignored: nothing could handle them.
            raise unavailable(exc) from exc

    def _connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = connect_reader(self._directory, self._vfs)
            self._local.connection = connection
        return connection

    def detach(self) -> None:
        """The calling thread opens another connection for its next read."""
        self._local.__dict__.clear()

    async def close(self) -> None:
        """Waits for the reads that have begun or wait for a thread."""
        for pool in (self.points, self.changes, self.lists):
            await self._loop.run_in_executor(None, pool.shutdown)
