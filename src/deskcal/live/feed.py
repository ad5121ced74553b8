"""The live change feed: from the change table to every subscriber, each at its own pace.

A commit only says "look"; what is pushed is read from the change table by `seq`. A subscriber
that falls behind is sent a resync and goes on from the newest change; no other one waits for it.
Source: contract, section 7, "Pushed messages".
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from deskcal.errors import DeskcalError, ResyncRequired
from deskcal.incidents import LastingFault
from deskcal.live.audience import Audience, Page
from deskcal.live.connections import Peer
from deskcal.live.pacing import Pacing
from deskcal.live.subscribers import SeenChange, Subscriber
from deskcal.store.batch.timeline import require_kept
from deskcal.store.ports.feed import FeedStore, StoredChange
from deskcal.wire.pushes import encode_resync

logger = logging.getLogger(__name__)

PAGE = 500
"""Changes that are read at one time."""
LEAST_WAIT_SEC = 0.02
"""Between two looks, so that many small commits are pushed together."""
PUSHES_AT_ONCE = 50
"""Subscribers that are pushed to before other tasks run: so requests get their share."""
CALM_BYTES = 16 * 1024
"""Unsent output of a subscriber that has caught up; with more it gets no further page."""
PRUNE_AT_ONCE = 1000
PRUNE_EVERY_SEC = 60
POLL_SEC = 1
"""The feed looks at least so often, should a nudge be lost."""


class Feed:
    """Reads the change table and pushes."""

    def __init__(self, store: FeedStore, now: Callable[[], float], *, retention_sec: int) -> None:
        """`retention_sec`: how long changes are kept; 0: for ever."""
        self._store = store
        self._now = now
        self._retention_sec = retention_sec
        self._subscribers: dict[Peer, Subscriber] = {}
        self._audience = Audience()
        self._nudged = asyncio.Event()
        self._fault, self._prune_fault = LastingFault(logger), LastingFault(logger)
        self._seq = store.last_seq
        self.resyncs = 0
        """How often a subscriber was too slow and was sent a resync."""

    @property
    def subscriber_count(self) -> int:
        """Connections that are subscribed now."""
        return len(self._subscribers)

    async def aclose(self) -> None:
        """Forgets all connections."""
        for peer in list(self._subscribers):
            self.forget(peer)

    def wake(self) -> None:
        """There may be changes: look. Losing one of these costs at most one poll."""
        self._nudged.set()

    def subscribe(
        self, peer: Peer, manager_id: int, names: Iterable[str], since: int | None
    ) -> None:
        """Pushes what the channels are about, from `since` on, else from now on.

        Call it before the names are put into `peer.channels`.
        Raises: ResyncRequired if `since` is older than what is kept, or of another store.
        """
        if since is not None:
            self.check_cursor(since)
        subscriber = self._subscribers.get(peer)
        if subscriber is None:
            subscriber = self._subscribers[peer] = Subscriber(peer, self.newest_seq)
        self._audience.note(subscriber)
        self._bring_up(subscriber)
        known = peer.channels.get(manager_id, {})
        start = self.newest_seq if since is None else since
        for name in names:
            if since is not None or name not in known:
                subscriber.joining[manager_id, name] = start
        if subscriber.is_live and subscriber.lowest_cursor() == subscriber.highest_cursor():
            subscriber.joining.clear()
        elif subscriber.task is None:
            subscriber.is_live = False
            subscriber.task = asyncio.get_running_loop().create_task(self._catch_up(subscriber))

    @property
    def newest_seq(self) -> int:
        """The cursor of now, as far as this node knows."""
        return self._store.last_seq

    async def cursor_of_now(self) -> int:
        """The cursor of now, with all that any node has answered. Raises: Unavailable."""
        await self._store.refresh()
        return self._store.last_seq

    async def know_cursor(self, since: int) -> None:
        """Returns when this node has come as far as `since`, if any has. Raises: Unavailable."""
        if since > self._store.last_seq:
            await self._store.refresh()

    def check_cursor(self, since: int) -> None:
        """Raises: ResyncRequired if `since` is older than what is kept, or of another store."""
        require_kept(since, self._store.floor_seq, self._store.last_seq, self._store.gaps)

    def unsubscribe(self, peer: Peer) -> None:
        """Some of its channels are gone: forgets the connection if none is left."""
        if not peer.channels:
            self.forget(peer)
        self.regroup(peer)

    def regroup(self, peer: Peer) -> None:
        """The sessions or channels of the connection have changed."""
        subscriber = self._subscribers.get(peer)
        if subscriber is not None:
            self._audience.note(subscriber)

    def _bring_up(self, subscriber: Subscriber) -> None:
        """Its cursor, to where the feed has come; what is still to be pushed stays ahead of it."""
        if subscriber.is_live and not subscriber.is_waiting:
            subscriber.cursor = max(subscriber.cursor, self._seq)

    def forget(self, peer: Peer) -> None:
        """The connection is closed, or has no channel left."""
        subscriber = self._subscribers.pop(peer, None)
        if subscriber is None:
            return
        self._audience.remove(subscriber)
        subscriber.is_live = False
        if subscriber.task is not None:
            subscriber.task.cancel()

    def resume(self, peer: Peer) -> None:
        """A slow client takes its output again: it is sent where the pushes go on."""
        subscriber = self._subscribers.get(peer)
        if subscriber is None or subscriber.is_live or subscriber.task is not None:
            return
        self._resync(subscriber)

    def _resync(self, subscriber: Subscriber) -> None:
        if subscriber.peer.send(encode_resync(self._seq)):
            subscriber.restart(self._seq)

    async def run(self) -> None:
        """Pushes without end; called again after a failure, it sends a resync to those left out."""
        for one in list(self._subscribers.values()):
            if one.is_waiting:
                one.is_waiting = one.is_live = False
                self._resync(one)
        while True:
            try:
                async with asyncio.timeout(POLL_SEC):
                    await self._nudged.wait()
            except TimeoutError:
                pass
            self._nudged.clear()
            try:
                await self._look()
                self._fault.succeeded()
            except DeskcalError as exc:
                self._fault.failed("changes can't be read, trying again", exc)
                await asyncio.sleep(POLL_SEC)
            await asyncio.sleep(LEAST_WAIT_SEC)

    async def prune(self) -> None:
        """Forgets changes that are too old, a few at a time; returns if all are kept."""
        while self._retention_sec:
            try:
                before = int(self._now()) - self._retention_sec
                pruned = await self._store.prune(before, PRUNE_AT_ONCE)
                self._prune_fault.succeeded()
            except DeskcalError as exc:
                self._prune_fault.failed("old changes can't be forgotten", exc)
                pruned = 0
            await asyncio.sleep(PRUNE_EVERY_SEC if pruned < PRUNE_AT_ONCE else POLL_SEC)

    async def _look(self) -> None:
        """Pushes what came since the last look; without subscribers it only notes the position."""
        while self._seq < self._store.last_seq:
            if not self._subscribers:
                self._seq = self._store.last_seq
                return
            until = self._store.last_seq
            try:
                stored = await self._store.changes(max(self._seq, self._store.floor_seq), PAGE)
            except ResyncRequired:
                self._start_over(until)
                return
            if not stored:
                self._seq = max(self._seq, until)
                return
            await self._push_page(Page(await _decoded(stored)))

    async def _push_page(self, page: Page) -> None:
        """Pushes to every live subscriber that receives anything, some at a time."""
        chosen = self._choose(page)
        for start in range(0, len(chosen), PUSHES_AT_ONCE):
            now = self._now()
            for subscriber in chosen[start : start + PUSHES_AT_ONCE]:
                self._push(subscriber, page, now)
            await asyncio.sleep(0)

    def _choose(self, page: Page) -> list[Subscriber]:
        """Who may receive something; all others have come as far as the page from now on."""
        found = []
        seq, last_seq = self._seq, page.last_seq
        for subscriber in self._audience.recipients(page, self._now()):
            if not subscriber.is_live:
                continue
            if not subscriber.is_waiting and subscriber.cursor < seq:
                subscriber.cursor = seq
            if subscriber.cursor < last_seq:
                subscriber.is_waiting = True
                found.append(subscriber)
        self._seq = last_seq
        return found

    def _start_over(self, until: int) -> None:
        """The changes that were pushed last are undone: everybody lists the events again."""
        logger.warning("changes up to %d are undone, every subscriber resyncs", self._seq)
        self._seq = until
        for subscriber in [one for one in self._subscribers.values() if one.is_live]:
            self._resync(subscriber)

    def _push(self, subscriber: Subscriber, page: Page, now: float) -> None:
        """Pushes to a subscriber that is still live what there is for it at `now`."""
        if not subscriber.is_live or subscriber.cursor >= page.last_seq:
            subscriber.is_waiting = False
            return
        text = self._audience.text_for(subscriber, page, now)
        is_sent = not text or subscriber.peer.send(text)
        subscriber.is_waiting = False
        if is_sent:
            subscriber.cursor = page.last_seq
        else:
            subscriber.is_live = False
            self.resyncs += 1

    async def _catch_up(self, subscriber: Subscriber) -> None:
        """Sends each channel what came after its own cursor, in order, until all have the same."""
        try:
            while (since := subscriber.lowest_cursor()) < max(
                self._seq, subscriber.highest_cursor()
            ):
                await self._catch_up_page(subscriber, since)
                await _taken(subscriber.peer)
            subscriber.restart(subscriber.highest_cursor())
        except ResyncRequired:
            self._resync(subscriber)
        except Exception as exc:
            why = None if isinstance(exc, DeskcalError) else exc
            name = subscriber.peer.name
            logger.error("changes can't be pushed, %s resyncs: %s", name, exc, exc_info=why)
            self._resync(subscriber)
        finally:
            subscriber.task = None

    async def _catch_up_page(self, subscriber: Subscriber, since: int) -> None:
        """One page after `since`, up to where another channel has its cursor."""
        stored = await self._store.changes(since, PAGE)
        if since != subscriber.lowest_cursor():
            return
        stop = subscriber.next_stop(since) or self._seq
        changes = await _decoded([one for one in stored if one.seq <= stop])
        if since != subscriber.lowest_cursor():
            return
        lines = subscriber.lines_after(since, changes, self._now())
        is_whole = len(changes) < len(stored) or not stored
        subscriber.delivered(stop if is_whole else changes[-1].seq)
        while lines and not subscriber.peer.send(b"".join(lines)):
            await asyncio.sleep(POLL_SEC)


async def _decoded(stored: Sequence[StoredChange]) -> list[SeenChange]:
    """The changes with their scopes; other tasks run in between."""
    pacing, changes = Pacing(), []
    for one in stored:
        changes.append(SeenChange(one))
        await pacing.after(one)
    return changes


async def _taken(peer: Peer) -> None:
    """Until the client has read what it was sent: who is live with much unsent is too slow."""
    while peer.unsent_bytes() > CALM_BYTES:
        await asyncio.sleep(LEAST_WAIT_SEC)
