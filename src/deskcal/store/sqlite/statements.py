"""The event loop waits while the writer runs the statements of a group.

Each statement lets go of the interpreter's lock, and a busy event loop then has it for a while: the
writer waits, and has little left to do once the event loop has nothing more to do. So they take
turns: the event loop reads requests and sends answers while a group is being committed, which needs
no lock. Source: docs/decisions/0026.
"""

import threading

LEAST_SEC = 0.001
"""The event loop waits so long for one group, however few changes it has; those of a create take
0.2 ms."""
EACH_SEC = 0.0001
"""For so long for each of its changes."""
MOST_SEC = 0.005


class Statements:
    """What the event loop may wait for: `begin` and `end` by the writer, `expect` and `wait` by it.

    A group is waited for once; if it takes longer, both go on at the same time.
    """

    def __init__(self) -> None:
        self._left_sec = 0.0
        """How long the event loop may wait; 0: there is nothing to wait for."""
        self._are_over = threading.Event()
        self.is_idle = False
        """Whether the writer waits for work."""

    def begin(self, count: int) -> None:
        """The statements of a group of `count` changes begin; 0: they are not waited for."""
        self._are_over.clear()
        self._left_sec = min(MOST_SEC, max(LEAST_SEC, count * EACH_SEC)) if count else 0.0

    def end(self) -> None:
        """They are over, or there are none."""
        self._left_sec = 0.0
        self._are_over.set()

    def expect(self, count: int) -> None:
        """`count` changes were queued; a writer that waits for work will begin at once."""
        if self.is_idle:
            self.begin(count)

    def wait(self) -> None:
        """Blocks until they are over, or the time for it is."""
        left_sec, self._left_sec = self._left_sec, 0.0
        if left_sec:
            self._are_over.wait(left_sec)
