"""Claims whose time is over, in the embedded store."""

import functools
from typing import Any

import apsw

from deskcal.core.claims import FARTHEST_SEC, released
from deskcal.core.event import ChangeType
from deskcal.store.batch.batch import SERVER, Batch
from deskcal.store.sqlite.changes import Read, RunJob

_ENDED = """
    SELECT id, document FROM event INDEXED BY event_by_claim_until
    WHERE claim_state = 2 AND claim_until <= ? ORDER BY claim_until, id LIMIT ?"""
_TOO_FAR = """
    SELECT id, document FROM event INDEXED BY event_by_claim_until
    WHERE claim_state = 2 AND claim_until > ? ORDER BY claim_until, id LIMIT ?"""
_NEXT_END = """
    SELECT min(claim_until) FROM event INDEXED BY event_by_claim_until WHERE claim_state = 2"""


class SqliteClaims:
    """A `ClaimStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def next_end(self) -> int | None:
        """When the next claim ends by itself."""
        end: int | None = await self._read(_next_end)
        return end

    async def end(self, now: int, limit: int) -> int:
        """Frees events whose claim is over."""
        ended: int = await self._job(functools.partial(_end, now, limit))
        return ended


def _next_end(connection: apsw.Connection) -> int | None:
    end: int | None = connection.execute(_NEXT_END).get
    return end


def _end(now: int, limit: int, connection: apsw.Connection, batch: Batch) -> int:
    rows: list[Any] = []
    for query, bound in ((_ENDED, now), (_TOO_FAR, now + FARTHEST_SEC)):
        rows += connection.execute(query, (bound, limit - len(rows))).fetchall()
    for event_id, document in rows:
        event = released(batch.take(event_id, document))
        batch.stage(event_id, event, ChangeType.UPDATED, now, SERVER)
    return len(rows)
