"""MngGetCalendarEventsByFilter: forms and meaning. Source: contract, section 6."""

from typing import Any

import pytest

from harness import Desk, error_of, everything, token
from helpers import NOW

TEN = token(10)
LIST = "MngGetCalendarEventsByFilter"


async def test_rows_are_full_events_and_count_is_of_all(desk: Desk) -> None:
    events = [await desk.add(TEN, start_time=NOW + n, end_time=NOW + n) for n in range(5)]
    answered = await desk.call(TEN, LIST, **everything(limit=2, offset=1))
    assert answered["data"] == {"rows": events[1:3], "count": 5}


async def test_an_empty_list_has_no_rows_and_count_zero(desk: Desk) -> None:
    answered = await desk.call(TEN, LIST, **everything())
    assert answered["data"] == {"rows": [], "count": 0}


@pytest.mark.parametrize("missing", ["from", "to", "limit", "offset", "deskFilter"])
async def test_a_missing_field_is_named(desk: Desk, missing: str) -> None:
    data = everything()
    del data[missing]
    assert error_of(await desk.call(TEN, LIST, **data)) == (400, "FIELD_REQUIRED", missing)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from": -1}, "from"),
        ({"from": 5, "to": 5}, "to"),
        ({"to": NOW * 1000}, "to"),
        ({"limit": 0}, "limit"),
        ({"limit": 50_001}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": None}, "offset"),
        ({"deskFilter": ""}, "deskFilter"),
        ({"deskFilter": "!A"}, "deskFilter"),
        ({"deskFilter": "A" * 1025}, "deskFilter"),
        ({"deskFilter": ",".join("A" * 33)}, "deskFilter"),
        ({"deskFilter": None}, "deskFilter"),
        ({"manager_id": "10"}, "manager_id"),
        ({"customer_id": -1}, "customer_id"),
        ({"status": 4}, "status"),
        ({"status": [0, 4]}, "status[1]"),
        ({"type": [7]}, "type[0]"),
        ({"brand": 5}, "brand"),
    ],
)
async def test_a_wrong_value_is_refused_by_its_name(
    desk: Desk, fields: dict[str, Any], field: str
) -> None:
    answered = await desk.call(TEN, LIST, **everything(**fields))
    assert error_of(answered) == (400, "INVALID_FIELD", field)


async def test_the_largest_values_are_allowed(desk: Desk) -> None:
    await desk.add(TEN)
    assert await desk.rows(TEN, limit=50_000, offset=2**53 - 1, to=253_402_300_799) == ([], 1)


async def test_zero_and_null_in_a_filter_mean_not_filtered(desk: Desk) -> None:
    await desk.add(TEN, customer_id=5, owner_manager_id=20)
    for name in ("manager_id", "customer_id", "lead_id", "login", "brand", "status", "type"):
        assert await desk.rows(TEN, **{name: None}) == ([1], 1)
    for name in ("manager_id", "customer_id", "lead_id", "login", "status", "type"):
        assert await desk.rows(TEN, **{name: 0}) == ([1], 1)


async def test_status_and_type_take_a_number_or_an_array(desk: Desk) -> None:
    for status in range(4):
        await desk.add(TEN, status=status, type=status + 2)
    assert await desk.rows(TEN, status=2) == ([3], 1)
    assert await desk.rows(TEN, status=[0, 3]) == ([1, 4], 2)
    assert await desk.rows(TEN, status=[]) == ([1, 2, 3, 4], 4)
    assert await desk.rows(TEN, type=[2, 3], status=[1, 2]) == ([2], 1)


async def test_the_desk_filter_is_a_mask(desk: Desk) -> None:
    for code in ("", "DESK_EU", "desk_eu_test", "DESK_US", "DESKXEU"):
        await desk.add(TEN, desk=code)
    for mask, wanted in (
        ("*", [1, 2, 3, 4, 5]),
        ("DESK_*", [2, 3, 4]),
        ("DESK_EU*,!DESK_EU_TEST", [2]),
        (" desk_us , desk?eu", [4]),
        ("*EU", [2, 5]),
        ("*,!DESK*", [1]),
        ("%", []),
    ):
        assert await desk.rows(TEN, deskFilter=mask) == (wanted, len(wanted))


async def test_the_range_is_half_open_and_holds_events_without_length(desk: Desk) -> None:
    for start, end in ((10, 20), (20, 20), (20, 30), (5, 10), (10, 10), (1, 99)):
        await desk.add(TEN, start_time=start, end_time=end)
    assert await desk.rows(TEN, since=10, until=20) == ([6, 1, 5], 3)
    assert await desk.rows(TEN, since=20, until=21) == ([6, 2, 3], 3)


async def test_one_meeting_is_in_the_calendar_of_every_participant(desk: Desk) -> None:
    """Source: seed 000, "Desk Meeting Flow"."""
    await desk.add(TEN, desk="DESK_EU", participant_manager_ids=[11, 12])
    for manager in (10, 11, 12):
        assert await desk.rows(token(99), manager_id=manager) == ([1], 1)
    assert await desk.rows(token(99), manager_id=13) == ([], 0)
