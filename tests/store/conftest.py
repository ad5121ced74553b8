"""Stores to try the contract on, one backend beside the other."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from deskcal.limits import Limits
from deskcal.store import Store
from deskcal.store.sqlite import open_sqlite

settings.register_profile("deskcal", deadline=None)
settings.load_profile("deskcal")


class SqliteBackend:
    """Opens stores in one directory, one at a time."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._store: Store | None = None

    async def open(self, *, vfs: str | None = None, **limits: Any) -> Store:
        """The store, as a server that has just started finds it."""
        await self.close()
        self._store = await open_sqlite(self.directory, Limits(**limits), vfs=vfs)
        return self._store

    async def close(self) -> None:
        """Stops it as a server does."""
        if self._store is not None:
            await self._store.close()
            self._store = None


Backend = SqliteBackend


@pytest.fixture(params=[SqliteBackend])
async def backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    """A place where a store can be opened, closed and opened again."""
    made: Backend = request.param(tmp_path / "data")
    yield made
    await made.close()


@pytest.fixture
async def store(backend: Backend) -> Store:
    """An empty store."""
    return await backend.open()
