"""The change table on PostgreSQL: what changed after a cursor, an event's history, pruning."""

import asyncio
import functools
import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

from deskcal.core.event import CHANGE_TYPES, ChangeType
from deskcal.errors import ResyncRequired
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.timeline import Gap, next_gap, undone
from deskcal.store.ports.feed import StoredChange
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection, Read, RunJob
from deskcal.store.postgres.done_time import kept_done_times

PAGE_BYTES = 8 * 1024 * 1024
"""Documents of one page, half of it those before; the change that goes beyond it is its last."""
PRUNE_LOCK = (0x6465736B, 2)
"""Key of an advisory lock: one node prunes at a time."""

# Nothing was there before an event was added.
_FIELDS = f"""c.seq, c.type, c.time, c.actor, c.event_id, c.document,
        CASE WHEN c.type <> {ChangeType.ADDED:d} THEN (
            SELECT p.document FROM change AS p
            WHERE p.event_id = c.event_id AND p.seq < c.seq ORDER BY p.seq DESC LIMIT 1) END,
        CASE WHEN c.batch_id > 0 THEN c.batch_id ELSE c.seq END AS batch_id"""
_COLUMNS = f"""
    SELECT {_FIELDS}
    FROM (
        SELECT *, sum(octet_length(document)) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING)
            - octet_length(document) AS bytes_before
        FROM (SELECT * FROM change WHERE {{}} ORDER BY seq LIMIT %s) AS x
    ) AS c
    WHERE c.bytes_before <= {PAGE_BYTES // 2}"""
_CHANGES = f"""
    SELECT k.last_seq, k.floor_seq,
        EXISTS (SELECT 1 FROM cursor_gap WHERE lower < %s AND upper > %s), c.*
    FROM counter AS k LEFT JOIN ({_COLUMNS.format("seq > %s")}) AS c ON true ORDER BY c.seq"""
_HISTORY = _COLUMNS.format("event_id = %s AND seq > %s") + " ORDER BY c.seq"
_BATCH = f"""
    SELECT {_FIELDS}
    FROM change AS c
    WHERE c.seq IN (
        SELECT seq FROM change WHERE seq = %s AND batch_id IN (0, seq)
        UNION SELECT seq FROM change WHERE batch_id = %s AND batch_id > 0)
        AND c.seq > %s
    ORDER BY c.seq LIMIT %s"""
_NEWEST = f"""
    SELECT {_FIELDS}
    FROM change AS c WHERE c.event_id = %s ORDER BY c.seq DESC LIMIT 1"""
_COUNTER = "SELECT last_seq, floor_seq FROM counter"
_LOCK_COUNTER = "SELECT last_seq FROM counter FOR UPDATE"
_GAPS = "SELECT lower, upper FROM cursor_gap"
_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s, %s)"
_OLD = """
    SELECT seq, event_id, type, time FROM change
    WHERE seq > (SELECT floor_seq FROM counter) ORDER BY seq LIMIT %s"""
_FORGET = """
    DELETE FROM change AS c USING unnest(%s::bigint[], %s::bigint[]) AS x(event_id, seq)
    WHERE c.event_id = x.event_id AND c.seq < x.seq"""
# Of a series the newest change up to the floor stays: what its next one is compared with.
_FORGET_SERIES = """
    DELETE FROM series_change AS older USING series_change AS newer
    WHERE older.series_id = newer.series_id AND older.batch_id < newer.batch_id
        AND newer.batch_id BETWEEN %s AND %s"""
_FORGET_GONE_SERIES = """
    DELETE FROM series_change WHERE batch_id BETWEEN %s AND %s AND octet_length(document) = 0"""
# What was fired so long ago that its change is pruned, too.
_FORGET_REMINDERS = """
    DELETE FROM notification
    WHERE event_id = ANY(%s::bigint[]) AND due_time < %s AND fired_time < %s AND state > 0"""
_FORGET_COMPLETIONS = "DELETE FROM completion WHERE event_id = ANY(%s::bigint[]) AND time < %s"
_FORGET_GAPS = "DELETE FROM cursor_gap WHERE upper <= %s"
_SET_FLOOR = "UPDATE counter SET floor_seq = %s"


class Found(NamedTuple):
    """A page of changes, and how far the counter was."""

    last_seq: int
    floor_seq: int
    is_undone: bool
    """Whether the cursor is in a gap."""
    changes: list[StoredChange]


