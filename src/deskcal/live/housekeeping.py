"""Removes from the store what nobody can ask for any more: collections, old deletions."""

import asyncio
import logging
from collections.abc import Callable

from deskcal.errors import DeskcalError
from deskcal.store.ports import Store

EVERY_SEC = 3600
"""Between two rounds; the first one comes after as long."""
PURGE_AT_ONCE = 500
"""Deleted events that one transaction forgets."""

logger = logging.getLogger(__name__)


class Housekeeping:
    """One round after the other. Several nodes may run one each."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], float],
        *,
        trash_retention_sec: int,
        every_sec: float = EVERY_SEC,
    ) -> None:
        self._store = store
        self._now = now
        self._trash_retention_sec = trash_retention_sec
        self._every_sec = every_sec

    async def run(self) -> None:
        """Rounds without end."""
        while True:
            await asyncio.sleep(self._every_sec)
            await self.tidy()

    async def tidy(self) -> None:
        """One round. A failure is logged; the next round tries again."""
        try:
            await self._purge_trash()
            removed = await self._store.remove_unused_collections()
        except DeskcalError as exc:
            logger.warning("what nobody can ask for any more was not removed: %s", exc)
            return
        if removed:
            logger.info("removed %d brands and desks that no event uses", removed)

    async def _purge_trash(self) -> None:
        before = int(self._now()) - self._trash_retention_sec
        while await self._store.trash.purge(before, PURGE_AT_ONCE) == PURGE_AT_ONCE:
            await asyncio.sleep(0)
