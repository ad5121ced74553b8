"""The trash on PostgreSQL."""

from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import Writes
from deskcal.store.ports.trash import Deletion, TrashedEvent
from deskcal.store.postgres.arrays import integers, run
from deskcal.store.postgres.connection import Connection, Read, RunJob

LOCK_TRASH = """
    SELECT event_id, document FROM trash WHERE event_id = ANY(%s::bigint[])
    ORDER BY event_id FOR UPDATE"""
_PUT = """
    INSERT INTO trash (event_id, deleted_time, deleted_by, document)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %b::bytea[])
    ON CONFLICT (event_id) DO UPDATE SET deleted_time = excluded.deleted_time,
        deleted_by = excluded.deleted_by, document = excluded.document"""
_REMOVE = "DELETE FROM trash WHERE event_id = ANY(%s::bigint[])"
_PAGE = """
    SELECT event_id, deleted_time, deleted_by, document FROM trash
    WHERE (deleted_time, event_id) < (%s::bigint, %s::bigint)
    ORDER BY deleted_time DESC, event_id DESC LIMIT %s"""
_PURGE = """
    DELETE FROM trash WHERE event_id IN (
        SELECT event_id FROM trash WHERE deleted_time < %s ORDER BY deleted_time LIMIT %s
        FOR UPDATE SKIP LOCKED)"""


class PostgresTrash:
    """A `TrashStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def page(self, before: Deletion | None, limit: int) -> list[TrashedEvent]:
        """Up to `limit` deleted events, the newest deletion first."""
        found: list[TrashedEvent] = await self._read(_page, before, limit)
        return found

    async def purge(self, before: int, limit: int) -> int:
        """Forgets events that were deleted before then; several nodes may do so at a time."""

        async def purge(connection: Connection, _: Batch) -> int:
            cursor = await connection.execute(_PURGE, (before, limit))
            return cursor.rowcount

        return int(await self._job(purge))


async def _page(connection: Connection, before: Deletion | None, limit: int) -> list[TrashedEvent]:
    values = (*(before or (MAX_TIME + 1, MAX_ID)), limit)
    cursor = await connection.execute(_PAGE.encode(), values, binary=True)
    return [TrashedEvent(*row) for row in await cursor.fetchall()]


async def write_trash(connection: Connection, writes: Writes) -> None:
    """Puts what a group has deleted into the trash, and takes out what it has restored."""
    trashed, restored = writes.deletions()
    if trashed:
        *numbers, documents = zip(*trashed, strict=True)
        await run(connection, _PUT, [*map(integers, numbers), list(documents)])
    if restored:
        await run(connection, _REMOVE, [integers(restored)])
