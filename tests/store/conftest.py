"""Stores to try the contract on, one backend after the other."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from deskcal.limits import Limits
from deskcal.store.ports import CheckReport, Store
from deskcal.store.sqlite.store import open_sqlite
from faulty_disk import FaultyDisk
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer

settings.register_profile("deskcal", deadline=None)
settings.load_profile("deskcal")


class Backend:
    """Opens stores in one place, one at a time."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._store: Store | None = None

    async def open(self, **limits: Any) -> Store:
        """The store, as a server that has just started finds it."""
        await self.close()
        self._store = await self.place.open(Limits(**limits))
        return self._store

    async def close(self) -> None:
        """Stops it as a server does."""
        if self._store is not None:
            await self._store.close()
            self._store = None

    async def check(self) -> CheckReport:
        """What `deskcal check` finds there."""
        return await self.place.check()


@pytest.fixture
async def backend(place: Place) -> AsyncIterator[Backend]:
    """A place where a store can be opened, closed and opened again."""
    made = Backend(place)
    yield made
    await made.close()


@pytest.fixture
async def store(backend: Backend) -> Store:
    """An empty store."""
    return await backend.open()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[FaultyDisk]:
    """A disk of its own for the embedded store."""
    made = FaultyDisk(f"faulty {tmp_path}")
    yield made
    made.close()


@pytest.fixture
async def store_on_disk(disk: FaultyDisk, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store in the folder "data" of `tmp_path`."""
    opened = await open_sqlite(tmp_path / "data", Limits(), vfs=disk.name)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Another place, of either backend, whatever `place` is."""
    if request.param == "sqlite":
        yield SqlitePlace(tmp_path / "target")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield PostgresPlace(url)
