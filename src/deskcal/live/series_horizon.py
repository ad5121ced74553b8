"""Makes the occurrences of series up to the horizon, as time goes on.

One transaction for each series, on the series as it is there: with several nodes exactly one makes
an occurrence, and a node that crashes in the middle leaves a series extended or as it was.
Source: contract, section 13.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from deskcal.core.document import decode_event
from deskcal.core.event import ChangeType
from deskcal.core.series import MAX_PAST, extend, new_occurrence
from deskcal.core.series_zones import follow_clock
from deskcal.errors import DeskcalError
from deskcal.incidents import LastingFault
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.ports.work import Changes, Transaction

CHECK_SEC = 600
"""Between two looks, at most; a series begun meanwhile is made up to the horizon already."""
RETRY_SEC = 10
"""After a failure of the store."""
PAGE = 100
"""Series that are looked up together."""
SERVER = 0
"""The actor of what the server does on its own."""

logger = logging.getLogger(__name__)


class SeriesHorizon:
    """Extends the series of a store."""

    def __init__(self, store: Store, now: Callable[[], float], limits: Limits) -> None:
        self._store = store
        self._now = now
        self._horizon_sec = limits.series_horizon_sec
        self._limit = limits.max_series_occurrences
        self._woken = asyncio.Event()
        self._fault = LastingFault(logger)
        self.extended = 0
        """Occurrences made since the start."""

    def wake(self) -> None:
        """Has it look now."""
        self._woken.set()

    async def run(self) -> None:
        """Extends without end; when cancelled, each series is extended whole or not at all."""
        follows_clock = True
        while True:
            wait_sec: float = CHECK_SEC
            self._woken.clear()
            try:
                if follows_clock:
                    await self.follow_clocks()
                    follows_clock = False
                await self.extend_all()
                wait_sec = await self._wait_sec()
                self._fault.succeeded()
            except Exception as exc:
                is_ours = isinstance(exc, DeskcalError)
                self._fault.failed(
                    "series can't be extended",
                    exc,
                    level=logging.WARNING if is_ours else logging.ERROR,
                    exc_info=None if is_ours else exc,
                )
                wait_sec = RETRY_SEC
            try:
                async with asyncio.timeout(wait_sec):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def follow_clocks(self) -> None:
        """Moves open future occurrences of zones whose rules have changed; once, at the start.

        A series that agrees with its zone is only read.
        """
        after = 0
        while page := await self._store.series.page(after, PAGE):
            for series in page:
                after = series.series_id
                documents = await self._store.series.events(after)
                found, moved = follow_clock(series, list(map(decode_event, documents)), self._time)
                if moved or found != series:
                    await self._follow_clock(after)

    @property
    def _time(self) -> int:
        return int(self._now())

    async def _follow_clock(self, series_id: int) -> None:
        now = self._time

        def apply(changes: Changes) -> int:
            series = changes.series(series_id)
            if series is None:
                return 0
            found, moved = follow_clock(series, changes.series_events(series_id), now)
            for _, event in moved:
                changes.put(event.id, event, ChangeType.UPDATED)
            if found != series:
                changes.put_series(series_id, found)
            return len(moved)

        transaction = Transaction(
            event_ids=(),
            new_events=0,
            actor=SERVER,
            time=now,
            apply=apply,
            series_ids=(series_id,),
        )
        applied = await self._store.transact(transaction)
        logger.info(
            "the clock of series %d has changed: %d occurrences moved", series_id, applied.value
        )

    async def _wait_sec(self) -> float:
        """Seconds until the next occurrence comes within the horizon, at most `CHECK_SEC`."""
        horizon = await self._store.series.next_horizon()
        if horizon is None:
            return CHECK_SEC
        return min(max(horizon - self._horizon_sec - self._now(), 1), CHECK_SEC)

    async def extend_all(self) -> None:
        """Extends every series whose next occurrence is within the horizon.

        One that can't be extended, as it has too many occurrences, is left as it is.
        """
        until = int(self._now()) + self._horizon_sec
        tried: set[int] = set()
        while True:
            found = await self._store.series.unended(until, PAGE + len(tried))
            waiting = [series.series_id for series in found if series.series_id not in tried]
            if not waiting:
                return
            for series_id in waiting:
                tried.add(series_id)
                await self._extend(series_id, until)

    async def _extend(self, series_id: int, until: int) -> None:
        now = int(self._now())

        def apply(changes: Changes) -> int:
            return self._apply(changes, series_id, until, now)

        transaction = Transaction(
            event_ids=(),
            new_events=self._limit + MAX_PAST,
            actor=SERVER,
            time=now,
            apply=apply,
            series_ids=(series_id,),
        )
        try:
            applied: Any = await self._store.transact(transaction)
        except DeskcalError as exc:
            if exc.status >= 500:
                raise
            logger.warning("series %d is not extended: %s", series_id, exc)
            return
        self.extended += applied.value

    def _apply(self, changes: Changes, series_id: int, until: int, now: int) -> int:
        """What another node has made since is not made again."""
        series = changes.series(series_id)
        if series is None or series.is_ended or series.horizon >= until:
            return 0
        extended = extend(series, until, now=now, limit=self._limit)
        for one in extended.occurrences:
            event = new_occurrence(extended.series, one, changes.new_id(), now)
            changes.put(event.id, event, ChangeType.ADDED)
        changes.put_series(series_id, extended.series)
        return len(extended.occurrences)
