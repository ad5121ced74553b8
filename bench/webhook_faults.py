"""Receivers of webhooks that are at fault, each in a process of its own.

Run as `python -m bench.webhook_faults '{"fault": "hangs"}'`: prints where it listens, until it is
ended.
"""

import asyncio
import enum
import sys
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

from bench.webhook_receiver import ANSWER, Listening, Requests

SLOW_SEC = 5
"""Less than the server waits for an answer."""
LARGE_BYTES = 10_000_000


class Fault(enum.StrEnum):
    """What the receiver does; the six of issue 18."""

    HANGS = "hangs"
    IS_SLOW = "answers after 5 s"
    FAILS = "answers 500"
    REDIRECTS = "redirects"
    CLOSES = "closes in the middle of its answers"
    IS_LARGE = "answers 10 MB"


class Faulty(Struct):
    """The receiver of a process."""

    fault: Fault


ANSWERS = {
    Fault.HANGS: b"",
    Fault.IS_SLOW: ANSWER,
    Fault.FAILS: b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
    Fault.REDIRECTS: b"HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n",
    Fault.CLOSES: b"HTTP/1.1 200 OK\r\ncontent-len",
    Fault.IS_LARGE: b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % LARGE_BYTES
    + b"x" * LARGE_BYTES,
}


class Connection(Requests):
    """Answers each request as its fault has it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self._fault = fault

    def answer(self, body: bytes) -> None:
        """At once, late, or not at all."""
        if self._fault == Fault.IS_SLOW:
            asyncio.get_running_loop().call_later(SLOW_SEC, self._write)
        else:
            self._write()

    def _write(self) -> None:
        self.transport.write(ANSWERS[self._fault])
        if self._fault == Fault.CLOSES:
            self.transport.close()


async def run(receiver: Faulty) -> None:
    """Listens, says where, and answers without end."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(receiver.fault), "127.0.0.1", 0)
    port = cast(int, server.sockets[0].getsockname()[1])
    print(msgspec.json.encode(Listening(port)).decode(), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Faulty)))
