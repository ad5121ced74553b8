"""TCP as a transport of `ClientSession`: a message is a line. Source: contract, section 1."""

import asyncio
from typing import cast

from deskcal.errors import DeskcalError, MessageTooLarge
from deskcal.server.host import ConnectionHost
from deskcal.server.session import ClientSession
from deskcal.wire.frames import HEARTBEAT, FrameDecoder


class TcpConnection(asyncio.Protocol):
    """One TCP client, with or without TLS."""

    def __init__(self, host: ConnectionHost) -> None:
        self._host = host
        self._limits = host.limits
        self._decoder = FrameDecoder(host.limits.max_message_bytes)
        self.written_bytes = 0
        """All output since the connection was opened."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins a session."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._limits.max_unsent_bytes // 8)
        name = str(transport.get_extra_info("peername"))
        self._session = ClientSession(self._host, self, name)
        self._session.start()

    def data_received(self, data: bytes) -> None:
        """Hands on all frames that one read brought."""
        decoder = self._decoder
        frames = decoder.feed(data)
        has_partial = len(decoder.unfinished) > 0
        self._session.receive(frames, has_partial)
        if decoder.overflowed and not self._session.is_ending:
            limit = self._limits.max_message_bytes
            self._session.fail(MessageTooLarge(f"the message is longer than {limit} bytes"))

    def eof_received(self) -> bool:
        """True: the connection stays open for answers.

        TLS knows no half-closed connection: there the answers are lost.
        """
        is_plain = self._transport.get_extra_info("sslcontext") is None
        return self._session.receive_end() and is_plain

    def connection_lost(self, _: Exception | None) -> None:
        """Ends the session."""
        self._session.lost()

    def pause_writing(self) -> None:
        """Called by the event loop above the high-water mark of unsent output."""
        self._session.writing_paused()

    def resume_writing(self) -> None:
        """Called by the event loop below the low-water mark."""
        self._session.writing_resumed()

    @property
    def unsent_bytes(self) -> int:
        """Output that the operating system has not accepted yet."""
        return self._transport.get_write_buffer_size()

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._transport.is_closing()

    def write(self, lines: bytes) -> None:
        """Sends whole lines."""
        self.written_bytes += len(lines)
        self._transport.write(lines)

    def write_pieces(self, pieces: list[bytes]) -> None:
        """Sends one line that is in pieces, without copying them."""
        self.written_bytes += sum(map(len, pieces))
        self._transport.writelines(pieces)

    def write_part(self, pieces: list[bytes]) -> None:
        """Sends a part of one line."""
        self.write_pieces(pieces)

    def end_parts(self) -> None:
        """Sends nothing: the line has its own end."""

    def beat(self) -> None:
        """Sends an empty line."""
        self.write(HEARTBEAT)

    def pause(self) -> None:
        """Stops reading."""
        self._transport.pause_reading()

    def resume(self) -> None:
        """Reads again."""
        self._transport.resume_reading()

    def close(self, _: DeskcalError | None = None) -> None:
        """Closes once all output has been sent."""
        self._transport.close()

    def abort(self) -> None:
        """Closes at once."""
        self._transport.abort()
