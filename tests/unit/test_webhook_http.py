"""One POST of a webhook: to the address that was checked, within its time, of an answer a little.

Names and addresses are of the loopback. Source: contract, section 17; issue 18.
"""

import asyncio
import itertools
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from certificate import write_certificate
from deskcal.core.webhook_address import AllowedNetworks, BadUrl
from deskcal.core.webhooks import Outcome
from deskcal.live import webhook_connection
from deskcal.live.webhook_connection import ANSWER_BYTES, KEPT_CONNECTIONS
from deskcal.live.webhook_http import Poster
from deskcal.live.webhook_names import check_url
from listener import WAIT_SEC, listening
from receiver import answer, receiving

NAME = "crm.test"
GOOD, BAD = "127.0.0.1", "127.0.0.2"
NOW = 1_710_000_000.0


class Names:
    """Resolves `NAME` to what the test says, each time again; no other name is known."""

    def __init__(self) -> None:
        self.answers: list[list[str]] = []
        self.asked = 0

    async def getaddrinfo(self, host: str, port: int, **_: Any) -> list[Any]:
        assert host == NAME, f"{host} was resolved, too"
        self.asked += 1
        addresses = self.answers[min(self.asked, len(self.answers)) - 1]
        return [(2, 1, 6, "", (address, port)) for address in addresses]


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names()
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found.getaddrinfo)
    return found


@asynccontextmanager
async def posting(
    networks: str = f"{GOOD}/32", timeout_sec: float = WAIT_SEC
) -> AsyncIterator[Poster]:
    poster = Poster(AllowedNetworks(networks), timeout_sec)
    try:
        yield poster
    finally:
        await poster.aclose()


async def post(poster: Poster, url: str) -> Outcome:
    return await poster.post(url, {}, b"{}", NOW)


async def test_the_connection_goes_to_the_address_that_was_checked_and_no_name_is_asked_twice(
    names: Names,
) -> None:
    async with receiving() as receiver, posting() as poster:
        names.answers = [[GOOD]]
        outcome = await post(poster, receiver.url(host=NAME))
        assert (outcome.status, names.asked, len(receiver.requests)) == (200, 1, 1)
        assert receiver.requests[0].headers["host"] == f"{NAME}:{receiver.port}"


async def test_a_name_that_leads_elsewhere_after_the_check_is_refused_at_the_connect(
    names: Names,
) -> None:
    async with listening(host=BAD) as other:
        url = f"http://{NAME}:{other.port}/hooks"
        names.answers = [[GOOD], [BAD]]
        async with posting() as poster:
            await check_url(AllowedNetworks(f"{GOOD}/32"), url)
            outcome = await post(poster, url)
    assert (outcome.status, names.asked, other.connections) == (0, 2, 0)
    assert BAD in outcome.why and "webhook_networks" in outcome.why


async def test_of_several_addresses_only_those_that_are_allowed_are_connected_to(
    names: Names,
) -> None:
    async with receiving() as receiver, listening(host=BAD, port=receiver.port) as other:
        names.answers = [[BAD, GOOD]]
        async with posting() as poster:
            assert (await post(poster, receiver.url(host=NAME))).status == 200
        assert other.connections == 0


async def test_a_connection_that_is_open_is_used_again_without_another_look(names: Names) -> None:
    async with receiving() as receiver, posting() as poster:
        names.answers = [[GOOD], [BAD]]
        for _ in range(3):
            assert (await post(poster, receiver.url(host=NAME))).status == 200
        assert names.asked == 1


async def test_a_connection_that_waits_for_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_connection, "KEEP_ALIVE_SEC", 0.05)
    async with listening(answering) as own, posting() as poster:
        for number in range(1, 3):
            assert (await post(poster, f"http://{GOOD}:{own.port}/")).status == 204
            await own.until(lambda one: one.open == 0)
            assert own.connections == number


