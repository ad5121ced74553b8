"""Series of the embedded store, as they are read outside a transaction."""

from collections.abc import Sequence
from typing import Any

import apsw

from deskcal.core.series import Series
from deskcal.core.series_document import decode_series
from deskcal.store.batch.series import step_of
from deskcal.store.ports import SeriesStep
from deskcal.store.sqlite.changes import Read
from deskcal.store.sqlite.series import series_document, series_events

_PAGE = "SELECT document FROM series WHERE id > ? ORDER BY id LIMIT ?"
_UNENDED = "SELECT document FROM series WHERE horizon > 0 AND horizon < ? ORDER BY horizon LIMIT ?"
_NEXT = "SELECT min(horizon) FROM series WHERE horizon > 0"
_BATCH = """
    SELECT c.series_id, (
        SELECT p.document FROM series_change AS p
        WHERE p.series_id = c.series_id AND p.batch_id < c.batch_id
        ORDER BY p.batch_id DESC LIMIT 1
    ), c.document
    FROM series_change AS c WHERE c.batch_id = ? ORDER BY c.series_id"""


class SqliteSeries:
    """A `SeriesStore`."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def get(self, series_id: int) -> Series | None:
        """One series."""
        document = await self._read(series_document, series_id)
        return None if document is None else decode_series(document)

    async def events(self, series_id: int) -> list[bytes]:
        """The documents of its events."""
        found = await self._read(series_events, series_id)
        return list(found.values())

    async def batch(self, batch_id: int) -> list[SeriesStep]:
        """What a batch did to series."""
        rows = await self._read(_rows, _BATCH, (batch_id,))
        return [step_of(*row) for row in rows]

    async def page(self, after: int, limit: int) -> list[Series]:
        """Series by id."""
        return await self._list(_PAGE, (after, limit))

    async def unended(self, before: int, limit: int) -> list[Series]:
        """Series that go on beyond their horizon, by it."""
        return await self._list(_UNENDED, (before, limit))

    async def next_horizon(self) -> int | None:
        """The earliest horizon of a series that goes on."""
        found: int | None = await self._read(_value, _NEXT)
        return found

    async def _list(self, statement: str, values: Sequence[int]) -> list[Series]:
        rows = await self._read(_rows, statement, values)
        return [decode_series(document) for (document,) in rows]


def _value(connection: apsw.Connection, statement: str) -> Any:
    return connection.execute(statement).get


def _rows(connection: apsw.Connection, statement: str, values: Sequence[int]) -> list[Any]:
    return connection.execute(statement, values).fetchall()
