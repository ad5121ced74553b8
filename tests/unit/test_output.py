"""Output of one client: lines stay whole and in order, whatever is sent amid one in parts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.errors import DeskcalError, Unavailable
from deskcal.limits import Limits
from deskcal.server.output import ClientOutput

LIMITS = Limits(max_unsent_bytes=1024, max_answer_bytes=4096, write_timeout_sec=10)


class Sink:
    """A transport that keeps what is written, and of which the test says how much is unsent."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.unsent_bytes = 0
        self.is_closing = False
        self.lines_in_parts = 0

    @property
    def written_bytes(self) -> int:
        return len(self.written)

    @property
    def written(self) -> bytes:
        return b"".join(self.writes)

    def write(self, lines: bytes) -> None:
        self.writes.append(lines)
        self.unsent_bytes += len(lines)

    def write_pieces(self, pieces: list[bytes]) -> None:
        self.write(b"".join(pieces))

    def write_part(self, pieces: list[bytes]) -> None:
        self.write(b"".join(pieces))

    def end_parts(self) -> None:
        self.lines_in_parts += 1

    def beat(self) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def close(self, error: DeskcalError | None = None) -> None:
        self.is_closing = True

    def abort(self) -> None:
        self.is_closing = True


class Clock:
    """Time, and turns of an event loop."""

    def __init__(self) -> None:
        self.time = 0.0
        self._soon: list[Callable[[], None]] = []

    def __call__(self) -> float:
        return self.time

    def call_soon(self, step: Callable[[], None]) -> None:
        self._soon.append(step)

    def turn(self) -> None:
        steps, self._soon = self._soon, []
        for step in steps:
            step()


def opened() -> tuple[ClientOutput, Sink, Clock]:
    sink, clock = Sink(), Clock()
    return ClientOutput(sink, LIMITS, clock, clock.call_soon), sink, clock


@given(st.lists(st.sampled_from(["line", "pieces", "part", "end"])))
def test_lines_are_whole_and_in_the_order_in_which_they_end(steps: list[str]) -> None:
    output, sink, _ = opened()
    held: list[bytes] = []
    wanted = bytearray()
    parts = 0

    def begin_or_go_on() -> None:
        nonlocal parts
        output.send_part([b"<", b"%d" % parts])
        wanted.extend(b"<%d" % parts)
        parts += 1

    def end() -> None:
        nonlocal parts
        output.send_part([b">\r\n"])
        output.end_line()
        wanted.extend(b">\r\n" + b"".join(held))
        held.clear()
        parts = 0

    for number, step in enumerate(steps):
        line = b"%d\r\n" % number
        if step == "part":
            begin_or_go_on()
        elif step == "end" and parts:
            end()
        elif step in ("line", "pieces"):
            output.send(line if step == "line" else [line[:1], line[1:]])
            if parts:
                held.append(line)
            else:
                wanted.extend(line)
        assert sink.written == wanted
        assert output.unsent_bytes == len(wanted) + sum(map(len, held))
        assert output.is_free is (parts == 0)


def test_a_step_at_the_end_of_a_line_comes_behind_what_was_sent_before_it() -> None:
    output, sink, _ = opened()
    close: Callable[[], None] = sink.close
    output.send_part([b"a"])
    output.send(b"b\r\n")
    output.at_line_end(close)
    output.send(b"lost\r\n")
    assert not sink.is_closing
    output.end_line()
    assert (sink.written, sink.is_closing) == (b"ab\r\n", True)
    output, sink, _ = opened()
    output.at_line_end(sink.close)
    assert sink.is_closing


def test_what_waits_for_a_line_is_not_sent_where_the_transport_closes_before() -> None:
    """A reminder that waits there is not one that was sent."""
    output, sink, _ = opened()
    output.send_part([b"a"])
    output.send(b"lost\r\n")
    assert output.is_deferring
    sink.close()
    output.end_line()
    assert (sink.written, output.is_deferring) == (b"a", True)
    output, sink, _ = opened()
    output.send_part([b"a"])
    output.end_line()
    assert not output.is_deferring


def test_who_is_sent_too_much_amid_a_line_is_too_slow_until_its_end() -> None:
    output, sink, _ = opened()
    output.send_part([b"a"])
    output.send(b"x" * 1024)
    assert not output.is_too_slow
    output.send(b"x")
    assert output.is_too_slow
    output.end_line()
    assert not output.is_too_slow
    assert len(sink.written) == 1026


def test_a_client_that_takes_nothing_is_too_slow_and_overdue() -> None:
    output, sink, clock = opened()
    sink.unsent_bytes = 500
    output.pause()
    assert not output.is_too_slow
    clock.time = 10
    assert not output.is_overdue(clock.time)
    clock.time = 11
    assert output.is_too_slow
    output.send_part([b"x"])
    assert output.is_overdue(clock.time)
    sink.unsent_bytes = 400
    assert not output.is_overdue(clock.time)
    clock.time = 21
    assert not output.is_overdue(clock.time)
    assert output.is_overdue(22)
    output.resume()
    assert not output.is_overdue(22) and not output.is_too_slow


def test_what_gets_ready_in_one_turn_is_one_write_before_what_is_sent_at_once() -> None:
    output, sink, loop = opened()
    output.send_soon(b"a\r\n")
    output.send_soon(b"b\r\n")
    assert (output.has_ready, sink.written) == (True, b"")
    output.send(b"c\r\n")
    assert (output.has_ready, sink.writes) == (False, [b"a\r\nb\r\n", b"c\r\n"])
    loop.turn()
    output.send_soon(b"d\r\n")
    loop.turn()
    loop.turn()
    assert sink.writes[2:] == [b"d\r\n"]


def test_what_gets_ready_amid_a_line_comes_behind_what_waits_for_its_end() -> None:
    output, sink, loop = opened()
    output.send_part([b"<"])
    output.send(b"a\r\n")
    output.send_soon(b"b\r\n")
    output.send_part([b">\r\n"])
    output.end_line()
    loop.turn()
    assert sink.written == b"<>\r\na\r\nb\r\n"


async def test_a_wait_for_a_slow_client_ends_in_time_but_not_with_an_answer_unsent() -> None:
    output, sink, _ = opened()
    output.send_part([b"a" * 4096])
    output.pause()
    await output.drained_by(0)
    output.send_part([b"a"])
    with pytest.raises(Unavailable):
        await output.drained_by(0)
    sink.unsent_bytes = 0
    output.resume()
    await output.drained()
    await output.drained_by(0)
    output.end_line()
    assert output.is_free


def test_pushed_lines_are_sent_at_once_behind_what_is_ready() -> None:
    output, sink, _ = opened()
    assert output.push(b"a\r\n")
    output.send_soon(b"b\r\n")
    assert output.push(b"c\r\n")
    assert sink.writes == [b"a\r\n", b"b\r\n", b"c\r\n"]


def test_pushed_lines_wait_for_the_end_of_a_line_that_is_sent_in_parts() -> None:
    output, sink, _ = opened()
    output.send_part([b"<"])
    assert output.push(b"a\r\n")
    output.send_part([b">\r\n"])
    output.end_line()
    assert sink.written == b"<>\r\na\r\n"


def test_a_client_that_is_too_slow_or_gone_is_pushed_nothing() -> None:
    output, sink, clock = opened()
    output.pause()
    assert output.push(b"a\r\n")
    clock.time = 11
    assert not output.push(b"b\r\n")
    output.resume()
    assert output.push(b"c\r\n")
    sink.close()
    assert not output.push(b"d\r\n")
    assert sink.writes == [b"a\r\n", b"c\r\n"]
