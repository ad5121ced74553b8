"""When events were completed, by their history: where the row is a new one and does not say."""

from collections.abc import Callable, Iterable
from typing import Any

import apsw

from deskcal.store.batch.writes import EndedRow
from deskcal.store.columns import AS_STORED

_COMPLETED = """
    SELECT json_extract(CAST(c.document AS TEXT), '$.updated_time') FROM change AS c
    WHERE c.event_id = event.id AND c.seq > coalesce((
        SELECT max(seq) FROM change AS u
        WHERE u.event_id = event.id
          AND json_extract(CAST(u.document AS TEXT), '$.status') <> 1), 0)
    ORDER BY c.seq LIMIT 1"""
"""`updated_time` by the first change from which on the event was done."""
_KEEP = f"""
    INSERT OR REPLACE INTO completion (event_id, version, done_time, time)
    VALUES (?1, ?2, CASE ?3 WHEN {AS_STORED} THEN coalesce(
        (SELECT done_time FROM event WHERE id = ?1),
        (SELECT done_time FROM trash WHERE event_id = ?1), 0) ELSE ?3 END, ?4)"""  # noqa: S608
_KEPT = """
    SELECT done_time FROM completion WHERE event_id = ? AND version >= ? AND version < ?
    ORDER BY version LIMIT 1"""
_OF_ALL = f"UPDATE event SET done_time = coalesce(({_COMPLETED}), done_time) WHERE status = 1"  # noqa: S608
_OF_ONE = f"{_OF_ALL} AND id = ?"


def find_done_times(connection: apsw.Connection) -> None:
    """Of all that is done, once their changes are there."""
    connection.execute(_OF_ALL)


def find_done_times_of(run: Callable[[str, list[Any]], None], event_ids: Iterable[int]) -> None:
    """Of those of them that are done."""
    run(_OF_ONE, [(event_id,) for event_id in event_ids])


def keep_done_times(run: Callable[[str, list[Any]], None], ended: list[EndedRow]) -> None:
    """Keeps what a group takes back, while its events and the trash are as they were."""
    run(_KEEP, ended)


def kept_done_times(
    connection: apsw.Connection, wanted: Iterable[tuple[int, int, int]]
) -> dict[int, int]:
    """By event; see `FeedStore.done_times`."""
    found = {
        event_id: connection.execute(_KEPT, (event_id, *more)).get for event_id, *more in wanted
    }
    return {event_id: time for event_id, time in found.items() if time}
