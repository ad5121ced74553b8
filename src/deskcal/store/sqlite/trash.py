"""What a group writes into the trash of the embedded store, and takes out of it."""

from collections.abc import Callable
from typing import Any

import apsw

from deskcal.store.batch.writes import TrashedRow
from deskcal.store.columns import AS_STORED
from deskcal.store.sqlite.done_time import find_done_times_of

_PUT = f"""
    INSERT OR REPLACE INTO trash (event_id, deleted_time, deleted_by, document, done_time)
    VALUES (?1, ?2, ?3, ?4, CASE ?5 WHEN {AS_STORED} THEN coalesce(
        (SELECT done_time FROM event WHERE id = ?1),
        (SELECT done_time FROM trash WHERE event_id = ?1), 0) ELSE ?5 END)"""  # noqa: S608
_GIVE_DONE_TIME = """
    UPDATE event SET done_time = t.done_time FROM trash AS t
    WHERE event.id = ? AND t.event_id = event.id AND event.status IN (1, 3) AND t.done_time > 0"""
_REMOVE = "DELETE FROM trash WHERE event_id = ?"
_DOCUMENT = "SELECT document FROM trash WHERE event_id = ? AND deleted_time >= ?"


def trashed_document(connection: apsw.Connection, event_id: int, since: int) -> bytes | None:
    """The last document of an event that was deleted then or later."""
    document: bytes | None = connection.execute(_DOCUMENT, (event_id, since)).get
    return document


def put_in_trash(run: Callable[[str, list[Any]], None], trashed: list[TrashedRow]) -> None:
    """Puts what a group deletes into the trash, while the events are still there."""
    run(_PUT, trashed)


def take_out_of_trash(
    run: Callable[[str, list[Any]], None], restored: list[int], done: list[int]
) -> None:
    """Takes what a group has restored out of the trash. Its events and changes are written.

    `done`: those of them of which it is to be found out when they were completed.
    """
    find_done_times_of(run, done)
    run(_GIVE_DONE_TIME, [(event_id,) for event_id in done])
    run(_REMOVE, [(event_id,) for event_id in restored])
