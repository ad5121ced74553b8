"""The process that sends webhooks ends with its server, however that ends."""

import signal
import time
from collections.abc import AsyncIterator

import pytest

from deskcal import Client
from e2e.process import ServerProcess, serve
from harness import ADMIN, token
from helpers import NEVER
from listener import Listener, listening, read_only
from places import Place

ROOT = token(1, ADMIN, exp=NEVER)


@pytest.fixture
async def hanging() -> AsyncIterator[Listener]:
    """A receiver that never answers."""
    async with listening(read_only) as made:
        yield made


async def begin_a_try(server: ServerProcess, hanging: Listener) -> None:
    """Returns once a message is under way."""
    start = int(time.time()) + 600
    async with Client.connect(server.host, server.port, token=ROOT) as client:
        await client.add_webhook(f"http://127.0.0.1:{hanging.port}/")
        await client.add_event(title="a", start_time=start, end_time=start)
        await hanging.until(lambda one: one.open == 1)


async def test_it_ends_with_a_server_that_is_killed(place: Place, hanging: Listener) -> None:
    async with serve(place, "--webhook-networks", "127.0.0.0/8") as server:
        await begin_a_try(server, hanging)
        await server.kill()
        await hanging.until(lambda one: one.open == 0)


async def test_it_ends_with_a_server_that_stops(place: Place, hanging: Listener) -> None:
    async with serve(place, "--webhook-networks", "127.0.0.0/8") as server:
        await begin_a_try(server, hanging)
        assert await server.stop(signal.SIGTERM) == 0
        await hanging.until(lambda one: one.open == 0)
