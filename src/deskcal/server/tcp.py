"""One TCP client: what it sent and is not answered yet, what it is sent and has not taken yet.

Bytes become frames, frames go to `answer` in order, answers go out as they come. Whoever is slow
pays alone: a client that does not take its output is not read from.
"""

import asyncio
import functools
import logging
from collections import deque
from typing import Any, Protocol, cast

from deskcal.commands import Data, FastPath, PendingAnswer, Services
from deskcal.errors import DeskcalError, MessageTooLarge, Unavailable
from deskcal.limits import Limits
from deskcal.live.connections import Peer
from deskcal.wire.envelope import DOCUMENT, NO_EXT_ID, encode_error
from deskcal.wire.frames import HEARTBEAT, FrameDecoder

logger = logging.getLogger(__name__)

READS_AT_ONCE = 8
"""Of one connection, from the database: each may bring a document of the largest size."""
DRAIN_SEC = 1
"""How long input is read and dropped after an answer that ends the connection."""


class ConnectionHost(Protocol):
    """What a connection needs of its server."""

    services: Services
    requests: FastPath
    limits: Limits
    loop: asyncio.AbstractEventLoop

    def admit(self, connection: "Connection") -> DeskcalError | None:
        """Takes the connection in; an error: it is told that, and closed."""

    def known(self, connection: "Connection") -> None:
        """The connection has carried a valid token."""

    def stalled(self, connection: "Connection") -> None:
        """The client does not take its output."""

    def taken(self, connection: "Connection") -> None:
        """The client takes its output again."""

    async def room_for_list(self) -> None:
        """Returns when all clients together have taken enough. Raises: Unavailable."""

    def forget(self, connection: "Connection") -> None:
        """The connection is closed."""


