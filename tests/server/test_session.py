"""Flow control without a socket: the order of answers and of the end of input."""

import asyncio
import gc
import inspect
from collections.abc import Callable

import pytest

from deskcal.commands import COMMANDS, Changing, FastPath, PendingAnswer
from deskcal.errors import DeskcalError
from deskcal.live.connections import Peer
from deskcal.server.host import ConnectionHost
from deskcal.server.run_queue import SHARED_PERIODS
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

    def write_part(self, pieces: list[bytes]) -> None:
        self.write(b"".join(pieces))

    def end_parts(self) -> None:
        assert self.lines[-1].endswith(b"\r\n")

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


async def test_pipelined_requests_wait_a_turn_while_others_send_single_ones(place: Place) -> None:
    """Issue 19: a create waited for all reads that others had in flight."""
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:
        wires = [Wire(), Wire()]
        flood, single = (ClientSession(host, wire, "client") for wire in wires)
        pings = [request("Ping", number, {}, TEN) for number in range(4)]
        flood.receive(pings[:2], has_partial=False)
        assert ids_of(wires[0]) == [0, 1]
        single.receive(pings[:1], has_partial=False)
        flood.receive(pings[2:], has_partial=False)
        flood.receive(pings[:1], has_partial=False)
        assert (ids_of(wires[1]), ids_of(wires[0])) == ([0], [0, 1])
        await soon(until(lambda: len(wires[0].lines) == 5))
        assert ids_of(wires[0]) == [0, 1, 2, 3, 0]
        assert not wires[0].is_paused
        flood.lost()
        single.lost()


async def test_pipelined_requests_that_wait_at_the_end_of_input_are_answered(
    place: Place,
) -> None:
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:
        host.run_queue.shared_periods = SHARED_PERIODS
        wire = Wire()
        session = ClientSession(host, wire, "client")
        pings = [request("Ping", number, {}, TEN) for number in range(2)]
        session.receive(pings, has_partial=False)
        assert not session.receive_end()
        assert ids_of(wire) == [0, 1]
        session.lost()


async def test_a_list_behind_the_cursor_of_now_has_what_is_before_that_cursor(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page sends both at once: lists of one connection are read one after the other."""
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:
        feed = desk.services.feed
        cursor_of_now, is_asked, may_go_on = feed.cursor_of_now, asyncio.Event(), asyncio.Event()

        async def held() -> int:
            is_asked.set()
            await may_go_on.wait()
            return await cursor_of_now()

        monkeypatch.setattr(feed, "cursor_of_now", held)
        wire = Wire()
        session = ClientSession(host, wire, "client")
        session.start()
        span = {"from": 1, "to": 2_000_000_000, "limit": 10, "offset": 0, "deskFilter": "*"}
        cursor = request("MngGetCalendarChanges", 1, {"deskFilter": "*"}, TEN)
        listing = request("MngGetCalendarEventsByFilter", 2, span, TEN)
        session.receive([cursor, listing], has_partial=False)
        await soon(is_asked.wait())
        added = await desk.event(TEN, "MngAddCalendarEvent", **new_event())
        assert not wire.lines
        may_go_on.set()
        await soon(until(lambda: len(wire.lines) == 2))
        first, second = map(parsed, wire.lines)
        assert first["extID"] == 1 and first["data"]["next"] >= 1
        assert [row["id"] for row in second["data"]["rows"]] == [added["id"]]
        session.lost()


def ids_of(wire: Wire) -> list[int]:
    return [parsed(line)["extID"] for line in wire.lines]


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0)


async def test_a_repeated_completion_is_answered_with_the_pair_of_the_first(place: Place) -> None:
    """The first answer is made of what is committed, the second one reads the follow-up."""
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:
        added = await desk.event(TEN, "MngAddCalendarEvent", **new_event())
        wire = Wire()
        session = ClientSession(host, wire, "client")
        session.start()
        data = {"id": added["id"], "outcome_note": "wants an offer", "follow_up": {"in_sec": 60}}
        session.receive([request("MngCompleteCalendarEvent", 1, data, TEN)], has_partial=False)
        await soon(until(lambda: len(wire.lines) == 1))
        session.receive([request("MngCompleteCalendarEvent", 1, data, TEN)], has_partial=False)
        await soon(until(lambda: len(wire.lines) == 2))
        first, again = wire.lines
        assert parsed(first)["data"]["follow_up"]["follows_id"] == added["id"]
        assert again == first
        session.lost()


class OneAnswer(FastPath):
    """Answers any frame with what is there already."""

    pending: PendingAnswer

    def answer(self, peer: Peer, frame: bytes, now: float) -> PendingAnswer:
        return self.pending


async def test_nothing_is_read_for_an_answer_once_the_connection_is_lost(place: Place) -> None:
    """The change was done before, but its answer is made in the next turn of the event loop."""
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:

        async def read() -> bytes:
            return b"{}"

        change = host.loop.create_future()
        reading = read()
        work = Changing(change, lambda _: reading)
        command = COMMANDS["MngCompleteCalendarEvent"]
        host.requests = requests = OneAnswer(desk.dispatcher)
        requests.pending = PendingAnswer(b"1", work, command, desk.dispatcher.stats)
        wire = Wire()
        session = ClientSession(host, wire, "client")
        session.start()
        session.receive([b"{}"], has_partial=False)
        change.set_result(None)
        wire.close()
        session.lost()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert inspect.getcoroutinestate(reading) == inspect.CORO_CLOSED


async def test_a_refused_completion_is_answered(place: Place) -> None:
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:
        wire = Wire()
        session = ClientSession(host, wire, "client")
        session.start()
        frame = request("MngCompleteCalendarEvent", 1, {"id": 77}, TEN)
        session.receive([frame], has_partial=False)
        await soon(until(lambda: len(wire.lines) == 1))
        assert parsed(wire.lines[0])["status"] == 404
        session.lost()


async def test_attributes_of_a_session_are_kept_without_a_dict(place: Place) -> None:
    """With one, CPython 3.11 looks each of them up by name: a sixth more for a point read."""
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as host:
        wire = Wire()
        session = ClientSession(host, wire, "client")
        session.start()
        span = {"from": 1, "to": 2_000_000_000, "limit": 10, "offset": 0, "deskFilter": "*"}
        frames = [
            request("MngGetCalendarEvent", 1, {"id": 77}, TEN),
            request("MngGetCalendarEventsByFilter", 2, span, TEN),
        ]
        session.receive(frames, has_partial=False)
        await soon(until(lambda: len(wire.lines) == 2))
        session.writing_paused()
        session.writing_resumed()
        held = [one for one in gc.get_referents(session) if isinstance(one, dict)]
        assert not any("_backlog" in one for one in held)
        session.lost()
