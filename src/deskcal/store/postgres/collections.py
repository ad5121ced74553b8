"""Removes brands and desks that no event uses any more, also while other nodes run."""

import functools
from typing import Any

from deskcal.store.batch.batch import Batch
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection, Read, RunJob

LOCK_MS = 500
"""Groups wait so long at most: while the lock on `event` is waited for, nobody else gets it."""

_UNUSED = """
    SELECT (SELECT last_seq FROM counter), array(
        SELECT id FROM collection AS c
        WHERE NOT EXISTS (SELECT 1 FROM event AS e WHERE e.collection_id = c.id))"""
_SET_TIMEOUT = f"SET LOCAL lock_timeout = {LOCK_MS}"
_LOCK = "LOCK TABLE event IN SHARE MODE"
_REMOVE = """
    DELETE FROM collection WHERE id = ANY(%s::integer[]) AND id NOT IN (
        SELECT e.collection_id FROM change AS c JOIN event AS e ON e.id = c.event_id
        WHERE c.seq > %s)
    RETURNING id"""


async def remove_unused(read: Read, job: RunJob) -> list[int]:
    """Numbers of the collections that were removed.

    Candidates are found without a lock. Then no group may write while those are removed that no
    change since then has put an event into; a group that remembers one notices, since its INSERT
    looks the number up.
    """
    last_seq, unused = await read(_find_unused)
    if not unused:
        return []
    removed: list[int] = await job(functools.partial(_remove, last_seq, unused))
    return removed


async def _find_unused(connection: Connection) -> tuple[Any, ...]:
    row = await (await connection.execute(_UNUSED)).fetchone()
    return row or (0, [])


async def _remove(last_seq: int, unused: list[int], connection: Connection, _: Batch) -> list[int]:
    await connection.execute(_SET_TIMEOUT)
    await connection.execute(_LOCK)
    cursor = await connection.execute(_REMOVE, (integers(unused), last_seq))
    return [number for (number,) in await cursor.fetchall()]
