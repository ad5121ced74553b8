"""The write-ahead log of the embedded store is copied into the database beside the writer.

That takes tens of milliseconds for a log of `CHECKPOINT_PAGES`, most of them for syncs, in which
the writer goes on. What it commits meanwhile stays in the log, so that the writer copies this rest
itself; SQLite writes the log from its start again once it is copied to its end.

A sync that fails here is no answer's: a commit is answered after a sync by the writer's connection,
whose open file reports the failure of a sync, too (Linux reports it to each open file).
"""

import threading
from collections.abc import Callable

import apsw

CHECKPOINT_PAGES = 4000
"""Pages of the log after which it is copied."""
_ROUNDS = 2
"""Each copies what was committed during the one before."""


class Checkpoint:
    """One run on a thread and a connection of its own, from when it is made."""

    def __init__(self, connect: Callable[[], apsw.Connection]) -> None:
        self._connect = connect
        self._pages = 0
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="deskcal-checkpoint", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not come to its end."""
        return self._thread.is_alive()

    def pages(self) -> int:
        """Pages of the log that there were when its last round began. Blocks until its end.

        Raises: apsw.Error, if the log could not be copied.
        """
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._pages

    def wait(self) -> None:
        """Blocks until its end, whatever came of it."""
        self._thread.join()

    def _run(self) -> None:
        try:
            connection = self._connect()
            try:
                for _ in range(_ROUNDS):
                    self._pages, _ = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            finally:
                connection.close(True)
        except Exception as exc:
            self._error = exc
