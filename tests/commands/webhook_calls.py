"""Webhooks over the wire, for the tests of their deliveries and of their administration."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from deskcal.core import directory
from harness import ADMIN, Desk, open_desk, token
from helpers import WAIT_SEC
from places import Place

FAR = time.time() + 10**8


ROOT = token(1, ADMIN, exp=FAR)


LED = directory.Desk(code="DESK_EU", brand="default", title="EU", manager_id=20)


LOOPBACK = {"webhook_networks": "127.0.0.0/8", "webhook_retry_sec": (0, 0, 1)}


@asynccontextmanager
async def opened(place: Place, **limits: Any) -> AsyncIterator[Desk]:
    """A server whose clock is the real one, and whose webhooks may lead to the loopback."""
    async with open_desk(place, **(LOOPBACK | limits)) as desk:
        desk.clock.time = time.time()
        yield desk


async def ask(desk: Desk, command: str, token_: str = ROOT, **data: Any) -> dict[str, Any]:
    answered = await desk.call(token_, command, **data)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


async def hook(desk: Desk, url: str, token_: str = ROOT, **data: Any) -> dict[str, Any]:
    """A new hook, with its secret as `secret`."""
    fields = {"url": url, "deskFilter": "*"} | data
    added = await ask(desk, "MngAddCalendarWebhook", token_, **fields)
    return {**added["webhook"], "secret": added["secret"]}


async def shown(desk: Desk, webhook_id: int = 1) -> dict[str, Any]:
    hooks = (await ask(desk, "MngGetCalendarWebhooks"))["webhooks"]
    found: dict[str, Any] = next(one for one in hooks if one["id"] == webhook_id)
    return found


async def until(desk: Desk, webhook_id: int = 1, **wanted: Any) -> dict[str, Any]:
    """The hook, once these of its fields are so."""
    async with asyncio.timeout(WAIT_SEC):
        while True:
            found = await shown(desk, webhook_id)
            if wanted.items() <= found.items():
                return found
            await asyncio.sleep(0.02)


def soon(server: Desk, **named: Any) -> dict[str, Any]:
    now = int(server.clock.time)
    return {"start_time": now + 600, "end_time": now + 1200} | named


async def add(server: Desk, **named: Any) -> dict[str, Any]:
    return await server.add(ROOT, **soon(server, **named))


async def update(server: Desk, event_id: int, **named: Any) -> dict[str, Any]:
    return await server.event(ROOT, "MngUpdateCalendarEvent", id=event_id, **named)
