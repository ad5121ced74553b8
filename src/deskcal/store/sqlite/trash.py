"""What a group writes into the trash of the embedded store, and takes out of it."""

from collections.abc import Callable
from typing import Any

import apsw

from deskcal.store.batch.writes import Writes
from deskcal.store.sqlite.done_time import find_done_times_of

_PUT = """
    INSERT OR REPLACE INTO trash (event_id, deleted_time, deleted_by, document)
    VALUES (?, ?, ?, ?)"""
_REMOVE = "DELETE FROM trash WHERE event_id = ?"
_DOCUMENT = "SELECT document FROM trash WHERE event_id = ? AND deleted_time >= ?"


def trashed_document(connection: apsw.Connection, event_id: int, since: int) -> bytes | None:
    """The last document of an event that was deleted then or later."""
    document: bytes | None = connection.execute(_DOCUMENT, (event_id, since)).get
    return document


def write_trash(run: Callable[[str, list[Any]], None], writes: Writes) -> None:
    """Puts what a group has deleted into the trash, and takes out what it has restored.

    Its changes are written already.
    """
    trashed, restored = writes.deletions()
    run(_PUT, trashed)
    run(_REMOVE, [(event_id,) for event_id in restored])
    find_done_times_of(run, restored)
