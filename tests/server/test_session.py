"""Flow control without a socket: the order of answers and of the end of input."""

import asyncio

from deskcal.errors import DeskcalError
from deskcal.server.host import ConnectionHost
from deskcal.server.session import ClientSession
from harness import Desk, new_event, open_desk, parsed, request, token
from places import Place
from wire import soon

TEN = token(10)


class Wire:
    """A transport that keeps what is written before it is closed."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.is_closing = False
        self.is_paused = False
        self.unsent_bytes = self.written_bytes = 0
        self.closed = asyncio.Event()

    def write(self, lines: bytes) -> None:
        assert not self.is_closing
        self.lines += lines.splitlines(keepends=True)

    def write_pieces(self, pieces: list[bytes]) -> None:
        self.write(b"".join(pieces))

    def beat(self) -> None:
        self.write(b"\r\n")

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False

    def close(self, error: DeskcalError | None = None) -> None:
        self.is_closing = True
        self.closed.set()

    def abort(self) -> None:
        self.close()


async def half_close_when_committed(desk: Desk) -> list[bytes]:
    """The answers to a create whose client ends its input as soon as it is committed."""
    loop = asyncio.get_running_loop()
    async with ConnectionHost(desk.dispatcher) as host:
        wire = Wire()
        session = ClientSession(host, wire, "client")
        session.start()

        def end() -> None:
            if not session.receive_end():
                wire.close()

        desk.services.store.commits.subscribe(lambda _: loop.call_soon(end))
        frame = request("MngAddCalendarEvent", 1, new_event(), TEN)
        session.receive([frame], has_partial=False)
        await soon(wire.closed.wait())
        session.lost()
        return wire.lines


async def test_an_answer_that_is_ready_at_a_half_close_is_sent(place: Place) -> None:
    """Issue 11: some creates were applied and never answered."""
    async with open_desk(place) as desk:
        [line] = await half_close_when_committed(desk)
        assert parsed(line)["status"] == 200
