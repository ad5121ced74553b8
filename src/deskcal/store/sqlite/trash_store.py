"""The trash of the embedded store, read and purged."""

from typing import Any

import apsw

from deskcal.core.document import series_of
from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.ports.trash import Deletion, TrashedEvent, keeps_objects
from deskcal.store.sqlite.changes import Read, RunJob

_PAGE = """
    SELECT event_id, deleted_time, deleted_by, document FROM trash
    WHERE (deleted_time, event_id) < (?, ?) ORDER BY deleted_time DESC, event_id DESC LIMIT ?"""
_OLDEST = (
    "SELECT event_id, document FROM trash WHERE deleted_time < ? ORDER BY deleted_time LIMIT ?"
)
_REMOVE = "DELETE FROM trash WHERE event_id = ?"
_REMOVE_OBJECTS = """
    DELETE FROM calendar_object WHERE event_id = ?1 AND series_id = 0
        AND instr(document, CAST('"overrides":{"' AS BLOB)) = 0
        AND NOT EXISTS (SELECT 1 FROM event WHERE id = ?1)"""
_REMOVE_SERIES_OBJECTS = """
    DELETE FROM calendar_object WHERE series_id = ?1
        AND NOT EXISTS (SELECT 1 FROM series WHERE id = ?1)
        AND NOT EXISTS (SELECT 1 FROM event WHERE series_id = ?1 AND series_id > 0)"""


class SqliteTrash:
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
        """Forgets events that were deleted before then, and what calendar apps knew them by."""

        def run(connection: apsw.Connection, _: Batch) -> int:
            rows: Any = connection.execute(_OLDEST, (before, limit))
            found = [(event_id, series_of(document)) for event_id, document in rows]
            ids = [(event_id,) for event_id, _ in found]
            connection.executemany(_REMOVE, ids)
            if not self._keeps_objects:
                connection.executemany(_REMOVE_OBJECTS, ids)
                series = sorted({(series_id,) for _, series_id in found if series_id})
                connection.executemany(_REMOVE_SERIES_OBJECTS, series)
            return len(found)

        return int(await self._job(run))


def _page(connection: apsw.Connection, before: Deletion | None, limit: int) -> list[TrashedEvent]:
    place = before or (MAX_TIME + 1, MAX_ID)
    rows: Any = connection.execute(_PAGE, (*place, limit))
    return [TrashedEvent(*row) for row in rows]
