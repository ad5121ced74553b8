"""What a server and the process that sends its webhooks write to each other: bytes to structs.

Each is a frame: the length of its body in four bytes, the first one the highest, and the body in
MessagePack. No I/O.
"""

from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from deskcal.core.webhooks import Outcome

LENGTH_BYTES = 4


class PosterSettings(Struct, frozen=True, kw_only=True):
    """What the process is started with: settings of the server, without `webhook_` before them."""

    networks: str
    timeout_sec: float
    ports: tuple[int, ...] = ()
    ca_file: str = ""


class Post(Struct, frozen=True, array_like=True, tag=True):
    """One try that the server asks for."""

    number: int
    url: str
    headers: dict[str, str]
    body: bytes
    now: float
    """Unix seconds, by which a date in Retry-After counts."""


class Cancel(Struct, frozen=True, array_like=True, tag=True):
    """That the server gives up a try; it is answered all the same."""

    number: int


class Tried(Struct, frozen=True, array_like=True, tag=True):
    """What came of a try; each one is answered once."""

    number: int
    outcome: Outcome


_Message = TypeVar("_Message", bound=Struct)

_encode = msgspec.msgpack.Encoder().encode


def frame(message: Struct) -> bytes:
    """One message as it is written."""
    body = _encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


class FrameReader(Generic[_Message]):
    """Splits a stream into messages of the given type; holds the unfinished one."""

    def __init__(self, decoder: "msgspec.msgpack.Decoder[_Message]") -> None:
        self._decode = decoder.decode
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[_Message]:
        """Messages that `data` completes, in order. Raises: msgspec.DecodeError."""
        rest = self._rest
        rest += data
        found, at = [], 0
        while len(rest) - at >= LENGTH_BYTES:
            begin = at + LENGTH_BYTES
            end = begin + int.from_bytes(rest[at:begin], "big")
            if len(rest) < end:
                break
            found.append(self._decode(bytes(rest[begin:end])))
            at = end
        del rest[:at]
        return found


def posts_reader() -> "FrameReader[Post | Cancel]":
    """Reads what a server writes."""
    return FrameReader(msgspec.msgpack.Decoder(Post | Cancel))


def tries_reader() -> FrameReader[Tried]:
    """Reads what the process answers."""
    return FrameReader(msgspec.msgpack.Decoder(Tried))
