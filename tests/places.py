"""Where a store can be: a directory, or a database. The same tests run on both."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from deskcal.core.all_day import UTC
from deskcal.limits import Limits
from deskcal.store.backend import Backend
from deskcal.store.ports import CheckReport, Store
from deskcal.store.postgres.backend import PostgresBackend
from deskcal.store.sqlite.backend import SqliteBackend
from deskcal.store.sqlite.connection import DATABASE

Ask = Callable[[str], tuple[Any, ...] | None]
"""`ask(statement)`: the first row of it as it is now, or None."""


class Place(Protocol):
    """Empty when a test gets it, and kept when a store in it is closed."""

    def backend(self, limits: Limits, default_timezone: str = UTC) -> Backend:
        """What can be done there."""

    async def open(self, limits: Limits, *, default_timezone: str = UTC) -> Store:
        """The store, as a server that has just started finds it."""

    async def check(self) -> CheckReport:
        """What `deskcal check` finds there."""

    def asking(self) -> AbstractContextManager[Ask]:
        """SQL beside what has it open, which it does not change."""

    @property
    def options(self) -> tuple[str, str]:
        """Of the command line, which name it."""


Places = Callable[[], AbstractContextManager[Place]]
"""`with places() as place`: a new place."""


class _Place:
    """What both have in common."""

    def backend(self, limits: Limits, default_timezone: str = UTC) -> Backend:
        """What can be done there."""
        raise NotImplementedError

    async def open(self, limits: Limits, *, default_timezone: str = UTC) -> Store:
        """The store, as a server that has just started finds it."""
        return await self.backend(limits, default_timezone).open()

    async def check(self) -> CheckReport:
        """What `deskcal check` finds there."""
        return await asyncio.to_thread(self.backend(Limits()).check)


class SqlitePlace(_Place):
    """A directory; one store at a time."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def backend(self, limits: Limits, default_timezone: str = UTC) -> Backend:
        """The embedded one."""
        return SqliteBackend(self.directory, limits, default_timezone)

    @contextmanager
    def asking(self) -> Iterator[Ask]:
        """SQL beside what has it open."""
        with closing(sqlite3.connect(self.directory / DATABASE)) as reader:
            yield lambda statement: reader.execute(statement).fetchone()

    @property
    def options(self) -> tuple[str, str]:
        """Of the command line, which name it."""
        return "--data", str(self.directory)


class PostgresPlace(_Place):
    """A database; as many stores at a time as there are nodes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def backend(self, limits: Limits, default_timezone: str = UTC) -> Backend:
        """The one that nodes share."""
        return PostgresBackend(self.url, limits, default_timezone)

    @contextmanager
    def asking(self) -> Iterator[Ask]:
        """SQL beside what has it open."""
        with psycopg.connect(self.url, autocommit=True) as reader:
            yield lambda statement: reader.execute(statement.encode()).fetchone()

    @property
    def options(self) -> tuple[str, str]:
        """Of the command line, which name it."""
        return "--database", self.url
