"""Connections to PostgreSQL: their settings, how they are ended, and errors.

A node talks to the database itself and with no pooler in between; see docs/decisions/0012.
"""

import asyncio
import contextlib
import logging
import os
import re
import select
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
from psycopg import errors

from deskcal.core.zones import zone_data
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.ports import StoreError
from deskcal.store.postgres.url import parsed

Connection = psycopg.AsyncConnection[Any]
"""In autocommit: a transaction begins where somebody says so."""
Read = Callable[..., Awaitable[Any]]
"""`await read(function, *arguments)`: `await function(connection, *arguments)` on a reader."""
RunJob = Callable[[Callable[[Connection, Batch], Awaitable[Any]]], Awaitable[Any]]
"""`await job(function)`: `await function(connection, batch)` in a write transaction of its own."""

READ_ONLY = "the database is read-only at present"
AWAY = "the database can't be reached"
APPLICATION = "deskcal"
"""Whose tables these are; and of every connection, with its zones and what the URL names behind."""
ZONES = "zones="
"""Stands in the name of a connection before the release of the time zones that its node uses."""
CONNECT_TIMEOUT_SEC = 5
IDLE_IN_TRANSACTION_SEC = 5
"""A node that is stopped in the middle of a transaction loses it, and its locks, after so long."""
LOCK_SHARE = 0.4
"""Of a request's deadline, for each wait for a lock: so that what was not applied is said so."""
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
WITHOUT_TIMEOUTS = """
    SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('statement_timeout',
        'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')"""
"""For a transaction that may take as long as it does."""
_IS_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"
# Of libpq, for target_session_attrs: without SQLSTATE, and in English, as Python sets no locale for
# messages. Names of hosts and roles may contain "read-only", too.
_SESSION_IS_READ_ONLY = re.compile(
    r" failed: (session is read-only|server is in hot standby mode)$", re.MULTILINE
)
# A pooler answers the startup message itself, and its server processes are not ours to configure.
_ON_THE_BACKEND_OF_THE_START = "WHERE pg_backend_pid() = %s"
# What has an id of a transaction has locked rows; an export, which takes long, has none.
_END_STALLED = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, %s)
      AND pid <> pg_backend_pid() AND state = 'active'
      AND (wait_event = 'ClientRead' OR wait_event = 'ClientWrite' AND backend_xid IS NOT NULL)
      AND xact_start < clock_timestamp() - make_interval(secs => %s)"""
logger = logging.getLogger(__name__)


async def connect(url: str, limits: Limits) -> Connection:
    """A connection with our settings. Raises: StoreError if a pooler answers; psycopg.Error."""
    connection = await psycopg.AsyncConnection.connect(**parameters(url, limits))
    try:
        await configure(connection, limits=limits)
    except BaseException:
        await connection.close()
        raise
    return connection


def parameters(url: str, limits: Limits) -> dict[str, Any]:
    """What libpq gets: our settings, and above them what `url` says. Raises: StoreError."""
    timeout = {"tcp_user_timeout": int(limits.request_deadline_sec * 1000)}
    given = parsed(url)
    zones = zone_data().version and f"{ZONES}{zone_data().version}"
    # PostgreSQL keeps 63 bytes of a name: what the URL says comes last, as it may be as long.
    name = " ".join(filter(None, (APPLICATION, zones, given.get("application_name"))))
    return _SETTINGS | timeout | given | {"autocommit": True, "application_name": name}


async def configure(connection: Connection, *, limits: Limits) -> None:
    """Sets timeouts and isolation on a new connection. Raises: StoreError, psycopg.Error."""
    with cut_after(connection, CONNECT_TIMEOUT_SEC):
        await _set_up(connection, limits)


async def _set_up(connection: Connection, limits: Limits) -> None:
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
        "idle_session_timeout": 0,
        "default_transaction_isolation": "read committed",
        "standard_conforming_strings": "on",
        "jit": "off",
    }
    if version >= NEW_TIMEOUT_VERSION:
        settings["transaction_timeout"] = deadline_ms + IDLE_IN_TRANSACTION_SEC * 1000
    names = ", ".join("set_config(%s, %s, false)" for _ in settings)
    values = [text for name, value in settings.items() for text in (name, str(value))]
    query = f"{_COMMITS}, {names} {_ON_THE_BACKEND_OF_THE_START}"
    cursor = await connection.execute(query.encode(), [*values, connection.info.backend_pid])
    if await cursor.fetchone() is None:
        raise StoreError(
            "there is a connection pooler before the database; deskcal needs sessions of its own, "
            "for LISTEN and for timeouts: name PostgreSQL itself, with its own port"
        )


async def require_writable(connection: Connection) -> None:
    """Raises: Unavailable on a standby, and where a setting keeps changes out; psycopg.Error."""
    cursor = await connection.execute(_IS_READ_ONLY)
    if await cursor.fetchone() == (True,):
        raise Unavailable(READ_ONLY)


def is_lost(connection: Connection) -> bool:
    """Whether nothing can be done on it any more."""
    return connection.closed or connection.broken


def is_quiet(connection: Connection) -> bool:
    """Whether it is open and nothing has arrived: on an idle one only its end arrives."""
    if is_lost(connection):
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


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


@contextlib.contextmanager
def as_far_as_possible(connection: Connection, seconds: float) -> Iterator[None]:
    """The same; an error of the database is no failure."""
    with contextlib.suppress(psycopg.Error), cut_after(connection, seconds):
        yield


async def end_stalled(connection: Connection) -> None:
    """Ends transactions of nodes that were stopped amid sending or taking, and hold their locks.

    PostgreSQL's own timeout does not begin before it has all that is sent at once, nor while it
    can't get rid of what it has found.
    """
    cursor = await connection.execute(_END_STALLED, (APPLICATION, IDLE_IN_TRANSACTION_SEC))
    row = await cursor.fetchone()
    if row and row[0]:
        logger.warning("ended %d transactions of nodes that do not go on", row[0])


def why_away(exc: Exception) -> str:
    """What a client learns where no connection could be made that takes changes."""
    is_refused = isinstance(exc, Unavailable) or _SESSION_IS_READ_ONLY.search(str(exc))
    return READ_ONLY if is_refused else AWAY


def fault_of(exc: psycopg.Error) -> str:
    """What a client learns of an error that has kept its change out."""
    if isinstance(exc, errors.ReadOnlySqlTransaction):
        return READ_ONLY
    if isinstance(exc, errors.DiskFull):
        return "the disk of the database is full"
    if isinstance(exc, errors.LockNotAvailable):
        return "somebody else holds a lock in the database"
    return "the database failed"


def unavailable(exc: psycopg.Error) -> Unavailable:
    """The error for a read, or for a change that was surely not applied."""
    if isinstance(exc, errors.QueryCanceled):
        return Unavailable("the read took too long; ask for a shorter range")
    return Unavailable("the database failed; try again later")
