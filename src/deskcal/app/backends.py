"""Which backend the settings name, and what the server and the command line do with it.

The one place that knows the backends: an embedded store in the directory `data`, or the PostgreSQL
`database` that several servers share.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from deskcal.app.config import Config
from deskcal.core.devices import Device
from deskcal.core.directory import Directory
from deskcal.limits import Limits
from deskcal.store.backend import Backend, BlockingDevices
from deskcal.store.ports import CheckReport, Store, StoreError
from deskcal.store.postgres.backend import PostgresBackend
from deskcal.store.sqlite.backend import SqliteBackend
from deskcal.store.transfer.export import MAX_LINE_BYTES, BadExport, Export, OnProgress, check_whole
from deskcal.store.transfer.rows import Head

CLOSE_SEC = 1.0
"""What closing the store may take at least, also after the deadline of the stop."""

logger = logging.getLogger(__name__)


class StartError(Exception):
    """What keeps the server from starting, or a command from running; str() is for people."""


def backend_of(config: Config, limits: Limits | None = None) -> Backend:
    """The backend that the settings name; `limits`: instead of those in `config`."""
    limits = limits or config
    if config.database:
        return PostgresBackend(config.database, limits, config.default_timezone)
    return SqliteBackend(Path(config.data), limits, config.default_timezone)


async def open_store(config: Config, limits: Limits) -> Store:
    """The store; close it. Raises: StartError."""
    with _as_start_error():
        return await backend_of(config, limits).open()


async def close_store(store: Store, deadline: float, abandon: Callable[[], None]) -> None:
    """Closes the store by `deadline` (of the event loop's clock), or CLOSE_SEC from now if later.

    Beyond that it calls `abandon`, which ends the process: a thread that waits for the disk can't
    be cancelled. Nothing answered is lost by it; what was being committed is there, or is not, at
    the next start.
    """
    left_sec = max(deadline - asyncio.get_running_loop().time(), CLOSE_SEC)
    closing = asyncio.ensure_future(store.close())
    done, _ = await asyncio.wait([closing], timeout=left_sec)
    if not done:
        logger.error(
            "the store was not closed within %.1f s, by the deadline of the stop; exiting without "
            "it: changes that were answered are stored, others may be",
            left_sec,
        )
        abandon()
        return
    closing.result()


def place(config: Config) -> str:
    """Where the store is, for people: "data in DIR", "database postgresql://HOST/NAME"."""
    with _as_start_error():
        return backend_of(config).describe()


def check(config: Config) -> CheckReport:
    """What a check of the store finds. Raises: StartError."""
    with _as_start_error():
        return backend_of(config).check()


def directory(config: Config) -> Directory:
    """Managers, desks and outcomes by name. Raises: StartError."""
    with _as_start_error():
        return backend_of(config).directory()


def put_directory(config: Config, names: Directory) -> None:
    """Adds or replaces what `names` has, also while a server runs. Raises: StartError."""
    with _as_start_error():
        backend_of(config).put_directory(names)


def devices(config: Config) -> "Devices":
    """The devices of managers, also while a server runs."""
    return Devices(backend_of(config).devices())


class Devices:
    """`BlockingDevices` whose methods raise StartError."""

    def __init__(self, stored: BlockingDevices) -> None:
        self._stored = stored

    def add(self, device: Device, most: int) -> Device | None:
        """Adds `device`; None: its manager has `most` of them already."""
        with _as_start_error():
            return self._stored.add(device, most)

    def all(self, manager_id: int) -> list[Device]:
        """The devices of a manager, by id."""
        with _as_start_error():
            return self._stored.all(manager_id)

    def delete(self, manager_id: int, device_id: int) -> bool:
        """Whether the manager had that device."""
        with _as_start_error():
            return self._stored.delete(manager_id, device_id)


def export_store(
    config: Config,
    write: Callable[[bytes], object],
    on_progress: OnProgress,
    *,
    with_secrets: bool = False,
) -> None:
    """Writes everything in the store, one line at a time, also while servers run.

    `with_secrets`: the secrets of webhooks, too. Raises: StartError.
    """
    with _as_start_error():
        backend_of(config).export(write, on_progress, with_secrets=with_secrets)


def import_store(config: Config, file: BinaryIO, on_progress: OnProgress) -> Head:
    """Puts what `export_store` wrote into an empty store; returns the file's first line.

    A file that can be read twice is verified as a whole before anything is written.
    Raises: StartError, naming the line where one is wrong.
    """
    with _as_start_error():
        if file.seekable():
            start = file.tell()
            check_whole(_lines(file))
            file.seek(start)
        export = Export(_lines(file))
        backend_of(config).import_(export, on_progress)
    return export.head


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends; one beyond the limit comes in parts, which no check accepts."""
    return iter(lambda: file.readline(MAX_LINE_BYTES), b"")


@contextmanager
def _as_start_error() -> Iterator[None]:
    """Raises StartError in place of what a store refuses."""
    try:
        yield
    except (StoreError, BadExport) as exc:
        raise StartError(str(exc)) from exc
