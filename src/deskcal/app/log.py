"""The log on standard error, written by a thread of its own.

Who reads standard error may stop, and a full pipe then takes nothing more: the thread waits for it,
the server does not.
"""

import logging
import os
import queue
import sys
import threading

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MAX_LINES = 10_000
"""That wait to be written; those after them are dropped and counted."""
CLOSE_SEC = 1.0
"""How long the end of the process waits for the lines that are left."""


class LogWriter(logging.Handler):
    """Hands each line to a thread that writes it to the file descriptor `fd`."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(FORMAT))
        self._fd = fd
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._dropped = 0
        """Lines since the last one that was kept. Read and changed under the handler's lock."""
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queues one line, behind a word about those that were dropped before it."""
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
            return
        if self._lines.qsize() >= MAX_LINES:
            self._dropped += 1
            return
        if self._dropped:
            text = f"{self._dropped} log lines were dropped: standard error was not read\n{text}"
            self._dropped = 0
        self._lines.put(f"{text}\n".encode(errors="backslashreplace"))

    def close(self) -> None:
        """Waits for the lines that are left, for `CLOSE_SEC` at most."""
        self._lines.put(None)
        self._thread.join(CLOSE_SEC)
        super().close()

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                while line:
                    line = line[os.write(self._fd, line) :]
            except OSError:
                continue  # Its reader is gone, or its disk is full: the line is lost.


def begin_log(level: str) -> None:
    """Logs from `level` on, such as "info", to standard error, where there is one.

    A program that has set its logging up already keeps that.
    """
    if not logging.root.handlers:
        writer = LogWriter(sys.stderr.fileno()) if sys.stderr else logging.NullHandler()
        logging.basicConfig(level=level.upper(), handlers=[writer])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # Each try; what fails logs it.
