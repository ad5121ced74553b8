"""The change table of the embedded store: what changed after a cursor, an event's history."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import apsw

from deskcal.model import ChangeType
from deskcal.store import StoredChange
from deskcal.store.sqlite_batch import Batch, Numbers

Read = Callable[..., Awaitable[Any]]
"""`await read(function, *arguments)`: `function(connection, *arguments)` on a reading thread."""
RunJob = Callable[[Callable[[apsw.Connection, Batch], Any]], Awaitable[Any]]
"""`await job(function)`: `function(connection, batch)` in a write transaction of its own."""

_COLUMNS = """
    SELECT c.seq, c.type, c.time, c.actor, c.event_id, c.document, (
        SELECT p.document FROM change AS p
        WHERE p.event_id = c.event_id AND p.seq < c.seq ORDER BY p.seq DESC LIMIT 1)
    FROM change AS c """
_CHANGES = _COLUMNS + "WHERE c.seq > ? ORDER BY c.seq LIMIT ?"
_HISTORY = _COLUMNS + "WHERE c.event_id = ? AND c.seq > ? ORDER BY c.seq LIMIT ?"
_NEWEST = _COLUMNS + "WHERE c.event_id = ? ORDER BY c.seq DESC LIMIT 1"
_OLD = """
    SELECT seq, event_id, type FROM change
    WHERE seq > (SELECT floor_seq FROM counter) AND time < ? ORDER BY seq LIMIT ?"""
_FORGET = "DELETE FROM change WHERE event_id = ? AND seq < ?"
_SET_FLOOR = "UPDATE counter SET floor_seq = ?"


class SqliteFeed:
    """A `FeedStore`."""

    def __init__(self, read: Read, job: RunJob, numbers: Numbers) -> None:
        self._read = read
        self._job = job
        self.last_seq = numbers.last_seq
        self.floor_seq = numbers.floor_seq

    async def changes(self, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes after `since`."""
        found: list[StoredChange] = await self._read(_select, _CHANGES, (since, limit))
        return found

    async def history(self, event_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of one event after `since`."""
        arguments = (event_id, since, limit)
        found: list[StoredChange] = await self._read(_select, _HISTORY, arguments)
        return found

    async def newest(self, event_id: int) -> StoredChange | None:
        """The last change of one event."""
        found: list[StoredChange] = await self._read(_select, _NEWEST, (event_id,))
        return found[0] if found else None

    async def prune(self, before: int, limit: int) -> int:
        """Forgets changes older than `before`, but the newest of each event that is still there."""
        forgotten, floor_seq = await self._job(functools.partial(_prune, before, limit))
        self.floor_seq = max(self.floor_seq, floor_seq)
        return int(forgotten)


def _select(
    connection: apsw.Connection, statement: str, arguments: tuple[int, ...]
) -> list[StoredChange]:
    return [
        StoredChange(seq, ChangeType(type_), *rest)
        for seq, type_, *rest in connection.execute(statement, arguments)
    ]


def _prune(before: int, limit: int, connection: apsw.Connection, batch: Batch) -> tuple[int, int]:
    """How many changes fall below the floor, and the floor: the newest change below it.

    An event's newest change stays, as what its next one is compared with.
    """
    old: list[Any] = connection.execute(_OLD, (before, limit)).fetchall()
    if not old:
        return 0, 0
    gone = [(event_id, seq + (type_ == ChangeType.DELETED)) for seq, event_id, type_ in old]
    connection.executemany(_FORGET, gone)
    batch.floor_seq = old[-1][0]
    connection.execute(_SET_FLOOR, (batch.floor_seq,))
    return len(old), batch.floor_seq
