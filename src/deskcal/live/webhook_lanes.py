"""One hook: what it is still to be sent, in lanes by event, each in order and tried again alone.

A message that fails holds back the later ones of its event, and no others. The cursor that is
written down never passes a message that was not delivered: a crash repeats some, with the same id,
and leaves none out. Source: contract, part 2, section 17.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from deskcal.core.webhook_signature import headers_of
from deskcal.core.webhooks import (
    FAILING_SEC,
    LANES,
    Audience,
    Outcome,
    Webhook,
    retry_delay_sec,
)
from deskcal.live.webhook_changes import Item
from deskcal.store.ports.webhooks import Delivery, Progress
from deskcal.wire.webhooks import Message

logger = logging.getLogger(__name__)

WINDOW = 1000
"""Messages of one hook that wait; from then on nothing more is read for it."""
WINDOW_BYTES = 8 * 1024 * 1024
"""Of their events, about."""
GONE = 410
FAULT_SEC = 60
"""Before a message is tried again that could not be made."""


class Poster(Protocol):
    """Sends messages of all hooks, within the time limit of one try."""

    async def prepare(self) -> None:
        """Called while this node sends, so that the first message does not wait; never raises."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
        """One try; never raises what a receiver or a network can cause."""

    async def aclose(self) -> None:
        """Closes what is open, once no try is under way."""


class LanesHost(Struct, frozen=True):
    """What the lanes of every hook need of the sender."""

    poster: Poster
    now: Callable[[], float]
    retry_sec: Sequence[int]
    may_send: Callable[[], bool]
    """Whether this node holds the lease."""
    on_room: Callable[[], None]
    """Called when a hook that was full may be read further."""
    on_tried: Callable[[int, Outcome], None]
    """`on_tried(webhook_id, outcome)` after each try."""
    on_end: "Callable[[Lanes, str, bool], None]"
    """`on_end(lanes, why, is_gone)`, once, when nothing more is to be sent.

    The hook has failed for too long, or its receiver is gone.
    """


