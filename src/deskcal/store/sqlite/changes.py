"""The change table of the embedded store: what changed after a cursor, an event's history."""

import functools
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import apsw

from deskcal.core.event import CHANGE_TYPES, ChangeType
from deskcal.errors import ResyncRequired
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.timeline import Gap, undone
from deskcal.store.ports.feed import StoredChange
from deskcal.store.sqlite.done_time import kept_done_times
from deskcal.store.sqlite.group import Numbers

Read = Callable[..., Awaitable[Any]]
"""`await read(function, *arguments)`: `function(connection, *arguments)` on a reading thread."""
RunJob = Callable[[Callable[[apsw.Connection, Batch], Any]], Awaitable[Any]]
"""`await job(function)`: `function(connection, batch)` in a write transaction of its own."""

PAGE_BYTES = 8 * 1024 * 1024
"""Documents of one page; the change that goes beyond it is its last."""

# Nothing was there before an event was added.
_BEFORE = f"""iif(c.type = {ChangeType.ADDED:d}, NULL, (
        SELECT p.document FROM change AS p
        WHERE p.event_id = c.event_id AND p.seq < c.seq ORDER BY p.seq DESC LIMIT 1))"""  # noqa: S608
_COLUMNS = f"""
    SELECT c.seq, c.type, c.time, c.actor, c.event_id, c.document, {_BEFORE},
        iif(c.batch_id > 0, c.batch_id, c.seq)
    FROM change AS c """  # noqa: S608
_CHANGES = _COLUMNS + "WHERE c.seq > ? ORDER BY c.seq LIMIT ?"
_HISTORY = _COLUMNS + "WHERE c.event_id = ? AND c.seq > ? ORDER BY c.seq LIMIT ?"
_BATCH = f"""
    SELECT c.seq, c.type, c.time, c.actor, c.event_id, c.document, {_BEFORE}, ?1
    FROM change AS c
    WHERE c.seq IN (
        SELECT seq FROM change WHERE seq = ?1 AND batch_id IN (0, ?1)
        UNION SELECT seq FROM change WHERE batch_id = ?1 AND batch_id > 0)
        AND c.seq > ?2
    ORDER BY c.seq LIMIT ?3"""  # noqa: S608
_NEWEST = _COLUMNS + "WHERE c.event_id = ? ORDER BY c.seq DESC LIMIT 1"
_OLD = """
    SELECT seq, event_id, type, time FROM change
    WHERE seq > (SELECT floor_seq FROM counter) ORDER BY seq LIMIT ?"""
_FORGET = "DELETE FROM change WHERE event_id = ? AND seq < ?"
_FLOOR = "SELECT floor_seq FROM counter"
_IS_UNDONE = "SELECT EXISTS (SELECT 1 FROM cursor_gap WHERE lower < ?1 AND upper > ?1)"
_FORGET_GAPS = "DELETE FROM cursor_gap WHERE upper <= ?"
_SET_FLOOR = "UPDATE counter SET floor_seq = ?"
# Of a series the newest change up to the floor stays: what its next one is compared with.
_FORGET_SERIES = """
    DELETE FROM series_change WHERE (series_id, batch_id) IN (
        SELECT older.series_id, older.batch_id FROM series_change AS newer
        JOIN series_change AS older
            ON older.series_id = newer.series_id AND older.batch_id < newer.batch_id
        WHERE newer.batch_id BETWEEN ? AND ?)"""
_FORGET_GONE_SERIES = """
    DELETE FROM series_change WHERE batch_id BETWEEN ? AND ? AND length(document) = 0"""
# What was fired so long ago that its change is pruned, too.
_FORGET_REMINDERS = """
    DELETE FROM notification WHERE event_id = ? AND due_time < ? AND fired_time < ? AND state > 0"""
_FORGET_COMPLETIONS = "DELETE FROM completion WHERE event_id = ? AND time < ?"


