"""The same protocol inside TLS, with a certificate made for the test."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certificate import write_certificate
from deskcal import Client, DeskcalError, Unavailable
from harness import everything, new_event, token
from places import Place
from wire import HOST, Running, serving, until

TEN = token(10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with a key and its certificate for `localhost`."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
async def secured(certificate: Path, place: Place) -> AsyncIterator[Running]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    limits = {"max_message_bytes": 1_048_576, "message_timeout_sec": 1}
    async with serving(place, tls=context, **limits) as running:
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
