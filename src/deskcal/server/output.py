"""The output of one client: what it has not taken yet, and what waits to be sent."""

import asyncio
import contextlib
import functools
from collections.abc import Callable
from typing import TypeVar

from deskcal.commands import Data
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.server.transport import Transport

_Output = TypeVar("_Output", bytes, list[bytes])


class ClientOutput:
    """Sends lines; while one is sent in parts, the others wait for its end."""

    def __init__(
        self,
        transport: Transport,
        limits: Limits,
        clock: Callable[[], float],
        call_soon: Callable[[Callable[[], None]], object],
    ) -> None:
        """`clock`: the host's; `call_soon`: the event loop's."""
        self._transport = transport
        self._limits = limits
        self._clock = clock
        self._call_soon = call_soon
        self.is_stuck = False
        """Whether the client does not read its output."""
        self.is_amid_line = False
        """Whether a line is being sent in parts."""
        self.is_free = True
        """Neither: a line that is sent now leaves soon."""
        self.is_deferring = False
        """Whether lines wait for the end of one that is sent in parts, or have waited in vain."""
        self._drained: asyncio.Event | None = None
        self._full_at = self._stuck_at = 0.0
        self._stuck_bytes = 0
        self._ready: list[bytes] = []
        self._held: list[Callable[[], None]] = []
        self._held_bytes = 0

    @property
    def unsent_bytes(self) -> int:
        """Output that waits for the client to read it."""
        return self._transport.unsent_bytes + self._held_bytes

    @property
    def is_too_slow(self) -> bool:
        """Whether the client is pushed nothing more."""
        limit = self._limits.max_unsent_bytes
        if not self.is_stuck:
            return self._held_bytes > limit
        is_long_full = self._clock() - self._full_at > self._limits.write_timeout_sec
        return is_long_full or self.unsent_bytes > limit

    @property
    def has_ready(self) -> bool:
        """Whether lines wait for the next turn of the event loop."""
        return bool(self._ready)

    def send_soon(self, lines: bytes) -> None:
        """With what gets ready in the same turn of the event loop, as each write costs a send."""
        if not self._ready:
            self._call_soon(self.send_ready)
        self._ready.append(lines)

    def send_ready(self) -> None:
        """At once, what waits for the next turn."""
        if self._ready:
            ready, self._ready = self._ready, []
            self._send(b"".join(ready))

    def push(self, lines: bytes) -> bool:
        """Sends whole lines; False, and nothing sent, to a client that is gone or too slow."""
        transport = self._transport
        if transport.is_closing:
            return False
        if self.is_free and not self._ready:
            transport.write(lines)
            return True
        if self.is_too_slow:
            return False
        self.send(lines)
        return True

    def send(self, data: Data) -> None:
        """Whole lines, or one in pieces: at once, or at the end of the line that is being sent.

        After what is ready.
        """
        self.send_ready()
        self._send(data)

    def _send(self, data: Data) -> None:
        if self.is_amid_line:
            self._held_bytes += len(data) if isinstance(data, bytes) else sum(map(len, data))
            self.at_line_end(functools.partial(self._send, data))
        elif isinstance(data, bytes):
            self._write(self._transport.write, data)
        else:
            self._write(self._transport.write_pieces, data)

    def send_part(self, pieces: list[bytes]) -> None:
        """A part of one line."""
        self.is_amid_line, self.is_deferring, self.is_free = True, True, False
        self._write(self._transport.write_part, pieces)

    def end_line(self) -> None:
        """The line whose parts were sent is complete: what waited for its end is sent.

        On a transport that is closing it is dropped, and `is_deferring` stays true.
        """
        self._transport.end_parts()
        self.is_deferring = self._transport.is_closing
        held, self._held = self._held, []
        self.is_amid_line, self.is_free, self._held_bytes = False, not self.is_stuck, 0
        for step in held:
            step()

    def at_line_end(self, step: Callable[[], None]) -> None:
        """Does `step` at the end of the line that is being sent; at once where there is none."""
        if self.is_amid_line:
            self._held.append(step)
        else:
            step()

    def _write(self, write: Callable[[_Output], None], data: _Output) -> None:
        if self._transport.is_closing:
            return
        if not self.is_stuck:
            write(data)
            return
        before = self._transport.unsent_bytes
        write(data)
        self._stuck_bytes += self._transport.unsent_bytes - before

    def pause(self) -> None:
        """The client reads its output too slowly."""
        self.is_stuck, self.is_free = True, False
        self._stuck_at = self._full_at = self._clock()
        self._stuck_bytes = self._transport.unsent_bytes

    def resume(self) -> None:
        """The client has read most of its output."""
        self.is_stuck, self.is_free = False, not self.is_amid_line
        if self._drained is not None:
            self._drained.set()

    async def drained(self) -> None:
        """Returns when the client has read what it was sent before."""
        while self.is_stuck:
            self._drained = self._drained or asyncio.Event()
            self._drained.clear()
            await self._drained.wait()

    async def drained_by(self, until: float) -> None:
        """The same, but returns at `until` in any case.

        Raises: Unavailable when more is unsent than one answer may hold.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self.drained()
        if self.unsent_bytes > self._limits.max_answer_bytes:
            raise Unavailable("the client takes a long list too slowly")

    def is_overdue(self, now: float) -> bool:
        """Whether the client has read nothing at all for too long; looks how much is left."""
        unsent = self._transport.unsent_bytes
        if unsent < self._stuck_bytes:
            self._stuck_at, self._stuck_bytes = now, unsent
        return self.is_stuck and now - self._stuck_at > self._limits.write_timeout_sec
