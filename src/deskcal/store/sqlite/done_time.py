"""When events were completed, by their history: where the row is a new one and does not say."""

from collections.abc import Callable, Iterable
from typing import Any

import apsw

_COMPLETED = """
    SELECT json_extract(CAST(c.document AS TEXT), '$.updated_time') FROM change AS c
    WHERE c.event_id = event.id AND c.seq > coalesce((
        SELECT max(seq) FROM change AS u
        WHERE u.event_id = event.id
          AND json_extract(CAST(u.document AS TEXT), '$.status') <> 1), 0)
    ORDER BY c.seq LIMIT 1"""
"""`updated_time` by the first change from which on the event was done."""
_OF_ALL = f"UPDATE event SET done_time = coalesce(({_COMPLETED}), done_time) WHERE status = 1"  # noqa: S608
_OF_ONE = f"{_OF_ALL} AND id = ?"


def find_done_times(connection: apsw.Connection) -> None:
    """Of all that is done, once their changes are there."""
    connection.execute(_OF_ALL)


def find_done_times_of(run: Callable[[str, list[Any]], None], event_ids: Iterable[int]) -> None:
    """Of those of them that are done."""
    run(_OF_ONE, [(event_id,) for event_id in event_ids])
