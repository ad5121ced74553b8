"""The server's end of the process that sends its webhooks; see `live.webhook_worker`.

The process is started once there is something to send to, and again after it has ended. It knows
tries that are under way, at most `LANES` of each hook: what is to be sent when, and what was
delivered, only the server knows. So nothing is lost with the process.
"""

import asyncio
import itertools
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import cast

import msgspec

from deskcal.core.webhooks import Outcome
from deskcal.incidents import LastingFault
from deskcal.wire.webhook_posts import Cancel, Post, PosterSettings, Tried, frame, tries_reader

logger = logging.getLogger(__name__)

_NOT_STARTED = "the process that sends webhooks can't be started"

COMMAND = (sys.executable, "-P", "-m", "deskcal.live.webhook_worker")
GRACE_SEC = 5
"""In which the process must answer beyond the time limit of a try, or end; else it is killed."""


class PosterProcess:
    """Sends messages of all hooks, as `webhook_http.Poster` does; close it with `aclose`."""

    def __init__(self, settings: PosterSettings) -> None:
        self._settings = settings
        self._starting = asyncio.Lock()
        self._link: _Link | None = None
        self._fault = LastingFault(logger)
        self.process: subprocess.Popen[bytes] | None = None
        """None: there was no try yet."""

    async def prepare(self) -> None:
        """Starts the process, unless it runs."""
        try:
            await self._open_link()
        except OSError as exc:
            self._fault.failed(_NOT_STARTED, exc)

    async def aclose(self) -> None:
        """Ends the process, also one that is being started."""
        async with self._starting:
            await self._end()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
        """One try; never raises what a receiver, a network or the process can cause."""
        began = time.monotonic()
        try:
            link = await self._open_link()
        except OSError as exc:
            self._fault.failed(_NOT_STARTED, exc)
            why = f"the process that sends can't be started: {exc}"
            return Outcome(0, 0, int((time.monotonic() - began) * 1000), why)
        self._fault.succeeded()
        return await link.post(url, headers, body, now)

    async def _open_link(self) -> "_Link":
        """Raises: OSError."""
        if self._link is not None and self._link.is_open:
            return self._link
        async with self._starting:
            if self._link is None or not self._link.is_open:
                await self._end()
                self._link = await self._start()
            return self._link

    async def _start(self) -> "_Link":
        """If it is cancelled, the process ends as its socket does. Raises: OSError.

        By `Popen`: uvloop's `subprocess_exec` runs Python code between fork and exec. That ends
        what other threads have in `threading.local`, connections of SQLite among it, and so waits
        for good for a lock that one of them held at the fork; and the server waits for it.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.process = subprocess.Popen(
                    (*COMMAND, msgspec.json.encode(self._settings)),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=_without_settings(os.environ),
                )
            loop = asyncio.get_running_loop()
            limit_sec = self._settings.timeout_sec + GRACE_SEC
            _, link = await loop.create_unix_connection(lambda: _Link(limit_sec), sock=ours)
        except BaseException:
            ours.close()
            raise
        logger.info("process %d sends webhooks", self.process.pid)
        return link

    async def _end(self) -> None:
        """Ends the process, if there is one, and waits for it."""
        if self._link is not None:
            self._link.abort()
        if self.process is None:
            return
        try:
            await asyncio.to_thread(self.process.wait, GRACE_SEC)
        except subprocess.TimeoutExpired:
            self.process.kill()
            await asyncio.to_thread(self.process.wait)


class _Waiting:
    """A try that is under way."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.began = loop.time()
        self.outcome: asyncio.Future[Outcome] = loop.create_future()

    def begin_again(self) -> None:
        """Waits for the outcome though the task that asked for it was cancelled."""
        self.outcome = self.outcome.get_loop().create_future()


class _Link(asyncio.Protocol):
    """The connection to one process, until one of both ends."""

    def __init__(self, limit_sec: float) -> None:
        """`limit_sec`: in which each try is answered; else the connection is closed."""
        self._limit_sec = limit_sec
        self._reader = tries_reader()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._unsent: list[bytes] = []
        self._watch: asyncio.TimerHandle | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Outcomes of tries."""
        for tried in self._reader.feed(data):
            self._answer(tried)

    def connection_lost(self, _: Exception | None) -> None:
        """Tries that were under way have failed, and come again by the schedule."""
        self.is_open = False
        if self._watch is not None:
            self._watch.cancel()
        for number in list(self._waiting):
            self._answer(Tried(number, Outcome(0, 0, 0, "the process that sends has ended")))

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
        """One try. Cancelled, it returns once the process has given it up, or is given up."""
        number = next(self._numbers)
        self._send(Post(number, url, dict(headers), body, now))
        waiting = _Waiting(asyncio.get_running_loop())
        self._waiting[number] = waiting
        self._begin_watch()
        try:
            return await waiting.outcome
        except asyncio.CancelledError:
            if number not in self._waiting:
                raise
            waiting.begin_again()
            self._send(Cancel(number))
            answered, _ = await asyncio.wait([waiting.outcome], timeout=GRACE_SEC)
            if not answered:
                self.abort()
            raise

    def _send(self, message: Post | Cancel) -> None:
        """With all that is sent in the same turn of the event loop: uvloop would write each."""
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._write)
        self._unsent.append(frame(message))

    def _write(self) -> None:
        if self.is_open:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _begin_watch(self) -> None:
        if self._watch is None:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_later(self._limit_sec, self._look)

    def _look(self) -> None:
        """Closes the connection where the oldest try has no answer in time."""
        self._watch = None
        oldest = next(iter(self._waiting.values()), None)
        if oldest is None:
            return
        loop = asyncio.get_running_loop()
        left_sec = oldest.began + self._limit_sec - loop.time()
        if left_sec > 0:
            self._watch = loop.call_later(left_sec, self._look)
        else:
            logger.error("the process that sends webhooks does not answer")
            self.abort()

    def abort(self) -> None:
        """Closes the connection, on which the process ends."""
        self.is_open = False
        self._transport.abort()

    def _answer(self, tried: Tried) -> None:
        waiting = self._waiting.pop(tried.number, None)
        if waiting is not None and not waiting.outcome.done():
            waiting.outcome.set_result(tried.outcome)


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that needs no setting of the server, and no secret."""
    return {name: value for name, value in environment.items() if not name.startswith("DESKCAL_")}
