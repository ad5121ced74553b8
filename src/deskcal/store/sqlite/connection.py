"""The files of the embedded store: its directory's lock, its connections."""

import fcntl
from pathlib import Path
from typing import IO

import apsw

from deskcal.store.ports import StoreError
from deskcal.store.sqlite.schema import migrate, require_ours

DATABASE = "deskcal.db"
LOCK = "deskcal.lock"
BUSY_TIMEOUT_MS = 5000


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


def connect_writer(directory: Path, vfs: str | None = None) -> apsw.Connection:
    """The writing connection, its schema brought up to date. Raises: StoreError, apsw.Error."""
    connection = apsw.Connection(str(directory / DATABASE), vfs=vfs)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    require_ours(connection)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -16384"):
        connection.execute(f"PRAGMA {pragma}")
    migrate(connection)
    return connection


def connection_in(directory: Path) -> apsw.Connection:
    """A writing connection for the command line, also beside a running server.

    Raises: StoreError, apsw.Error.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise StoreError(f"the data directory {directory} can't be used: {exc.strerror}") from exc
    return connect_writer(directory)


def connect_reader(directory: Path, vfs: str | None = None) -> apsw.Connection:
    """A connection that can only read. Raises: apsw.Error."""
    flags = apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(str(directory / DATABASE), flags=flags, vfs=vfs)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.execute("PRAGMA cache_size = -2048")
    return connection
