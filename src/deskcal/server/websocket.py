"""WebSocket as a transport of `ClientSession`: a message is a text frame. RFC 6455.

The token may be sent once, in a first message `{"authorization":"<JWT>"}`; messages without a token
of their own carry it from then on. Source: contract, section 10.
"""

import asyncio
import logging
import os
from collections.abc import Generator
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw, Struct
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol

from deskcal.errors import DeskcalError, MessageTooLarge, Unavailable
from deskcal.server.host import ConnectionHost
from deskcal.server.session import ClientSession

PATH = "/ws"
SPARE_BYTES = 64 * 1024
"""Of a message over the limit no more than this is kept."""
INPUT_SLICE_BYTES = 4096
"""Input that is decompressed before the session is asked whether it takes more."""
PING_SEC = 20.0
"""Between two pings, which find a browser that is gone; an unanswered one closes."""
CLOSE_SEC = 2.0
"""How long a closing handshake may take."""

_logger = logging.getLogger("websockets.deskcal")
_logger.setLevel(logging.WARNING)

_decode_keys = msgspec.json.Decoder(dict[str, Raw]).decode


class _Authorization(Struct):
    authorization: str


_decode_authorization = msgspec.json.Decoder(_Authorization).decode


class WebSockets:
    """Makes the protocols of WebSockets, and counts."""

    def __init__(self, host: ConnectionHost) -> None:
        self.host = host
        self.open: set[WebSocketConnection] = set()
        """WebSockets whose handshake is complete."""
        self.messages_total = 0
        """Messages received."""

    def connect(self, **_: object) -> "WebSocketConnection":
        """The protocol of one connection, to which its handshake is fed as it was received."""
        return WebSocketConnection(self)


def is_same_origin(origin: str | None, host: str) -> bool:
    """Whether a handshake comes from our own page; clients other than browsers send no Origin."""
    if origin is None:
        return True
    return urlsplit(origin).netloc.lower() == host.lower()


class _Protocol(ServerProtocol):
    """Leaves it to the session to answer a message that is too long, and to close."""

    is_message_too_large = False

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        """Fails the connection; after a message that is too long it drops all input instead."""
        if code != CloseCode.MESSAGE_TOO_BIG or self.state is not State.OPEN:
            super().fail(code, reason)
            return
        self.is_message_too_large = True
        self.parser = self._drop()
        next(self.parser)

    def _drop(self) -> Generator[None]:
        while not (yield from self.reader.at_eof()):
            self.reader.discard()
        self.state = State.CLOSED
        yield


