"""MngGetCalendarSummary, and the filter `overdue` of lists. Source: contract, section 14."""

from typing import Any

import pytest

from harness import Desk, error_of, token
from helpers import NOW

SUMMARY = "MngGetCalendarSummary"
EU = token(10, desks="DESK_EU", brands="default", exp=NOW + 10**6)
ALL = token(1, 3, exp=NOW + 10**6)
HOUR = 3600


async def groups(desk: Desk, token_: str = ALL, **data: Any) -> dict[Any, dict[str, int]]:
    """The groups by key, without what is 0."""
    wanted = {"deskFilter": "*", "from": NOW - 86_400, "to": NOW + 86_400} | data
    answered = await desk.call(token_, SUMMARY, **wanted)
    assert answered["status"] == 200, answered
    found = answered["data"]["groups"]
    assert [row["key"] for row in found] == sorted(row["key"] for row in found)
    return {row.pop("key"): {name: n for name, n in row.items() if n} for row in found}


async def filled(desk: Desk) -> None:
    """Open, late, done in time and late, cancelled, archived; on two desks."""
    await desk.add(ALL, desk="DESK_EU", type=2, owner_manager_id=10)
    await desk.add(
        ALL, desk="DESK_EU", type=2, start_time=NOW - 500, end_time=NOW - 100, owner_manager_id=11
    )
    await desk.add(
        ALL, desk="DESK_EU", type=4, start_time=NOW - 900, end_time=NOW - 300, owner_manager_id=10
    )
    for number in range(4, 8):
        await desk.add(ALL, desk="DESK_X", owner_manager_id=12, start_time=NOW, end_time=NOW + 10)
        status = {4: 1, 5: 1, 6: 2, 7: 3}[number]
        desk.clock.time = NOW + (20 if number == 5 else 0)
        outcome = "reached" if status == 1 else ""
        await desk.event(ALL, "MngUpdateCalendarEvent", id=number, status=status, outcome=outcome)
    desk.clock.time = NOW


async def test_events_are_counted_by_each_key(desk: Desk) -> None:
    await filled(desk)
    late = {"open": 2, "overdue": 1}
    assert await groups(desk, group_by="manager") == {
        10: late | {"oldest_overdue_sec": 300},
        11: {"open": 1, "overdue": 1, "oldest_overdue_sec": 100},
        12: {"done": 2, "cancelled": 1, "on_time": 1},
    }
    assert await groups(desk, group_by="desk") == {
        "DESK_EU": {"open": 3, "overdue": 2, "oldest_overdue_sec": 300},
        "DESK_X": {"done": 2, "cancelled": 1, "on_time": 1},
    }
    assert await groups(desk, group_by="type") == {
        0: {"done": 2, "cancelled": 1, "on_time": 1},
        2: {"open": 2, "overdue": 1, "oldest_overdue_sec": 100},
        4: {"open": 1, "overdue": 1, "oldest_overdue_sec": 300},
    }
    assert await groups(desk, group_by="outcome", status=[1, 2]) == {
        "": {"cancelled": 1},
        "reached": {"done": 2, "on_time": 1},
    }


async def test_a_day_is_that_of_the_start_on_the_clock_of_the_zone(desk: Desk) -> None:
    """NOW is 2024-03-09 16:00 UTC, 21:45 in Kathmandu."""
    for hours in (0, 3, 4):
        start = NOW + hours * HOUR
        await desk.add(ALL, start_time=start, end_time=start + 60)
    kathmandu = await groups(desk, group_by="day", timezone="Asia/Kathmandu")
    assert kathmandu == {"2024-03-09": {"open": 1}, "2024-03-10": {"open": 2}}
    assert await groups(desk, group_by="day") == {"2024-03-09": {"open": 3}}


@pytest.mark.parametrize("days", [1, 10, 40])
async def test_an_all_day_event_is_of_its_own_first_date_wherever_it_is_counted(
    desk: Desk, days: int
) -> None:
    """NOW is 2024-03-09 16:00 UTC, 01:00 of the next day in Tokyo."""
    midnight = NOW - HOUR
    for zone, start in (("Asia/Tokyo", midnight), ("", midnight + 9 * HOUR), ("", NOW)):
        times = {"start_time": start, "end_time": start + days * 24 * HOUR}
        await desk.add(ALL, all_day=1, timezone=zone, title='"all_day":0 \x00', **times)
    await desk.add(ALL, start_time=NOW, end_time=NOW + 25 * HOUR, title='"all_day":1')
    for zone, timed in (("UTC", 9), ("America/New_York", 9), ("Asia/Tokyo", 10)):
        counted = {"2024-03-09": {"open": 1}, "2024-03-10": {"open": 2}}
        counted[f"2024-03-{timed:02}"]["open"] += 1
        assert await groups(desk, group_by="day", timezone=zone) == counted
    found = await groups(desk, group_by="day", timezone="America/New_York", to=NOW)
    assert sum(row["open"] for row in found.values()) == 2


async def test_only_what_the_session_may_see_is_counted(desk: Desk) -> None:
    await filled(desk)
    assert list(await groups(desk, EU, group_by="desk")) == ["DESK_EU"]
    await desk.add(ALL, desk="DESK_X", participant_manager_ids=[10])
    assert (await groups(desk, EU, group_by="desk"))["DESK_X"] == {"open": 1}
    await desk.add(ALL, desk="DESK_EU", brand="other")
    assert sum(row["open"] for row in (await groups(desk, EU, group_by="type")).values()) == 4
    assert await groups(desk, token(99, desks="NONE"), group_by="type") == {}
    assert await groups(desk, token(99, brands="none"), group_by="type") == {}


async def test_filters_and_the_range_narrow_it(desk: Desk) -> None:
    await filled(desk)
    assert list(await groups(desk, group_by="type", deskFilter="DESK_X")) == [0]
    assert list(await groups(desk, group_by="type", manager_id=11)) == [2]
    assert list(await groups(desk, group_by="manager", manager_ids=[11, 12])) == [11, 12]
    early: dict[str, Any] = {"to": NOW - 300}
    assert list(await groups(desk, group_by="type", **early)) == [2, 4]
    assert list(await groups(desk, group_by="manager", overdue=1)) == [10, 11]


async def test_overdue_lists_what_is_open_and_over(desk: Desk) -> None:
    await filled(desk)
    assert await desk.rows(ALL, overdue=1) == ([3, 2], 2)
    assert (await desk.rows(ALL, overdue=0))[1] == 7
    assert await desk.rows(ALL, overdue=1, owner_manager_id=11) == ([2], 1)
    answered = await desk.call(ALL, "MngGetCalendarChanges", deskFilter="*", since=0, overdue=1)
    assert {change["id"] for change in answered["data"]["changes"]} == {2, 3}


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ({"group_by": "week"}, "INVALID_FIELD", "group_by"),
        ({}, "FIELD_REQUIRED", "group_by"),
        ({"group_by": "day", "timezone": "Mars"}, "INVALID_FIELD", "timezone"),
        ({"group_by": "day", "to": 1}, "INVALID_FIELD", "to"),
        ({"group_by": "day", "overdue": 2}, "INVALID_FIELD", "overdue"),
    ],
)
async def test_bad_input_is_reported_by_its_field(
    desk: Desk, data: dict[str, Any], code: str, field: str
) -> None:
    wanted = {"deskFilter": "*", "from": NOW, "to": NOW + 1} | data
    assert error_of(await desk.call(ALL, SUMMARY, **wanted)) == (400, code, field)
