"""The directory of managers, desks and outcomes in the embedded store.

The server reads it; the command line writes it too, while a server runs, in short transactions
of its own. No other table is touched here.
"""

from pathlib import Path

import apsw
import msgspec

from deskcal.core.directory import Desk, Directory, Manager
from deskcal.store.batch.batch import Batch
from deskcal.store.columns.directory import row_of
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.changes import Read, RunJob
from deskcal.store.sqlite.connection import DATABASE, connection_in, why
from deskcal.store.sqlite.outcomes import put_outcomes, read_outcomes

_MANAGERS = "SELECT id, name, brand, desks, colour, disabled FROM manager ORDER BY id"
_DESKS = "SELECT code, brand, title, manager_id FROM desk ORDER BY brand, code"
_PUT_MANAGER = """
    INSERT INTO manager (id, name, brand, desks, colour, disabled) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET name = excluded.name, brand = excluded.brand,
        desks = excluded.desks, colour = excluded.colour, disabled = excluded.disabled"""
_PUT_DESK = """
    INSERT INTO desk (code, brand, title, manager_id) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET title = excluded.title, manager_id = excluded.manager_id"""


class SqliteDirectory:
    """A `DirectoryStore`."""

    def __init__(self, read: Read, run_job: RunJob) -> None:
        self._read = read
        self._run_job = run_job

    async def all(self) -> Directory:
        """Everything."""
        found: Directory = await self._read(read_directory)
        return found

    async def put(self, names: Directory) -> None:
        """Adds or replaces what `names` has, in one transaction."""

        def run(connection: apsw.Connection, _: Batch) -> None:
            write_directory(connection, names)

        await self._run_job(run)


def read_directory(connection: apsw.Connection) -> Directory:
    """All managers, by id, desks, by brand and code, and outcomes, by code."""
    return Directory(
        [row_of(Manager, row) for row in connection.execute(_MANAGERS)],
        [row_of(Desk, row) for row in connection.execute(_DESKS)],
        read_outcomes(connection),
    )


def write_directory(connection: apsw.Connection, names: Directory) -> None:
    """Adds or replaces what `names` has; the caller holds the transaction."""
    connection.executemany(_PUT_MANAGER, [msgspec.structs.astuple(one) for one in names.managers])
    connection.executemany(_PUT_DESK, [msgspec.structs.astuple(one) for one in names.desks])
    put_outcomes(connection, names.outcomes)


def directory_in(directory: Path) -> Directory:
    """What the store in `directory` has, for the command line; nothing where there is no store.

    Raises: StoreError.
    """
    if not (directory / DATABASE).exists():
        return Directory()
    try:
        return read_directory(connection_in(directory))
    except apsw.Error as exc:
        raise StoreError(f"the directory in {directory} can't be read: {why(exc)}") from exc


def put_in(directory: Path, names: Directory) -> None:
    """Adds or replaces what `names` has, also while a server runs. Raises: StoreError."""
    try:
        connection = connection_in(directory)
        with connection:
            write_directory(connection, names)
        connection.close()
    except apsw.Error as exc:
        raise StoreError(f"the directory in {directory} can't be written: {why(exc)}") from exc
