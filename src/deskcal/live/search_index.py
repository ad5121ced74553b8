"""Keeps the index of the search up to the changes, in small steps while the writer is idle."""

import asyncio
import logging

from deskcal.errors import DeskcalError
from deskcal.incidents import LastingFault
from deskcal.store.ports import Store

PAUSE_SEC = 0.05
"""Between two looks at a writer that is busy."""
MAX_PAUSES = 20
"""Then a step is taken though the writer is busy, so that the index never falls far behind."""
QUIET_SEC = 1.0
"""Without a change here before the index goes on; other nodes change events, too."""
MOST_SEC = 10.0
"""After which it goes on though changes keep coming: a search compares what it lacks itself."""
FAR_BEHIND = 5_000
"""Changes that are not indexed, at which it goes on at once, in steps that cost less for each."""
TOO_FAR_BEHIND = 10_000
"""At which it waits for the writer no more: a search has a limit."""
REPORT_EVERY = 50_000

logger = logging.getLogger(__name__)


class SearchIndex:
    """Indexes what was changed, in a task of its own. Several nodes may run one each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed = asyncio.Event()
        self._fault = LastingFault(logger)
        self._complete_seq = 0
        """Up to which there was nothing left to index; an import leaves a gap before it."""

    def wake(self) -> None:
        """There are new changes."""
        self._changed.set()

    async def run(self) -> None:
        """Indexes without end."""
        while True:
            try:
                await self._catch_up()
                self._fault.succeeded()
            except DeskcalError as exc:
                self._fault.failed(
                    "the search index was not brought up to date", exc, level=logging.WARNING
                )
                await asyncio.sleep(QUIET_SEC)
            await self._quiet()

    async def _quiet(self) -> None:
        """Until nothing was changed for a while, or the changes have gone on for long."""
        until = asyncio.get_running_loop().time() + MOST_SEC
        while asyncio.get_running_loop().time() < until and self._behind < FAR_BEHIND:
            self._changed.clear()
            try:
                async with asyncio.timeout(QUIET_SEC):
                    await self._changed.wait()
                await asyncio.sleep(PAUSE_SEC)
            except TimeoutError:
                return

    async def _catch_up(self) -> None:
        """Until every change that was there is indexed; a long way is logged.

        Not those that come meanwhile: while they keep coming, each would be a step of its own.
        """
        done = 0
        newest = self._store.feed.last_seq
        while count := await self._store.search.index(self._step):
            done += count
            if done % REPORT_EVERY < count:
                logger.info("indexed the texts of %d changes for the search", done)
            if self._store.search.indexed_seq >= newest:
                break
            await self._wait_for_the_writer()
        self._complete_seq = newest

    @property
    def _behind(self) -> int:
        complete = max(self._store.search.indexed_seq, self._complete_seq)
        return self._store.feed.last_seq - complete

    @property
    def _step(self) -> int:
        search = self._store.search
        return search.large_step if self._behind >= FAR_BEHIND else search.step

    async def _wait_for_the_writer(self) -> None:
        left = TOO_FAR_BEHIND - self._behind
        if left <= 0 and not self._store.search.holds_writer:
            return
        for _ in range(max(MAX_PAUSES * min(left, FAR_BEHIND) // FAR_BEHIND, 1)):
            is_busy = self._is_writer_busy
            self._changed.clear()
            await asyncio.sleep(PAUSE_SEC if is_busy else 0)
            if not self._is_writer_busy:
                return

    @property
    def _is_writer_busy(self) -> bool:
        """Whether mutations wait; in a burst, such as of reminders, whether changes were committed.

        Reminders are fired in transactions of their own, none of which waits for long.
        """
        is_burst = self._changed.is_set() and self._behind >= FAR_BEHIND
        return is_burst or self._store.waiting_mutations > 0