async def test_no_more_connections_are_kept_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_connection, "KEPT_CONNECTIONS", 2)
    async with listening(answering) as own, posting() as poster:
        url = f"http://{GOOD}:{own.port}/"
        outcomes = await asyncio.gather(*(post(poster, url) for _ in range(10)))
        assert {one.status for one in outcomes} == {204}
        await own.until(lambda one: one.open == 2)


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers each request with nothing in it, until the other end closes."""
    try:
        while await reader.readuntil(b"{}"):
            writer.write(b"HTTP/1.1 204 X\r\n\r\n")
    except (ConnectionError, asyncio.IncompleteReadError):
        pass


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\nabc", 200),
        (b"HTTP/1.1 200 X\r\n\r\nabc", 200),
        (b"HTTP/1.1 503 X\r\ntransfer-encoding: chunked\r\n\r\n9\r\nab", 503),
        (b"HTTP/1.1 100 X\r\n\r\nHTTP/1.1 201 X\r\ncontent-length: 0\r\n\r\n", 201),
        (b"HTTP/1.1 2", 0),
        (b"", 0),
        (b"SSH-2.0-x\r\n\r\n", 0),
        (b"HTTP/1.1 200 X\r\nx: " + b"y" * 100_000, 0),
    ],
)
async def test_an_answer_whose_head_has_come_counts_and_another_does_not(
    sent: bytes, status: int
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"{}")
            writer.write(sent)
            await writer.drain()
            writer.write_eof()
            await reader.read()
        except ConnectionError:
            pass

    async with listening(serve) as own, posting() as poster:
        outcome = await post(poster, f"http://{GOOD}:{own.port}/")
        assert outcome.status == status
        assert bool(outcome.why) == (status == 0)
        await own.until(lambda one: one.connections == 1 and (status == 201 or one.open == 0))


async def test_a_name_without_addresses_is_refused_by_the_check(names: Names) -> None:
    names.answers = [[]]
    with pytest.raises(BadUrl, match="leads to"):
        await check_url(AllowedNetworks(""), f"https://{NAME}/")


async def test_a_certificate_that_nobody_vouches_for_is_no_answer(
    names: Names, tmp_path: Path
) -> None:
    asked: list[str | None] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(write_certificate(tmp_path / "cert.pem"))
    context.sni_callback = lambda _, name, __: asked.append(name)
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        requests.append(await reader.read(1))

    async with listening(serve, ssl=context) as own, posting() as poster:
        names.answers = [[GOOD]]
        outcome = await post(poster, f"https://{NAME}:{own.port}/")
    assert (outcome.status, asked, requests) == (0, [NAME], [])
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.why


async def test_a_ca_of_the_setting_is_trusted_for_the_name_of_the_url_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_certificate(tmp_path / "cert.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    names = Names()
    names.answers = [[GOOD]]
    async with listening(answering, ssl=context) as own:
        poster = Poster(AllowedNetworks(f"{GOOD}/32"), 10, str(path))
        assert (await post(poster, f"https://{GOOD}:{own.port}/")).status == 204
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names.getaddrinfo)
        outcome = await post(poster, f"https://{NAME}:{own.port}/")
        assert outcome.status == 0
        assert "Hostname mismatch" in outcome.why
        await poster.aclose()


async def test_a_port_that_is_not_allowed_is_refused_at_the_connect() -> None:
    async with listening() as own:
        networks = AllowedNetworks(f"{GOOD}/32", [443])
        poster = Poster(networks, 10)
        outcome = await post(poster, f"http://{GOOD}:{own.port}/")
        assert (outcome.status, own.connections) == (0, 0)
        assert "webhook_ports" in outcome.why
        with pytest.raises(BadUrl, match="webhook_ports"):
            await check_url(networks, f"http://{GOOD}:{own.port}/")


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as first, receiving() as second, posting() as poster:
        first.reply = lambda _: answer(307, location=second.url())
        assert (await post(poster, first.url())).status == 307
        assert second.requests == []


async def test_of_an_endless_answer_only_the_beginning_is_read() -> None:
    sent = 0
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + bytes(4096) + b"\r\n")
                await writer.drain()
                sent += 4096
        except ConnectionError:
            ended.set()

    async with listening(serve) as own, posting() as poster:
        outcome = await post(poster, f"http://{GOOD}:{own.port}/")
        async with asyncio.timeout(WAIT_SEC):
            await ended.wait()
    assert outcome.status == 200
    assert ANSWER_BYTES < sent < 32 * 1024 * 1024


async def test_an_answer_that_drips_ends_with_the_time_limit() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for byte in itertools.chain(b"HTTP/1.1 200 X\r\nx: ", itertools.repeat(ord("y"))):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass

    async with listening(serve) as own, posting(timeout_sec=0.5) as poster:
        async with asyncio.timeout(WAIT_SEC):
            outcome = await post(poster, f"http://{GOOD}:{own.port}/")
        assert (outcome.status, outcome.why) == (0, "no answer in time")


async def test_tries_that_are_cancelled_at_any_moment_leave_no_connection_open() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"{}")
            await asyncio.sleep(0.002)
            writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass

    async with listening(serve) as own, posting() as poster:
        for number in range(600):
            trying = asyncio.create_task(post(poster, f"http://{GOOD}:{own.port}/"))
            await asyncio.sleep(number % 60 * 0.0001)
            trying.cancel()
            await asyncio.wait([trying])
        async with asyncio.timeout(WAIT_SEC):
            while own.open:
                await asyncio.sleep(0.01)
        assert (await post(poster, f"http://{GOOD}:{own.port}/")).status == 200


async def test_tries_that_wait_for_an_answer_leave_room_for_others() -> None:
    async def hang(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with listening(hang) as own, receiving() as other, posting(timeout_sec=60) as poster:
        url = f"http://{GOOD}:{own.port}/"
        hanging = [asyncio.create_task(post(poster, url)) for _ in range(KEPT_CONNECTIONS + 50)]
        async with asyncio.timeout(WAIT_SEC):
            while own.connections < len(hanging):
                await asyncio.sleep(0.01)
            assert (await post(poster, other.url())).status == 200
        for task in hanging:
            task.cancel()
        await asyncio.wait(hanging)
