"""A desk for each test: a server in process over a store of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from harness import Desk, open_desk

settings.register_profile("deskcal", deadline=None)
settings.load_profile("deskcal")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path / "data") as opened:
        yield opened
