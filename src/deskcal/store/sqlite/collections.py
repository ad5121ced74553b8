"""Removes brands and desks that no event uses any more from the embedded store."""

from typing import Any

import apsw
import msgspec
from msgspec import Struct

from deskcal.store.batch.batch import Batch

_USED = "SELECT DISTINCT collection_id FROM event"
_ALL = "SELECT id FROM collection"
_LAST_SEQ = "SELECT last_seq FROM counter"
_USED_SINCE = """
    SELECT DISTINCT e.collection_id FROM change AS c JOIN event AS e ON e.id = c.event_id
    WHERE c.seq > ?"""
_REMOVE = "DELETE FROM collection WHERE id IN (SELECT value FROM json_each(?))"


class UnusedCollections(Struct, frozen=True):
    """Collections without events, as of a change."""

    numbers: set[int]
    last_seq: int


def unused_collections(connection: apsw.Connection) -> UnusedCollections:
    """Those that have no event in one snapshot."""
    with connection:
        last_seq = connection.execute(_LAST_SEQ).get
        numbers = _numbers(connection.execute(_ALL)) - _numbers(connection.execute(_USED))
    return UnusedCollections(numbers, last_seq)


def remove_collections(
    unused: UnusedCollections, connection: apsw.Connection, _: Batch
) -> list[int]:
    """Removes those that no change since then has put an event into; their numbers."""
    used = _numbers(connection.execute(_USED_SINCE, (unused.last_seq,)))
    removed = sorted(unused.numbers - used)
    connection.execute(_REMOVE, (msgspec.json.encode(removed).decode(),))
    return removed


def _numbers(rows: Any) -> set[int]:
    return {number for (number,) in rows}
