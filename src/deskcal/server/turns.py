"""Turns of one connection: how much of what it asked for is done at one time."""

import functools
from asyncio import Future
from collections import deque
from collections.abc import Callable

READS_AT_ONCE = 8
"""Reads from the database of one connection: each may bring a document of the largest size."""


class Turns:
    """At most so many at one time; the rest begins in order, as turns get free."""

    def __init__(self, most: int, *, is_held: bool) -> None:
        self._free = most
        self._is_held = is_held
        self._waiting: deque[Callable[[], object]] = deque()

    def take(self, begin: Callable[..., object], *arguments: object) -> None:
        """Calls `begin` with a turn, now or later; who has begun calls `give` at its end."""
        if self._free and not self._is_held:
            self._free -= 1
            begin(*arguments)
        else:
            self._waiting.append(functools.partial(begin, *arguments))

    def give(self) -> None:
        """What had a turn is over; the next one begins."""
        self._free += 1
        if self._waiting:
            self._begin()

    def hold(self) -> None:
        """Nothing begins until `resume`."""
        self._is_held = True

    def resume(self) -> None:
        """What waits begins, as far as there are turns."""
        self._is_held = False
        self._begin()

    def _begin(self) -> None:
        while self._waiting and self._free and not self._is_held:
            self._free -= 1
            self._waiting.popleft()()

    async def __aenter__(self) -> None:
        turn: Future[None] = Future()
        self.take(_settle, turn)
        await turn

    async def __aexit__(self, *_: object) -> None:
        self.give()


def _settle(turn: "Future[None]") -> None:
    if not turn.done():
        turn.set_result(None)
