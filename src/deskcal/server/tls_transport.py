"""A TLS connection as a transport that counts all of its output. No protocol here.

The event loop counts as waiting only what its TLS layer holds back, not what the TCP connection
below it has taken; and that one takes what one write brings, an answer of any size, before it says
that it is full. So output is kept here, and written in slices while the TLS layer takes them.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any, cast

SLICE_BYTES = 65_536
"""The TCP connection below says that it is full at about as much: up to two slices of what it has
taken are not counted."""
USUAL_HIGH_BYTES = 65_536


class TlsTransport(asyncio.Transport, asyncio.Protocol):
    """To a protocol its transport; to the transport of the event loop its protocol."""

    def __init__(self, below: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Takes the place of the protocol of `below`, and connects `protocol`."""
        super().__init__()
        self._below = below
        self._protocol = protocol
        self._waiting: deque[memoryview] = deque()
        self._waiting_bytes = 0
        self._is_held = False
        """Whether the TLS layer holds output back."""
        self._is_paused = False
        """Whether the protocol is to write no more."""
        self._is_closing = False
        self._high, self._low = USUAL_HIGH_BYTES, USUAL_HIGH_BYTES // 4
        below.set_write_buffer_limits(high=1, low=1)
        below.set_protocol(self)
        protocol.connection_made(self)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """That of the connection."""
        return self._below.get_extra_info(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Whose transport this is."""
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hands the connection on."""
        self._protocol = cast(asyncio.Protocol, protocol)

    def data_received(self, data: bytes) -> None:
        """Hands input on until the connection is closed."""
        if not self._is_closing:
            self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        """TLS knows no half-closed connection: the event loop closes it whatever is returned."""
        return self._protocol.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """What waits is lost."""
        self._is_closing = True
        self._waiting.clear()
        self._waiting_bytes = 0
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        """Called when the TLS layer begins to hold output back."""
        self._is_held = True

    def resume_writing(self) -> None:
        """Called when it has handed on all that it has."""
        self._is_held = False
        self._hand_on()

    def is_reading(self) -> bool:
        """Whether input is received."""
        return self._below.is_reading()

    def pause_reading(self) -> None:
        """Receives no more input."""
        self._below.pause_reading()

    def resume_reading(self) -> None:
        """Receives input again."""
        self._below.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """As in asyncio: by default 64 KiB, and a quarter of it."""
        if high is None:
            high = USUAL_HIGH_BYTES if low is None else 4 * low
        self._high, self._low = high, high // 4 if low is None else low
        self._tell()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """The low one and the high one."""
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        """Bytes that the operating system has not accepted, but for up to two slices."""
        return self._waiting_bytes + self._below.get_write_buffer_size()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Nothing after `close`."""
        if self._waiting or self._is_held or len(data) > SLICE_BYTES or not data:
            self.writelines([data])
        elif not self.is_closing():
            self._below.write(data)
            if self._is_held:
                self._tell()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """The same of several, without copying them."""
        if self.is_closing():
            return
        for data in list_of_data:
            if data:
                self._waiting.append(memoryview(data))
                self._waiting_bytes += len(data)
        self._hand_on()

    def can_write_eof(self) -> bool:
        """TLS knows no half-closed connection."""
        return False

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._is_closing or self._below.is_closing()

    def close(self) -> None:
        """Closes once all output has been handed on."""
        self._is_closing = True
        if not self._waiting:
            self._below.close()

    def abort(self) -> None:
        """Closes at once; what waits is lost."""
        self._is_closing = True
        self._below.abort()

    def _hand_on(self) -> None:
        """Writes what waits while the TLS layer holds nothing back."""
        while self._waiting and not self._is_held:
            part = self._next_slice()
            self._waiting_bytes -= len(part)
            self._below.write(part)
        if self._is_closing and not self._waiting:
            self._below.close()
        self._tell()

    def _next_slice(self) -> bytes | memoryview:
        first = self._waiting.popleft()
        if len(first) > SLICE_BYTES:
            self._waiting.appendleft(first[SLICE_BYTES:])
            return first[:SLICE_BYTES]
        parts, size = [first], len(first)
        while self._waiting and size + len(self._waiting[0]) <= SLICE_BYTES:
            parts.append(self._waiting.popleft())
            size += len(parts[-1])
        return first if len(parts) == 1 else b"".join(parts)

    def _tell(self) -> None:
        """Has the protocol write no more above the high mark, and again below the low one."""
        size = self.get_write_buffer_size()
        if size > self._high and not self._is_paused:
            self._is_paused = True
            self._protocol.pause_writing()
        elif size <= self._low and self._is_paused:
            self._is_paused = False
            self._protocol.resume_writing()
