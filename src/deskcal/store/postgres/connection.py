"""Connections to PostgreSQL: their settings, the pool of readers, the schema version, and errors.

A node talks to the database itself and with no pooler in between; see docs/decisions/0012.
"""

import asyncio
import contextlib
import functools
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.backend import migrations
from deskcal.store.batch import Batch
from deskcal.store.ports import StoreError
from deskcal.store.postgres.url import parsed

Connection = psycopg.AsyncConnection[Any]
"""In autocommit: a transaction begins where somebody says so."""
Read = Callable[..., Awaitable[Any]]
"""`await read(function, *arguments)`: `await function(connection, *arguments)` on a reader."""
RunJob = Callable[[Callable[[Connection, Batch], Awaitable[Any]]], Awaitable[Any]]
"""`await job(function)`: `await function(connection, batch)` in a write transaction of its own."""

APPLICATION = "deskcal"
"""Whose tables these are; and of every connection, with what the URL names behind it."""
MIGRATION_LOCK = (0x6465736B, 0)
CONNECT_TIMEOUT_SEC = 5
IDLE_IN_TRANSACTION_SEC = 5
"""A node that is stopped in the middle of a transaction loses it, and its locks, after so long."""
LOCK_SHARE = 0.4
"""Of a request's deadline, for each wait for a lock: so that what was not applied is said so."""
GIVE_UP_SEC = 2
"""The pool tries to connect for so long by itself; later when somebody asks for a connection."""
OLDEST_VERSION = 140_000
NEW_TIMEOUT_VERSION = 170_000
"""PostgreSQL from 17 on ends a transaction that takes too long."""

_SETTINGS = {
    "client_encoding": "utf8",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "connect_timeout": CONNECT_TIMEOUT_SEC,
    "target_session_attrs": "read-write",
}
"""Of libpq, where the URL does not say otherwise."""
_COMMITS = """
    SELECT set_config('synchronous_commit',
        CASE current_setting('synchronous_commit')
            WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)"""
