"""The run queue: how much of what waits is done in one turn, and when nothing has to wait."""

from collections.abc import Callable

import pytest

from deskcal.server.run_queue import PERIOD_SEC, SHARED_PERIODS, TURN_SEC, RunQueue


class Turns:
    """An event loop whose turns are taken by hand, and its clock."""

    def __init__(self) -> None:
        self.now = 1.0
        self.due: list[Callable[[], None]] = []
        self.done: list[object] = []
        self.queue = RunQueue(lambda: self.now, self.due.append, lambda: self.done.append("write"))

    def step(self, name: str, sec: float = 0.0) -> Callable[[], None]:
        def take() -> None:
            self.done.append(name)
            self.now += sec

        return take

    def turn(self) -> list[object]:
        """What one turn of the loop does."""
        self.done.clear()
        due, self.due[:] = list(self.due), []
        for one in due:
            one()
        return list(self.done)


def test_a_turn_ends_after_its_time_and_the_others_follow_in_order() -> None:
    turns = Turns()
    for name in "abc":
        turns.queue.put(turns.step(name, TURN_SEC * 0.6))
    assert turns.done == []
    assert turns.turn() == ["a", "b"]
    turns.queue.put(turns.step("d"))
    assert turns.turn() == ["c", "d"]
    assert turns.due == []


def test_a_step_longer_than_a_turn_is_the_only_one_of_it() -> None:
    turns = Turns()
    for name in "ab":
        turns.queue.put(turns.step(name, 10 * TURN_SEC))
    assert turns.turn() == ["a"]
    assert turns.turn() == ["b"]


def test_a_step_that_puts_another_has_it_called_once() -> None:
    turns = Turns()
    turns.queue.put(lambda: turns.queue.put(turns.step("next")))
    seen = [turns.turn(), turns.turn(), turns.turn()]
    assert [one for turn in seen for one in turn] == ["next"]
    assert turns.due == []


def test_a_step_that_waits_keeps_its_place() -> None:
    turns = Turns()
    first = turns.step("first")
    for step in (first, turns.step("second"), first):
        turns.queue.put(step)
    assert turns.turn() == ["first", "second"]
    turns.queue.put(first)
    assert turns.turn() == ["first"]


def test_a_step_that_fails_does_not_keep_the_others() -> None:
    turns = Turns()

    def fail() -> None:
        raise ValueError("broken")

    turns.queue.put(fail)
    turns.queue.put(turns.step("a"))
    with pytest.raises(ValueError, match="broken"):
        turns.turn()
    assert turns.turn() == ["a"]
    turns.queue.put(turns.step("b"))
    assert turns.turn() == ["b"]


def test_what_waits_is_written_first_while_single_requests_come() -> None:
    turns = Turns()
    turns.queue.put(turns.step("a"))
    assert turns.turn() == ["a"]
    turns.queue.shared_periods = SHARED_PERIODS
    turns.queue.put(turns.step("b"))
    assert turns.turn() == ["write", "b"]


def test_nothing_has_to_wait_once_no_single_request_comes_any_more() -> None:
    turns = Turns()
    turns.queue.shared_periods = SHARED_PERIODS
    begun = turns.now
    while turns.queue.shared_periods:
        turns.queue.put(turns.step("a", PERIOD_SEC / 10))
        turns.turn()
    assert PERIOD_SEC <= turns.now - begun <= (SHARED_PERIODS + 0.5) * PERIOD_SEC
