"""The web port: its connections are limited with those of TCP, none is silent for ever.

Issue 11: 400 silent sockets there kept every TCP client out.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from websockets.asyncio.client import connect

from deskcal.http.app import Gateway
from deskcal.server.admission import SPARE_CONNECTIONS
from deskcal.server.host import ConnectionHost
from harness import Desk, new_event, open_desk, token
from http_get import get
from places import Place
from wire import HOST, Wire, listening, soon, until

TEN = token(10)


class Both(NamedTuple):
    """A server with both ports."""

    desk: Desk
    clients: ConnectionHost
    tcp: int
    web: str

    async def silent(self) -> Wire:
        """A connection to the web port that sends nothing."""
        return Wire(*await asyncio.open_connection(HOST, int(self.web.split(":")[1])))

    async def client(self) -> Wire:
        """A connection to the TCP port."""
        return Wire(*await asyncio.open_connection(HOST, self.tcp, limit=2**28))


@asynccontextmanager
async def serving(place: Place, **limits: Any) -> AsyncIterator[Both]:
    async with (
        open_desk(place, **limits) as desk,
        listening(desk.dispatcher) as (clients, listener),
        Gateway(clients, HOST, 0) as gateway,
    ):
        yield Both(desk, clients, listener.port, gateway.addresses[0])


def hang_up(*wires: Wire) -> None:
    """Closes the test's side of connections."""
    for wire in wires:
        wire.writer.transport.abort()


async def test_a_silent_connection_to_the_web_port_is_closed(place: Place) -> None:
    async with serving(place, http_request_timeout_sec=0.3) as both:
        silent, begun = await both.silent(), await both.silent()
        begun.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert await silent.is_closed() and await begun.is_closed()
        hang_up(silent, begun)
        assert (await get(both.web, "/healthz")).status == 200
        assert len(both.clients.admission) == 0


async def test_one_byte_at_a_time_does_not_keep_a_request_going(place: Place) -> None:
    async with serving(place, http_request_timeout_sec=0.3) as both:
        slow = await both.silent()
        closed = asyncio.ensure_future(slow.is_closed())
        while not closed.done():
            slow.send(b"x")
            assert (await get(both.web, "/healthz")).status == 200
        assert await closed
        hang_up(slow)


async def test_silent_connections_keep_no_client_with_a_token_out(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    limits = {"max_connections": 20, "max_connections_without_token": 10}
    async with serving(place, **limits) as both:
        known = await both.client()
        assert (await known.call(TEN, "Ping"))["status"] == 200
        crowd = [await both.silent() for _ in range(100)]
        await until(lambda: len(both.clients.admission) == 11)
        late = await both.client()
        assert (await late.call(TEN, "MngAddCalendarEvent", **new_event()))["status"] == 200
        assert (await known.call(TEN, "Ping"))["status"] == 200
        assert caplog.text.count("10 connections have sent no valid token") == 1
        metrics = (await get(both.web, "/metrics")).body
        assert b"deskcal_connections_evicted_total 9" in metrics
        hang_up(*crowd, known, late)


async def test_health_and_metrics_can_be_read_when_all_connections_are_in_use(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(place, max_connections=2) as both:
        kept = [await both.client() for _ in range(2)]
        for wire in kept:
            assert (await wire.call(TEN, "Ping"))["status"] == 200
        crowd = [await both.silent() for _ in range(SPARE_CONNECTIONS + 10)]
        assert (await get(both.web, "/healthz")).status == 200
        assert b"deskcal_connections_refused_total" in (await get(both.web, "/metrics")).body
        assert caplog.text.count("all 2 connections are in use") == 1
        async with connect(f"ws://{both.web}/ws") as socket:
            assert json.loads(await soon(socket.recv()))["status"] == 503
        hang_up(*crowd, *kept)


async def test_a_websocket_that_does_not_read_costs_no_more_than_one_answer(place: Place) -> None:
    """Issue 11: WebSocket clients escaped the limits of unsent output."""
    limits: dict[str, Any] = {"max_unsent_bytes": 262_144, "write_timeout_sec": 300}
    async with serving(place, **limits, max_unsent_total_bytes=2**22) as both:
        for _ in range(100):
            await both.desk.add(TEN, ast_json="x" * 20_000)
        options: dict[str, Any] = {"max_queue": 1, "compression": None, "max_size": None}
        async with connect(f"ws://{both.web}/ws", **options) as deaf:
            listed = {"from": 1, "to": 9_999_999_999, "limit": 99, "offset": 0, "deskFilter": "*"}
            message = {"command": "MngGetCalendarEventsByFilter", "data": listed, "__token": TEN}
            for number in range(60):
                await deaf.send(json.dumps(message | {"extID": number}))
            await until(lambda: both.clients.unsent_bytes > 0)
            for _ in range(200):
                assert both.clients.unsent_bytes < 3 * 2_000_000
                assert (await both.desk.call(TEN, "Ping"))["status"] == 200
            found = {json.loads(await soon(deaf.recv()))["extID"] for _ in range(60)}
            assert found == set(range(60))


async def test_large_compressed_messages_in_a_row_are_answered_in_order(place: Place) -> None:
    """They are decompressed as they are answered: some thousand bytes of input become megabytes."""
    async with (
        serving(place, max_requests_in_flight=1) as both,
        connect(f"ws://{both.web}/ws") as socket,
    ):
        for number in range(40):
            filler = " " * 900_000
            ping = json.dumps({"command": "Ping", "extID": number, "__token": TEN})
            await socket.send(ping + filler)
        found = [json.loads(await soon(socket.recv()))["extID"] for _ in range(40)]
        assert found == list(range(40))


STOP_SEC = 4
"""Long beside what a busy machine adds."""


async def test_all_parts_stop_by_one_deadline(place: Place) -> None:
    """Issue 11: each part took the whole time of the stop again."""
    limits: dict[str, Any] = {"stop_timeout_sec": STOP_SEC, "max_unsent_bytes": 65_536}
    loop = asyncio.get_running_loop()
    async with serving(place, **limits) as both:
        for _ in range(60):  # More than the kernel keeps for a client that does not read.
            await both.desk.add(TEN, ast_json="x" * 200_000)
        listed = {"from": 1, "to": 9_999_999_999, "limit": 60, "offset": 0, "deskFilter": "*"}
        deaf = await both.client()
        deaf.stop_reading()
        options: dict[str, Any] = {"max_queue": 1, "compression": None, "max_size": None}
        socket = await connect(f"ws://{both.web}/ws", close_timeout=0.1, **options)
        message = {"command": "MngGetCalendarEventsByFilter", "data": listed, "__token": TEN}
        for number in range(10):
            deaf.ask(TEN, "MngGetCalendarEventsByFilter", number, **listed)
            await socket.send(json.dumps(message))
        await until(lambda: both.clients.unsent_bytes > 1_000_000)
        begun = loop.time()
    assert loop.time() - begun < 2 * STOP_SEC
    socket.transport.abort()
    hang_up(deaf)
