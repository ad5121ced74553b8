"""The trash on PostgreSQL."""

from deskcal.core.document import series_of
from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import Writes
from deskcal.store.ports.trash import Deletion, TrashedEvent, keeps_objects
from deskcal.store.postgres.arrays import integers, run
from deskcal.store.postgres.connection import Connection, Read, RunJob
from deskcal.store.postgres.done_time import find_done_times_of

LOCK_TRASH = """
    SELECT event_id, deleted_time, document FROM trash WHERE event_id = ANY(%s::bigint[])
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
        FOR UPDATE SKIP LOCKED)
    RETURNING event_id, document"""
_REMOVE_OBJECTS = """
    DELETE FROM calendar_object AS o WHERE o.event_id = ANY(%s::bigint[]) AND o.series_id = 0
        AND position('"overrides":{"'::bytea IN o.document) = 0
        AND NOT EXISTS (SELECT 1 FROM event WHERE id = o.event_id)"""
_REMOVE_SERIES_OBJECTS = """
    DELETE FROM calendar_object AS o WHERE o.series_id = ANY(%s::bigint[])
        AND NOT EXISTS (SELECT 1 FROM series WHERE id = o.series_id)
        AND NOT EXISTS (SELECT 1 FROM event WHERE series_id = o.series_id AND series_id > 0)"""


class PostgresTrash:
    """A `TrashStore`."""

    def __init__(self, read: Read, job: RunJob, limits: Limits) -> None:
        self._keeps_objects = keeps_objects(limits)
        self._read = read
        self._job = job

    async def page(self, before: Deletion | None, limit: int) -> list[TrashedEvent]:
        """Up to `limit` deleted events, the newest deletion first."""
        found: list[TrashedEvent] = await self._read(_page, before, limit)
        return found

    async def purge(self, before: int, limit: int) -> int:
        """Forgets events that were deleted before then, and what calendar apps knew them by.

        Several nodes may do so at a time.
        """

        async def purge(connection: Connection, _: Batch) -> int:
            cursor = await connection.execute(_PURGE.encode(), (before, limit), binary=True)
            found = [(id_, series_of(document)) for id_, document in await cursor.fetchall()]
            if found and not self._keeps_objects:
                ids = [event_id for event_id, _ in found]
                await run(connection, _REMOVE_OBJECTS, [integers(ids)])
                series = sorted({series_id for _, series_id in found if series_id})
                await run(connection, _REMOVE_SERIES_OBJECTS, [integers(series)])
            return len(found)

        return int(await self._job(purge))


async def _page(connection: Connection, before: Deletion | None, limit: int) -> list[TrashedEvent]:
    values = (*(before or (MAX_TIME + 1, MAX_ID)), limit)
    cursor = await connection.execute(_PAGE.encode(), values, binary=True)
    return [TrashedEvent(*row) for row in await cursor.fetchall()]


async def write_trash(connection: Connection, writes: Writes) -> None:
    """Puts what a group has deleted into the trash, and takes out what it has restored.

    Its changes are written already.
    """
    trashed, restored = writes.deletions()
    if trashed:
        *numbers, documents = zip(*trashed, strict=True)
        await run(connection, _PUT, [*map(integers, numbers), list(documents)])
    if restored:
        await run(connection, _REMOVE, [integers(restored)])
        await find_done_times_of(connection, restored)
