"""What the server makes of a series after a handover. Source: contract, sections 13 and 15."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from commands.series_calls import DAY, LATER, add, monday, ok, rows
from commands.test_handover import do
from deskcal.live.series_horizon import SeriesHorizon
from harness import Desk, open_desk, token
from places import Place

ADMIN = token(99, type=3, exp=LATER)
WEEKLY = "FREQ=WEEKLY;BYDAY=MO"


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    """With occurrences of four weeks."""
    async with open_desk(place, series_horizon_sec=28 * DAY) as found:
        yield found


async def weekly(desk: Desk, **fields: Any) -> int:
    """How many there are of an endless weekly series of manager 12, with 11 as a participant."""
    return int((await add(desk, WEEKLY, owner_manager_id=12, **fields))["occurrences"])


async def made(desk: Desk, count: int) -> list[tuple[int, list[int]]]:
    """Owner and participants of what the server makes in two weeks, after the first `count`."""
    desk.clock.time += 14 * DAY
    await SeriesHorizon(desk.services.store, desk.clock, desk.services.limits).extend_all()
    new = sorted(await rows(desk), key=lambda one: int(one["id"]))[count:]
    assert len(new) == 2
    return [(e["owner_manager_id"], [p["manager_id"] for p in e["participants"]]) for e in new]


async def test_later_occurrences_are_of_the_one_who_got_the_series(desk: Desk) -> None:
    count = await weekly(desk)
    await do(desk, ADMIN, to_manager_ids=[13])
    assert await made(desk, count) == [(13, [13, 11])] * 2


async def test_so_they_are_of_who_takes_the_place_of_a_participant(desk: Desk) -> None:
    count = await weekly(desk)
    await do(desk, ADMIN, from_manager_id=11, to_manager_ids=[13])
    assert await made(desk, count) == [(12, [12, 13])] * 2


async def test_so_they_are_where_it_took_several_transactions(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.commands.handover.PAGE", 2)
    count = await weekly(desk)
    await do(desk, ADMIN, to_manager_ids=[13])
    assert await made(desk, count) == [(13, [13, 11])] * 2


async def test_of_a_series_that_is_spread_they_are_of_the_one_who_got_most(desk: Desk) -> None:
    count = await weekly(desk)
    starts = [event["start_time"] for event in await rows(desk)]
    for busy, start in zip((14, 13, 13, 13), starts, strict=True):
        times = {"start_time": start, "end_time": start + 3600}
        await desk.add(ADMIN, owner_manager_id=busy, desk="DESK", **times)
    shares = (await do(desk, ADMIN, to_manager_ids=[13, 14], mode="spread"))["by_manager"]
    assert [share["count"] for share in shares] == [1, count - 1]
    assert await made(desk, 2 * count) == [(14, [14, 11])] * 2


@pytest.mark.parametrize(
    "named", [{"to": monday(50)}, {"type": 2}, {"roles": ["participant"]}, {"from": monday(50)}]
)
async def test_what_the_handover_does_not_ask_for_stays(desk: Desk, named: Any) -> None:
    count = await weekly(desk)
    event = (await rows(desk))[0]
    await ok(desk, "MngUpdateCalendarEvent", {"id": event["id"], "type": 2}, ADMIN)
    await do(desk, ADMIN, to_manager_ids=[13], **named)
    assert await made(desk, count) == [(12, [12, 11])] * 2


async def test_what_is_outside_the_session_s_scope_stays(desk: Desk) -> None:
    lead = token(1, desks="OTHER", exp=LATER)
    count = await weekly(desk)
    event = (await rows(desk))[0]
    await ok(desk, "MngUpdateCalendarEvent", {"id": event["id"], "desk": "OTHER"}, ADMIN)
    assert (await do(desk, lead, to_manager_ids=[13]))["count"] == 1
    assert await made(desk, count) == [(12, [12, 11])] * 2


async def test_an_undo_gives_them_back_also_those_made_since(desk: Desk, place: Place) -> None:
    count = await weekly(desk)
    data = await do(desk, ADMIN, to_manager_ids=[13])
    desk.clock.time += 3600
    undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": data["batch_id"]}, ADMIN)
    assert (undone["undone"], undone["left"]) == (count, [])
    again = await ok(desk, "MngUndoCalendarBatch", {"batch_id": undone["batch_id"]}, ADMIN)
    assert await made(desk, count) == [(13, [13, 11])] * 2
    desk.clock.time -= 14 * DAY
    assert again["undone"] == count
    await ok(desk, "MngUndoCalendarBatch", {"batch_id": again["batch_id"]}, ADMIN)
    assert {event["owner_manager_id"] for event in await rows(desk)} == {12}
    desk.clock.time += 14 * DAY
    assert await made(desk, count + 2) == [(12, [12, 11])] * 2
    assert (await place.check()).differences == []
