"""Pipelined requests of all clients wait in one queue while others send single ones.

A request that comes alone is answered when it is read. While there are such, what is pipelined is
answered for 0.3 ms in each turn of the event loop, and after the changes that wait are written.
Else a create waits for the 3 ms in which 64 clients with sixteen reads in flight on each are
answered, until it is read and again until its answer is sent, and at each of its statements for the
interpreter's lock. Source: docs/decisions/0024.
"""

from collections import OrderedDict
from collections.abc import Callable

TURN_SEC = 0.0003
"""After which the event loop looks for input, and sends output, before more is answered."""
PERIOD_SEC = 0.1
SHARED_PERIODS = 2
"""For so many, the current one included, what is pipelined waits after a single request."""


class RunQueue:
    """Calls steps of the sessions in order, some in each turn of the event loop."""

    def __init__(
        self,
        clock: Callable[[], float],
        call_soon: Callable[[Callable[[], None]], object],
        let_write: Callable[[], None],
    ) -> None:
        """`clock`: of parts of a millisecond; `call_soon`: the event loop's; `Store.let_write`."""
        self._clock = clock
        self._call_soon = call_soon
        self._let_write = let_write
        self._waiting: OrderedDict[Callable[[], None], None] = OrderedDict()
        self._is_due = False
        self._period_end = 0.0
        self.shared_periods = 0
        """Set it to `SHARED_PERIODS` at a single request; 0: what is pipelined need not wait."""

    def put(self, step: Callable[[], None]) -> None:
        """Calls `step` after those that wait, not at once; one that waits keeps its place."""
        self._waiting[step] = None
        if not self._is_due:
            self._is_due = True
            self._call_soon(self._run)

    def _run(self) -> None:
        if self.shared_periods:
            self._end_period()
            self._let_write()
        waiting, clock = self._waiting, self._clock
        until = clock() + TURN_SEC
        try:
            while waiting:
                step, _ = waiting.popitem(last=False)
                step()
                if clock() > until:
                    break
        finally:
            self._is_due = bool(waiting)
            if waiting:
                self._call_soon(self._run)

    def _end_period(self) -> None:
        now = self._clock()
        if now >= self._period_end:
            self._period_end = now + PERIOD_SEC
            self.shared_periods -= 1
