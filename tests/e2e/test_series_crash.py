"""`kill -9` amid changes of series and while their horizon moves: whole or nothing."""

import asyncio
import time
from collections import Counter
from typing import Any

from deskcal import Client
from deskcal.client.series import Rule
from deskcal.client.types import Change
from e2e.process import WAIT_SEC, ServerProcess, deskcal, serve, until_gone
from harness import token
from helpers import NEVER
from places import Place

TEN = token(10, exp=NEVER)
DAY = 86_400
START = int(time.time()) + DAY + DAY // 2
"""Half a day from now, on another day: no occurrence comes within a horizon meanwhile."""
SERIES, KILLS = 12, 3
SHORT, LONG = 20 * DAY, 400 * DAY


def client(server: ServerProcess, **options: Any) -> Client:
    return Client.connect(server.host, server.port, token=TEN, **options)


async def add(own: Client, title: str, rrule: str) -> int:
    """The id of the series."""
    made = await own.add_series(
        Rule(rrule),
        title=title,
        start_time=START,
        end_time=START + 600,
        timezone="UTC",
        participant_manager_ids=[11],
    )
    return made.series.series_id


async def write(server: ServerProcess, name: int, answered: list[int]) -> None:
    """Changes series until the server is gone."""
    async with client(server, timeout_sec=WAIT_SEC) as own:
        await until_gone(own, change(own, name, answered))


async def change(own: Client, name: int, answered: list[int]) -> None:
    """Series without end that are split, ended and given other rules."""
    while True:
        series_id = await add(own, f"{name}", "FREQ=DAILY;COUNT=40")
        page = await own.get_events_by_filter(
            since=START, until=START + 60 * DAY, limit=99, series_id=series_id
        )
        ids = [row.id for row in page.rows]
        later = await own.update_series(ids[20], 1, title="later")
        await own.delete_series(ids[10], 1)
        await own.update_series(ids[20], 2, start_time=START + 20 * DAY + 60)
        await own.update_series(ids[20], 2, rule=Rule("FREQ=DAILY;COUNT=10"))
        answered.append(later.changed)


async def changes_of(server: ServerProcess) -> list[Change]:
    found: list[Change] = []
    async with client(server) as own:
        since, more = 0, 1
        while more:
            page = await own.get_changes(since=since, limit=5000)
            found += page.changes
            since, more = page.next, page.more
    return found


def sizes(changes: list[Change]) -> Counter[int]:
    """How many batches have so many changes."""
    return Counter(Counter(change.batch_id for change in changes).values())


async def assert_whole(place: Place) -> None:
    status, output = await deskcal("check", *place.options)
    assert (status, output.splitlines()[-1]) == (0, "no differences"), output


async def test_a_change_of_a_series_is_whole_or_not_there_after_kill_9(place: Place) -> None:
    answered: list[int] = []
    async with serve(place) as server:
        writers = [asyncio.create_task(write(server, number, answered)) for number in range(6)]
        async with asyncio.timeout(WAIT_SEC):
            while len(answered) < 10:
                await asyncio.sleep(0)
        await server.kill()
        await asyncio.gather(*writers)
    await assert_whole(place)
    async with serve(place) as server:
        found = sizes(await changes_of(server))
    assert found.keys() == {40, 20, 10}
    assert found[40] >= len(answered) and found[20] >= 2 * len(answered)


async def test_a_horizon_that_moves_is_whole_for_each_series_after_kill_9(place: Place) -> None:
    async with serve(place, "--series-horizon-sec", str(SHORT)) as server, client(server) as own:
        for number in range(SERIES):
            await add(own, f"{number}", "FREQ=DAILY")
    for _ in range(KILLS):
        async with serve(place, "--series-horizon-sec", str(LONG)) as server:
            before = len(extensions(await changes_of(server)))
            await extended(server, min(before + 1, SERIES))
            await server.kill()
        await assert_whole(place)
    async with serve(place, "--series-horizon-sec", str(LONG)) as server:
        changes = await extended(server, SERIES)
    assert len(extensions(changes)) == SERIES
    assert len(sizes([change for change in changes if change.actor == 0])) == 1
    assert len(sizes([change for change in changes if change.actor])) == 1
    await assert_whole(place)


async def extended(server: ServerProcess, count: int) -> list[Change]:
    """All changes, as soon as so many series were extended."""
    async with asyncio.timeout(WAIT_SEC):
        while len(extensions(changes := await changes_of(server))) < count:
            await asyncio.sleep(0)
    return changes


def extensions(changes: list[Change]) -> set[int]:
    """The batches of the server."""
    return {change.batch_id for change in changes if not change.actor}
