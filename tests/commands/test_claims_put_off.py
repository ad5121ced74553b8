"""Claims of calls that were moved to a later time while claimed. Source: contract, section 14."""

import asyncio

import pytest

from commands.test_claims import ADMIN, ELEVEN, POOL, TEN, called, claimed, nothing
from harness import Desk
from helpers import NOW

LATER = {"start_time": NOW + 7200, "end_time": NOW + 7300}


@pytest.mark.parametrize("passed_sec", [0, 300])
async def test_a_call_that_is_put_off_is_the_next_one_to_come(desk: Desk, passed_sec: int) -> None:
    """While the claim lasts, and once it is over and the server has yet to end it."""
    event_id = await called(desk)
    assert await claimed(desk) == event_id
    await desk.event(TEN, "MngUpdateCalendarEvent", id=event_id, **LATER)
    desk.clock.time += passed_sec
    assert await nothing(desk) == ("NONE_DUE", 7200 - passed_sec)


async def test_one_of_the_pool_that_somebody_else_has_put_off_comes_too(desk: Desk) -> None:
    event_id = await called(desk, **POOL)
    assert await claimed(desk, ELEVEN) == event_id
    await desk.event(ADMIN, "MngUpdateCalendarEvent", id=event_id, **LATER)
    assert await nothing(desk) == ("NONE_DUE", 7260)
    assert await nothing(desk, pool=0) == ("NONE_DUE", 0)


async def test_it_is_seen_in_the_commit_that_puts_it_off(desk: Desk) -> None:
    event_id = await called(desk)
    assert await claimed(desk) == event_id
    _, found = await asyncio.gather(
        desk.call(TEN, "MngUpdateCalendarEvent", id=event_id, **LATER), nothing(desk)
    )
    assert found == ("NONE_DUE", 7200)
