"""A receiver of webhooks on the loopback that keeps what comes, and answers as a test wants it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from helpers import WAIT_SEC


class Received(Struct):
    """One request that came."""

    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def change(self) -> tuple[str, int]:
        """The type without its prefix, and the event's id."""
        message = self.message
        return message["type"].removeprefix("calendar."), message["data"]["event"]["id"]


Reply = Callable[[Received], bytes | Awaitable[bytes]]
"""The whole answer, as it is sent; empty: the connection is closed without one."""


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """An answer of HTTP/1.1."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Receiver:
    """Answers 200 to everything, unless `reply` says otherwise."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.reply: Reply = lambda _: answer()
        self.port = 0
        self.most_at_once = 0
        self._now = 0
        self._came = asyncio.Event()

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def changes(self) -> list[tuple[str, int]]:
        return [one.change for one in self.requests]

    async def until(self, is_so: Callable[["Receiver"], bool]) -> None:
        """Returns once it is so."""
        async with asyncio.timeout(WAIT_SEC):
            while not is_so(self):
                self._came.clear()
                await self._came.wait()

    async def until_count(self, count: int) -> None:
        await self.until(lambda one: len(one.requests) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while received := await _read(reader):
                self.requests.append(received)
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                self._came.set()
                try:
                    reply = self.reply(received)
                    text = reply if isinstance(reply, bytes) else await reply
                finally:
                    self._now -= 1
                if not text:
                    break
                writer.write(text)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    lines = head.decode().split("\r\n")[1:-2]
    headers = {
        name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(headers, body)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(begin, "127.0.0.1", 0, limit=2**22)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
