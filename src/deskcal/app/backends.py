"""The store that the settings name, for the server and for the commands beside it.

The embedded one in the directory `data`, or the PostgreSQL `database` that nodes share.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO

from deskcal.app.config import Config
from deskcal.core.directory import Desk, Directory, Manager
from deskcal.limits import Limits
from deskcal.store.ports import CheckReport, Store, StoreError
from deskcal.store.postgres.check import check_postgres
from deskcal.store.postgres.directory import directory_at, put_at
from deskcal.store.postgres.store import open_postgres
from deskcal.store.postgres.transfer import export_postgres, import_postgres
from deskcal.store.postgres.url import shown
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.directory import directory_in, put_in
from deskcal.store.sqlite.store import open_sqlite
from deskcal.store.sqlite.transfer import export_sqlite, import_sqlite
from deskcal.store.transfer.export import MAX_LINE_BYTES, BadExport, Export, OnProgress, check_whole
from deskcal.store.transfer.rows import Head


class StartError(Exception):
    """What keeps the server from starting, or a command from running; str() is for people."""


@asynccontextmanager
async def opened(config: Config, limits: Limits) -> AsyncIterator[Store]:
    """The store, closed at the end. Raises: StartError."""
    store: Store
    with _as_start_error():
        if config.database:
            store = await open_postgres(config.database, limits)
        else:
            store = await open_sqlite(Path(config.data), limits)
    try:
        yield store
    finally:
        await store.close()


def place(config: Config) -> str:
    """Where the store is, for people: "data in DIR", "database postgresql://HOST/NAME"."""
    with _as_start_error():
        return f"database {shown(config.database)}" if config.database else f"data in {config.data}"


def check(config: Config) -> CheckReport:
    """What a check of the store finds. Raises: StartError."""
    with _as_start_error():
        if config.database:
            return check_postgres(config.database, config)
        return check_sqlite(Path(config.data))


def directory(config: Config) -> Directory:
    """Managers and desks by name. Raises: StartError."""
    with _as_start_error():
        if config.database:
            return directory_at(config.database, config)
        return directory_in(Path(config.data))


def put_directory(config: Config, managers: Sequence[Manager], desks: Sequence[Desk]) -> None:
    """Adds or replaces them, also beside a running server. Raises: StartError."""
    with _as_start_error():
        if config.database:
            return put_at(config.database, config, managers, desks)
        return put_in(Path(config.data), managers, desks)


def export_store(config: Config, write: Callable[[bytes], object], on_progress: OnProgress) -> None:
    """Writes everything in the store, one line at a time, also beside servers.

    Raises: StartError.
    """
    with _as_start_error():
        if config.database:
            return asyncio.run(export_postgres(config.database, config, write, on_progress))
        return export_sqlite(Path(config.data), write, on_progress)


def import_store(config: Config, file: BinaryIO, on_progress: OnProgress) -> Head:
    """Puts what `export_store` wrote into an empty store; what it was, by its first line.

    A file that can be read twice is looked through before anything is done with it.
    Raises: StartError, naming the line where one is wrong.
    """
    with _as_start_error():
        if file.seekable():
            start = file.tell()
            check_whole(_lines(file))
            file.seek(start)
        export = Export(_lines(file))
        if config.database:
            asyncio.run(import_postgres(config.database, config, export, on_progress))
        else:
            import_sqlite(Path(config.data), export, on_progress)
    return export.head


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """With their ends; one that is far too long comes in parts, which are no lines of ours."""
    return iter(lambda: file.readline(MAX_LINE_BYTES), b"")


@contextmanager
def _as_start_error() -> Iterator[None]:
    """Makes a StartError of what a store refuses."""
    try:
        yield
    except (StoreError, BadExport) as exc:
        raise StartError(str(exc)) from exc
