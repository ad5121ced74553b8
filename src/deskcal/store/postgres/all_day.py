"""Brings the columns of all-day events up to date with the zones that are in use now."""

import logging
from typing import Any

from deskcal.core.document import decode_event
from deskcal.core.zones import zone_data
from deskcal.store.batch.writes import manager_rows
from deskcal.store.columns import event_row
from deskcal.store.ports import StoreError
from deskcal.store.postgres.connection import WITHOUT_TIMEOUTS, Connection
from deskcal.store.postgres.locks import USE
from deskcal.store.postgres.schema import MIGRATION_LOCK

PAGE_ROWS = 1000

_LOCK = "SELECT pg_advisory_xact_lock(%s, %s)"
_IS_ALONE = "SELECT pg_try_advisory_xact_lock(%s, %s)"
_USED = "SELECT default_timezone, zones FROM all_day_index"
_USE = "UPDATE all_day_index SET default_timezone = %s, zones = %s"
_ALL_DAY = """
    SELECT id, duration_class, start_time, document FROM event
    WHERE position('"all_day":1'::bytea IN document) > 0 AND id > %s ORDER BY id LIMIT %s"""
_MOVE = """
    UPDATE event SET duration_class = %s, start_time = %s, end_time = %s, due_time = %s
    WHERE id = %s"""
_FORGET_MANAGER = """
    DELETE FROM event_manager
    WHERE manager_id = %s AND duration_class = %s AND start_time = %s AND event_id = %s"""
_PUT_MANAGER = """
    INSERT INTO event_manager (manager_id, duration_class, start_time, event_id, end_time)
    VALUES (%s, %s, %s, %s, %s)"""

logger = logging.getLogger(__name__)


async def used_timezone(connection: Connection) -> str:
    """The default_timezone by which the columns were derived; UTC where none has been used."""
    return str((await _row(connection, _USED))[0]) or "UTC"


async def use_zones(connection: Connection, default_timezone: str) -> None:
    """Derives the columns of all-day events again if a zone may mean something else now.

    While other nodes serve the database, a new release of the zones waits for the next start
    without them. Raises: StoreError if they use another default_timezone.
    """
    wanted = (default_timezone, zone_data().version)
    async with connection.transaction():
        await connection.execute(WITHOUT_TIMEOUTS)
        await connection.execute(_LOCK, MIGRATION_LOCK)
        used = await _row(connection, _USED)
        if used == wanted:
            return
        if used[0] and not (await _row(connection, _IS_ALONE, USE))[0]:
            if used[0] != default_timezone:
                raise StoreError(
                    f"other nodes use default_timezone {used[0]!r}, this one {default_timezone!r}: "
                    "give all nodes of a database the same, or stop the others first"
                )
            return
        moved = await _move_all(connection, default_timezone)
        await connection.execute(_USE, wanted)
    if moved:
        logger.info("indexed %d all-day events by the dates of the zones %s %s", moved, *wanted)


async def _move_all(connection: Connection, default_timezone: str) -> int:
    moved, last_id = 0, 0
    while True:
        cursor = await connection.execute(_ALL_DAY, (last_id, PAGE_ROWS), binary=True)
        page = await cursor.fetchall()
        if not page:
            return moved
        await _move(connection, page, default_timezone)
        moved, last_id = moved + len(page), page[-1][0]


async def _move(connection: Connection, page: list[Any], default_timezone: str) -> None:
    moves: list[tuple[int, ...]] = []
    old: list[tuple[int, ...]] = []
    new: list[tuple[int, ...]] = []
    for event_id, duration_class, start_time, document in page:
        row = event_row(decode_event(document), default_timezone)
        place = (row.duration_class, row.start_time, row.end_time)
        moves.append((*place, row.due_time, event_id))
        old += [(who, duration_class, start_time, event_id) for who in row.managers]
        new += [(*key, end_time) for key, end_time in manager_rows(row).items()]
    async with connection.cursor() as cursor:
        await cursor.executemany(_MOVE, moves)
        await cursor.executemany(_FORGET_MANAGER, old)
        await cursor.executemany(_PUT_MANAGER, new)


async def _row(
    connection: Connection, query: str, values: tuple[object, ...] = ()
) -> tuple[Any, ...]:
    rows = await (await connection.execute(query.encode(), values)).fetchall()
    found: tuple[Any, ...] = rows[0]
    return found
