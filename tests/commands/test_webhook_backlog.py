"""A hook whose receiver was away reads on without a pause. Source: issue 18, "Speed"."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from commands.webhook_calls import add, hook, opened
from deskcal.live import webhook_lanes, webhook_sender
from harness import Desk
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


@pytest.fixture
async def desks(place: Place) -> AsyncIterator[tuple[Desk, Desk]]:
    """The server that sends, and one that makes the changes: another node, where there are some."""
    async with opened(place, webhook_timeout_sec=60) as sending:
        if isinstance(place, PostgresPlace):
            async with opened(place) as changing:
                yield sending, changing
        else:
            yield sending, sending


@pytest.mark.parametrize("more", [webhook_sender.PAGES, 20 * PAGE])
async def test_a_hook_whose_receiver_was_away_reads_all_that_it_missed(
    desks: tuple[Desk, Desk], receiver: Receiver, more: int
) -> None:
    """The pages of the few are cached, with one change in each; the pages of the many are full."""
    sending, changing = desks
    is_back = asyncio.Event()

    async def hold(_: Received) -> bytes:
        await is_back.wait()
        return answer()

    receiver.reply = hold
    async with receiving() as other:
        await hook(sending, receiver.url())
        await hook(sending, other.url())
        for number in range(WINDOW + more):
            await add(changing)
            if number < WINDOW + webhook_sender.PAGES:
                await other.until_count(number + 1)
        await other.until_count(WINDOW + more)
        is_back.set()
        await receiver.until_count(WINDOW + more)
    assert {event for _, event in receiver.changes} == set(range(1, WINDOW + more + 1))
