"""A hook whose receiver was away reads on without a pause. Source: issue 18, "Speed"."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from commands.webhook_calls import add, hook, opened
from deskcal.live import webhook_lanes, webhook_sender
from harness import Desk
from helpers import WAIT_SEC
from places import Place, PostgresPlace
from receiver import Received, Receiver, answer, receiving

WINDOW = 10
PAGE = 8
NEVER_SEC = 3600


@pytest.fixture(autouse=True)
def _sender_that_waits_until_it_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that pauses while there is something to read does not end within the test."""
    monkeypatch.setattr(webhook_sender, "FLUSH_SEC", NEVER_SEC)
    monkeypatch.setattr(webhook_sender, "LEASE_SEC", NEVER_SEC)
    monkeypatch.setattr(webhook_sender, "PAGE", PAGE)
    monkeypatch.setattr(webhook_lanes, "WINDOW", WINDOW)


@asynccontextmanager
async def changing_desk(place: Place, sending: Desk) -> AsyncIterator[Desk]:
    """A server that makes the changes: another node, where there are some.

    It must not be there before the other one sends, whose lease it would take now and then.
    """
    if isinstance(place, PostgresPlace):
        async with opened(place) as desk:
            yield desk
    else:
        yield sending


async def until_sending(desk: Desk, count: int) -> None:
    """Returns once this server sends for so many hooks."""
    async with asyncio.timeout(WAIT_SEC):
        while len(desk.services.webhooks.metrics()) < count:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("more", [webhook_sender.PAGES, 20 * PAGE])
async def test_a_hook_whose_receiver_was_away_reads_all_that_it_missed(
    place: Place, receiver: Receiver, more: int
) -> None:
    """The pages of the few are cached, with one change in each; the pages of the many are full."""
    is_back = asyncio.Event()

    async def hold(_: Received) -> bytes:
        await is_back.wait()
        return answer()

    receiver.reply = hold
    async with receiving() as other, opened(place, webhook_timeout_sec=60) as sending:
        await hook(sending, receiver.url())
        await hook(sending, other.url())
        await until_sending(sending, 2)
        async with changing_desk(place, sending) as changing:
            for number in range(WINDOW + more):
                await add(changing)
                if number < WINDOW + webhook_sender.PAGES:
                    await other.until_count(number + 1)
            await other.until_count(WINDOW + more)
            is_back.set()
            await receiver.until_count(WINDOW + more)
    assert {event for _, event in receiver.changes} == set(range(1, WINDOW + more + 1))
