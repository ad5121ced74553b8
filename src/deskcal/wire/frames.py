"""Bytes to frames and back: one JSON text a frame, ended by CRLF. No sockets, no JSON here.

A frame is a line together with its end, which is white space to JSON. The decoder keeps the
unfinished tail between two reads and nothing else; it holds at most `limit_bytes` of it.
Source: contract, section 1.
"""

from io import BytesIO

CRLF = b"\r\n"
HEARTBEAT = CRLF
"""An empty line: clients skip it."""
EMPTY = (b"\n", CRLF)
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
            return [data]
        held_bytes = len(self.unfinished) + len(data)
        frames = BytesIO(data).readlines()  # In a quarter of the time of `split`.
        tail = frames.pop() if frames and not frames[-1].endswith(b"\n") else b""
        if self.unfinished and frames:
            frames[0] = bytes(self.unfinished) + frames[0]
            self.unfinished.clear()
        self.unfinished += tail
        if CRLF in frames or b"\n" in frames:
            frames = [frame for frame in frames if frame not in EMPTY]
        if held_bytes > self._limit_bytes:
            return self._within_limit(frames)
        return frames

    def _within_limit(self, frames: list[bytes]) -> list[bytes]:
        """The frames before the first that is too long."""
        for index, frame in enumerate(frames):
            if len(frame.removesuffix(b"\n").removesuffix(b"\r")) > self._limit_bytes:
                self._overflow()
                return frames[:index]
        if len(self.unfinished) - self.unfinished.endswith(b"\r") > self._limit_bytes:
            self._overflow()
        return frames

    def _overflow(self) -> None:
        self.overflowed = True
        self.unfinished = bytearray()
