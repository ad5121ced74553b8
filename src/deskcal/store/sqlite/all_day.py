"""Brings the columns of all-day events up to date with the zones that are in use now."""

import logging
from typing import Any

import apsw

from deskcal.core.document import decode_event
from deskcal.core.zones import zone_data
from deskcal.store.batch.writes import manager_rows
from deskcal.store.columns import event_row
from deskcal.store.sqlite.search_index import index_moved

_USED = "SELECT default_timezone, zones FROM all_day_index"
_USE = "UPDATE all_day_index SET default_timezone = ?, zones = ?"
_ALL_DAY = """
    SELECT id, duration_class, start_time, document FROM event
    WHERE instr(CAST(document AS TEXT), '"all_day":1')"""
_MOVE = """
    UPDATE event SET duration_class = ?, start_time = ?, end_time = ?, due_time = ? WHERE id = ?"""
_FORGET_MANAGER = """
    DELETE FROM event_manager
    WHERE manager_id = ? AND duration_class = ? AND start_time = ? AND event_id = ?"""
_PUT_MANAGER = "INSERT INTO event_manager VALUES (?, ?, ?, ?, ?)"

logger = logging.getLogger(__name__)


def used_timezone(connection: apsw.Connection) -> str:
    """The default_timezone by which the columns were derived; UTC where none has been used."""
    return connection.execute(_USED).fetchall()[0][0] or "UTC"  # type: ignore[return-value]


def use_zones(connection: apsw.Connection, default_timezone: str) -> None:
    """Derives the columns of all-day events again if a zone may mean something else now."""
    wanted = (default_timezone, zone_data().version)
    with connection:
        if connection.execute(_USED).fetchall()[0] == wanted:
            return
        moved = _move_all(connection, default_timezone)
        connection.execute(_USE, wanted)
    if moved:
        logger.info("indexed %d all-day events by the dates of the zones %s %s", moved, *wanted)


def _move_all(connection: apsw.Connection, default_timezone: str) -> int:
    rows: Any = connection.execute(_ALL_DAY).fetchall()
    moved = []
    for event_id, duration_class, start_time, document in rows:
        row = event_row(decode_event(document), default_timezone)
        place = (row.duration_class, row.start_time)
        old = [(who, duration_class, start_time, event_id) for who in row.managers]
        connection.executemany(_FORGET_MANAGER, old)
        connection.execute(_MOVE, (*place, row.end_time, row.due_time, event_id))
        new = [(*key, end_time) for key, end_time in manager_rows(row).items()]
        connection.executemany(_PUT_MANAGER, new)
        if row.start_time != start_time:
            moved.append(event_id)
    index_moved(connection, moved)
    return len(rows)