class Lanes:
    """What one hook is still to be sent, and how far it has come."""

    def __init__(
        self,
        hook: Webhook,
        audience: Audience,
        tries: Sequence[Delivery],
        host: LanesHost,
    ) -> None:
        """`tries`: those after the hook's cursor that are kept of an earlier sender."""
        self.hook = hook
        self.read_seq = hook.cursor
        self.read_number = 0
        self.audience = audience
        self._host = host
        kept = [one for one in tries if one.time > hook.replayed_time]
        self._delivered = {one.message_id for one in kept if 200 <= one.status < 300}
        self._tries = {one.message_id: one for one in kept}
        self._held_back = set(self._tries) if hook.failing_since else set()
        """Messages whose next try an earlier sender had planned for later."""
        self._lanes: dict[int, deque[Item]] = {}
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        self._unfinished: dict[int, int] = {}
        self._times: dict[int, int] = {}
        self._size_bytes = 0
        self._count = 0
        self._failing: set[int] = set()
        self._failing_since = hook.failing_since
        self._deliveries: list[Delivery] = []
        self._done: list[int] = []
        self._is_dirty = False
        self._has_ended = False
        self._timers: set[asyncio.TimerHandle] = set()
        self._workers = [asyncio.create_task(self._work()) for _ in range(LANES)]

    async def close(self) -> None:
        """Stops sending; what is under way counts as not delivered."""
        for timer in self._timers:
            timer.cancel()
        for task in self._workers:
            task.cancel()
        await asyncio.wait(self._workers)

    @property
    def is_full(self) -> bool:
        """Whether no more is to be read for now."""
        return self._count >= WINDOW or self._size_bytes >= WINDOW_BYTES

    @property
    def waiting(self) -> int:
        """Messages that were read and are not delivered."""
        return self._count

    def oldest_sec(self, now: float) -> float:
        """How long ago the oldest of their changes was made, or replayed; 0: there is none."""
        oldest = next(iter(self._times.values()), now)
        return max(0.0, now - max(oldest, self.hook.replayed_time))

    def put(self, items: Sequence[Item], read_seq: int) -> None:
        """Queues what changes up to `read_seq` may be sent."""
        self.read_seq = max(self.read_seq, read_seq)
        self._is_dirty = True
        for item in items:
            if item.seq:
                self._unfinished[item.seq] = self._unfinished.get(item.seq, 0) + 1
                self._times.setdefault(item.seq, item.time)
            self._count += 1
            self._size_bytes += item.size_bytes
            lane = self._lanes.get(item.event_id)
            if lane is None:
                self._lanes[item.event_id] = deque([item])
                self._ready.put_nowait(item.event_id)
            else:
                lane.append(item)

    def progress(self) -> Progress | None:
        """What is to be written down since the last call; None: nothing."""
        if not self._is_dirty:
            return None
        cursor = next(iter(self._unfinished), self.read_seq + 1) - 1
        found = Progress(
            self.hook.id,
            self.hook.generation,
            cursor,
            self._failing_since,
            tuple(self._deliveries),
            tuple(self._done),
        )
        self._deliveries, self._done, self._is_dirty = [], [], False
        return found

    async def _work(self) -> None:
        while True:
            event_id = await self._ready.get()
            lane = self._lanes[event_id]
            if self._has_ended:
                continue
            if not self._host.may_send():
                self._again(event_id, 1)
            elif await self._is_done_or_logged(lane[0]):
                self._finish(lane.popleft())
                if lane:
                    self._ready.put_nowait(event_id)
                else:
                    del self._lanes[event_id]

    async def _is_done_or_logged(self, item: Item) -> bool:
        """`_is_done`; a fault of ours in one message holds back its event, and no others."""
        try:
            return await self._is_done(item)
        except Exception:
            logger.exception("webhook %d: event %d is held back", self.hook.id, item.event_id)
            self._again(item.event_id, FAULT_SEC)
            return False

    async def _is_done(self, item: Item) -> bool:
        """Whether the item is delivered, or not to be sent; else it is tried again later."""
        message = item.message(self.hook, self.audience)
        if message is None or message.id in self._delivered:
            if item.event_id in self._failing:
                self._recover(item.event_id)
            return True
        now = int(self._host.now())
        before = self._tries.get(message.id)
        if before and message.id in self._held_back:
            self._held_back.discard(message.id)
            delay = retry_delay_sec(self._host.retry_sec, before.try_, 0)
            wait_sec = min(before.time + delay - now, delay)
            if wait_sec > 0:
                self._failing.add(item.event_id)
                self._again(item.event_id, wait_sec)
                return False
        headers = headers_of(self.hook, message.id, now, message.body)
        outcome = await self._host.poster.post(self.hook.url, headers, message.body, now)
        tries = before.try_ + 1 if before else 1
        return self._note(item, message, outcome, tries, now)

    def _note(self, item: Item, message: Message, outcome: Outcome, tries: int, now: int) -> bool:
        """Records the outcome of a try; whether it has succeeded."""
        delivery = Delivery(item.seq, message.id, now, outcome.status, outcome.took_ms, tries)
        self._deliveries.append(delivery)
        self._host.on_tried(self.hook.id, outcome)
        self._is_dirty = True
        if outcome.is_success:
            self._tries.pop(message.id, None)
            self._recover(item.event_id)
            return True
        self._tries[message.id] = delivery
        self._fail(item, outcome, tries)
        return False

    def _recover(self, event_id: int) -> None:
        """Nothing of that event fails any more."""
        self._failing.discard(event_id)
        self._failing_since = self._failing_since if self._failing else 0

    def _fail(self, item: Item, outcome: Outcome, tries: int) -> None:
        now = int(self._host.now())
        self._failing.add(item.event_id)
        self._failing_since = self._failing_since or now
        if outcome.status == GONE:
            self._end("the receiver has answered 410", is_gone=True)
        elif now - self._failing_since >= FAILING_SEC:
            self._end("deliveries have failed for five days", is_gone=False)
        else:
            delay = retry_delay_sec(self._host.retry_sec, tries, outcome.retry_after_sec)
            self._again(item.event_id, delay)

    def _end(self, why: str, *, is_gone: bool) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._host.on_end(self, why, is_gone)

    def _again(self, event_id: int, delay_sec: float) -> None:
        def due() -> None:
            self._timers.discard(timer)
            self._ready.put_nowait(event_id)

        timer = asyncio.get_running_loop().call_later(delay_sec, due)
        self._timers.add(timer)

    def _finish(self, item: Item) -> None:
        was_full = self.is_full
        self._is_dirty = True
        self._count -= 1
        self._size_bytes -= item.size_bytes
        if not item.seq:
            self._done.append(item.number)
        elif self._unfinished[item.seq] > 1:
            self._unfinished[item.seq] -= 1
        else:
            del self._unfinished[item.seq], self._times[item.seq]
        if was_full and not self.is_full:
            self._host.on_room()
