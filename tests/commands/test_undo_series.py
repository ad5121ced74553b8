"""MngUndoCalendarBatch of series of more events than a page. Source: contract, section 15."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from commands.series_calls import DAY, DELETE, SERIES, TEN, UPDATE, add, monday, ok, rows
from deskcal.live.series_horizon import SeriesHorizon
from harness import Desk, FakeClock, open_desk
from places import Place

COUNT = 600
"""More than one page of an undo."""
STAMPS = {"version", "updated_by", "updated_time"}


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with open_desk(place, series_horizon_sec=2 * COUNT * DAY) as opened:
        yield opened


async def long_series(desk: Desk) -> int:
    """The id of the first occurrence of a daily series of `COUNT`."""
    answer = await add(desk, f"FREQ=DAILY;COUNT={COUNT}")
    first: int = answer["event"]["id"]
    return first


async def everything(desk: Desk) -> list[dict[str, Any]]:
    """What a list has, without the stamps of its changes."""
    found = await rows(desk, to=monday(0) + 2 * COUNT * DAY)
    return [{name: row[name] for name in row.keys() - STAMPS} for row in found]


async def rule(desk: Desk, event_id: int) -> Any:
    series = (await ok(desk, SERIES, {"id": event_id}, TEN))["series"]
    return {name: series[name] for name in ("series_id", "rrule", "exdates", "start_time")}


async def batch_of(desk: Desk) -> int:
    """Of the newest change."""
    data = {"since": desk.services.store.feed.last_seq - 1, "deskFilter": "*"}
    batch_id: int = (await ok(desk, "MngGetCalendarChanges", data, TEN))["changes"][0]["batch_id"]
    return batch_id


async def undo(desk: Desk, batch_id: int) -> tuple[int, list[int]]:
    answer = await ok(desk, "MngUndoCalendarBatch", {"batch_id": batch_id}, TEN)
    return answer["undone"], answer["left"]


@pytest.mark.parametrize(
    ("command", "data", "changed"),
    [
        (UPDATE, {"scope": 2, "start_time": monday(0, 16)}, COUNT),
        (UPDATE, {"scope": 2, "recurrence": {"rrule": "FREQ=WEEKLY;COUNT=40"}}, COUNT - 40),
        (UPDATE, {"scope": 2, "recurrence": None}, COUNT),
        (DELETE, {"scope": 2}, COUNT),
    ],
)
async def test_a_change_of_a_long_series_is_undone_with_its_rule(
    desk: Desk, command: str, data: dict[str, Any], changed: int
) -> None:
    first = await long_series(desk)
    before = await everything(desk), await rule(desk, first)
    await ok(desk, command, {"id": first} | data, TEN)
    assert await everything(desk) != before[0]
    assert await undo(desk, await batch_of(desk)) == (changed, [])
    assert (await everything(desk), await rule(desk, first)) == before


async def test_a_split_of_a_long_series_is_undone(desk: Desk) -> None:
    first = await long_series(desk)
    before = await everything(desk), await rule(desk, first)
    named = (await rows(desk))[3]["id"]
    sent = {"id": named, "scope": 1, "title": "Later"}
    split = await ok(desk, UPDATE, sent, TEN)
    assert split["changed"] == COUNT - 3
    assert await undo(desk, await batch_of(desk)) == (COUNT - 3, [])
    assert (await everything(desk), await rule(desk, first)) == before
    gone = await desk.call(TEN, SERIES, series_id=split["series"]["series_id"])
    assert gone["status"] == 404


async def test_what_was_changed_since_is_left_of_a_long_series(desk: Desk) -> None:
    first = await long_series(desk)
    await ok(desk, UPDATE, {"id": first, "scope": 2, "title": "New"}, TEN)
    batch_id = await batch_of(desk)
    touched = (await rows(desk))[2]["id"]
    await ok(desk, UPDATE, {"id": touched, "location": "Room 4"}, TEN)
    assert await undo(desk, batch_id) == (COUNT - 1, [touched])
    titles = [row["title"] for row in await everything(desk)]
    assert titles.count("New") == 1 and titles[2] == "New"


async def test_the_create_of_a_long_series_is_undone_and_done_again(desk: Desk) -> None:
    first = await long_series(desk)
    before = await everything(desk), await rule(desk, first)
    assert await undo(desk, await batch_of(desk)) == (COUNT, [])
    assert await everything(desk) == []
    assert await undo(desk, await batch_of(desk)) == (COUNT, [])
    assert (await everything(desk), await rule(desk, first)) == before


NEW = {"scope": 2, "title": "New", "participant_manager_ids": [12], "remind_before_sec": 60}


async def extended(place: Place, desk: Desk) -> tuple[int, int]:
    """The batch that changed a series without end, after which its horizon came 3 days later."""
    await add(desk, "FREQ=DAILY")
    first = (await rows(desk))[0]["id"]
    await ok(desk, UPDATE, {"id": first} | NEW, TEN)
    batch_id, count = await batch_of(desk), len(await everything(desk))
    services, later = desk.services, FakeClock(desk.clock.time + 3 * DAY)
    await SeriesHorizon(services.store, later, services.limits).extend_all()
    assert len(await everything(desk)) == count + 3
    return batch_id, count


async def test_what_the_server_made_since_goes_back_with_its_series(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=5 * DAY) as desk:
        batch_id, _ = await extended(place, desk)
        changed = await everything(desk)
        answer = await ok(desk, "MngUndoCalendarBatch", {"batch_id": batch_id}, TEN)
        found = await everything(desk)
        assert all(row["title"] != "New" and row["remind_before_sec"] == 0 for row in found)
        assert all([p["manager_id"] for p in row["participants"]] == [10, 11] for row in found)
        await ok(desk, "MngUndoCalendarBatch", {"batch_id": answer["batch_id"]}, TEN)
        assert await everything(desk) == changed
    assert (await place.check()).differences == []


async def test_what_somebody_has_changed_or_claimed_since_keeps_it(place: Place) -> None:
    async with open_desk(place, series_horizon_sec=5 * DAY) as desk:
        batch_id, count = await extended(place, desk)
        made = [row["id"] for row in await rows(desk)][count:]
        await ok(desk, UPDATE, {"id": made[0], "location": "Room 4"}, TEN)
        await ok(desk, "MngArchiveCalendarEvent", {"id": made[1]}, TEN)
        await undo(desk, batch_id)
        titles = {row["id"]: row["title"] for row in await rows(desk)}
    assert [titles[one] == "New" for one in made] == [True, True, False]
