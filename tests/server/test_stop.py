"""A graceful stop: what is in flight is answered, what comes later is refused."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from deskcal.app.runtime import running
from deskcal.core.tokens import TokenVerifier
from deskcal.limits import Limits
from deskcal.server.host import ConnectionHost
from deskcal.store.sqlite.store import open_sqlite
from faulty_disk import FaultyDisk
from harness import FakeClock, everything, new_event, token
from helpers import KEY
from wire import HOST, WAIT_SEC, Wire, listening, soon, until

TEN = token(10)


class Held:
    """A server whose disk can be held in the middle of a sync."""

    def __init__(
        self, parts: AsyncExitStack, server: ConnectionHost, port: int, disk: FaultyDisk
    ) -> None:
        self.server = server
        self.port = port
        self._parts = parts
        self.is_syncing = threading.Event()
        self._may_return = threading.Event()
        self._disk = disk
        self._wires: list[Wire] = []

    def hold(self) -> None:
        """From now on no sync returns."""
        self._disk.on_sync = self._wait

    def let_go(self) -> None:
        """Syncs return again."""
        self._disk.on_sync = lambda: None
        self._may_return.set()

    def _wait(self) -> None:
        self.is_syncing.set()
        self._may_return.wait(WAIT_SEC)

    async def connect(self) -> Wire:
        wire = Wire(*await asyncio.open_connection(HOST, self.port))
        self._wires.append(wire)
        return wire

    async def stop(self) -> asyncio.Task[None]:
        """Begins to stop."""
        stopping = asyncio.ensure_future(self._parts.aclose())
        await until(lambda: self.server.dispatcher.lifecycle.is_stopping)
        return stopping

    async def end(self) -> None:
        """Stops, whatever the test has left."""
        self.let_go()
        for wire in self._wires:
            wire.writer.transport.abort()
        await soon(await self.stop())


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Held]:
    disk = FaultyDisk(f"held {tmp_path}")
    limits = Limits(stop_timeout_sec=WAIT_SEC)
    store = await open_sqlite(tmp_path / "data", limits, vfs=disk.name)
    async with running(store, TokenVerifier([KEY]), limits, now=FakeClock()) as dispatcher:
        parts = AsyncExitStack()
        server, listener = await parts.enter_async_context(listening(dispatcher))
        found = Held(parts, server, listener.port, disk)
        yield found
        await found.end()
    await store.close()
    disk.close()


async def test_what_is_in_flight_is_answered_before_the_connection_is_closed(held: Held) -> None:
    wire, idle = await held.connect(), await held.connect()
    await wire.call(TEN, "Ping")
    held.hold()
    for number in range(100):
        wire.ask(TEN, "MngAddCalendarEvent", number, **new_event())
    wire.ask(TEN, "MngGetCalendarEventsByFilter", "list", **everything())
    assert await asyncio.to_thread(held.is_syncing.wait, WAIT_SEC)
    stopping = await held.stop()
    assert await idle.is_closed()
    assert not stopping.done()
    held.let_go()
    answers = {}
    for _ in range(101):
        answered = await wire.answer()
        answers[answered["extID"]] = answered["status"]
    assert {status for ext_id, status in answers.items() if ext_id != "list"} <= {200, 503}
    assert answers[0] == 200 and answers["list"] in (200, 503)
    assert await wire.is_closed()
    await soon(stopping)


async def test_a_request_that_comes_after_the_stop_is_refused_and_not_applied(held: Held) -> None:
    wire = await held.connect()
    await wire.call(TEN, "Ping")
    held.hold()
    wire.ask(TEN, "MngAddCalendarEvent", "early", **new_event(title="early"))
    assert await asyncio.to_thread(held.is_syncing.wait, WAIT_SEC)
    stopping = await held.stop()
    wire.ask(TEN, "MngAddCalendarEvent", "late", **new_event(title="late"))
    late = await wire.answer()
    assert (late["extID"], late["status"], late["error"]["code"]) == ("late", 503, "UNAVAILABLE")
    held.let_go()
    early = await wire.answer()
    assert (early["extID"], early["status"]) == ("early", 200)
    assert await wire.is_closed()
    await soon(stopping)


async def test_a_stopped_server_takes_no_new_connection(held: Held) -> None:
    port = held.port
    await soon(await held.stop())
    with pytest.raises(OSError):
        await asyncio.open_connection(HOST, port)
