"""The process that sends the webhooks of one server, so that its requests wait for none.

`python -m deskcal.live.webhook_worker SETTINGS` (JSON), with a socket for standard input: it reads
tries (`wire.webhook_posts`) and answers each. It has no store and no secrets, and ends when the
socket does, whatever becomes of the server. Signals of a terminal or a service manager are for the
server.
"""

import asyncio
import functools
import logging
import os
import signal
import socket
import sys
from typing import cast

import msgspec
import uvloop

from deskcal.core.webhook_address import AllowedNetworks
from deskcal.core.webhooks import Outcome
from deskcal.live.webhook_http import Poster
from deskcal.wire.webhook_posts import Cancel, Post, PosterSettings, Tried, frame, posts_reader

logger = logging.getLogger(__name__)

NICENESS = 5
"""Added to the server's: where processors are short, requests come before messages, which are then
still given a quarter of a processor that the server keeps busy."""
GATHER_SEC = 0.005
"""For so long the answer of a try waits for others while more tries are under way."""


class Worker(asyncio.Protocol):
    """Makes the tries of one server."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._reader = posts_reader()
        self._tries: dict[int, asyncio.Task[Outcome]] = {}
        self._unsent: list[bytes] = []
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Begins tries, or gives them up."""
        for message in self._reader.feed(data):
            if isinstance(message, Cancel):
                self._cancel(message.number)
            else:
                self._begin(message)

    def connection_lost(self, _: Exception | None) -> None:
        """The server has ended."""
        self.ended.set()

    def _begin(self, post: Post) -> None:
        trying = self._poster.post(post.url, post.headers, post.body, post.now)
        task = self._tries[post.number] = asyncio.get_running_loop().create_task(trying)
        task.add_done_callback(functools.partial(self._answer, post.number))

    def _cancel(self, number: int) -> None:
        """Unless it is answered already."""
        task = self._tries.get(number)
        if task is not None:
            task.cancel()

    def _answer(self, number: int, task: asyncio.Task[Outcome]) -> None:
        del self._tries[number]
        self._unsent.append(frame(Tried(number, _outcome_of(task))))
        if not self._tries:
            self._send()
        elif len(self._unsent) == 1:
            asyncio.get_running_loop().call_later(GATHER_SEC, self._send)

    def _send(self) -> None:
        """What is answered so far, so that the server reads many answers at once."""
        if self._unsent and not self._transport.is_closing():
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()


def _outcome_of(task: asyncio.Task[Outcome]) -> Outcome:
    if task.cancelled():
        return Outcome(0, 0, 0, "the server has given it up")
    fault = task.exception()
    if fault is None:
        return task.result()
    logger.error("a try of a webhook has failed", exc_info=fault)
    return Outcome(0, 0, 0, f"a fault of the server: {type(fault).__name__}")


async def run(own: socket.socket, settings: PosterSettings) -> None:
    """Makes tries until the other end of `own` is closed."""
    networks = AllowedNetworks(settings.networks, settings.ports)
    poster = Poster(networks, settings.timeout_sec, settings.ca_file)
    worker = Worker(poster)
    await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=own)
    await worker.ended.wait()


def main() -> None:
    """Runs as the arguments say."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    own = socket.socket(fileno=sys.stdin.fileno())
    settings = msgspec.json.decode(sys.argv[1], type=PosterSettings)
    uvloop.run(run(own, settings))


if __name__ == "__main__":
    main()
