"""The demo desk in a store of either backend."""

import pytest

from deskcal.core.calling_hours import CallingHours
from deskcal.core.completion import CallRules
from deskcal.core.event import EventType
from deskcal.demo.desk import NotEmpty, fill
from harness import CRM_ADMIN, Desk, open_desk, token
from helpers import NOW
from places import Place

LEAD = token(10, CRM_ADMIN, exp=NOW * 2)


async def test_the_demo_desk_fills_an_empty_store_with_four_series(desk: Desk) -> None:
    filled = await fill(desk.dispatcher)
    wanted = {"from": NOW - 30 * 86_400, "to": NOW + 60 * 86_400, "limit": 5000, "offset": 0}
    answered = await desk.call(LEAD, "MngGetCalendarEventsByFilter", deskFilter="*", **wanted)
    rows = answered["data"]["rows"]
    assert 400 < len(rows) <= filled.events
    assert len({row["series_id"] for row in rows if row.get("series_id")}) == 4
    assert {row["outcome"] for row in rows if row.get("outcome")} >= {"reached", "no_answer"}


async def test_the_demo_desk_is_at_work_when_it_is_first_seen(desk: Desk) -> None:
    await fill(desk.dispatcher)
    wanted = {"from": NOW - 30 * 86_400, "to": NOW + 60 * 86_400, "limit": 5000, "offset": 0}
    answered = await desk.call(LEAD, "MngGetCalendarEventsByFilter", deskFilter="*", **wanted)
    rows = answered["data"]["rows"]
    occurrences = [row for row in rows if row.get("series_id")]
    past = [row for row in occurrences if row["end_time"] <= NOW]
    assert past and {row["status"] for row in past} == {1}
    differs = [row for row in occurrences if "start_time" in row.get("own_fields", [])]
    assert len(differs) == 1
    assert any(row.get("follows_id") for row in rows)
    assert any(row.get("claimed_by") for row in rows)


async def test_the_demo_desk_fills_a_store_whose_events_all_need_an_outcome(place: Place) -> None:
    rules = CallRules(CallingHours({}, "UTC"), 0, frozenset(EventType))
    async with open_desk(place, call_rules=rules) as desk:
        assert (await fill(desk.dispatcher)).events > 400


async def test_a_store_with_events_is_left_as_it_is(desk: Desk) -> None:
    await desk.add(LEAD)
    with pytest.raises(NotEmpty):
        await fill(desk.dispatcher)
