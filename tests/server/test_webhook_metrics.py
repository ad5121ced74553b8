"""What `/metrics` has about webhooks. Source: issue 18."""

import asyncio
import time
from typing import Any

import pytest

from deskcal.live import webhook_lanes
from harness import ADMIN, Desk, token
from helpers import WAIT_SEC
from http_get import serving
from places import Place
from receiver import Received, Receiver, answer, receiving
from server.test_health import metrics

ROOT = token(1, ADMIN, exp=4e9)
LIMITS = {"webhook_networks": "127.0.0.0/8", "webhook_retry_sec": (3600,)}


async def until(address: str, **wanted: float) -> dict[str, float]:
    """The metrics, once those of webhooks with these names are so; `name_of` makes the names."""
    names = {name_of(name): value for name, value in wanted.items()}
    async with asyncio.timeout(WAIT_SEC):
        while True:
            found = await metrics(address)
            if names.items() <= found.items():
                return found
            await asyncio.sleep(0.02)


def name_of(name: str) -> str:
    kind, _, label = name.partition("__")
    key = "state" if kind == "webhooks" else "webhook"
    if kind == "webhook_deliveries_total":
        return f'deskcal_{kind}{{result="{label}",webhook="1"}}'
    return f'deskcal_{kind}{{{key}="{label}"}}'


async def add_hook(desk: Desk, receiver: Receiver) -> None:
    fields = {"url": receiver.url(), "deskFilter": "*"}
    assert (await desk.call(ROOT, "MngAddCalendarWebhook", **fields))["status"] == 200


def soon(desk: Desk) -> dict[str, Any]:
    now = int(desk.clock.time)
    return {"start_time": now + 600, "end_time": now + 1200}


async def test_tries_and_what_waits_are_counted_for_each_hook(place: Place) -> None:
    async with serving(place, **LIMITS) as (desk, address), receiving() as receiver:
        desk.clock.time = time.time()
        await add_hook(desk, receiver)
        await until(address, webhooks__active=1, webhook_waiting__1=0)
        receiver.reply = lambda one: answer(200 if one.change[1] == 1 else 500)
        await desk.add(ROOT, **soon(desk))
        await until(address, webhook_deliveries_total__delivered=1, webhook_waiting__1=0)
        await desk.add(ROOT, **soon(desk))
        await until(address, webhook_deliveries_total__refused=1, webhook_waiting__1=1)
        desk.clock.time += 100
        found = await metrics(address)
        assert found[name_of("webhook_oldest_seconds__1")] >= 100
        assert found[name_of("webhook_unread__1")] == 0
        receiver.reply = lambda _: b""
        await desk.add(ROOT, **soon(desk))
        await until(address, webhook_deliveries_total__no_answer=1, webhook_waiting__1=2)


async def test_no_more_wait_than_the_window_and_what_is_unread_comes_once_there_is_room(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_lanes, "WINDOW", 4)
    limits = LIMITS | {"webhook_timeout_sec": 60}
    async with (
        serving(place, **limits) as (desk, address),
        receiving() as receiver,
        receiving() as other,
    ):
        desk.clock.time = time.time()
        released = asyncio.Event()

        async def hang(_: Received) -> bytes:
            await released.wait()
            return answer()

        receiver.reply = hang
        await add_hook(desk, receiver)
        await add_hook(desk, other)
        for _ in range(4):
            await desk.add(ROOT, **soon(desk))
        await until(address, webhook_waiting__1=4, webhook_unread__1=0)
        for number in range(5, 11):
            await desk.add(ROOT, **soon(desk))
            await other.until_count(number)
        found = await metrics(address)
        assert found[name_of("webhook_waiting__1")] == 4
        assert found[name_of("webhook_unread__1")] == 6
        await receiver.until_count(4)
        released.set()
        await until(address, webhook_waiting__1=0, webhook_unread__1=0)
        assert sorted(receiver.changes) == [("event.added", number) for number in range(1, 11)]


async def test_hooks_are_counted_by_state_and_forgotten_once_deleted(place: Place) -> None:
    async with serving(place, **LIMITS) as (desk, address), receiving() as receiver:
        desk.clock.time = time.time()
        receiver.reply = lambda _: answer(410)
        await add_hook(desk, receiver)
        await until(address, webhooks__active=1)
        await desk.add(ROOT, **soon(desk))
        await until(address, webhooks__disabled=1, webhooks__active=0)
        await desk.call(ROOT, "MngUpdateCalendarWebhook", id=1, paused=1)
        await until(address, webhooks__paused=1, webhooks__disabled=0)
        assert name_of("webhook_deliveries_total__refused") in await metrics(address)
        await desk.call(ROOT, "MngDeleteCalendarWebhook", id=1)
        found = await until(address, webhooks__paused=0)
        assert not [name for name in found if 'webhook="' in name]
