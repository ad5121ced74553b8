"""A real server for each test, on the event loop that it has in use."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from places import Place
from wire import Running, Wire, serving


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def running(place: Place) -> AsyncIterator[Running]:
    """A server with the limits as they are by default."""
    async with serving(place) as found:
        yield found


@pytest.fixture
async def wire(running: Running) -> Wire:
    """A connection to it."""
    return await running.connect()
