"""The floor of point reads: a bare uvloop server that decodes the same requests with msgspec.

It decodes the envelope with `data` as raw JSON, then the data, and answers with the request's
extID and a ready event of 700 bytes. It has no token check, no scope, no store and no limits.
Run as `python -m bench.bare`.
"""

import asyncio
import signal
from typing import cast

import msgspec
import uvloop
from msgspec import Raw, Struct

LIFETIME_SEC = 900
EVENT_BYTES = 700


class Envelope(Struct, gc=False):
    """What ours decodes too."""

    command: str
    extID: Raw
    data: Raw
    token: str = msgspec.field(name="__token")


class EventId(Struct, gc=False):
    """The data of a read."""

    id: int


_HEAD, _TAIL = b'{"id":1,"title":"', b'"}'
EVENT = _HEAD + b"x" * (EVENT_BYTES - len(_HEAD) - len(_TAIL)) + _TAIL
BEFORE, REST = b'{"extID":', b',"status":200,"data":{"event":' + EVENT + b"}}\r\n"

decode_envelope = msgspec.json.Decoder(Envelope).decode
decode_data = msgspec.json.Decoder(EventId).decode


class Bare(asyncio.Protocol):
    """One connection: what one read brought is answered with one write."""

    def __init__(self) -> None:
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Decodes each request, answers as many ready events."""
        lines = (self._tail + data).split(b"\n")
        self._tail = lines.pop()
        out: list[bytes | Raw] = []
        for line in lines:
            envelope = decode_envelope(line)
            decode_data(envelope.data)
            out += (BEFORE, envelope.extID, REST)
        if out:
            self._transport.write(b"".join(out))


async def main() -> None:
    """Serves until SIGTERM, or until a benchmark must be over."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Bare, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"ready: listening on tcp {host}:{port}", flush=True)
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    loop.call_later(LIFETIME_SEC, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    uvloop.run(main())
