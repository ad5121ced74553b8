"""TLS handshakes are counted with all connections, and end in time. Source: contract, section 11.

Issue 11: one admission for all listeners.
"""

import asyncio
import json
import socket
import ssl
from pathlib import Path
from typing import Any, cast

import pytest

from certificate import write_certificate
from deskcal.limits import Limits
from deskcal.live.tasks import Tasks
from deskcal.server.admission import SPARE_CONNECTIONS, Admission
from deskcal.server.handshake import Tls, TlsAcceptor
from harness import token
from places import Place
from wire import HOST, Running, Wire, serving, soon, until

TEN = token(10)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    return context


async def test_a_handshake_that_does_not_end_is_closed_in_time(
    place: Place, context: ssl.SSLContext
) -> None:
    async with serving(place, tls=context, tls_handshake_timeout_sec=600) as running:
        await silent_and_begun(running)
        await until(lambda: len(running.server.admission) == 2)
    async with serving(place, tls=context, tls_handshake_timeout_sec=0.3) as running:
        silent, begun = await silent_and_begun(running)
        assert await silent.is_closed() and await begun.is_closed()
        await until(lambda: len(running.server.admission) == 0)


async def silent_and_begun(running: Running) -> tuple[Wire, Wire]:
    """Two connections whose handshakes do not end."""
    silent, begun = await running.connect(), await running.connect()
    begun.send(b"\x16\x03\x01\x02\x00")
    return silent, begun


async def test_handshakes_count_as_connections_without_a_token_and_the_oldest_is_closed(
    place: Place, context: ssl.SSLContext, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    limits: dict[str, Any] = {"max_connections": 20, "max_connections_without_token": 10}
    async with serving(place, tls=context, **limits, tls_handshake_timeout_sec=60) as running:
        known = await running.connect(tls=trust)
        assert (await known.call(TEN, "Ping"))["status"] == 200
        crowd = [await running.connect() for _ in range(40)]
        admission = running.server.admission
        await until(lambda: admission.evicted_total == 30)
        assert len(admission) == 11
        assert await crowd[0].is_closed()
        late = await running.connect(tls=trust)
        assert (await late.call(TEN, "Ping"))["status"] == 200
        assert (await known.call(TEN, "Ping"))["status"] == 200
        assert caplog.text.count("10 connections have sent no valid token") == 1


async def test_a_complete_handshake_passes_its_place_on(
    place: Place, context: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    async with serving(place, tls=context, max_connections=1) as running:
        wire = await running.connect(tls=trust)
        assert (await wire.call(TEN, "Ping"))["status"] == 200
        assert len(running.server.admission) == 1


async def test_at_exhaustion_clients_with_tls_get_the_reason(
    place: Place, context: ssl.SSLContext, trust: ssl.SSLContext
) -> None:
    limits: dict[str, Any] = {"max_connections": 2, "tls_handshake_timeout_sec": 60}
    async with serving(place, tls=context, **limits) as running:
        kept = [await running.connect(tls=trust) for _ in range(2)]
        for wire in kept:
            assert (await wire.call(TEN, "Ping"))["status"] == 200
        for _ in range(SPARE_CONNECTIONS + 10):
            await running.connect()
        admission = running.server.admission
        await until(lambda: admission.evicted_total == 10)
        refused = await running.connect(tls=trust)
        assert json.loads(await refused.line())["status"] == 503
        assert (await kept[0].call(TEN, "Ping"))["status"] == 200


async def test_a_stop_does_not_wait_for_handshakes(place: Place, context: ssl.SSLContext) -> None:
    async with serving(place, tls=context, tls_handshake_timeout_sec=600) as running:
        silent = await running.connect()
        await until(lambda: len(running.server.admission) == 1)
        running.is_stopped_first = True
    assert await silent.is_closed()
    assert len(running.server.admission) == 0


async def test_accepting_goes_on_after_a_failure(
    context: ssl.SSLContext,
    trust: ssl.SSLContext,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A socket that does not listen yet fails as one of a process without free descriptors does."""
    monkeypatch.setattr("deskcal.server.handshake.RETRY_SEC", 0.01)
    found = socket.socket()
    found.setblocking(False)
    found.bind((HOST, 0))
    admission = Admission(Limits(), asyncio.get_running_loop().time)
    async with Tasks() as tasks:
        acceptor = TlsAcceptor(_Greeting, Tls(context, admission, 30, tasks), [found])
        await until(lambda: "can't accept connections, trying again" in caplog.text)
        found.listen()
        wire = Wire(*await soon(asyncio.open_connection(HOST, found.getsockname()[1], ssl=trust)))
        assert await wire.rest() == b"hello"
        await acceptor.aclose()


class _Greeting(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writing = cast(asyncio.WriteTransport, transport)
        writing.write(b"hello")
        writing.close()
