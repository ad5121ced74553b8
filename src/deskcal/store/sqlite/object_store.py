"""Calendar objects of the embedded store, as they are read outside a transaction."""

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from deskcal.store.batch.objects import CalendarObject
from deskcal.store.sqlite.changes import Read
from deskcal.store.sqlite.objects import decode_object, stored_object

_SELECT_NAMED = "SELECT document FROM calendar_object WHERE owner_id = ? AND name = ?"
# Without a named index SQLite reads all objects of the owner, for want of statistics.
_SELECT_NAMES = """
    SELECT document FROM calendar_object INDEXED BY calendar_object_by_name
    WHERE owner_id = ? AND name IN (SELECT value FROM json_each(?))"""
_SELECT_ALL = "SELECT document FROM calendar_object WHERE owner_id = ? ORDER BY uid"
_SELECT_SERIES = """
    SELECT document FROM calendar_object
    WHERE owner_id = ? AND event_id = 0 AND series_id > 0 ORDER BY series_id"""
_SELECT_OF = """
    SELECT document FROM calendar_object INDEXED BY calendar_object_by_event
    WHERE owner_id = ?1 AND event_id > 0 AND event_id IN (SELECT value FROM json_each(?2))
    UNION ALL
    SELECT document FROM calendar_object INDEXED BY calendar_object_by_series
    WHERE owner_id = ?1 AND series_id > 0 AND series_id IN (SELECT value FROM json_each(?3))
    UNION ALL
    SELECT document FROM calendar_object INDEXED BY calendar_object_of_owner
    WHERE owner_id = ?1 AND event_id = 0 AND series_id = 0"""


class SqliteObjects:
    """A `CalendarObjectStore`."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def get(self, owner_id: int, uid: str) -> CalendarObject | None:
        """By UID."""
        found: CalendarObject | None = await self._read(stored_object, (owner_id, uid))
        return found

    async def named(self, owner_id: int, name: str) -> CalendarObject | None:
        """By name."""
        found = await self._read(_objects, _SELECT_NAMED, (owner_id, name))
        return found[0] if found else None

    async def of_names(self, owner_id: int, names: Sequence[str]) -> list[CalendarObject]:
        """By names, in one statement."""
        values = (owner_id, _encode(names))
        found: list[CalendarObject] = await self._read(_objects, _SELECT_NAMES, values)
        return found

    async def all(self, owner_id: int) -> list[CalendarObject]:
        """All of an owner."""
        found: list[CalendarObject] = await self._read(_objects, _SELECT_ALL, (owner_id,))
        return found

    async def of_series(self, owner_id: int) -> list[CalendarObject]:
        """Those that are series."""
        found: list[CalendarObject] = await self._read(_objects, _SELECT_SERIES, (owner_id,))
        return found

    async def of(
        self, owner_id: int, event_ids: Sequence[int], series_ids: Sequence[int]
    ) -> list[CalendarObject]:
        """By event and series."""
        values = (owner_id, _encode(event_ids), _encode(series_ids))
        found: list[CalendarObject] = await self._read(_objects, _SELECT_OF, values)
        return found


def _encode(values: Sequence[int | str]) -> str:
    return msgspec.json.encode(values).decode()


def _objects(
    connection: apsw.Connection, statement: str, values: tuple[int | str, ...]
) -> list[CalendarObject]:
    rows: Any = connection.execute(statement, values)
    return [decode_object(document) for (document,) in rows]
