"""Claims whose time is over, on PostgreSQL: each is freed by one node only."""

import functools
from typing import Any

from deskcal.core.claims import FARTHEST_SEC, released
from deskcal.core.event import ChangeType
from deskcal.store.batch.batch import SERVER, Batch
from deskcal.store.postgres.connection import Connection, Read, RunJob

_ENDED = """
    SELECT id, document FROM event WHERE claim_state = 2 AND claim_until <= %s
    ORDER BY claim_until, id LIMIT %s FOR UPDATE SKIP LOCKED"""
_TOO_FAR = """
    SELECT id, document FROM event WHERE claim_state = 2 AND claim_until > %s
    ORDER BY claim_until, id LIMIT %s FOR UPDATE SKIP LOCKED"""
_NEXT_END = "SELECT min(claim_until) FROM event WHERE claim_state = 2"


class PostgresClaims:
    """A `ClaimStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def next_end(self) -> int | None:
        """When the next claim ends by itself."""
        end: int | None = await self._read(_next_end)
        return end

    async def end(self, now: int, limit: int) -> int:
        """Frees events whose claim is over and that no other node has locked."""
        ended: int = await self._job(functools.partial(_end, now, limit))
        return ended


async def _next_end(connection: Connection) -> int | None:
    rows: list[Any] = await (await connection.execute(_NEXT_END)).fetchall()
    end: int | None = rows[0][0]
    return end


async def _end(now: int, limit: int, connection: Connection, batch: Batch) -> int:
    rows: list[Any] = []
    for query, bound in ((_ENDED, now), (_TOO_FAR, now + FARTHEST_SEC)):
        cursor = await connection.execute(query, (bound, limit - len(rows)), binary=True)
        rows += await cursor.fetchall()
    for event_id, document in rows:
        event = released(batch.take(event_id, document))
        batch.stage(event_id, event, ChangeType.UPDATED, now, SERVER)
    return len(rows)
