"""SQL of the series of a group in the embedded store."""

from collections.abc import Callable
from typing import Any

import apsw

from deskcal.store.batch.series import SeriesWrites
from deskcal.store.batch.writes import batch_id_of

_SELECT = "SELECT document FROM series WHERE id = ?"
_SELECT_EVENTS = "SELECT id, document FROM event WHERE series_id > 0 AND series_id = ?"
_PUT = """
    INSERT INTO series (id, horizon, document) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET horizon = excluded.horizon, document = excluded.document"""
_DELETE = "DELETE FROM series WHERE id = ?"
_PUT_CHANGE = (
    "INSERT OR REPLACE INTO series_change (series_id, batch_id, document) VALUES (?, ?, ?)"
)


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