class Connection(asyncio.Protocol):
    """The protocol of one connection; `ConnectionHost` is the server it belongs to."""

    def __init__(self, host: ConnectionHost) -> None:
        self._host = host
        self._requests = host.requests
        self._clock = host.services.now
        self._limits = host.limits
        self._most_unsent = host.limits.max_unsent_bytes
        self._decoder = FrameDecoder(host.limits.max_message_bytes)
        self._backlog: deque[bytes] = deque()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._ready: list[bytes] = []
        self._list_turn: asyncio.Semaphore | None = None
        self._read_turns: asyncio.Semaphore | None = None
        self._taken: asyncio.Event | None = None
        self._now = host.loop.time
        self._is_reading = True
        self._is_ending = False
        self._is_stranger = True
        self._closes_when_done = False
        self._is_silent = False
        self._heard_at = self._beat_at = self._now()
        self._began_at = 0.0  # `watch` fills it in, as it does `_heard_at`: no clock on each read.
        self._stuck_at = 0.0
        self._stuck_bytes = 0
        self._full_at = 0.0
        self.peer = Peer(send=self.push, unsent_bytes=lambda: self.unsent_bytes)
        self.peer.is_ascii = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the connection, or turns it away where there are too many."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._limits.max_unsent_bytes // 8)
        self.peer.name = str(transport.get_extra_info("peername"))
        refusal = self._host.admit(self)
        if refusal is not None:
            self._end_with(refusal)

    def data_received(self, data: bytes) -> None:
        """Answers what can be answered at once with one write; starts the rest."""
        if self._is_ending:
            return
        self._is_silent = False
        if not data.isascii():
            self.peer.is_ascii = False
        decoder = self._decoder
        frames = decoder.feed(data)
        if frames or decoder.unfinished_bytes <= len(data):
            self._began_at = 0.0
        if self._backlog or self._stuck_at or (self._tasks and self._is_blocked()):
            self._backlog.extend(frames)
            self._read_if_free()
        else:
            self._answer(frames)
        if decoder.overflowed and not self._backlog:
            self._refuse_too_large()

    def _answer(self, frames: list[bytes]) -> None:
        """Answers `frames` in order; what comes after one that reaches a limit waits, unread."""
        answer, peer = self._requests.answer, self.peer
        now = self._clock()
        out: list[bytes] = []
        room = self._most_unsent
        rest = iter(frames)
        for frame in rest:
            found = answer(peer, frame, now)
            if isinstance(found, tuple):
                out += found
                room -= len(found[DOCUMENT])
            elif isinstance(found, bytes):
                out.append(found)
                room -= len(found)
            else:
                self._start(found)
                if self._is_blocked():
                    room = 0
            if room <= 0:
                self._backlog.extendleft(reversed(list(rest)))
        if out:
            self._transport.write(b"".join(out))
        if self._is_stranger and peer.sessions:
            self._is_stranger = False
            self._host.known(self)
        if peer.bad_messages and peer.bad_messages >= self._limits.max_bad_messages:
            self._end()
        if self._backlog or not self._is_reading:
            self._read_if_free()

    def _is_blocked(self) -> bool:
        return self._stuck_at > 0 or len(self._tasks) >= self._limits.max_requests_in_flight

    def _read_if_free(self) -> None:
        """Reads from the client only while nothing of it waits."""
        is_free = not self._backlog and not self._stuck_at
        if is_free != self._is_reading and not self._transport.is_closing():
            self._is_reading = is_free
            if is_free:
                self._began_at = self._now()
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()
        if self._backlog and not self._is_blocked():
            self._host.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Works off the backlog, as far as the limits allow."""
        if self._backlog and not self._is_blocked() and not self._is_ending:
            free = self._limits.max_requests_in_flight - len(self._tasks)
            count = min(len(self._backlog), free)
            self._answer([self._backlog.popleft() for _ in range(count)])
            if self._decoder.overflowed and not self._backlog and not self._is_ending:
                self._refuse_too_large()
        self._close_if_done()

    def _start(self, later: PendingAnswer) -> None:
        if isinstance(later.work, asyncio.Future):
            self._tasks.add(later.work)
            later.work.add_done_callback(functools.partial(self._document_is_there, later))
            return
        task = self._host.loop.create_task(self._finish(later))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _document_is_there(self, later: PendingAnswer, work: asyncio.Future[bytes]) -> None:
        if not work.cancelled():
            self._send_soon(later.finish_done(work))
        self._done(work)

    async def _finish(self, later: PendingAnswer) -> None:
        try:
            async with self._turn(later.command.is_list):
                await self._taken_up()
                if later.command.is_list:
                    await self._host.room_for_list()
                data = await later.finish()
                if isinstance(data, bytes):
                    self._send_soon(data)
                else:
                    self._send(data)
        except Unavailable as exc:
            self._send(later.refuse(exc))
        finally:
            later.close()

    def _turn(self, is_list: bool) -> asyncio.Semaphore:
        """Of how many answers one client can make the server hold: lists come one at a time."""
        if is_list:
            self._list_turn = self._list_turn or asyncio.Semaphore(1)
            return self._list_turn
        self._read_turns = self._read_turns or asyncio.Semaphore(READS_AT_ONCE)
        return self._read_turns

    async def _taken_up(self) -> None:
        """Returns when the client has taken what it was sent before."""
        while self._stuck_at:
            self._taken = self._taken or asyncio.Event()
            self._taken.clear()
            await self._taken.wait()

    def _done(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if self._backlog:
            self._read_if_free()
        self._close_if_done()

    def _send_soon(self, answer: bytes) -> None:
        """With what gets ready in the same turn of the event loop, as each write costs a send."""
        if not self._ready:
            self._host.loop.call_soon(self._send_ready)
        self._ready.append(answer)

    def _send_ready(self) -> None:
        if self._ready:
            answers, self._ready = self._ready, []
            self._send(b"".join(answers))

    def _send(self, data: Data) -> None:
        """At once, behind what is ready."""
        self._send_ready()
        if self._transport.is_closing():
            return
        was_stuck, before = self._stuck_at > 0, self.unsent_bytes
        if isinstance(data, bytes):
            self._transport.write(data)
        else:
            self._transport.writelines(data)
        if was_stuck:
            self._stuck_bytes += self.unsent_bytes - before

    def push(self, lines: bytes) -> bool:
        """Sends what nobody asked for; False, and nothing sent, where the client is too slow."""
        if self._is_ending or self._transport.is_closing() or self._is_too_slow():
            return False
        self._send(lines)
        return True

    def _is_too_slow(self) -> bool:
        if not self._stuck_at:
            return False
        is_long_full = self._now() - self._full_at > self._limits.write_timeout_sec
        return is_long_full or self.unsent_bytes > self._limits.max_unsent_bytes

    @property
    def unsent_bytes(self) -> int:
        """What waits for the client to take it."""
        return self._transport.get_write_buffer_size()

    def pause_writing(self) -> None:
        """The client takes its output too slowly: nothing more is read from it."""
        self._stuck_at = self._full_at = self._now()
        self._stuck_bytes = self.unsent_bytes
        self._host.stalled(self)
        self._read_if_free()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._stuck_at = 0.0
        if self._taken is not None:
            self._taken.set()
        self._host.taken(self)
        self._read_if_free()
        self._host.services.resume(self.peer)

    def eof_received(self) -> bool:
        """The client has said all it had to; it still gets its answers. True: stay open.

        TLS knows no half-closed connection: there the answers are lost.
        """
        self._closes_when_done = True
        is_plain = self._transport.get_extra_info("sslcontext") is None
        return is_plain and bool(self._tasks or self._backlog)

    def connection_lost(self, _: Exception | None) -> None:
        """Lets go of everything; what is in the store's queue still takes effect."""
        self._is_ending = True
        self._backlog.clear()
        for task in self._tasks:
            task.cancel()
        self._host.services.forget(self.peer)
        self._host.forget(self)

    def stop(self) -> None:
        """Finishes what is in flight, answers what was read with 503, closes."""
        self._closes_when_done = True
        self._read_if_free()
        self._close_if_done()

    def abort(self, why: str) -> None:
        """Closes at once."""
        logger.info("%s closed: %s", self.peer.name, why)
        self._is_ending = True
        self._transport.abort()

    def _close_if_done(self) -> None:
        if self._closes_when_done and not self._tasks and not self._backlog:
            self._send_ready()
            self._transport.close()

    def _refuse_too_large(self) -> None:
        """Once every message before the one that is too long was begun with."""
        limit = self._limits.max_message_bytes
        self._end_with(MessageTooLarge(f"the message is longer than {limit} bytes"))

    def _end_with(self, error: DeskcalError) -> None:
        """Says why, and ends."""
        self._send_ready()
        self._transport.write(encode_error(NO_EXT_ID, error))
        self._end()

    def _end(self) -> None:
        """Reads and drops input for a moment, so that the answer arrives; then closes."""
        self._is_ending = True
        self._backlog.clear()
        self._read_if_free()
        self._host.loop.call_later(DRAIN_SEC, self._transport.close)

    def watch(self, now: float) -> None:
        """Looks at the clocks: a message without end, silence, a client that does not read."""
        limits = self._limits
        if not self._is_silent:
            self._is_silent = True
            self._heard_at = now
        self._began_at = self._began_at or now
        if self._stuck_at:
            self._watch_stuck(now)
        elif self._is_overdue(now):
            self.abort(f"a message took more than {limits.message_timeout_sec} s")
        if self.peer.channels:
            self._beat(now)
        elif now - self._heard_at > limits.idle_timeout_sec and not self._is_busy():
            self.abort(f"idle for {limits.idle_timeout_sec} s")

    def _is_busy(self) -> bool:
        return bool(self._tasks) or self._stuck_at > 0

    def _is_overdue(self, now: float) -> bool:
        has_begun = self._decoder.unfinished_bytes > 0 and self._is_reading
        return has_begun and now - self._began_at > self._limits.message_timeout_sec

    def _watch_stuck(self, now: float) -> None:
        """Closes when the client has taken nothing at all for too long."""
        unsent = self.unsent_bytes
        if unsent < self._stuck_bytes:
            self._stuck_at, self._stuck_bytes = now, unsent
        elif now - self._stuck_at > self._limits.write_timeout_sec:
            self.abort(f"took none of its output for {self._limits.write_timeout_sec} s")

    def _beat(self, now: float) -> None:
        if now - self._beat_at >= self._limits.heartbeat_sec and not self._stuck_at:
            self._beat_at = now
            self._transport.write(HEARTBEAT)
