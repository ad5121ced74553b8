"""Times at the ends of the calendar: nothing is stored that could not be read. Contract, 4."""

from typing import Any

import pytest

from commands.series_calls import ADD, DAY, TEN, UPDATE, ask, ok
from deskcal.core.event import MAX_TIME
from harness import Desk, error_of, open_desk
from helpers import NOW
from places import Place

RULE = {"rrule": "FREQ=DAILY;COUNT=3"}
ALL = {"from": 0, "to": MAX_TIME}


def series(**named: Any) -> dict[str, Any]:
    event = {"title": "Series", "start_time": NOW, "end_time": NOW + 60, "timezone": "UTC"}
    return event | {"recurrence": RULE} | named


@pytest.mark.parametrize("all_day", [0, 1])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
async def test_a_series_whose_occurrences_would_end_after_9999_is_refused(
    place: Place, zone: str, all_day: int
) -> None:
    """They were stored with an end that no reader takes: their events could never be changed."""
    async with open_desk(place) as desk:
        sent = series(end_time=MAX_TIME, all_day=all_day, timezone=zone)
        answered = await desk.call(TEN, ADD, **sent)
        assert error_of(answered) == (400, "INVALID_FIELD", "end_time")
        first = (await ok(desk, ADD, series(timezone=zone), TEN))["event"]["id"]
        data = {"id": first, "scope": 2, "end_time": MAX_TIME, "all_day": all_day}
        answered = await desk.call(TEN, UPDATE, **data)
        assert error_of(answered) == (400, "INVALID_FIELD", "end_time")
    assert (await place.check()).differences == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
async def test_a_series_begins_before_9900_also_after_it_was_moved(desk: Desk, zone: str) -> None:
    last = {"start_time": MAX_TIME - 100, "end_time": MAX_TIME}
    answered = await desk.call(TEN, ADD, **series(timezone=zone, **last))
    assert error_of(answered) == (400, "INVALID_FIELD", "start_time")
    first = (await ok(desk, ADD, series(timezone=zone), TEN))["event"]["id"]
    answered = await desk.call(TEN, UPDATE, id=first, scope=2, **last)
    assert error_of(answered) == (400, "INVALID_FIELD", "start_time")


@pytest.mark.parametrize(
    ("moved", "zone"),
    [
        ({"start_time": MAX_TIME - 100, "end_time": MAX_TIME}, "America/Los_Angeles"),
        ({"start_time": MAX_TIME - 100, "end_time": MAX_TIME}, "Pacific/Kiritimati"),
        ({"start_time": 100, "end_time": 200}, "Pacific/Kiritimati"),
    ],
)
async def test_an_occurrence_at_the_end_of_the_calendar_does_not_leave_it_with_another_zone(
    place: Place, moved: dict[str, Any], zone: str
) -> None:
    async with open_desk(place) as desk:
        first = (await ok(desk, ADD, series(), TEN))["event"]["id"]
        own = await ok(desk, UPDATE, {"id": first + 1} | moved, TEN)
        desk.clock.time = 1
        answered = await ask(desk, UPDATE, {"id": first, "scope": 2, "timezone": zone}, TEN)
        assert answered["status"] in (200, 400), answered
        assert (await desk.call(TEN, "MngGetCalendarEvent", id=first + 1))["status"] == 200
        assert own["event"]["start_time"] == moved["start_time"]
    assert (await place.check()).differences == []


async def test_days_of_a_summary_end_with_the_calendar(desk: Desk) -> None:
    await desk.add(TEN, start_time=MAX_TIME - 1, end_time=MAX_TIME)
    wanted = {"deskFilter": "*", "group_by": "day", "timezone": "Asia/Tokyo"}
    found = await ok(desk, "MngGetCalendarSummary", wanted | ALL, TEN)
    assert [group["key"] for group in found["groups"]] == ["9999-12-31"]


async def test_a_calendar_with_an_event_of_the_last_day_is_exported(desk: Desk) -> None:
    await desk.add(TEN, start_time=MAX_TIME - DAY, end_time=MAX_TIME)
    await desk.add(TEN, start_time=MAX_TIME - 1, end_time=MAX_TIME, timezone="Asia/Tokyo")
    await ok(desk, ADD, series(timezone="Europe/Nicosia"), TEN)
    exported = await ok(desk, "MngExportCalendarEvents", {}, TEN)
    assert exported["count"] == 3
