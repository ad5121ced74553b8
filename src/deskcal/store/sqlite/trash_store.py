"""The trash of the embedded store, read and purged."""

from typing import Any

import apsw

from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.store.batch.batch import Batch
from deskcal.store.ports.trash import Deletion, TrashedEvent
from deskcal.store.sqlite.changes import Read, RunJob

_PAGE = """
    SELECT event_id, deleted_time, deleted_by, document FROM trash
    WHERE (deleted_time, event_id) < (?, ?) ORDER BY deleted_time DESC, event_id DESC LIMIT ?"""
_PURGE = """
    DELETE FROM trash WHERE event_id IN (
        SELECT event_id FROM trash WHERE deleted_time < ? ORDER BY deleted_time LIMIT ?)"""


class SqliteTrash:
    """A `TrashStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def page(self, before: Deletion | None, limit: int) -> list[TrashedEvent]:
        """Up to `limit` deleted events, the newest deletion first."""
        found: list[TrashedEvent] = await self._read(_page, before, limit)
        return found

    async def purge(self, before: int, limit: int) -> int:
        """Forgets events that were deleted before then."""

        def run(connection: apsw.Connection, _: Batch) -> int:
            connection.execute(_PURGE, (before, limit))
            return connection.changes()

        return int(await self._job(run))


def _page(connection: apsw.Connection, before: Deletion | None, limit: int) -> list[TrashedEvent]:
    place = before or (MAX_TIME + 1, MAX_ID)
    rows: Any = connection.execute(_PAGE, (*place, limit))
    return [TrashedEvent(*row) for row in rows]
