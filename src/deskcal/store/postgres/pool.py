"""The connections of readers, and how a read is retried and limited in time."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from deskcal.errors import Unavailable
from deskcal.incidents import LastingFault
from deskcal.limits import Limits
from deskcal.store.postgres.connection import (
    APPLICATION,
    Connection,
    configure,
    cut_after,
    is_lost,
    parameters,
    unavailable,
)
from deskcal.store.postgres.url import one_line

logger = logging.getLogger(__name__)

GIVE_UP_SEC = 2
"""The pool retries a failed connect for so long; afterwards when a connection is requested."""


def open_pool(url: str, limits: Limits) -> AsyncConnectionPool[Connection]:
    """The connections of readers, one less than a node may have; `open` it, and `close` it."""
    kwargs = parameters(url, limits)
    return AsyncConnectionPool(
        connection_class=psycopg.AsyncConnection,
        kwargs=kwargs,
        configure=functools.partial(configure, limits=limits),
        min_size=1,
        max_size=limits.database_pool_size - 1,
        reconnect_timeout=GIVE_UP_SEC,
        open=False,
        name=APPLICATION,
    )


class Reader:
    """A `Read`: a read goes on to its own deadline, also when its caller stops waiting."""

    def __init__(self, pool: AsyncConnectionPool[Connection], deadline_sec: float) -> None:
        self._pool = pool
        self._deadline_sec = deadline_sec
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[Any]] = set()
        self._fault = LastingFault(logger)
        self.waiting = 0
        """Reads that wait for a connection."""

    async def __call__(self, function: Callable[..., Awaitable[Any]], *arguments: object) -> Any:
        """What `function` returns. Raises: what it raises, Unavailable for psycopg.Error."""
        return await self.until(self._loop.time() + self._deadline_sec, function, *arguments)

    async def until(
        self, until: float, function: Callable[..., Awaitable[Any]], *arguments: object
    ) -> Any:
        """The same by a time of the event loop's clock."""
        task = self._loop.create_task(self._read(until, function, arguments))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Waits for what is being read."""
        if self._running:
            await asyncio.wait(self._running)

    async def _read(
        self, until: float, function: Callable[..., Awaitable[Any]], arguments: tuple[object, ...]
    ) -> Any:
        """Tries again on another connection where the first one turns out to be gone."""
        for _ in range(self._pool.max_size + 1):
            connection = await self._connection(until)
            try:
                with cut_after(connection, until - self._loop.time()):
                    answer = await function(connection, *arguments)
                self._fault.succeeded()
                return answer
            except psycopg.Error as exc:
                failure = exc
                if self._loop.time() >= until:
                    raise Unavailable("the read took too long; ask for a shorter range") from exc
                if not is_lost(connection):
                    break
            except Unavailable as exc:  # Of a list: what has been taken can't be read again.
                self._log(exc.__cause__)
                raise
            finally:
                await self._pool.putconn(connection)
        self._log(failure)
        raise unavailable(failure) from failure

    def _log(self, failure: BaseException | None) -> None:
        if isinstance(failure, psycopg.Error) and not isinstance(failure, errors.QueryCanceled):
            self._fault.failed("the database failed", one_line(failure))

    async def _connection(self, until: float) -> Connection:
        self.waiting += 1
        try:
            return await self._pool.getconn(until - self._loop.time())
        except (PoolTimeout, PoolClosed) as exc:
            self._fault.failed(
                "no connection to the database for a read", "none until the deadline"
            )
            raise Unavailable("the database can't be reached; try again later") from exc
        finally:
            self.waiting -= 1