class WebSocketConnection(asyncio.Protocol):
    """One WebSocket, from its handshake to its end."""

    def __init__(self, sockets: WebSockets) -> None:
        self._sockets = sockets
        self._host = sockets.host
        self._limits = sockets.host.limits
        deflate = ServerPerMessageDeflateFactory(
            server_max_window_bits=12, client_max_window_bits=12, compress_settings={"memLevel": 5}
        )
        size = self._limits.max_message_bytes + SPARE_BYTES
        self._protocol = _Protocol(extensions=[deflate], max_size=size, logger=_logger)
        self._session: ClientSession | None = None
        self._token = b""
        """JSON text of the token that messages without one carry."""
        self._input = bytearray()
        self._fragments: list[bytes] = []
        self._is_paused = False
        self._is_fragmented = False
        """Whether a message was begun and not ended."""
        self._has_ended = False
        """Whether the client sends nothing more, and nothing can be sent to it."""
        self.written_bytes = 0
        """All output since the connection was opened."""
        self._pinged = b""
        """Payload of the ping that is not answered yet."""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called with a transport that has already received the handshake."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._limits.max_unsent_bytes // 8)

    def data_received(self, data: bytes) -> None:
        """Hands on the messages of one read."""
        self._input += data
        self._feed()

    def _feed(self) -> None:
        """Decodes input while the session takes messages, so that little is decompressed ahead."""
        while self._input and not self._is_paused:
            part = bytes(self._input[:INPUT_SLICE_BYTES])
            del self._input[:INPUT_SLICE_BYTES]
            self._protocol.receive_data(part)
            self._receive_events()
            self._flush()

    def _receive_events(self) -> None:
        messages: list[bytes] = []
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._open(event)
            elif isinstance(event, Frame):
                self._receive_frame(event, messages)
        session = self._session
        if session is None or session.is_ending:
            return
        limit = self._limits.max_message_bytes
        sizes = [len(message) <= limit for message in messages]
        within = messages if all(sizes) else messages[: sizes.index(False)]
        frames = [f for f in map(self._frame_of, within) if f is not None]
        has_partial = bool(self._fragments or self._protocol.reader.buffer)
        session.receive(frames, has_partial)
        if len(within) < len(messages) or self._protocol.is_message_too_large:
            session.fail(MessageTooLarge(f"the message is longer than {limit} bytes"))

    def _open(self, request: Request) -> None:
        """Answers the handshake, and begins a session."""
        response = self._protocol.accept(request)
        headers = request.headers
        if request.path.partition("?")[0] != PATH:
            response = self._protocol.reject(HTTPStatus.NOT_FOUND, f"there is {PATH} only\n")
        elif not is_same_origin(headers.get("Origin"), headers.get("Host", "")):
            response = self._protocol.reject(HTTPStatus.FORBIDDEN, "the page is of another host\n")
        self._protocol.send_response(response)
        self._flush()
        if self._protocol.state is not State.OPEN:
            self._transport.close()
            return
        self._sockets.open.add(self)
        self._session = ClientSession(
            self._host, self, str(self._transport.get_extra_info("peername"))
        )
        self._timer = self._host.loop.call_later(PING_SEC, self._ping)
        self._session.start()

    def _receive_frame(self, frame: Frame, messages: list[bytes]) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                messages.append(b"".join(self._fragments))
                self._fragments.clear()
                self._sockets.messages_total += 1
        elif frame.opcode is Opcode.PONG and bytes(frame.data) == self._pinged:
            self._pinged = b""

    def _frame_of(self, message: bytes) -> bytes | None:
        """The message, with the connection's token where it has none; None: nothing to answer."""
        message = message.strip()
        is_object = message.startswith(b"{") and message.endswith(b"}")
        if not is_object:
            return message or None
        if b'"authorization"' in message or b'"__token"' in message:
            try:
                keys = _decode_keys(message)
            except (ValueError, RecursionError):
                return message
            if "authorization" in keys and "command" not in keys:
                return self._authorize(message)
            if "__token" in keys:
                return message
        if not self._token:
            return message
        body = message[:-1].rstrip()
        comma = b"" if body == b"{" else b","
        return b'%b%b"__token":%b}' % (body, comma, self._token)

    def _authorize(self, message: bytes) -> bytes | None:
        """Keeps the token, which the connection has carried now; each request checks it again."""
        try:
            token = _decode_authorization(message).authorization
            self._token = msgspec.json.encode(token)
        except (ValueError, RecursionError):
            return message
        if self._session is not None:
            self._session.carry(token)
        return None

    def _ping(self) -> None:
        if self._pinged and not self._is_paused:
            self.abort()
            return
        self._pinged = os.urandom(4)
        self._timer = self._host.loop.call_later(PING_SEC, self._ping)
        if not self.is_closing:
            self._protocol.send_ping(self._pinged)
            self._flush()

    def _flush(self) -> None:
        """Writes what the protocol has to send; the connection ends where it says so."""
        for data in self._protocol.data_to_send():
            if data == SEND_EOF:
                self._end()
            else:
                self._write(data)

    def _end(self) -> None:
        """Closes once what was received is executed, as TCP does; answers can't be sent any more.

        Source: RFC 6455, section 5.5.1: no data after a close frame.
        """
        self._has_ended = True
        if self._session is None:
            self._transport.close()
        else:
            self._session.receive_end()

    def eof_received(self) -> bool:
        """True: the connection is closed by `close`. TLS knows no half-closed connection."""
        self._protocol.receive_eof()
        self._flush()
        is_plain = self._transport.get_extra_info("sslcontext") is None
        return is_plain and not self._transport.is_closing()

    def connection_lost(self, _: Exception | None) -> None:
        """Ends the session."""
        self._sockets.open.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._session is not None:
            self._session.lost()

    def pause_writing(self) -> None:
        """Called by the event loop above the high-water mark of unsent output."""
        if self._session is not None:
            self._session.writing_paused()

    def resume_writing(self) -> None:
        """Called by the event loop below the low-water mark."""
        if self._session is not None:
            self._session.writing_resumed()

    @property
    def unsent_bytes(self) -> int:
        """Output that the operating system has not accepted yet."""
        return self._transport.get_write_buffer_size()

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        has_ended = self._has_ended or self._protocol.state is not State.OPEN
        return has_ended or self._transport.is_closing()

    def write(self, lines: bytes) -> None:
        """Sends each line as a text frame; nothing for empty ones."""
        if self.is_closing:
            return
        for line in lines.split(b"\r\n"):
            if line:
                self._protocol.send_text(line)
        self._write(b"".join(self._protocol.data_to_send()))

    def _write(self, data: bytes) -> None:
        self.written_bytes += len(data)
        self._transport.write(data)

    def write_pieces(self, pieces: list[bytes]) -> None:
        """Sends one line that is in pieces."""
        self.write(b"".join(pieces))

    def write_part(self, pieces: list[bytes]) -> None:
        """Sends a part of one line as a fragment of a message. RFC 6455, section 5.4."""
        if self.is_closing:
            return
        part = b"".join(pieces).removesuffix(b"\r\n")
        if self._is_fragmented:
            self._protocol.send_continuation(part, fin=False)
        else:
            self._protocol.send_text(part, fin=False)
            self._is_fragmented = True
        self._write(b"".join(self._protocol.data_to_send()))

    def end_parts(self) -> None:
        """Ends the message with an empty fragment."""
        if self.is_closing or not self._is_fragmented:
            return
        self._protocol.send_continuation(b"", fin=True)
        self._is_fragmented = False
        self._write(b"".join(self._protocol.data_to_send()))

    def beat(self) -> None:
        """Sends nothing: pings find a browser that is gone."""

    def pause(self) -> None:
        """Stops reading and decoding."""
        self._is_paused = True
        self._transport.pause_reading()

    def resume(self) -> None:
        """Reads and decodes again."""
        self._is_paused = False
        self._transport.resume_reading()
        self._host.loop.call_soon(self._feed)

    def close(self, error: DeskcalError | None = None) -> None:
        """Begins the closing handshake, behind all output; `error` decides the code."""
        if self._has_ended:
            self._transport.close()
        if self._transport.is_closing():
            return
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(_code_of(error), "" if error is None else error.code)
            self._flush()
        self._host.loop.call_later(CLOSE_SEC, self._transport.abort)

    def abort(self) -> None:
        """Closes without a handshake; the code is sent where no output waits."""
        if self.unsent_bytes or self.is_closing:
            self._transport.abort()
            return
        self._protocol.fail(CloseCode.POLICY_VIOLATION)
        self._flush()
        self._transport.close()
        self._host.loop.call_later(CLOSE_SEC, self._transport.abort)


def _code_of(error: DeskcalError | None) -> CloseCode:
    if isinstance(error, MessageTooLarge):
        return CloseCode.MESSAGE_TOO_BIG
    if isinstance(error, Unavailable):
        return CloseCode.TRY_AGAIN_LATER
    return CloseCode.GOING_AWAY if error is None else CloseCode.POLICY_VIOLATION
