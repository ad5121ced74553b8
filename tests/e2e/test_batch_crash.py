"""`kill -9` amid batches: whole or nothing, and undone as a whole afterwards."""

import asyncio
import time
from collections import Counter
from typing import Any

from deskcal import Client
from e2e.process import WAIT_SEC, ServerProcess, deskcal, serve, until_gone
from harness import token
from helpers import NEVER
from places import Place

TEN = token(10, exp=NEVER)
SIZE = 40
START = int(time.time())


def client(server: ServerProcess, **options: Any) -> Client:
    return Client.connect(server.host, server.port, token=TEN, **options)


async def write(server: ServerProcess, answered: set[int]) -> None:
    """Sends batches of creates until the server is gone."""
    async with client(server, timeout_sec=WAIT_SEC) as own:
        await until_gone(own, create(own, answered))


async def create(own: Client, answered: set[int]) -> None:
    """Batches without end."""
    event = {"title": "call", "start_time": START, "end_time": START + 60}
    operations = [("MngAddCalendarEvent", event)] * SIZE
    while True:
        answered.add((await own.batch_events(operations)).batch_id)


async def sizes(own: Client) -> Counter[int]:
    """How many creates each batch has left."""
    found: Counter[int] = Counter()
    since, more = 0, 1
    while more:
        page = await own.get_changes(since=since, limit=5000)
        found.update(change.batch_id for change in page.changes if change.type == 0)
        since, more = page.next, page.more
    return found


async def test_a_batch_is_whole_or_not_there_after_kill_9(place: Place) -> None:
    answered: set[int] = set()
    async with serve(place) as server:
        writers = [asyncio.create_task(write(server, answered)) for _ in range(8)]
        async with asyncio.timeout(WAIT_SEC):
            while len(answered) < 20:
                await asyncio.sleep(0)
        await server.kill()
        await asyncio.gather(*writers)
    status, output = await deskcal("check", *place.options)
    assert (status, output.splitlines()[-1]) == (0, "no differences")
    async with serve(place) as server, client(server) as own:
        found = await sizes(own)
        assert set(found.values()) == {SIZE}
        assert answered <= found.keys()
        undone = await own.undo_batch(min(answered))
        assert (undone.undone, undone.left) == (SIZE, [])
        page = await own.get_events_by_filter(since=0, until=START * 2, limit=1)
        assert page.count == (len(found) - 1) * SIZE
