"""How much of one hook waits at a time, and when more is read for it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec
import pytest

from deskcal.core.masks import checked_brand_mask, checked_desk_mask
from deskcal.core.visibility import Visibility
from deskcal.core.webhooks import Audience, Outcome, Webhook
from deskcal.live.webhook_changes import Item
from deskcal.live.webhook_lanes import WINDOW, WINDOW_BYTES, Lanes, LanesHost
from deskcal.wire.webhooks import Message
from helpers import NOW

WAIT_SEC = 20
HOOK = Webhook(id=7, url="https://x/", desk_filter="*", created_by=1, created_time=NOW)
MASK = checked_desk_mask("*")
ALL = Audience(Visibility(1, MASK, checked_brand_mask("*")), MASK, "")
FAILING_EVENT = 1_000_000


class Receiver:
    """Takes as many messages as it is allowed to, and none of the failing event."""

    def __init__(self) -> None:
        self._allowed = asyncio.Semaphore(0)

    def allow(self, count: int) -> None:
        for _ in range(count):
            self._allowed.release()

    async def prepare(self) -> None:
        """Nothing to prepare."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
        if body == str(FAILING_EVENT).encode():
            return Outcome(500, 0, 1)
        await self._allowed.acquire()
        return Outcome(204, 0, 1)

    async def aclose(self) -> None:
        """Nothing to close."""


class Desk:
    """The lanes of one hook, and how often there was room in them again."""

    def __init__(self, retry_sec: Sequence[int] = (3600,)) -> None:
        self.receiver = Receiver()
        self.rooms = self.tries = 0
        host = LanesHost(
            self.receiver,
            lambda: NOW,
            retry_sec,
            lambda: True,
            self._on_room,
            self._on_tried,
            lambda _, __, ___: None,
        )
        self.lanes = Lanes(HOOK, ALL, (), host)
        self._seq = 0

    def _on_room(self) -> None:
        assert not self.lanes.is_full
        self.rooms += 1

    def _on_tried(self, _: int, __: Outcome) -> None:
        self.tries += 1

    def put(self, count: int, *, size_bytes: int = 1, event_id: int = 0) -> None:
        """Messages of events of their own, unless one event is named."""
        first = self._seq + 1
        self._seq += count
        items = [item(seq, event_id or seq, size_bytes) for seq in range(first, self._seq + 1)]
        self.lanes.put(items, self._seq)

    async def deliver(self, count: int) -> None:
        """Returns once so many messages more are delivered."""
        wanted = self.lanes.waiting - count
        self.receiver.allow(count)
        async with asyncio.timeout(WAIT_SEC):
            while self.lanes.waiting > wanted:
                await asyncio.sleep(0)


def item(seq: int, event_id: int, size_bytes: int) -> Item:
    message = Message(f"msg_{seq}", str(event_id).encode())
    return Item(seq, event_id, NOW, size_bytes, lambda _, __: message)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    await made.lanes.close()


async def test_a_hook_is_full_with_as_many_messages_as_may_wait(desk: Desk) -> None:
    desk.put(WINDOW - 1)
    assert not desk.lanes.is_full
    desk.put(1)
    assert desk.lanes.is_full


async def test_a_hook_is_full_with_as_many_bytes_as_may_wait(desk: Desk) -> None:
    desk.put(1, size_bytes=WINDOW_BYTES - 1)
    assert not desk.lanes.is_full
    desk.put(1)
    assert desk.lanes.is_full


@pytest.mark.parametrize(
    ("count", "size_bytes", "until_room"),
    [(WINDOW, 1, 1), (WINDOW + 20, 1, 21), (20, WINDOW_BYTES // 8, 13)],
)
async def test_room_is_reported_once_when_a_full_hook_is_full_no_more(
    desk: Desk, count: int, size_bytes: int, until_room: int
) -> None:
    desk.put(count, size_bytes=size_bytes)
    await desk.deliver(until_room - 1)
    assert (desk.lanes.is_full, desk.rooms) == (True, 0)
    await desk.deliver(1)
    assert (desk.lanes.is_full, desk.rooms) == (False, 1)
    await desk.deliver(count - until_room)
    assert (desk.lanes.waiting, desk.rooms) == (0, 1)


async def test_a_hook_that_is_full_again_reports_room_again(desk: Desk) -> None:
    for _ in range(3):
        desk.put(WINDOW - desk.lanes.waiting)
        await desk.deliver(5)
    assert desk.rooms == 3


async def test_room_is_reported_beside_an_event_that_fails(desk: Desk) -> None:
    """Most of the messages are behind the one that fails."""
    desk.put(WINDOW - 10, event_id=FAILING_EVENT)
    desk.put(10)
    await desk.deliver(1)
    assert (desk.lanes.waiting, desk.rooms) == (WINDOW - 1, 1)


async def test_a_hook_that_is_never_full_reports_no_room(desk: Desk) -> None:
    desk.put(WINDOW - 1)
    await desk.deliver(WINDOW - 1)
    assert desk.rooms == 0


async def test_a_message_that_is_not_to_be_sent_any_more_fails_no_more() -> None:
    """Its creator has lost the desk. Else one failure would pause the hook five days later."""
    desk = Desk(retry_sec=(0,))
    failing = item(1, FAILING_EVENT, 1)

    def seen_at_first(hook: Webhook, audience: Audience) -> Message | None:
        return None if desk.tries else failing.message(hook, audience)

    desk.lanes.put([msgspec.structs.replace(failing, message=seen_at_first)], 1)
    async with asyncio.timeout(WAIT_SEC):
        while desk.lanes.waiting:
            await asyncio.sleep(0)
    progress = desk.lanes.progress()
    assert progress is not None
    assert (desk.tries, progress.cursor, progress.failing_since) == (1, 1, 0)
    await desk.lanes.close()
