"""A server that is killed while it fires thousands of reminders, again and again, then counted."""

import random
import signal
import time
from pathlib import Path

from deskcal.limits import Limits
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.store import open_sqlite
from nodes.reminded import Managers, arm, assert_sent_once, is_amid_firing
from nodes.running import Nodes

EVENTS = 3_000
KILLS = 12


async def test_kills_amid_the_firing_leave_nobody_out_and_nobody_with_two_tokens(
    tmp_path: Path,
) -> None:
    due = int(time.time()) - 1
    store = await open_sqlite(tmp_path, Limits())
    wanted = await arm(store, EVENTS, due)
    await store.close()
    managers = Managers()
    chance = random.Random(7)
    amid = 0
    for mark in sorted(chance.randrange(1, 2 * EVENTS) for _ in range(KILLS)):
        await live_through(tmp_path, managers, mark, signal.SIGKILL)
        store = await open_sqlite(tmp_path, Limits())
        amid += await is_amid_firing(store, EVENTS)
        await store.close()
    assert amid > 1, "the kills came when all was fired"
    await live_through(tmp_path, managers, 2 * EVENTS, signal.SIGTERM)

    managers.assert_all_were_reported(wanted)
    assert check_sqlite(tmp_path).differences == []
    store = await open_sqlite(tmp_path, Limits())
    await assert_sent_once(store, managers.sent_times)
    await store.close()


async def live_through(
    directory: Path, managers: Managers, until: int, end: signal.Signals
) -> None:
    """Starts a server, ends it once so many reminders were received of it and those before."""
    nodes = Nodes(["--data", str(directory)])
    try:
        await nodes.start(0)
        async with managers.listening(nodes):
            await managers.until_received(until)
            nodes[0].process.send_signal(end)
            await nodes[0].process.wait()
    finally:
        await nodes.end()
