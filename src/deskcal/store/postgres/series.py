"""SQL of series on PostgreSQL. A series is locked before its events: two nodes never deadlock."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from psycopg import errors

from deskcal.core.document import decode_event
from deskcal.core.series import Series
from deskcal.core.series_document import decode_series
from deskcal.store.batch.series import SeriesWrites, step_of
from deskcal.store.ports import SeriesStep
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.pool import Reader

_SERIES_OF = """
    SELECT DISTINCT series_id FROM event WHERE id = ANY(%s::bigint[]) AND series_id > 0"""
_LOCK_SERIES = """
    SELECT id, document FROM series WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"""
_EVENT_IDS = """
    SELECT id, series_id FROM event WHERE series_id > 0 AND series_id = ANY(%s::bigint[])"""
_SELECT = "SELECT document FROM series WHERE id = %s"
_SELECT_EVENTS = "SELECT document FROM event WHERE series_id > 0 AND series_id = %s ORDER BY id"
_PUT = """
    INSERT INTO series (id, horizon, document)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %b::bytea[])
    ON CONFLICT (id) DO UPDATE SET horizon = excluded.horizon, document = excluded.document"""
_DELETE = "DELETE FROM series WHERE id = ANY(%s::bigint[])"
# After the changes of the group: the counter has their last number.
_PUT_CHANGES = """
    INSERT INTO series_change (series_id, batch_id, document)
    SELECT x.series_id, CASE WHEN x.batch > 0 THEN c.last_seq - %s + x.batch ELSE -x.batch END,
        x.document
    FROM counter AS c,
        unnest(%s::bigint[], %s::bigint[], %b::bytea[]) AS x(series_id, batch, document)
    ON CONFLICT (series_id, batch_id) DO UPDATE SET document = excluded.document"""
_PAGE = "SELECT document FROM series WHERE id > %s ORDER BY id LIMIT %s"
_UNENDED = """
    SELECT document FROM series WHERE horizon > 0 AND horizon < %s ORDER BY horizon LIMIT %s"""
_NEXT = "SELECT min(horizon) FROM series WHERE horizon > 0"
_BATCH = """
    SELECT c.series_id, (
        SELECT p.document FROM series_change AS p
        WHERE p.series_id = c.series_id AND p.batch_id < c.batch_id
        ORDER BY p.batch_id DESC LIMIT 1
    ), c.document
    FROM series_change AS c WHERE c.batch_id = %s ORDER BY c.series_id"""


class LockedSeries(Struct):
    """The series that a group has locked."""

    documents: dict[int, bytes] = {}
    event_ids: dict[int, list[int]] = {}
    """Of the events of each."""


async def lock_series(
    connection: Connection, event_ids: Sequence[int], series_ids: Iterable[int]
) -> LockedSeries:
    """Locks the series of these events, and these; the caller locks the events afterwards."""
    cursor = await connection.execute(_SERIES_OF, (integers(event_ids),))
    wanted = {series_id for (series_id,) in await cursor.fetchall()} | set(series_ids)
    found = LockedSeries()
    if wanted:
        ids = integers(sorted(wanted))
        cursor = await connection.execute(_LOCK_SERIES, (ids,))
        found.documents = dict(await cursor.fetchall())
        found.event_ids = {series_id: [] for series_id in wanted}
        cursor = await connection.execute(_EVENT_IDS, (ids,))
        for event_id, series_id in await cursor.fetchall():
            found.event_ids[series_id].append(event_id)
    return found


def check_unmoved(
    documents: dict[int, bytes], event_ids: Iterable[int], found: LockedSeries
) -> None:
    """Raises: SerializationFailure if an event has come to another series before it was locked."""
    for event_id in event_ids:
        series_id = decode_event(documents[event_id]).series_id if event_id in documents else 0
        if series_id and series_id not in found.event_ids:
            raise errors.SerializationFailure(f"event {event_id} has come to another series")


async def write_series(connection: Connection, writes: SeriesWrites) -> None:
    """Writes the rows that a group leaves."""
    if writes.rows:
        ids, horizons, documents = zip(*writes.rows, strict=True)
        await connection.execute(_PUT, (integers(ids), integers(horizons), list(documents)))
    if writes.gone:
        await connection.execute(_DELETE, (integers(writes.gone),))


async def write_series_changes(
    connection: Connection, writes: SeriesWrites, change_count: int
) -> None:
    """Writes what became of the series by the batches of the group, after its changes."""
    if writes.changes and change_count:
        last = {(series_id, batch): document for series_id, batch, document in writes.changes}
        ids, batches = zip(*last, strict=True)
        values = (change_count, integers(ids), integers(batches), list(last.values()))
        await connection.execute(_PUT_CHANGES, values)


class PostgresSeries:
    """A `SeriesStore`."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    async def get(self, series_id: int) -> Series | None:
        """One series."""
        found = await self._read(_documents, _SELECT, (series_id,))
        return decode_series(found[0]) if found else None

    async def events(self, series_id: int) -> list[bytes]:
        """The documents of its events."""
        documents: list[bytes] = await self._read(_documents, _SELECT_EVENTS, (series_id,))
        return documents

    async def batch(self, batch_id: int) -> list[SeriesStep]:
        """What a batch did to series."""
        rows = await self._read(_steps, batch_id)
        return [step_of(*row) for row in rows]

    async def page(self, after: int, limit: int) -> list[Series]:
        """Series by id."""
        return list(map(decode_series, await self._read(_documents, _PAGE, (after, limit))))

    async def unended(self, before: int, limit: int) -> list[Series]:
        """Series that go on beyond their horizon, by it."""
        return list(map(decode_series, await self._read(_documents, _UNENDED, (before, limit))))

    async def next_horizon(self) -> int | None:
        """The earliest horizon of a series that goes on."""
        found: list[int | None] = await self._read(_documents, _NEXT, ())
        return found[0]


async def _steps(connection: Connection, batch_id: int) -> list[Any]:
    cursor = await connection.execute(_BATCH, (batch_id,))
    return await cursor.fetchall()


async def _documents(connection: Connection, statement: str, values: Sequence[int]) -> list[Any]:
    """The first column of each row."""
    cursor = await connection.execute(statement, values)
    return [row[0] for row in await cursor.fetchall()]
