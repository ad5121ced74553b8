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

        The first branch is the usual case: whole messages, each ended by CRLF, none empty.
        """
        if self.overflowed:
            return []
        if not self._tail and len(data) <= self._limit_bytes and data.endswith(CRLF):
            lines = data.split(CRLF)
            if len(lines) == data.count(b"\n") + 1 and lines.index(b"") == len(lines) - 1:
                lines.pop()
                return lines
        lines = data.split(b"\n")
        if self._tail:
            self._tail += lines[0]
            if len(lines) == 1:
                return self._within_limit([])
            lines[0] = bytes(self._tail)
            self._tail.clear()
        self._tail += lines.pop()
        return self._within_limit(lines)

    def _within_limit(self, lines: list[bytes]) -> list[bytes]:
        limit = self._limit_bytes
        frames: list[bytes] = []
        for line in lines:
            frame = line[:-1] if line.endswith(b"\r") else line
            if len(frame) > limit:
                self._overflow()
                return frames
            if frame:
                frames.append(frame)
        if len(self._tail) > limit + 1 or (len(self._tail) > limit and self._tail[-1:] != b"\r"):
            self._overflow()
        return frames

    def _overflow(self) -> None:
        self.overflowed = True
        self._tail = bytearray()
