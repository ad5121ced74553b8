"""Clients that connect, send one Ping with a token of their own, and then are silent.

Run as `python -m bench.idle JOB`: prints how many are connected, ends when its input does.
"""

import asyncio
import resource
import sys
import time
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

from bench import waves
from bench.requests import line, token_of


class Job(Struct):
    """Where to, and how many."""

    port: int
    connections: int


class Idle(asyncio.Protocol):
    """A client that said one thing."""

    def __init__(self, manager_id: int, now: int) -> None:
        self._ping = line("Ping", {}, token_of(manager_id, "DESK_*", now))
        self.answered = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says it."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._ping)

    def data_received(self, data: bytes) -> None:
        """Takes the answer."""
        if not self.answered.done():
            self.answered.set_result(b'"status":200' in data)

    def connection_lost(self, error: Exception | None) -> None:
        """Was not to be."""
        if not self.answered.done():
            self.answered.set_result(False)


async def main(job: Job) -> None:
    """Connects them, says how many were answered, waits for the end of the input."""
    now = int(time.time())
    clients = [Idle(number + 1, now) for number in range(job.connections)]
    await waves.connect(clients, job.port, lambda client: client.answered)
    print(sum(client.answered.result() for client in clients), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
