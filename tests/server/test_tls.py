"""The same protocol inside TLS, with a certificate made for the test."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from certificate import write_certificate
from deskcal import Client, DeskcalError, Unavailable
from deskcal.http.app import Gateway
from deskcal.server.host import ConnectionHost
from harness import everything, new_event, open_desk, token
from places import Place
from wire import HOST, Running, Wire, serving, soon, until

TEN = token(10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with a key and its certificate for `localhost`."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


def context_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
async def secured(certificate: Path, place: Place) -> AsyncIterator[Running]:
    limits: dict[str, Any] = {"max_message_bytes": 1_048_576}
    async with serving(place, tls=context_of(certificate), **limits) as running:
        yield running


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    return context


async def test_requests_and_answers_go_through_tls(secured: Running, trust: ssl.SSLContext) -> None:
    wire = await secured.connect(tls=trust)
    for number in range(200):
        wire.ask(TEN, "MngAddCalendarEvent", number, **new_event(ast_json="x" * 5000))
    assert [(await wire.answer())["extID"] for _ in range(200)] == list(range(200))
    listed = await wire.call(TEN, "MngGetCalendarEventsByFilter", **everything())
    assert len(listed["data"]["rows"]) == 200


async def test_a_message_over_the_limit_gets_413_through_tls_too(
    secured: Running, trust: ssl.SSLContext
) -> None:
    wire = await secured.connect(tls=trust)
    wire.send(b"x" * 2_000_000)
    assert (await wire.answer())["status"] == 413


async def stocked(running: Running, trust: ssl.SSLContext) -> Wire:
    """A connection of its own, behind 60 events of 200 kB each."""
    wire = await running.connect(tls=trust)
    for _ in range(60):
        await wire.call(TEN, "MngAddCalendarEvent", **new_event(ast_json="x" * 200_000))
    return wire


async def test_what_a_client_does_not_read_counts_with_tls_too(
    secured: Running, trust: ssl.SSLContext
) -> None:
    """An answer that was written as one counted as if the client had read all of it."""
    wire = await stocked(secured, trust)
    other = await secured.connect(tls=trust)
    wire.stop_reading()
    wire.ask(TEN, "MngGetCalendarEventsByFilter", **everything())
    await until(lambda: secured.server.unsent_bytes > 4_000_000)
    before = secured.server.unsent_bytes
    wire.read_again()
    await until(lambda: secured.server.unsent_bytes < before)
    wire.stop_reading()
    for _ in range(20):
        await other.call(TEN, "Ping")
    assert secured.server.unsent_bytes > 2_000_000
    wire.read_again()
    assert len((await wire.answer())["data"]["rows"]) == 60
    await until(lambda: secured.server.unsent_bytes == 0)


async def test_a_client_that_reads_nothing_is_disconnected_with_tls_too(
    certificate: Path, trust: ssl.SSLContext, place: Place
) -> None:
    async with serving(place, tls=context_of(certificate), write_timeout_sec=0.5) as running:
        wire = await stocked(running, trust)
        wire.stop_reading()
        wire.ask(TEN, "MngGetCalendarEventsByFilter", **everything())
        await until(lambda: running.server.connection_count == 0)


async def test_a_server_that_stops_sends_what_waits_with_tls_too(
    certificate: Path, trust: ssl.SSLContext, place: Place
) -> None:
    async with serving(place, tls=context_of(certificate)) as running:
        running.is_stopped_first = True
        wire = await stocked(running, trust)
        wire.stop_reading()
        wire.ask(TEN, "MngGetCalendarEventsByFilter", **everything())
        await until(lambda: running.server.unsent_bytes > 4_000_000)
        wire.read_again()
        reading = asyncio.create_task(wire.rest())
    rest = await reading
    assert rest.endswith(b"\r\n") and rest.count(b"\r\n") == 1 and len(rest) > 60 * 200_000


async def test_a_client_without_tls_harms_nobody(secured: Running, trust: ssl.SSLContext) -> None:
    plain = await secured.connect()
    plain.send(b'{"command":"Ping"}\r\n')
    await plain.rest()
    silent = await secured.connect()
    wire = await secured.connect(tls=trust)
    assert (await wire.call(TEN, "Ping"))["status"] == 200
    silent.writer.transport.abort()


async def test_clients_that_vanish_inside_tls_harm_nobody(
    secured: Running, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(10):
        wire = await secured.connect(tls=trust)
        for _ in range(5):
            wire.ask(TEN, "MngAddCalendarEvent", **new_event())
            wire.ask(TEN, "MngGetCalendarEventsByFilter", **everything())
        if number % 2:
            wire.writer.close()
        else:
            wire.writer.transport.abort()
    await until(lambda: secured.server.connection_count == 0)
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_a_foreign_protocol_version_is_refused(secured: Running) -> None:
    raw = await asyncio.open_connection(HOST, secured.port)
    raw[1].write(b"\x16\x03\x00\x00\x05hello\r\n")
    assert b"{" not in await raw[0].read()
    raw[1].transport.abort()


async def test_tls_to_a_plain_port_fails_in_words(place: Place) -> None:
    """Issue 12, 26."""
    async with serving(place) as running:
        with pytest.raises(Unavailable, match=r"no TLS connection: .*does the server use TLS"):
            async with Client.connect(HOST, running.port, ssl=ssl.create_default_context()):
                pytest.fail("TLS with a server that has none")


async def test_no_tls_to_a_tls_port_is_suspected_in_the_error(secured: Running) -> None:
    async with Client.connect(HOST, secured.port, timeout_sec=2) as client:
        with pytest.raises(DeskcalError, match="does it need TLS"):
            await client.ping()


async def test_a_certificate_of_an_unknown_authority_names_the_option(secured: Running) -> None:
    with pytest.raises(Unavailable, match=r"certificate is not trusted: .*--ca"):
        async with Client.connect(HOST, secured.port, ssl=ssl.create_default_context()):
            pytest.fail("connected without trust")


async def test_http_and_websockets_go_through_tls(
    certificate: Path, trust: ssl.SSLContext, place: Place
) -> None:
    """The answer of 12 MB waits for a client that reads while it can."""
    async with (
        open_desk(place) as desk,
        ConnectionHost(desk.dispatcher) as clients,
        Gateway(clients, HOST, 0, tls=context_of(certificate)) as gateway,
    ):
        address = gateway.addresses[0]
        reader, writer = await asyncio.open_connection(HOST, int(address.split(":")[1]), ssl=trust)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert (await soon(reader.read())).startswith(b"HTTP/1.1 200 ")
        writer.close()
        for _ in range(60):
            await desk.event(TEN, "MngAddCalendarEvent", **new_event(ast_json="x" * 200_000))
        async with connect(f"wss://{address}/ws", ssl=trust, max_size=None) as socket:
            await socket.send(json.dumps({"authorization": TEN}))
            request = {"command": "MngGetCalendarEventsByFilter", "data": everything()}
            await socket.send(json.dumps(request))
            listed = json.loads(await soon(socket.recv()))
            assert len(listed["data"]["rows"]) == 60
            await socket.send('{"command":"Ping"}')
            assert json.loads(await soon(socket.recv()))["status"] == 200
