"""Bytes to frames and back: one JSON text a frame, ended by CRLF. No sockets, no JSON here.

A frame is what stands between two line ends, without them. The decoder keeps the unfinished tail
between two reads and nothing else; it holds at most `limit_bytes` of it.
Source: contract, section 1.
"""

CRLF = b"\r\n"
HEARTBEAT = CRLF
"""An empty line: clients skip it."""


class FrameDecoder:
    """Splits a stream into frames; a bare LF ends one too, empty lines are skipped."""

    __slots__ = ("_limit_bytes", "_tail", "overflowed")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._tail = bytearray()
        self.overflowed = False
        """True once a frame was over the limit: nothing after it is decoded."""

    @property
    def unfinished_bytes(self) -> int:
        """Bytes of the message that has begun and not ended."""
        return len(self._tail)

    def feed(self, data: bytes) -> list[bytes]:
        """Frames that `data` completes, in order; see `overflowed` for one that was too long.

        Most often a read brings one whole message and nothing else: that comes first.
        """
        if self.overflowed:
            return []
        if not self._tail and data.find(b"\n") == len(data) - 1 <= self._limit_bytes:
            frame = data[:-2] if data.endswith(CRLF) else data[:-1]
            return [frame] if frame else []
        held_bytes = len(self._tail) + len(data)
        lines = data.split(b"\n")
        if self._tail:
            self._tail += lines[0]
            if len(lines) > 1:
                lines[0] = bytes(self._tail)
                self._tail = bytearray(lines.pop())
            else:
                lines.clear()
        else:
            self._tail += lines.pop()
        frames = [line[:-1] if line.endswith(b"\r") else line for line in lines]
        if b"" in frames:
            frames = list(filter(None, frames))
        if held_bytes > self._limit_bytes:
            return self._within_limit(frames)
        return frames

    def _within_limit(self, frames: list[bytes]) -> list[bytes]:
        """The frames before the first that is too long."""
        for index, frame in enumerate(frames):
            if len(frame) > self._limit_bytes:
                self._overflow()
                return frames[:index]
        if len(self._tail) - self._tail.endswith(b"\r") > self._limit_bytes:
            self._overflow()
        return frames

    def _overflow(self) -> None:
        self.overflowed = True
        self._tail = bytearray()
