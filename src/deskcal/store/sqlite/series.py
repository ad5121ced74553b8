"""SQL of series in the embedded store."""

from collections.abc import Callable, Sequence
from typing import Any

import apsw

from deskcal.core.series import Series
from deskcal.core.series_document import decode_series
from deskcal.store.batch.series import SeriesWrites
from deskcal.store.batch.writes import batch_id_of
from deskcal.store.sqlite.changes import Read

_SELECT = "SELECT document FROM series WHERE id = ?"
_SELECT_EVENTS = "SELECT id, document FROM event WHERE series_id > 0 AND series_id = ?"
_PUT = """
    INSERT INTO series (id, horizon, document) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET horizon = excluded.horizon, document = excluded.document"""
_DELETE = "DELETE FROM series WHERE id = ?"
_PUT_CHANGE = (
    "INSERT OR REPLACE INTO series_change (series_id, batch_id, document) VALUES (?, ?, ?)"
)
_PAGE = "SELECT document FROM series WHERE id > ? ORDER BY id LIMIT ?"
_UNENDED = "SELECT document FROM series WHERE horizon > 0 AND horizon < ? ORDER BY horizon LIMIT ?"
_NEXT = "SELECT min(horizon) FROM series WHERE horizon > 0"


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


def series_document(connection: apsw.Connection, series_id: int) -> bytes | None:
    """The document of a series; None: there is none."""
    document: bytes | None = connection.execute(_SELECT, (series_id,)).get
    return document


def series_events(connection: apsw.Connection, series_id: int) -> dict[int, bytes]:
    """The documents of all events of a series, by id."""
    rows: Any = connection.execute(_SELECT_EVENTS, (series_id,))
    return dict(rows)


def write_series(
    run: Callable[[str, list[Any]], None], writes: SeriesWrites, base: int, *, has_changes: bool
) -> None:
    """Writes what a group leaves; its change number 1 is `base` + 1."""
    run(_PUT, writes.rows)
    run(_DELETE, [(series_id,) for series_id in writes.gone])
    if has_changes:
        rows = [(id_, batch_id_of(batch, base), text) for id_, batch, text in writes.changes]
        run(_PUT_CHANGE, rows)