# A pooler greets by itself, and its server processes are not ours to set anything on.
_ON_THE_ONE_THAT_GREETED = "WHERE pg_backend_pid() = %s"
# What has an id of a transaction has locked rows; an export, which takes long, has none.
_END_STALLED = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, %s)
      AND pid <> pg_backend_pid() AND state = 'active'
      AND (wait_event = 'ClientRead' OR wait_event = 'ClientWrite' AND backend_xid IS NOT NULL)
      AND xact_start < clock_timestamp() - make_interval(secs => %s)"""
_OTHER_TABLE = """
    SELECT c.relname FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND NOT EXISTS (
        SELECT 1 FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname LIMIT 1"""
_VERSION_COLUMNS = """
    SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.schema_version')
      AND attnum > 0 AND NOT attisdropped"""
_MAKE_VERSION = "CREATE TABLE schema_version (application text NOT NULL, version integer NOT NULL)"

logger = logging.getLogger(__name__)


async def connect(url: str, limits: Limits) -> Connection:
    """A connection with our settings. Raises: StoreError if a pooler answers; psycopg.Error."""
    connection = await psycopg.AsyncConnection.connect(**_parameters(url, limits))
    try:
        await _configure_in_time(connection, limits=limits)
    except BaseException:
        await connection.close()
        raise
    return connection


def _parameters(url: str, limits: Limits) -> dict[str, Any]:
    timeout = {"tcp_user_timeout": int(limits.request_deadline_sec * 1000)}
    given = parsed(url)
    name = " ".join(filter(None, (APPLICATION, given.get("application_name"))))
    return _SETTINGS | timeout | given | {"autocommit": True, "application_name": name}


async def _configure_in_time(connection: Connection, *, limits: Limits) -> None:
    with cut_after(connection, CONNECT_TIMEOUT_SEC):
        await _configure(connection, limits)


async def _configure(connection: Connection, limits: Limits) -> None:
    version = connection.info.server_version
    if version < OLDEST_VERSION:
        raise StoreError(
            f"the database is PostgreSQL {version // 10_000}; deskcal needs "
            f"{OLDEST_VERSION // 10_000} or newer"
        )
    deadline_ms = int(limits.request_deadline_sec * 1000)
    settings = {
        "statement_timeout": deadline_ms,
        "lock_timeout": int(deadline_ms * LOCK_SHARE),
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_SEC * 1000,
        "default_transaction_isolation": "read committed",
        "jit": "off",
    }
    if version >= NEW_TIMEOUT_VERSION:
        settings["transaction_timeout"] = deadline_ms + IDLE_IN_TRANSACTION_SEC * 1000
    names = ", ".join("set_config(%s, %s, false)" for _ in settings)
    values = [text for name, value in settings.items() for text in (name, str(value))]
    query = f"{_COMMITS}, {names} {_ON_THE_ONE_THAT_GREETED}"
    cursor = await connection.execute(query.encode(), [*values, connection.info.backend_pid])
    if await cursor.fetchone() is None:
        raise StoreError(
            "a connection pooler stands before the database; deskcal needs sessions of its own, "
            "for LISTEN and for timeouts: name PostgreSQL itself, with its own port"
        )


def open_pool(url: str, limits: Limits) -> AsyncConnectionPool[Connection]:
    """The connections of readers, one less than a node may have; `open` it, and `close` it."""
    parameters = _parameters(url, limits)
    return AsyncConnectionPool(
        connection_class=psycopg.AsyncConnection,
        kwargs=parameters,
        configure=functools.partial(_configure_in_time, limits=limits),
        min_size=1,
        max_size=limits.database_pool_size - 1,
        reconnect_timeout=GIVE_UP_SEC,
        open=False,
        name=APPLICATION,
    )


class Reader:
    """A `Read`: what is read goes on to its own deadline, whoever stops waiting for it."""

    def __init__(self, pool: AsyncConnectionPool[Connection], deadline_sec: float) -> None:
        self._pool = pool
        self._deadline_sec = deadline_sec
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[Any]] = set()

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
            try:
                connection = await self._pool.getconn(until - self._loop.time())
            except (PoolTimeout, PoolClosed) as exc:
                raise Unavailable("the database can't be reached; try again later") from exc
            try:
                with cut_after(connection, until - self._loop.time()):
                    return await function(connection, *arguments)
            except psycopg.Error as exc:
                failure = exc
                if self._loop.time() >= until:
                    raise Unavailable("the read took too long; ask for a shorter range") from exc
                if not is_lost(connection):
                    break
            finally:
                await self._pool.putconn(connection)
        raise unavailable(failure) from failure


def is_lost(connection: Connection) -> bool:
    """Whether nothing can be done on it any more."""
    return connection.closed or connection.broken


def cut(connection: Connection) -> None:
    """Ends what is under way on it at once, wherever it hangs: the socket is shut.

    Cancelling would not do, as it asks the server first.
    """
    with (
        contextlib.suppress(psycopg.Error, OSError),
        socket.socket(fileno=os.dup(connection.fileno())) as copy,
    ):
        copy.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cut_after(connection: Connection, seconds: float) -> Iterator[None]:
    """Cuts the connection if what is done with it takes longer."""
    ending = asyncio.get_running_loop().call_later(seconds, cut, connection)
    try:
        yield
    finally:
        ending.cancel()


async def end_stalled(connection: Connection) -> None:
    """Ends transactions of nodes that were stopped amid sending or taking, and hold their locks.

    PostgreSQL's own timeout does not begin before it has all that is sent at once, nor while it
    can't get rid of what it has found.
    """
    cursor = await connection.execute(_END_STALLED, (APPLICATION, IDLE_IN_TRANSACTION_SEC))
    row = await cursor.fetchone()
    if row and row[0]:
        logger.warning("ended %d transactions of nodes that do not go on", row[0])


def unavailable(exc: psycopg.Error) -> Unavailable:
    """What the caller is told of a read, or of a change that was surely not applied."""
    if isinstance(exc, errors.QueryCanceled):
        return Unavailable("the read took too long; ask for a shorter range")
    logger.error("the database failed: %s", exc)
    return Unavailable("the database failed; try again later")


async def migrate(connection: Connection) -> None:
    """Brings the schema up to date, all or nothing, one node at a time.

    Raises: StoreError if it is of a newer deskcal or of something else; nothing is changed then.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = 0")
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", MIGRATION_LOCK)
        version = await _version(connection)
        scripts = migrations("postgres")
        if version > len(scripts):
            raise StoreError(
                f"the database has schema version {version}, this deskcal knows {len(scripts)}: "
                "run the newer deskcal that wrote it"
            )
        if version == len(scripts):
            return
        for script in scripts[version:]:
            await connection.execute(script.encode())
        if version == 0:
            await connection.execute(_MAKE_VERSION)
        await connection.execute("DELETE FROM schema_version")
        await connection.execute(
            "INSERT INTO schema_version VALUES (%s, %s)", (APPLICATION, len(scripts))
        )


async def _version(connection: Connection) -> int:
    """Of the schema; 0: there is nothing yet. Raises: StoreError if it is not ours."""
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise StoreError("the database is not in UTF8: create it anew with ENCODING 'UTF8'")
    columns = await _value(connection, _VERSION_COLUMNS)
    if columns == ["application", "version"]:
        ours = "SELECT version FROM schema_version WHERE application = %s"
        version = await _value(connection, ours, (APPLICATION,))
        if version is not None:
            return int(version)
    table = await _value(connection, _OTHER_TABLE)
    if table is not None:
        raise StoreError(
            f"the database holds {table}, a table of another program: create one for deskcal alone"
        )
    return 0


async def _value(connection: Connection, query: str, values: tuple[object, ...] = ()) -> Any:
    cursor = await connection.execute(query.encode(), values)
    row = await cursor.fetchone()
    return row[0] if row else None
