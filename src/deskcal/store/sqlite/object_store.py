"""Calendar objects of the embedded store, as they are read outside a transaction."""

from typing import Any

import apsw

from deskcal.store.batch.objects import CalendarObject
from deskcal.store.sqlite.changes import Read
from deskcal.store.sqlite.objects import decode_object, stored_object

_SELECT_NAMED = "SELECT document FROM calendar_object WHERE owner_id = ? AND name = ?"
_SELECT_ALL = "SELECT document FROM calendar_object WHERE owner_id = ? ORDER BY uid"


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

    async def all(self, owner_id: int) -> list[CalendarObject]:
        """All of an owner."""
        found: list[CalendarObject] = await self._read(_objects, _SELECT_ALL, (owner_id,))
        return found


def _objects(
    connection: apsw.Connection, statement: str, values: tuple[int | str, ...]
) -> list[CalendarObject]:
    rows: Any = connection.execute(statement, values)
    return [decode_object(document) for (document,) in rows]
