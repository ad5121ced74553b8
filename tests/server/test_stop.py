"""A graceful stop: what is in flight is answered, what comes later is refused."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from deskcal.app.backends import close_store
from deskcal.app.runtime import running
from deskcal.core.tokens import TokenVerifier
from deskcal.limits import Limits
from deskcal.server.host import ConnectionHost
from deskcal.store.sqlite.store import open_sqlite
from faulty_disk import FaultyDisk
from harness import FakeClock, everything, new_event, token
from helpers import KEY
from places import Place
from store.mutations import adding
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
    await wire.call(TEN, "Ping")  # All before it are read.
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
    await wire.call(TEN, "Ping")  # The server, too, may have something to write before it is read.
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


async def test_a_store_that_can_not_be_closed_in_time_is_abandoned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 11: closing the store had no limit after the deadline of the stop."""
    monkeypatch.setattr("deskcal.app.backends.CLOSE_SEC", 0.05)
    disk = FaultyDisk(f"abandoned {tmp_path}")
    is_syncing, may_return, abandoned = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        is_syncing.set()
        may_return.wait(WAIT_SEC)

    store = await open_sqlite(tmp_path / "data", Limits(), vfs=disk.name)
    disk.on_sync = hold
    change = store.mutate(adding())
    assert await asyncio.to_thread(is_syncing.wait, WAIT_SEC)
    await soon(close_store(store, asyncio.get_running_loop().time(), abandoned.set))
    assert abandoned.is_set() and not change.done()
    assert "the store was not closed within 0.1 s" in caplog.text
    may_return.set()
    await soon(change)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await soon(asyncio.gather(*others))
    disk.close()


async def test_a_store_is_closed_by_the_deadline_of_the_stop(place: Place) -> None:
    def abandon() -> None:
        pytest.fail("abandoned a store that can be closed")

    store = await place.open(Limits())
    change = store.mutate(adding())
    await close_store(store, 0, abandon)
    assert json.loads(await change)["id"] == 1


async def test_a_stopped_server_takes_no_new_connection(held: Held) -> None:
    port = held.port
    await soon(await held.stop())
    with pytest.raises(OSError):
        await asyncio.open_connection(HOST, port)
