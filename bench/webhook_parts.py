"""Processor time of the parts of one POST of a webhook: the values of docs/decisions/0021.

Run as `python -m bench.webhook_parts`; it takes half a minute. Time of the receiver, which is a
process of its own, is not in it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import cast

import h11
import httpx
import uvloop

from bench.webhook_receiver import ANSWER
from bench.webhooks import receiving
from deskcal.core.event import ChangeType
from deskcal.core.webhook_address import AllowedNetworks
from deskcal.core.webhook_signature import headers_of, secret_text
from deskcal.core.webhooks import Webhook
from deskcal.live.webhook_connection import Connections
from deskcal.live.webhook_http import ALWAYS, Poster
from deskcal.wire.webhooks import change_body, change_message

POSTS = 2_000
CONNECTIONS = (8, 40, 160)
TIMEOUT_SEC = 15
DOCUMENT = b'{"id":7,"title":"%b"}' % (b"x" * 560)
CHANGED_TIME = 1_795_760_000
NETWORKS = "127.0.0.0/8"
Post = Callable[[], Awaitable[object]]


class Answering(httpx.AsyncBaseTransport):
    """A transport without a network."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers 204."""
        return httpx.Response(204)


class Plain(asyncio.Protocol):
    """One connection that waits for each answer and does not read it."""

    def __init__(self) -> None:
        self._answered = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps it."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """The answer, in one piece on the loopback."""
        self._answered.set_result(None)

    async def post(self, request: bytes) -> None:
        """One request."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        await self._answered


class Message:
    """What is sent, signed."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self._hook = Webhook(
            id=1,
            url=self.url,
            desk_filter="*",
            created_by=1,
            created_time=0,
            secret=secret_text(bytes(32)),
        )
        body = change_body(1, ChangeType.ADDED, CHANGED_TIME, 1, 1, 7, DOCUMENT)
        message = change_message(1, 1, CHANGED_TIME, body)
        self.id, self.body = message.id, message.body
        self.headers = self.sign()
        self._parsed = httpx.URL(self.url)

    def sign(self) -> dict[str, str]:
        """Its headers."""
        return headers_of(self._hook, self.id, CHANGED_TIME + 1, self.body)

    def request(self) -> httpx.Request:
        """As `Poster` makes it."""
        headers = [*ALWAYS, *self.headers.items()]
        return httpx.Request("POST", self._parsed, headers=headers, content=self.body)

    def request_and_answer(self) -> None:
        """Both structs of httpx."""
        self.request()
        httpx.Response(204, headers=[])

    def bytes_of(self, connection: h11.Connection) -> bytes:
        """As it is written."""
        request = self.request()
        head = h11.Request(method="POST", target=request.url.raw_path, headers=request.headers.raw)
        parts = (head, h11.Data(data=request.content), h11.EndOfMessage())
        return b"".join(connection.send(part) or b"" for part in parts)


async def _posts(post: Post, at_once: int) -> float:
    """Microseconds of processor time of one of `POSTS`, so many of them at one time."""
    left = iter(range(POSTS))

    async def some() -> None:
        for _ in left:
            await post()

    await post()
    begun = time.process_time()
    await asyncio.gather(*(some() for _ in range(at_once)))
    return (time.process_time() - begun) / POSTS * 1e6


def _calls(call: Callable[[], object]) -> float:
    call()
    begun = time.process_time()
    for _ in range(POSTS):
        call()
    return (time.process_time() - begun) / POSTS * 1e6


def _h11(message: Message, answer: bytes) -> None:
    """Writes one request and reads its answer."""
    connection = h11.Connection(h11.CLIENT)
    message.bytes_of(connection)
    connection.receive_data(answer)
    while not isinstance(connection.next_event(), h11.EndOfMessage):
        pass


async def _by_httpx(message: Message, transport: httpx.AsyncBaseTransport | None, n: int) -> float:
    """By the client of httpx; `transport` None: over its own pool of `n` connections."""
    limits = httpx.Limits(max_connections=n, max_keepalive_connections=n)
    async with httpx.AsyncClient(
        transport=transport, limits=limits, timeout=TIMEOUT_SEC, trust_env=False
    ) as client:
        return await _posts(
            lambda: client.post(message.url, headers=message.headers, content=message.body), n
        )


async def measure(port: int) -> None:
    """Prints a line for each part."""
    message = Message(port)
    for n in CONNECTIONS:
        _say(f"httpx.AsyncClient over its pool, {n} connections", await _by_httpx(message, None, n))
    _say("httpx.AsyncClient over no network", await _by_httpx(message, Answering(), 1))
    _say("httpx.Request and httpx.Response", _calls(message.request_and_answer))
    _say("the same, and h11: writing the request, reading the answer", _h11_time(message))
    _say("sockets of uvloop", await _plain(message, port))
    _say("signature", _calls(message.sign))
    ours = Connections(AllowedNetworks(NETWORKS))
    _say("our connections by httpx.AsyncClient", await _by_httpx(message, ours, 40))
    poster = Poster(AllowedNetworks(NETWORKS), TIMEOUT_SEC)
    for n in CONNECTIONS:
        took = await _posts(lambda: poster.post(message.url, message.headers, message.body, 0), n)
        _say(f"our connections by the transport alone, {n} connections", took)
    await poster.aclose()


def _h11_time(message: Message) -> float:
    return _calls(lambda: _h11(message, ANSWER))


async def _plain(message: Message, port: int) -> float:
    request = message.bytes_of(h11.Connection(h11.CLIENT))
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(Plain, "127.0.0.1", port)
    took = await _posts(lambda: protocol.post(request), 1)
    transport.close()
    return took


def _say(what: str, micros: float) -> None:
    print(f"{micros:8,.0f} us  {what}", flush=True)


if __name__ == "__main__":
    with receiving("webhook_receiver", {}) as receiver:
        uvloop.run(measure(receiver.port))
