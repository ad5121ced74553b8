"""A desk for each test: a server in process over a store of its own."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from harness import Desk, open_desk
from places import Place
from receiver import Receiver, receiving

settings.register_profile("deskcal", deadline=None)
settings.load_profile("deskcal")


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with open_desk(place) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Of webhooks."""
    async with receiving() as made:
        yield made
