"""Deliveries that fail, repeat, pause and go on. Source: contract, part 2, section 17."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from commands.webhook_calls import (
    add,
    ask,
    hook,
    opened,
    until,
    update,
)
from deskcal.core.webhooks import FAILING_SEC
from harness import Desk
from helpers import WAIT_SEC
from places import Place
from receiver import Received, Receiver, answer, receiving

CUT = answer(200)[:20]


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with opened(place) as made:
        yield made


async def test_a_failing_event_holds_back_only_itself_and_repeats_with_the_same_id(
    desk: Desk, receiver: Receiver
) -> None:
    """It fails until the others have come, however long that takes, and three times at least."""
    failed: list[Received] = []
    others = {("event.added", number) for number in (2, 3, 4)}

    def reply(one: Received) -> bytes:
        is_first = one.change == ("event.added", 1)
        if is_first and (len(failed) < 3 or not others <= set(receiver.changes)):
            failed.append(one)
            return answer(500)
        return answer()

    receiver.reply = reply
    await hook(desk, receiver.url())
    await add(desk)
    await update(desk, 1, title="behind it")
    for _ in range(3):
        await add(desk)
    await receiver.until(lambda one: ("event.updated", 1) in one.changes)
    assert {one.id for one in failed} == {failed[0].id}
    assert [one for one in receiver.changes if one[1] == 1] == [
        *[("event.added", 1)] * (len(failed) + 1),
        ("event.updated", 1),
    ]
    assert sorted(one for one in receiver.changes if one[1] > 1) == sorted(others)
    await until(desk, cursor=5)


@pytest.mark.parametrize(
    "reply",
    [
        answer(302, location="http://127.0.0.1:1/"),
        answer(404),
        answer(500),
        CUT,
        b"no HTTP\r\n\r\n",
        b"",
    ],
)
async def test_whatever_is_no_2xx_is_a_failure(
    place: Place, receiver: Receiver, reply: bytes
) -> None:
    """Also one that stops amid its head: there alone the time limit is waited for."""
    limit_sec = 3 if reply == CUT else WAIT_SEC
    async with opened(place, webhook_timeout_sec=limit_sec) as desk:
        await fails_once(desk, receiver, reply)


async def fails_once(desk: Desk, receiver: Receiver, reply: bytes) -> None:
    seen: list[Received] = []

    def once(one: Received) -> bytes:
        seen.append(one)
        return reply if len(seen) == 1 else answer(204)

    receiver.reply = once
    await hook(desk, receiver.url())
    await add(desk)
    await receiver.until_count(2)
    await until(desk, cursor=1)
    assert receiver.requests[0].id == receiver.requests[1].id
    found = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1)
    statuses = [(one["seq"], one["status"], one["try"]) for one in found["deliveries"]]
    status = int(reply[9:12]) if reply.startswith(b"HTTP/1.1 ") and len(reply) > 20 else 0
    assert statuses == [(1, 204, 2), (1, status, 1)]


async def test_a_receiver_that_hangs_or_answers_endlessly_moves_nobody_else(
    place: Place, receiver: Receiver
) -> None:
    async with opened(place, webhook_timeout_sec=0.3) as desk, receiving() as other:

        async def hang(_: Received) -> bytes:
            await asyncio.Event().wait()
            return b""

        receiver.reply = hang
        await hook(desk, receiver.url())
        other.reply = lambda _: answer(200, b"x" * 10_000_000)
        await hook(desk, other.url())
        for _ in range(12):
            await add(desk)
        await other.until_count(12)
        await until(desk, 2, cursor=12)
        receiver.reply = lambda _: answer()
        await until(desk, 1, cursor=12)


async def test_a_longer_retry_after_is_honoured(place: Place, receiver: Receiver) -> None:
    async with opened(place) as desk:
        receiver.reply = lambda _: answer(503, retry_after="1")
        await hook(desk, receiver.url())
        began = time.monotonic()
        await add(desk)
        await receiver.until_count(2)
        assert time.monotonic() - began >= 1


async def test_410_disables_and_a_resume_goes_on_where_it_stood(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.reply = lambda _: answer(410)
    await hook(desk, receiver.url())
    await add(desk)
    found = await until(desk, state="disabled")
    assert "410" in found["reason"]
    await add(desk)
    receiver.reply = lambda _: answer()
    receiver.requests.clear()
    await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=0)
    await receiver.until_count(2)
    assert sorted(receiver.changes) == [("event.added", 1), ("event.added", 2)]


async def test_after_five_days_of_failures_it_is_paused_and_nothing_is_dropped(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.reply = lambda _: answer(500)
    await hook(desk, receiver.url())
    await add(desk)
    await receiver.until_count(2)
    desk.clock.time += FAILING_SEC
    found = await until(desk, state="paused")
    assert "five days" in found["reason"]
    receiver.reply = lambda _: answer()
    receiver.requests.clear()
    await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=0)
    await receiver.until_count(1)
    assert receiver.changes == [("event.added", 1)]
    assert (await until(desk, cursor=1))["state"] == "active"


async def test_a_paused_hook_keeps_its_place(desk: Desk, receiver: Receiver) -> None:
    async with receiving() as other:
        await hook(desk, receiver.url())
        await hook(desk, other.url())
        await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=1)
        await until_sent_for(desk, {2})
        await add(desk)
        await until(desk, 2, cursor=1)
        assert (len(other.requests), receiver.requests) == (1, [])
        await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=0)
        await until(desk, 1, cursor=1)
        assert receiver.changes == [("event.added", 1)]


async def until_sent_for(desk: Desk, wanted: set[int]) -> None:
    """Until the node sends for these hooks: it looks at their states every two seconds."""
    async with asyncio.timeout(WAIT_SEC):
        while {one.webhook_id for one in desk.services.webhooks.metrics()} != wanted:
            await asyncio.sleep(0.01)


async def test_a_crash_or_restart_leaves_nothing_out(place: Place, receiver: Receiver) -> None:
    async with opened(place) as desk:
        await hook(desk, receiver.url())
        receiver.reply = lambda one: answer(500 if one.change[1] == 2 else 200)
        for _ in range(4):
            await add(desk)
        await receiver.until(lambda one: {event for _, event in one.changes} == {1, 2, 3, 4})
    receiver.reply = lambda _: answer()
    receiver.requests.clear()
    async with opened(place) as desk:
        last = await add(desk)
        wanted = {2, last["id"]}
        await receiver.until(lambda one: wanted <= {event for _, event in one.changes})
        newest = (await ask(desk, "MngGetCalendarChanges", deskFilter="*"))["next"]
        await until(desk, cursor=newest)


async def test_replay_sends_again_with_the_same_ids(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url())
    for _ in range(3):
        await add(desk)
    await receiver.until_count(3)
    await until(desk, cursor=3)
    ids = {one.change[1]: one.id for one in receiver.requests}
    receiver.requests.clear()
    await ask(desk, "MngReplayCalendarWebhook", id=1, since=1)
    await receiver.until_count(2)
    assert {one.change[1]: one.id for one in receiver.requests} == {2: ids[2], 3: ids[3]}


async def test_bodies_are_the_same_on_every_try(desk: Desk, receiver: Receiver) -> None:
    receiver.reply = lambda one: answer(200 if len(receiver.requests) > 2 else 500)
    await hook(desk, receiver.url())
    event = await add(desk, title="\u00fc '}")
    await receiver.until_count(3)
    assert len({one.body for one in receiver.requests}) == 1
    assert json.loads(receiver.requests[0].body)["data"]["event"] == event
