"""Bytes to frames and back: one JSON text a frame, ended by CRLF. No sockets, no JSON here.

A frame is what stands between two line feeds; the carriage return before the second is left on it,
since it is white space to JSON. The decoder keeps the unfinished tail between two reads and nothing
else; it holds at most `limit_bytes` of it.
Source: contract, section 1.
"""

CRLF = b"\r\n"
HEARTBEAT = CRLF
"""An empty line: clients skip it."""
EMPTY = (b"", b"\r", b"\n", CRLF)
"""What is no frame."""


class FrameDecoder:
    """Splits a stream into frames; a bare LF ends one too, empty lines are skipped."""

    __slots__ = ("_limit_bytes", "overflowed", "unfinished")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self.unfinished = bytearray()
        """The message that has begun and not ended."""
        self.overflowed = False
        """True once a frame was over the limit: nothing after it is decoded."""

    def feed(self, data: bytes) -> list[bytes]:
        """Frames that `data` completes, in order; see `overflowed` for one that was too long.

        Most often a read brings one whole message and nothing else: that comes first.
        """
        if self.overflowed:
            return []
        if not self.unfinished and 2 <= data.find(b"\n") == len(data) - 1 <= self._limit_bytes:
            return [data[:-1]]
        held_bytes = len(self.unfinished) + len(data)
        frames = data.split(b"\n")
        if self.unfinished:
            self.unfinished += frames[0]
            if len(frames) > 1:
                frames[0] = bytes(self.unfinished)
                self.unfinished = bytearray(frames.pop())
            else:
                frames.clear()
        else:
            self.unfinished += frames.pop()
        if b"\r" in frames or b"" in frames:
            frames = [frame for frame in frames if frame not in EMPTY]
        if held_bytes > self._limit_bytes:
            return self._within_limit(frames)
        return frames

    def _within_limit(self, frames: list[bytes]) -> list[bytes]:
        """The frames before the first that is too long."""
        for index, frame in enumerate(frames):
            if len(frame) - frame.endswith(b"\r") > self._limit_bytes:
                self._overflow()
                return frames[:index]
        if len(self.unfinished) - self.unfinished.endswith(b"\r") > self._limit_bytes:
            self._overflow()
        return frames

    def _overflow(self) -> None:
        self.overflowed = True
        self.unfinished = bytearray()
