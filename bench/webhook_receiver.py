"""A receiver of webhooks in a process of its own, as lean as Python allows.

Run as `python -m bench.webhook_receiver '{}'`: prints where it listens; given on its input how many
messages there will be, it prints how late they came.
"""

import asyncio
import os
import re
import sys
import time
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

LAST_SEC = 60
"""In which all messages must have come, once it is known how many there will be."""
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)
_SENT = re.compile(rb'"title":"at ([0-9.]+)')


class Listening(Struct):
    """Where it listens."""

    port: int


class Wanted(Struct):
    """How many messages there will be."""

    count: int


class Received(Struct):
    """What has come."""

    last_time: float
    """Of the last message, Unix seconds."""
    p50_sec: float
    p99_sec: float
    cpu_sec: float
    """Processor time since the start of the process."""


class Requests(asyncio.Protocol):
    """One connection, whose requests are answered once they are whole."""

    def __init__(self) -> None:
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps it."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Whole requests are answered."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._rest, 0, end)
            assert found is not None
            size = end + 4 + int(found[1])
            if len(self._rest) < size:
                return
            body, self._rest = self._rest[end + 4 : size], self._rest[size:]
            self.answer(body)

    def answer(self, body: bytes) -> None:
        """Answers one request."""
        raise NotImplementedError


class Receiver(Requests):
    """Answers 204 at once, and notes how old each message is."""

    def __init__(self, delays: list[float]) -> None:
        super().__init__()
        self._delays = delays

    def answer(self, body: bytes) -> None:
        """At once."""
        self.transport.write(ANSWER)
        sent = _SENT.search(body)
        if sent is not None:
            self._delays.append(time.time() - float(sent[1]))


async def run() -> None:
    """Listens, says where, and what has come."""
    delays: list[float] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Receiver(delays), "127.0.0.1", 0)
    _say(Listening(server.sockets[0].getsockname()[1]))
    line = await loop.run_in_executor(None, sys.stdin.readline)
    wanted = msgspec.json.decode(line, type=Wanted)
    async with asyncio.timeout(LAST_SEC):
        while len(delays) < wanted.count:
            await asyncio.sleep(0.005)
    last_time = time.time()
    delays.sort()
    count = len(delays)
    used = os.times()
    cpu_sec = used.user + used.system
    _say(Received(last_time, delays[count // 2], delays[count * 99 // 100], cpu_sec))


def _say(what: Struct) -> None:
    print(msgspec.json.encode(what).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(run())