class PostgresFeed:
    """A `FeedStore`. Every read returns how far the nodes have come, too."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job
        self.last_seq = 0
        self.floor_seq = 0
        self.gaps: Sequence[Gap] = ()
        self._current: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None

    def saw(self, last_seq: int, floor_seq: int) -> None:
        """Takes note of what the counter said; an older reading changes nothing."""
        self.last_seq = max(self.last_seq, last_seq)
        self.floor_seq = max(self.floor_seq, floor_seq)

    async def refresh(self) -> None:
        """Asks the counter. All who ask while one look is under way share the next one."""
        if self._following is None:
            looking = self._look_after(self._current)
            self._following = asyncio.get_running_loop().create_task(looking)
        await asyncio.shield(self._following)

    async def _look_after(self, current: "asyncio.Task[None] | None") -> None:
        if current is not None:
            await asyncio.wait([current])
        self._current, self._following = self._following, None
        self.saw(*await self._read(_counter))

    async def changes(self, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes after `since`, whichever node made them."""
        return self.kept(since, await self._read(changes_after, since, limit))

    def kept(self, since: int, found: Found) -> list[StoredChange]:
        """The changes of `changes_after`; takes note of the counter.

        Raises: ResyncRequired if some after `since` are not kept any more.
        """
        self.saw(found.last_seq, found.floor_seq)
        if found.is_undone:
            raise undone(since)
        if since < found.floor_seq:
            raise ResyncRequired(
                f"since ({since}) is older than the changes that are kept "
                f"(after {found.floor_seq}): list the events again",
                field="since",
            )
        return found.changes

    async def history(self, event_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of one event after `since`."""
        found: list[StoredChange] = await self._read(_select, _HISTORY, (event_id, since, limit))
        return found

    async def batch(self, batch_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of a batch after `since`."""
        arguments = (batch_id, batch_id, since, limit)
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
        """Forgets changes older than `before`, but the newest of each event that is still there.

        0, too, while another node is at it.
        """
        forgotten, floor_seq = await self._job(functools.partial(_prune, before, limit))
        self.saw(0, floor_seq)
        return int(forgotten)


async def _counter(connection: Connection) -> tuple[int, int]:
    cursor = await connection.execute(_COUNTER)
    row: tuple[int, int] | None = await cursor.fetchone()
    return row or (0, 0)


async def changes_after(connection: Connection, since: int, limit: int) -> Found:
    """Up to `limit` changes after `since`, and the counter, all of one snapshot."""
    cursor = await connection.execute(_CHANGES.encode(), (since, since, since, limit), binary=True)
    rows = await cursor.fetchall()
    last_seq, floor_seq, is_undone = rows[0][:3]
    changes = [_change(row[3:]) for row in rows if row[3] is not None]
    return Found(last_seq, floor_seq, is_undone, changes)


async def begin_timeline(connection: Connection, now: float) -> list[Gap]:
    """Has the numbers of changes go on where no timeline has been; all gaps.

    For each new connection that writes changes or listens for them: the database may be a restored
    one by now, or a standby that had not received the last changes. A store without changes has no
    timeline yet. Source: docs/decisions/0014.
    """
    if (await _counter(connection))[0]:
        await _begin_timeline(connection, now)
    cursor = await connection.execute(_GAPS)
    return await cursor.fetchall()


async def _begin_timeline(connection: Connection, now: float) -> None:
    async with connection.transaction():
        cursor = await connection.execute(_LOCK_COUNTER)
        gap = next_gap((await cursor.fetchall())[0][0], now)
        if gap is not None:
            await connection.execute("INSERT INTO cursor_gap VALUES (%s, %s)", gap)
            await connection.execute("UPDATE counter SET last_seq = %s", gap[1:])


async def _select(
    connection: Connection, statement: str, values: tuple[int, ...]
) -> list[StoredChange]:
    cursor = await connection.execute(statement.encode(), values, binary=True)
    return [_change(row) for row in await cursor.fetchall()]


def _change(row: tuple[Any, ...]) -> StoredChange:
    seq, type_, *rest = row
    return StoredChange(seq, CHANGE_TYPES[type_], *rest)


async def _prune(before: int, limit: int, connection: Connection, _: Batch) -> tuple[int, int]:
    """How many changes fall below the floor, and the floor: the newest change below it.

    An event's newest change stays, as what its next one is compared with. It ends at the first
    change that is to be kept, also where the clock was stepped back after it. The counter comes
    last, since every writer of changes waits for it.
    """
    locked = await (await connection.execute(_TRY_LOCK, PRUNE_LOCK)).fetchone()
    if not locked or not locked[0]:
        return 0, 0
    cursor = await connection.execute(_OLD, (limit,))
    old = list(itertools.takewhile(lambda row: row[3] < before, await cursor.fetchall()))
    if not old:
        return 0, 0
    events = {event_id for _, event_id, *_ in old}
    upto: dict[int, int] = {}
    for seq, event_id, type_, _ in old:
        upto[event_id] = seq + (type_ == ChangeType.DELETED)
    floor_seq = old[-1][0]
    async with connection.pipeline():
        await connection.execute(_FORGET, (integers(upto), integers(upto.values())))
        await connection.execute(_FORGET_REMINDERS, (integers(sorted(events)), before, before))
        await connection.execute(_FORGET_COMPLETIONS, (integers(sorted(events)), before))
        await connection.execute(_SET_FLOOR, (floor_seq,))
        await connection.execute(_FORGET_GAPS, (floor_seq,))
        for statement in (_FORGET_SERIES, _FORGET_GONE_SERIES):
            await connection.execute(statement, (old[0][0], floor_seq))
    return len(old), int(floor_seq)