class SqliteFeed:
    """A `FeedStore`."""

    def __init__(self, read: Read, job: RunJob, numbers: Numbers) -> None:
        self._read = read
        self._job = job
        self.last_seq = numbers.last_seq
        self.floor_seq = numbers.floor_seq
        self.gaps: Sequence[Gap] = numbers.gaps

    async def refresh(self) -> None:
        """Nothing to do: no other server writes."""

    async def changes(self, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes after `since`."""
        found: list[StoredChange] = await self._read(changes_after, since, limit)
        return self.kept(found)

    def kept(self, found: Sequence[StoredChange]) -> list[StoredChange]:
        """The changes of `changes_after`, as far as the event loop knows of their commit."""
        return [change for change in found if change.seq <= self.last_seq]

    async def history(self, event_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of one event after `since`."""
        arguments = (event_id, since, limit)
        found: list[StoredChange] = await self._read(_select, _HISTORY, arguments)
        return found

    async def batch(self, batch_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of a batch after `since`."""
        arguments = (batch_id, since, limit)
        found: list[StoredChange] = await self._read(_select, _BATCH, arguments)
        return found

    async def newest(self, event_id: int) -> StoredChange | None:
        """The last change of one event."""
        found: list[StoredChange] = await self._read(_select, _NEWEST, (event_id,))
        return found[0] if found else None

    async def done_times(self, wanted: Sequence[tuple[int, int, int]]) -> dict[int, int]:
        """When events had been completed whose completion was taken back."""
        found: dict[int, int] = await self._read(kept_done_times, wanted)
        return found

    async def prune(self, before: int, limit: int) -> int:
        """Forgets changes older than `before`, but the newest of each event that is still there."""
        forgotten, floor_seq = await self._job(functools.partial(_prune, before, limit))
        self.floor_seq = max(self.floor_seq, floor_seq)
        return int(forgotten)


def changes_after(connection: apsw.Connection, since: int, limit: int) -> list[StoredChange]:
    """Up to `limit` committed changes after `since`.

    Raises: ResyncRequired, seen in the same snapshot as the changes.
    """
    with connection:
        floor_seq = connection.execute(_FLOOR).get
        found = _select(connection, _CHANGES, (since, limit))
        is_undone = connection.execute(_IS_UNDONE, (since,)).get
    if is_undone:
        raise undone(since)
    if since < floor_seq:
        raise ResyncRequired(
            f"since ({since}) is older than the changes that are kept (after {floor_seq}): "
            "list the events again",
            field="since",
        )
    return found


def _select(
    connection: apsw.Connection, statement: str, arguments: tuple[int, ...]
) -> list[StoredChange]:
    found = []
    size = 0
    rows: Any = connection.execute(statement, arguments)
    for seq, type_, *row in rows:
        change = StoredChange(seq, CHANGE_TYPES[type_], *row)
        found.append(change)
        size += len(change.document) + len(change.before or b"")
        if size > PAGE_BYTES:
            break
    return found


def _prune(before: int, limit: int, connection: apsw.Connection, _: Batch) -> tuple[int, int]:
    """How many changes fall below the floor, and the floor: the newest change below it.

    An event's newest change stays, as what its next one is compared with. It ends at the first
    change that is to be kept, also where the clock was stepped back after it.
    """
    oldest: Any = connection.execute(_OLD, (limit,))
    old = list(itertools.takewhile(lambda row: row[3] < before, oldest))
    if not old:
        return 0, 0
    gone = [(event_id, seq + (type_ == ChangeType.DELETED)) for seq, event_id, type_, _ in old]
    connection.executemany(_FORGET, gone)
    events = {event_id for _, event_id, *_ in old}
    connection.executemany(_FORGET_REMINDERS, [(one, before, before) for one in events])
    connection.executemany(_FORGET_COMPLETIONS, [(one, before) for one in events])
    floor_seq = old[-1][0]
    connection.execute(_SET_FLOOR, (floor_seq,))
    connection.execute(_FORGET_GAPS, (floor_seq,))
    for statement in (_FORGET_SERIES, _FORGET_GONE_SERIES):
        connection.execute(statement, (old[0][0], floor_seq))
    return len(old), floor_seq
