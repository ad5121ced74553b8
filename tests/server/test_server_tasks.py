"""What a server does on its own as soon as it runs, with nobody connected."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from commands.series_calls import add, rows
from commands.test_claims import TEN, called, claim
from commands.test_series_horizon import changes_of
from commands.test_series_zones import START, folder, set_clock
from harness import Desk, open_desk
from helpers import NOW, WAIT_SEC
from places import Place

__all__ = ["folder"]


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SEC):
        while not await is_so():
            await asyncio.sleep(0.01)


async def test_a_claim_that_lapsed_while_no_server_ran_is_released_at_the_start(
    place: Place,
) -> None:
    async with open_desk(place) as desk:
        desk.clock.time = NOW - 300
        event_id = await called(desk, start_time=NOW - 400)
        before = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
        assert (await claim(desk))["event"]["claim_until"] == NOW
    async with open_desk(place) as desk:
        await until(lambda: is_unclaimed(desk, event_id))
        assert await desk.event(TEN, "MngGetCalendarEvent", id=event_id) == before
        answered = await desk.call(TEN, "MngGetCalendarChanges", since=2, deskFilter="*")
    assert [change["actor"] for change in answered["data"]["changes"]] == [0]


async def is_unclaimed(desk: Desk, event_id: int) -> bool:
    return "claimed_by" not in await desk.event(TEN, "MngGetCalendarEvent", id=event_id)


async def test_occurrences_follow_a_new_clock_at_the_start(place: Place, folder: Path) -> None:
    set_clock(folder, 2)
    async with open_desk(place) as desk:
        made = await add(desk, "FREQ=DAILY;COUNT=3", start_time=START, end_time=START + 3600)
        assert made["event"]["timezone"] == "Europe/Berlin"
        before = [event["start_time"] for event in await rows(desk)]
    set_clock(folder, 3)
    async with open_desk(place) as desk:
        wanted = [time - 3600 for time in before]
        await until(lambda: starts_at(desk, wanted))
        assert [change["actor"] for change in (await changes_of(desk))[3:]] == [0, 0, 0]


async def starts_at(desk: Desk, wanted: list[int]) -> bool:
    return [event["start_time"] for event in await rows(desk)] == wanted
