"""The files of the embedded store: its directory's lock, its connections."""

import fcntl
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

import apsw

from deskcal.errors import Unavailable
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.schema import migrate, require_current, require_ours

DATABASE = "deskcal.db"
LOCK = "deskcal.lock"
BUSY_TIMEOUT_MS = 5000
STEPS_BETWEEN_LOOKS = 20_000
"""Virtual machine steps of SQLite after which a reader looks whether its time is over."""

_Result = TypeVar("_Result")


def lock_directory(directory: Path) -> IO[str]:
    """Makes `directory` where it is missing and keeps other servers out until the file is closed.

    Raises: StoreError.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (directory / LOCK).open("a")
    except OSError as exc:
        raise StoreError(f"the data directory {directory} can't be used: {exc.strerror}") from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        lock.close()
        raise StoreError(
            f"the data directory {directory} is in use by another deskcal; stop that one first, "
            "or name another directory with --data"
        ) from exc
    return lock


def is_full(exc: apsw.Error) -> bool:
    """Whether the disk is full, also where a start has no room for the shared memory file."""
    result = getattr(exc, "extendedresult", 0)
    return isinstance(exc, apsw.FullError) or result == apsw.SQLITE_IOERR_SHMSIZE


def why(exc: apsw.Error) -> str:
    """What is at fault, for an error message."""
    return "the disk is full" if is_full(exc) else str(exc)


def connect_writer(directory: Path, vfs: str | None = None) -> apsw.Connection:
    """The writing connection, its schema brought up to date. Raises: StoreError, apsw.Error."""
    connection = _connect_ours(directory, vfs)
    _set_up(connection)
    migrate(connection)
    return connection


def _connect_ours(directory: Path, vfs: str | None = None) -> apsw.Connection:
    connection = apsw.Connection(str(directory / DATABASE), vfs=vfs)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    require_ours(connection)
    return connection


def connect_writer_again(directory: Path, vfs: str | None = None) -> apsw.Connection:
    """Another writing connection to a store that is open, which leaves its schema as it is.

    A newer deskcal that was installed meanwhile has migrations for the next start.
    Raises: apsw.Error.
    """
    connection = apsw.Connection(str(directory / DATABASE), vfs=vfs)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    _set_up(connection)
    connection.execute("PRAGMA temp_store = MEMORY")  # For `many_rows`.
    return connection


def _set_up(connection: apsw.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -16384"):
        connection.execute(f"PRAGMA {pragma}")


def connection_in(directory: Path) -> apsw.Connection:
    """A writing connection for the command line, also while a server runs.

    It makes a store where there is none, but leaves one of an older deskcal to a server: that of
    the older version may still run. Raises: StoreError, apsw.Error.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise StoreError(f"the data directory {directory} can't be used: {exc.strerror}") from exc
    connection = _connect_ours(directory)
    if connection.pragma("user_version"):
        require_current(connection, directory)
    _set_up(connection)
    migrate(connection)
    return connection


def connect_reader(directory: Path, vfs: str | None = None) -> apsw.Connection:
    """A connection that can only read. Raises: apsw.Error."""
    flags = apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(str(directory / DATABASE), flags=flags, vfs=vfs)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.execute("PRAGMA cache_size = -2048")
    return connection


def read_until(
    until: float, connection: apsw.Connection, read: Callable[..., _Result], *arguments: object
) -> _Result:
    """`read(connection, *arguments)`, by `until` (monotonic seconds).

    Raises: what it raises; apsw.InterruptError when it takes longer.
    """
    connection.set_progress_handler(lambda: time.monotonic() > until, STEPS_BETWEEN_LOOKS)
    return read(connection, *arguments)


def unavailable(exc: apsw.Error) -> Unavailable:
    """The error for a read that failed or took too long."""
    if isinstance(exc, apsw.InterruptError):
        return Unavailable("the read took too long; ask for a shorter range")
    first: BaseException = exc
    while isinstance(first.__context__, apsw.Error):  # A failed ROLLBACK says nothing of the cause.
        first = first.__context__
    return Unavailable(f"the database failed: {first}; try again later")
