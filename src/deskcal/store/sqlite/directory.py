"""The directory of managers and desks in the embedded store.

The server reads it; the command line writes it too, beside a running server, in short transactions
of its own. No other table is touched here.
"""

from collections.abc import Iterable
from pathlib import Path

import apsw
import msgspec

from deskcal.core.directory import Desk, Directory, Manager
from deskcal.store.batch import Batch
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.changes import Read, RunJob
from deskcal.store.sqlite.connection import DATABASE, connect_writer

_MANAGERS = "SELECT id, name, brand, desks, colour, disabled FROM manager ORDER BY id"
_DESKS = "SELECT code, brand, title FROM desk ORDER BY brand, code"
_PUT_MANAGER = """
    INSERT INTO manager (id, name, brand, desks, colour, disabled) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET name = excluded.name, brand = excluded.brand,
        desks = excluded.desks, colour = excluded.colour, disabled = excluded.disabled"""
_PUT_DESK = """
    INSERT INTO desk (code, brand, title) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET title = excluded.title"""


class SqliteDirectory:
    """A `DirectoryStore`."""

    def __init__(self, read: Read, run_job: RunJob) -> None:
        self._read = read
        self._run_job = run_job

    async def all(self) -> Directory:
        """Everything."""
        found: Directory = await self._read(read_directory)
        return found

    async def put(self, managers: Iterable[Manager], desks: Iterable[Desk]) -> None:
        """Adds or replaces them, in one transaction."""

        def run(connection: apsw.Connection, _: Batch) -> None:
            write_directory(connection, managers, desks)

        await self._run_job(run)


def read_directory(connection: apsw.Connection) -> Directory:
    """All managers, by id, and desks, by brand and code."""
    names = Manager.__struct_fields__
    managers = [
        Manager(**dict(zip(names, row, strict=True))) for row in connection.execute(_MANAGERS)
    ]
    desks = [
        Desk(code=code, brand=brand, title=title)
        for code, brand, title in connection.execute(_DESKS)
    ]
    return Directory(managers, desks)


def write_directory(
    connection: apsw.Connection, managers: Iterable[Manager], desks: Iterable[Desk]
) -> None:
    """Adds or replaces them; the caller holds the transaction."""
    connection.executemany(_PUT_MANAGER, [msgspec.structs.astuple(one) for one in managers])
    connection.executemany(_PUT_DESK, [msgspec.structs.astuple(one) for one in desks])


def directory_in(directory: Path) -> Directory:
    """What the store in `directory` has, for the command line; nothing where there is no store.

    Raises: StoreError.
    """
    if not (directory / DATABASE).exists():
        return Directory([], [])
    try:
        return read_directory(_connection(directory))
    except apsw.Error as exc:
        raise StoreError(f"the directory in {directory} can't be read: {exc}") from exc


def put_in(directory: Path, managers: Iterable[Manager], desks: Iterable[Desk]) -> None:
    """Adds or replaces them, also beside a running server. Raises: StoreError."""
    try:
        connection = _connection(directory)
        with connection:
            write_directory(connection, managers, desks)
        connection.close()
    except apsw.Error as exc:
        raise StoreError(f"the directory in {directory} can't be written: {exc}") from exc


def _connection(directory: Path) -> apsw.Connection:
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise StoreError(f"the data directory {directory} can't be used: {exc.strerror}") from exc
    return connect_writer(directory)
