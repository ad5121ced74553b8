"""Stores to try the contract on, one backend beside the other."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import settings

from deskcal.limits import Limits
from deskcal.store.ports import CheckReport, Store
from places import Place

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
