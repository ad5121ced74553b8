"""A server that is killed while it fires thousands of reminders, again and again, then counted."""

import asyncio
import random
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deskcal.limits import Limits
from deskcal.store.ports.reminders import Level
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.store import open_sqlite
from nodes.reminded import Managers, arm, assert_sent_once, is_amid_firing
from nodes.running import WAIT_SEC, Nodes
from places import Ask, Place, SqlitePlace

EVENTS = 9_000
KILLS = 12
SOON = 500
"""A server is killed once its managers have received at most so many further reminders.

It has often sent thousands by then: the last kills may find that all was sent."""


async def test_kills_amid_the_firing_leave_nobody_out_and_nobody_with_two_tokens(
    tmp_path: Path,
) -> None:
    place = SqlitePlace(tmp_path)
    due = int(time.time()) - 1
    store = await open_sqlite(tmp_path, Limits())
    wanted = await arm(store, EVENTS, due)
    await store.close()
    managers = Managers()
    chance = random.Random(7)
    amid = 0
    for _ in range(KILLS):
        async with life(place, managers) as server:
            further = len(managers.received) + chance.randrange(1, SOON)
            await managers.until_received(min(further, 2 * EVENTS))
            server.send_signal(signal.SIGKILL)
            await server.wait()
        store = await open_sqlite(tmp_path, Limits())
        amid += await is_amid_firing(store, EVENTS)
        await store.close()
    assert amid > 1, "the kills came when all was fired"
    async with life(place, managers) as server:
        await managers.until_received(2 * EVENTS)
        with place.asking() as ask:
            await until_nothing_waits(ask)
        server.send_signal(signal.SIGTERM)
        await server.wait()

    managers.assert_all_were_reported(wanted)
    assert check_sqlite(tmp_path).differences == []
    store = await open_sqlite(tmp_path, Limits())
    await assert_sent_once(store, managers.sent_times)
    await store.close()


@asynccontextmanager
async def life(place: Place, managers: Managers, *options: str) -> AsyncIterator[Process]:
    """A server that the managers listen to, until it is ended within."""
    nodes = Nodes([*place.options, *options])
    try:
        await nodes.start(0)
        async with managers.listening(nodes):
            yield nodes[0].process
    finally:
        await nodes.end()


async def until_nothing_waits(ask: Ask, level: Level = Level.REMINDER) -> None:
    """Until what was sent before a kill and not recorded has been sent again, and is recorded."""
    waiting = f"SELECT 1 FROM notification WHERE state = 0 AND level = {level:d}"  # noqa: S608
    async with asyncio.timeout(WAIT_SEC):
        while ask(waiting):
            await asyncio.sleep(0.05)
