"""The trash on PostgreSQL."""

from collections.abc import Sequence

from deskcal.core.document import series_of
from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import TrashedRow
from deskcal.store.columns import AS_STORED
from deskcal.store.ports.trash import Deletion, TrashedEvent, keeps_objects
from deskcal.store.postgres.arrays import integers, run
from deskcal.store.postgres.connection import Connection, Read, RunJob
from deskcal.store.postgres.done_time import find_done_times_of

LOCK_TRASH = """
    SELECT event_id, deleted_time, document FROM trash WHERE event_id = ANY(%s::bigint[])
    ORDER BY event_id FOR UPDATE"""
_PUT = f"""
    INSERT INTO trash (event_id, deleted_time, deleted_by, document, done_time)
    SELECT x.event_id, x.deleted_time, x.deleted_by, x.document, CASE x.done_time
        WHEN {AS_STORED} THEN coalesce(e.done_time, t.done_time, 0) ELSE x.done_time END
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %b::bytea[], %s::bigint[])
        AS x(event_id, deleted_time, deleted_by, document, done_time)
    LEFT JOIN event AS e ON e.id = x.event_id LEFT JOIN trash AS t ON t.event_id = x.event_id
    ON CONFLICT (event_id) DO UPDATE SET deleted_time = excluded.deleted_time,
        deleted_by = excluded.deleted_by, document = excluded.document,
        done_time = excluded.done_time"""  # noqa: S608
_GIVE_DONE_TIMES = """
    UPDATE event AS e SET done_time = t.done_time FROM trash AS t
    WHERE t.event_id = ANY(%s::bigint[]) AND e.id = t.event_id AND e.status IN (1, 3)
      AND t.done_time > 0"""
_REMOVE = "DELETE FROM trash WHERE event_id = ANY(%s::bigint[])"
_PAGE = """
    SELECT event_id, deleted_time, deleted_by, document FROM trash
    WHERE (deleted_time, event_id) < (%s::bigint, %s::bigint)
    ORDER BY deleted_time DESC, event_id DESC LIMIT %s"""
# An array, as a nested loop over IN would run the SELECT again for each row, and exceed its LIMIT.
_PURGE = """
    DELETE FROM trash WHERE event_id = ANY(ARRAY(
        SELECT event_id FROM trash WHERE deleted_time < %s ORDER BY deleted_time LIMIT %s
        FOR UPDATE SKIP LOCKED))
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


async def put_in_trash(connection: Connection, trashed: Sequence[TrashedRow]) -> None:
    """Puts what a group deletes into the trash, while the events are still there."""
    if trashed:
        *numbers, documents, done_times = zip(*trashed, strict=True)
        columns = [*map(integers, numbers), list(documents), integers(done_times)]
        await run(connection, _PUT, columns)


async def take_out_of_trash(
    connection: Connection, restored: Sequence[int], done: Sequence[int]
) -> None:
    """Takes what a group has restored out of the trash. Its events and changes are written.

    `done`: those of them of which it is to be found out when they were completed.
    """
    if done:
        await find_done_times_of(connection, done)
        await run(connection, _GIVE_DONE_TIMES, [integers(done)])
    if restored:
        await run(connection, _REMOVE, [integers(restored)])
