"""Where a store can be: a directory, or a database. The same tests run on both."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from deskcal.limits import Limits
from deskcal.store.ports import CheckReport, Store
from deskcal.store.postgres.check import check_postgres
from deskcal.store.postgres.store import open_postgres
from deskcal.store.sqlite.check import check_sqlite
from deskcal.store.sqlite.store import open_sqlite


class Place(Protocol):
    """Empty when a test gets it, and kept when a store in it is closed."""

    async def open(self, limits: Limits) -> Store:
        """The store, as a server that has just started finds it."""

    async def check(self) -> CheckReport:
        """What `deskcal check` finds there."""

    @property
    def options(self) -> tuple[str, str]:
        """Of the command line, which name it."""


Places = Callable[[], AbstractContextManager[Place]]
"""`with places() as place`: a new place."""


class SqlitePlace:
    """A directory; one store at a time."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def open(self, limits: Limits) -> Store:
        """The store, as a server that has just started finds it."""
        return await open_sqlite(self.directory, limits)

    async def check(self) -> CheckReport:
        """What `deskcal check` finds there."""
        return await asyncio.to_thread(check_sqlite, self.directory)

    @property
    def options(self) -> tuple[str, str]:
        """Of the command line, which name it."""
        return "--data", str(self.directory)


class PostgresPlace:
    """A database; as many stores at a time as there are nodes."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def open(self, limits: Limits) -> Store:
        """The store, as a server that has just started finds it."""
        return await open_postgres(self.url, limits)

    async def check(self) -> CheckReport:
        """What `deskcal check` finds there."""
        return await asyncio.to_thread(check_postgres, self.url, Limits())

    @property
    def options(self) -> tuple[str, str]:
        """Of the command line, which name it."""
        return "--database", self.url
