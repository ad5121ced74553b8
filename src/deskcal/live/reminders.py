"""Reminders: the loop that fires what is due and has delivered what was fired.

It sleeps until the earliest due time, so later ones cost nothing. A reminder is a row in the store
before it is a message, so a crash leaves nobody out, and its token is made of the row's key, so
nobody gets two tokens for one reminder.
Source: contract, section 7, "Reminders".
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from deskcal.errors import DeskcalError
from deskcal.incidents import LastingFault
from deskcal.live.connections import Peers
from deskcal.live.reminder_delivery import Delivery
from deskcal.store.ports.reminders import Notification, ReminderStore

logger = logging.getLogger(__name__)

ROUND = 500
"""Events that are fired in one transaction."""
ROUNDS = 8
"""Rounds after which what they fired is delivered, at the latest, while the next ones fire."""
DELIVERIES = 8
"""Deliveries after which managers who connected meanwhile get theirs."""
DELIVERED_AT_ONCE = 4000
"""Fired reminders after which they are delivered: those of one manager are sent together."""
PAGE = 100
"""Waiting reminders of one manager that are read at one time."""
MANAGERS_AT_ONCE = 100
"""Managers whose waiting reminders are delivered before due times are looked at again."""
FETCHED_AT_ONCE = 500
"""Reminders that nodes have fired and that are read at one time, at least."""
FLUSH_SEC = 0.05
"""Between two looks whether what was sent has left this process."""
CLAIMED_SEC = 0.1
"""Before what is due and another node has claimed is looked at again."""
LAST_RECORD_SEC = 1
"""How long the end waits for the store to record what was sent."""
TICK_SEC = 1
"""The clock is looked at so often, since it may be stepped."""
SWEEP_SEC = 60
"""Between two searches for what has waited too long, or was missed by the ways above."""


class Reminders:
    """Fires and delivers while it is entered."""

    def __init__(
        self,
        store: ReminderStore,
        peers: Peers,
        now: Callable[[], float],
        *,
        grace_sec: int,
        default_timezone: str,
        escalates: bool = False,
    ) -> None:
        """`grace_sec`: how long a fired reminder waits for its manager.

        `escalates`: whether what fires may have to go to the lead of its desk later.
        """
        self._store = store
        self._peers = peers
        peers.arrivals.subscribe(self._on_connected)
        self._now = now
        self._escalates = escalates
        self._delivery = Delivery(
            store, peers, now, grace_sec=grace_sec, default_timezone=default_timezone
        )
        self._due: int | None = None
        self._armed: int | None = None
        self._woken = asyncio.Event()
        self._reachable: dict[int, None] = {}
        self._sweep_at = 0.0
        self._has_failed = False
        self._fault = LastingFault(logger)
        self._has_new_fired = True
        self._is_claimed = False
        self._ready: list[Notification] = []
        """Fired, and to be delivered next."""
        self._is_fired_here = False
        """Whether the store hands on what it fires, as no other node does."""
        self.fired = 0
        """Counter since the start, of notifications."""

    @property
    def delivered(self) -> int:
        """Notifications that were delivered since the start."""
        return self._delivery.delivered

    @property
    def missed(self) -> int:
        """Notifications that were given up since the start."""
        return self._delivery.missed

    async def __aenter__(self) -> Self:
        self._delivery.waiting = await self._store.waiting_managers()
        self._due = await self._store.next_due()
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Records what has left by connections that were closed a moment ago."""
        try:
            async with asyncio.timeout(LAST_RECORD_SEC):
                await self._delivery.record()
        except (DeskcalError, TimeoutError) as exc:
            logger.error("reminders that were sent may be sent again: %s", exc)

    def armed(self, due_time: int) -> None:
        """A change has armed a reminder for `due_time`, Unix seconds."""
        self._armed = _earliest(self._armed, due_time)
        if self._due is None or due_time < self._due:
            self._due = due_time
            self._woken.set()

    def wake(self) -> None:
        """The clock may have been stepped: look at once."""
        self._woken.set()

    def fired_by_change(self, managers: Iterable[int]) -> None:
        """A change has fired reminders of these managers; they wait in the store."""
        for manager_id in managers:
            self._delivery.waiting.add(manager_id)
            self._on_connected(manager_id)
        if self._escalates:
            self.armed(int(self._now()))

    def fired_by_node(self) -> None:
        """A node may have fired reminders: they are to be fetched from the store."""
        self._has_new_fired = True
        self._woken.set()

    def _on_connected(self, manager_id: int) -> None:
        """A connection of this manager can be written to from now on."""
        if manager_id in self._delivery.waiting:
            self._reachable[manager_id] = None
            self._woken.set()

    async def run(self) -> None:
        """Fires and delivers without end."""
        self._sweep_at = asyncio.get_running_loop().time() + SWEEP_SEC
        while True:
            self._woken.clear()
            try:
                if self._has_failed:
                    await self._reload()
                await self._run_once()
                self._fault.succeeded()
            except Exception as exc:
                self._log_delay(exc)
                self._has_failed = True
                await asyncio.sleep(TICK_SEC)

    async def _reload(self) -> None:
        """After a failure: finds in the store what was under way then."""
        await self._find_next()
        self._delivery.waiting |= await self._store.waiting_managers()
        self._queue_reachable()
        self._has_new_fired = True
        self._has_failed = False

    async def _run_once(self) -> None:
        """Some of what is to be done; when nothing is, a wait until there may be."""
        loop = asyncio.get_running_loop()
        if self._has_new_fired:
            await self._deliver_fired()
        if self._is_due():
            await self._fire_some()
        if self._reachable:
            await self._deliver_waiting()
        if self._delivery.has_unsent:
            await self._record()
        if loop.time() >= self._sweep_at:
            await self._sweep()
            self._sweep_at = loop.time() + SWEEP_SEC
        await self._wait(self._sweep_at - loop.time())

    async def _wait(self, wait_sec: float) -> None:
        """Until there may be something to do, or at most so long."""
        if self._delivery.has_unsent:
            wait_sec = min(wait_sec, FLUSH_SEC)
        if self._is_claimed and self._is_due():
            wait_sec = min(wait_sec, CLAIMED_SEC)
        elif self._due is not None:
            wait_sec = min(wait_sec, self._due - self._now(), TICK_SEC)
        if self._reachable or self._has_new_fired or wait_sec <= 0:
            return
        try:
            async with asyncio.timeout(wait_sec):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _is_due(self) -> bool:
        return self._due is not None and self._due <= self._now()

    async def _deliver_fired(self) -> None:
        """Delivers what nodes that share the store have fired, to managers connected here."""
        self._has_new_fired = False
        found = await self._store.fetch_fired(self._is_reachable, FETCHED_AT_ONCE)
        self._has_new_fired |= not found.is_all
        if self._escalates and (found.notifications or found.others):
            await self._find_next()
        self._delivery.waiting |= found.others
        self._reachable |= dict.fromkeys(filter(self._is_reachable, found.others))
        try:
            await self._delivery.deliver(found.notifications)
        finally:
            await self._record()

    def _is_reachable(self, manager_id: int) -> bool:
        return any(self._peers.of_manager(manager_id, self._now()))

    async def _fire_some(self) -> None:
        """Fires what is due, and delivers some of it while more is fired."""
        try:
            for _ in range(DELIVERIES):
                events = await self._fire_and_deliver()
                if not events:
                    break
        finally:
            await self._delivery.deliver(self._take_ready())
            await self._record()
        if not events:
            await self._find_next()
        self._is_claimed = not events and self._is_due()

    async def _fire_and_deliver(self) -> int:
        """Fires some rounds, and delivers at the same time what was ready; as `_fire_rounds`.

        Where nodes share the store, nothing is ready: what was fired is fetched first.
        """
        if self._has_new_fired:
            await self._deliver_fired()
        ready = self._take_ready()
        if not ready:
            return await self._fire_rounds()
        firing = asyncio.get_running_loop().create_task(self._fire_rounds())
        try:
            await self._delivery.deliver(ready)
        except BaseException as exc:
            if isinstance(exc, asyncio.CancelledError):
                firing.cancel()
            await asyncio.wait([firing])
            if not firing.cancelled() and (failure := firing.exception()) is not None:
                self._log_delay(failure)
            raise
        return await firing

    async def _fire_rounds(self) -> int:
        """Fires until enough is ready to be delivered; 0: nothing was due any more.

        The next round is queued while one is committed, as the event loop, which delivers, may not
        look for a while. One that fails is raised after the other has ended.
        """
        at_once = 2 if self._is_fired_here else 1
        rounds = [self._fire_in_turn(ROUNDS // at_once) for _ in range(at_once)]
        found = await asyncio.gather(*rounds, return_exceptions=True)
        failures = [one for one in found if isinstance(one, BaseException)]
        if failures:
            raise failures[0]
        return min(one for one in found if isinstance(one, int))

    async def _fire_in_turn(self, rounds: int) -> int:
        """Fires so many rounds, or fewer if enough is ready; how many events the last one had."""
        for _ in range(rounds):
            fired = await self._store.fire(int(self._now()), ROUND)
            self.fired += fired.count
            self._ready += fired.notifications
            self._is_fired_here |= bool(fired.notifications)
            is_enough = fired.events < ROUND or len(self._ready) >= DELIVERED_AT_ONCE
            if is_enough or self._has_new_fired:
                break
        return fired.events

    def _take_ready(self) -> list[Notification]:
        ready, self._ready = self._ready, []
        return ready

    async def _find_next(self) -> None:
        """The earliest due time, of the store and of what is armed while it is read."""
        self._armed = None
        due = await self._store.next_due()
        self._due = _earliest(due, self._armed)

    async def _deliver_waiting(self) -> None:
        """Delivers what waited for managers who have connected."""
        try:
            for manager_id in list(itertools.islice(self._reachable, MANAGERS_AT_ONCE)):
                del self._reachable[manager_id]
                self._delivery.waiting.discard(manager_id)
                await self._deliver_to(manager_id)
        finally:
            await self._record()

    async def _deliver_to(self, manager_id: int) -> None:
        page = await self._store.waiting(manager_id, None, PAGE)
        while page:
            await self._delivery.deliver(page)
            if len(page) < PAGE:
                break
            page = await self._store.waiting(manager_id, page[-1].key, PAGE)

    async def _record(self) -> None:
        await self._delivery.record()
        retried, self._delivery.retried = self._delivery.retried, set()
        self.fired_by_change(retried)

    async def _sweep(self) -> None:
        """Gives up what has waited too long, and tries again what could not be sent."""
        await self._find_next()
        await self._delivery.give_up(ROUND)
        self._queue_reachable()

    def _log_delay(self, exc: BaseException) -> None:
        is_ours = isinstance(exc, DeskcalError)
        self._fault.failed("reminders are delayed", exc, exc_info=None if is_ours else exc)

    def _queue_reachable(self) -> None:
        """Queues managers with a waiting reminder who are connected."""
        self._reachable |= dict.fromkeys(filter(self._is_reachable, self._delivery.waiting))


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((due for due in (one, other) if due is not None), default=None)
