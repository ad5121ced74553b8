"""MngGetCalendarFreeBusy and MngFindCalendarSlots. Source: contract, section 7."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from harness import ADMIN, MANAGER, Desk, error_of, request, token
from helpers import NOW

TEN = token(10)
BUSY = "MngGetCalendarFreeBusy"
FIND = "MngFindCalendarSlots"
HOUR, DAY = 3600, 86_400
MONDAY = int(dt.datetime(2027, 3, 22, 9, tzinfo=dt.UTC).timestamp())
"""A Monday, 09:00 UTC."""
OFFICE = {
    "start": "09:00",
    "end": "18:00",
    "timezone": "Europe/Nicosia",
    "weekdays": [1, 2, 3, 4, 5],
}


def clock(text: str, zone: str = "Europe/Nicosia") -> int:
    """Unix seconds of a date and clock time of that zone."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


async def meet(
    desk: Desk, /, managers: list[int], start: int, length: int = HOUR, **more: Any
) -> int:
    """The id of a new event of these managers, the first of whom is its owner."""
    fields = {"participant_manager_ids": managers, "owner_manager_id": managers[0]} | more
    event = await desk.add(token(1, ADMIN), start_time=start, end_time=start + length, **fields)
    return int(event["id"])


async def busy(desk: Desk, token_: str = TEN, **data: Any) -> list[dict[str, Any]]:
    wanted = {"manager_ids": [10], "from": MONDAY, "to": MONDAY + DAY} | data
    answered = await desk.call(token_, BUSY, **wanted)
    assert answered["status"] == 200, answered
    rows: list[dict[str, Any]] = answered["data"]["managers"]
    return rows


async def slots(desk: Desk, **data: Any) -> list[tuple[int, int, list[int]]]:
    wanted = {"manager_ids": [10], "from": MONDAY, "to": MONDAY + DAY, "duration_sec": HOUR} | data
    answered = await desk.call(TEN, FIND, **wanted)
    assert answered["status"] == 200, answered
    return [(s["start_time"], s["end_time"], s["busy"]) for s in answered["data"]["slots"]]


async def starts(desk: Desk, **data: Any) -> list[int]:
    """Of the slots, in hours after Monday 09:00 UTC."""
    return [(start - MONDAY) // HOUR for start, _, _ in await slots(desk, **data)]


async def test_answers_have_the_shape_of_the_contract(desk: Desk) -> None:
    await meet(desk, [10, 11], MONDAY)
    asked: dict[str, Any] = {"manager_ids": [11, 12], "from": MONDAY, "to": MONDAY + DAY}
    found = await desk.frame(request(BUSY, "a", asked, TEN))
    times = [MONDAY, MONDAY + HOUR]
    assert found["extID"] == "a"
    assert found["data"] == {
        "managers": [
            {"manager_id": 11, "busy": [times], "tentative": [times]},
            {"manager_id": 12, "busy": [], "tentative": []},
        ]
    }
    asked |= {"duration_sec": HOUR, "limit": 1, "to": MONDAY + HOUR}
    found = await desk.frame(request(FIND, "b", asked, TEN))
    assert found == {
        "extID": "b",
        "status": 200,
        "data": {"slots": [{"start_time": MONDAY, "end_time": MONDAY + HOUR, "busy": [11]}]},
    }
    assert list(found["data"]["slots"][0]) == ["start_time", "end_time", "busy"]


async def test_managers_are_answered_once_each_in_the_order_sent(desk: Desk) -> None:
    await meet(desk, [10, 11], MONDAY)
    rows = await busy(desk, manager_ids=[12, 11, 12, 10, 11])
    assert [row["manager_id"] for row in rows] == [12, 11, 10]
    found = await slots(desk, manager_ids=[11, 12, 11, 10], to=MONDAY + HOUR)
    assert found == [(MONDAY, MONDAY + HOUR, [11, 10])]


async def test_times_are_clipped_and_merged(desk: Desk) -> None:
    for start in (-HOUR // 2, HOUR // 2, 5 * HOUR, 24 * HOUR - 60):
        await meet(desk, [10], MONDAY + start)
    assert await busy(desk) == [
        {
            "manager_id": 10,
            "busy": [
                [MONDAY, MONDAY + HOUR * 3 // 2],
                [MONDAY + 5 * HOUR, MONDAY + 6 * HOUR],
                [MONDAY + DAY - 60, MONDAY + DAY],
            ],
            "tentative": [],
        }
    ]


async def test_other_desks_show_and_other_brands_never_do(desk: Desk) -> None:
    await meet(desk, [10], MONDAY, brand="alpha", desk="DESK_A")
    await meet(desk, [10], MONDAY + 2 * HOUR, brand="beta", desk="DESK_B")
    narrow = token(99, MANAGER, desks="DESK_NONE", brands="alpha")
    assert (await busy(desk, narrow))[0]["busy"] == [[MONDAY, MONDAY + HOUR]]
    wide = token(99, MANAGER, desks="DESK_NONE")
    assert len((await busy(desk, wide))[0]["busy"]) == 2
    data = {"manager_ids": [10], "from": MONDAY + 2 * HOUR, "to": MONDAY + 3 * HOUR}
    found = await desk.call(narrow, FIND, **data, duration_sec=HOUR)
    assert found["data"]["slots"][0]["busy"] == []


async def test_a_brand_of_the_session_counts_even_for_its_own_manager(desk: Desk) -> None:
    await meet(desk, [10], MONDAY, brand="beta")
    own = token(10, MANAGER, brands="alpha")
    assert (await busy(desk, own))[0]["busy"] == []


async def test_nothing_but_times_is_answered(desk: Desk) -> None:
    await meet(desk, [10], MONDAY, title="Layoffs", customer_id=4711, desk="DESK_SECRET")
    outsider = token(99, MANAGER, desks="DESK_NONE")
    times = [MONDAY, MONDAY + HOUR]
    assert await busy(desk, outsider) == [{"manager_id": 10, "busy": [times], "tentative": []}]
    listed = await desk.rows(outsider)
    assert listed == ([], 0)


async def test_who_declined_is_free_from_the_next_answer_on(desk: Desk) -> None:
    event = await meet(desk, [11, 10], MONDAY)
    assert (await busy(desk))[0]["busy"] == [[MONDAY, MONDAY + HOUR]]
    await desk.event(TEN, "MngRespondCalendarEvent", id=event, status=2)
    assert (await busy(desk))[0]["busy"] == []


@pytest.mark.parametrize("command", [BUSY, FIND])
@pytest.mark.parametrize("kind", [0, 4, 5])
async def test_sessions_without_the_calendar_are_refused(
    desk: Desk, command: str, kind: int
) -> None:
    data = {"manager_ids": [10], "from": 0, "to": 1, "duration_sec": 1}
    answered = await desk.call(token(10, kind), command, **data)
    assert error_of(answered) == (403, "FORBIDDEN", None)


RANGE_ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"manager_ids": []}, "manager_ids", "manager_ids ([]) must have at least 1 row"),
    ({"manager_ids": [1] * 201}, "manager_ids", "must have at most 200 rows"),
    ({"manager_ids": [10, 0]}, "manager_ids[1]", "manager_ids[1] (0) must be at least 1"),
    ({"manager_ids": ["10"]}, "manager_ids[0]", 'manager_ids[0] ("10") must be an integer'),
    ({"manager_ids": None}, "manager_ids", "manager_ids (null) must be an array"),
    ({"from": -1}, "from", "from (-1) must be at least 0"),
    ({"from": 9, "to": 9}, "to", "to (9) is not after from (9)"),
    ({"from": 9, "to": 8}, "to", "to (8) is not after from (9)"),
    ({"to": NOW * 1000}, "to", "times are in seconds"),
]
SLOT_ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"duration_sec": 0}, "duration_sec", "duration_sec (0) must be at least 1"),
    ({"step_sec": 59}, "step_sec", "step_sec (59) must be at least 60"),
    (
        {"from": 0, "to": 60 * 20_000 + 1, "step_sec": 60},
        "step_sec",
        "step_sec (60) gives more than 20000 times between from and to",
    ),
    ({"limit": 0}, "limit", "limit (0) must be at least 1"),
    ({"limit": 101}, "limit", "limit (101) must be at most 100"),
    ({"hours": 9}, "hours", "hours (9) must be an object or null"),
    ({"need": "some"}, "need", 'need ("some") must be "all" or "any"'),
    ({"exclude_event_id": "1"}, "exclude_event_id", "must be an integer or null"),
]
HOURS_ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"start": "9:00"}, "start", "hours.start ('9:00') must be a clock time"),
    ({"start": "24:00"}, "start", "hours.start ('24:00') is the end of a day"),
    ({"start": "09:60"}, "start", "hours.start ('09:60') must be a clock time"),
    ({"start": 9}, "start", "hours.start (9) must be a string"),
    ({"end": "24:01"}, "end", "hours.end ('24:01') must be a clock time"),
    ({"end": "\u0661\u0662:00"}, "end", "must be a clock time"),
    ({"timezone": "Mars/Olympus"}, "timezone", "hours.timezone ('Mars/Olympus') is no IANA"),
    ({"timezone": ""}, "timezone", "hours.timezone ('') is no IANA time zone"),
    ({"timezone": "../UTC"}, "timezone", "is no IANA time zone"),
    ({"weekdays": []}, "weekdays", "hours.weekdays ([]) must have at least 1 row"),
    ({"weekdays": [1] * 8}, "weekdays", "must have at most 7 rows"),
    ({"weekdays": [1, 8]}, "weekdays[1]", "hours.weekdays[1] (8) must be at most 7"),
    ({"weekdays": [0]}, "weekdays[0]", "hours.weekdays[0] (0) must be at least 1"),
]


@pytest.mark.parametrize(("fields", "field", "rule"), RANGE_ERRORS)
async def test_both_refuse_a_wrong_range_or_manager_by_its_name(
    desk: Desk, fields: dict[str, Any], field: str, rule: str
) -> None:
    data = {"manager_ids": [10], "from": 0, "to": DAY, "duration_sec": 60} | fields
    for command in (BUSY, FIND):
        answered = await desk.call(TEN, command, **data)
        assert error_of(answered) == (400, "INVALID_FIELD", field)
        assert rule in answered["error"]["message"]


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    SLOT_ERRORS + [({"hours": OFFICE | h}, f"hours.{field}", r) for h, field, r in HOURS_ERRORS],
)
async def test_a_wrong_search_is_refused_by_its_name(
    desk: Desk, fields: dict[str, Any], field: str, rule: str
) -> None:
    data = {"manager_ids": [10], "from": 0, "to": DAY, "duration_sec": 60} | fields
    answered = await desk.call(TEN, FIND, **data)
    assert error_of(answered) == (400, "INVALID_FIELD", field)
    assert rule in answered["error"]["message"]


@pytest.mark.parametrize("missing", ["manager_ids", "from", "to", "duration_sec"])
async def test_a_missing_field_is_named(desk: Desk, missing: str) -> None:
    data = {"manager_ids": [10], "from": 0, "to": DAY, "duration_sec": 60}
    del data[missing]
    assert error_of(await desk.call(TEN, FIND, **data)) == (400, "FIELD_REQUIRED", missing)


@pytest.mark.parametrize("missing", list(OFFICE))
async def test_all_keys_of_hours_are_required_and_another_one_is_ignored(
    desk: Desk, missing: str
) -> None:
    data = {"manager_ids": [10], "from": 0, "to": DAY, "duration_sec": 60}
    hours = {key: value for key, value in OFFICE.items() if key != missing}
    answered = await desk.call(TEN, FIND, **data, hours=hours)
    assert error_of(answered) == (400, "FIELD_REQUIRED", f"hours.{missing}")
    whole = await desk.call(TEN, FIND, **data, hours=OFFICE | {"lunch": "13:00"})
    assert whole == await desk.call(TEN, FIND, **data, hours=OFFICE)


async def test_as_many_points_managers_and_slots_as_are_allowed(desk: Desk) -> None:
    found = await slots(
        desk,
        manager_ids=list(range(1, 201)),
        **{"from": MONDAY, "to": MONDAY + 20_000 * 60},
        step_sec=60,
        limit=100,
        duration_sec=60,
    )
    assert [start for start, _, _ in found] == [MONDAY + 60 * n for n in range(100)]


async def test_the_default_is_the_ten_earliest_free_times_at_quarters(desk: Desk) -> None:
    await meet(desk, [10], MONDAY + HOUR)
    await meet(desk, [11], MONDAY + 3 * HOUR)
    found = await slots(desk, manager_ids=[10, 11])
    quarters = [0, 8, *range(16, 24)]
    wanted = [MONDAY + 900 * n for n in quarters]
    assert found == [(start, start + HOUR, []) for start in wanted]
    assert await starts(desk, manager_ids=[10, 11], step_sec=HOUR, limit=3) == [0, 2, 4]


async def test_the_grid_begins_at_from(desk: Desk) -> None:
    found = await slots(desk, **{"from": MONDAY + 7}, limit=2)
    assert [start - MONDAY for start, _, _ in found] == [7, 907]


async def test_where_never_all_are_free_the_fewest_busy_win_the_earliest_first(desk: Desk) -> None:
    for managers, hour in (([10, 11], 0), ([11], 1), ([10, 12, 11], 2), ([12], 3)):
        await meet(desk, managers, MONDAY + hour * HOUR)
    found = await slots(desk, manager_ids=[12, 11, 10], to=MONDAY + 4 * HOUR, step_sec=HOUR)
    assert found == [
        (MONDAY + HOUR, MONDAY + 2 * HOUR, [11]),
        (MONDAY + 3 * HOUR, MONDAY + 4 * HOUR, [12]),
    ]


async def test_where_no_slot_fits_there_is_none(desk: Desk) -> None:
    assert await slots(desk, duration_sec=DAY + 1) == []
    assert await slots(desk, hours=OFFICE | {"end": "09:30"}) == []
    assert await slots(desk, hours=OFFICE | {"weekdays": [6, 7]}) == []
    assert await slots(desk, duration_sec=DAY) == [(MONDAY, MONDAY + DAY, [])]


async def test_slots_lie_within_the_hours_of_the_days_by_the_zone_s_clock(desk: Desk) -> None:
    friday = clock("2027-03-19 17:00")
    found = await slots(
        desk,
        **{"from": friday, "to": friday + 5 * DAY},
        step_sec=HOUR,
        hours=OFFICE,
        limit=3,
    )
    wanted = ["2027-03-19 17:00", "2027-03-22 09:00", "2027-03-22 10:00"]
    assert [start for start, _, _ in found] == [clock(text) for text in wanted]


@pytest.mark.parametrize("sunday", ["2027-03-28", "2027-10-31"])
async def test_hours_follow_the_clock_where_it_changes(desk: Desk, sunday: str) -> None:
    """Europe/Nicosia changes at 03:00 and 04:00 of these days; hours of both begin at 09:00."""
    saturday = clock(sunday) - DAY // 2
    found = await slots(
        desk,
        **{"from": saturday - saturday % HOUR, "to": saturday + 3 * DAY},
        step_sec=HOUR,
        duration_sec=9 * HOUR,
        hours=OFFICE | {"weekdays": [7, 1]},
    )
    monday = dt.date.fromisoformat(sunday) + dt.timedelta(days=1)
    assert [start for start, _, _ in found] == [clock(f"{sunday} 09:00"), clock(f"{monday} 09:00")]


@pytest.mark.parametrize(("sunday", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
async def test_a_day_of_a_clock_change_is_as_long_as_it_is(
    desk: Desk, sunday: str, hours: int
) -> None:
    day = clock(sunday)
    whole = {"start": "00:00", "end": "24:00", "timezone": "Europe/Nicosia", "weekdays": [7]}
    window: dict[str, Any] = {"from": day - DAY, "to": day + 3 * DAY, "hours": whole}
    assert await slots(desk, **window, duration_sec=hours * HOUR) == [(day, day + hours * HOUR, [])]
    assert await slots(desk, **window, duration_sec=hours * HOUR + 1) == []


async def test_what_is_shown_as_free_makes_nobody_busy(desk: Desk) -> None:
    """Issue 12, no. 18."""
    await meet(desk, [10], MONDAY, show_as=1)
    await meet(desk, [10], MONDAY, all_day=1, type=0)
    assert (await busy(desk))[0]["busy"] == []
    event = await meet(desk, [10], MONDAY, all_day=1, type=0, show_as=0)
    assert (await busy(desk))[0]["busy"] != []
    await desk.event(TEN, "MngUpdateCalendarEvent", id=event, show_as=None)
    assert (await busy(desk))[0]["busy"] == []
    await desk.event(TEN, "MngUpdateCalendarEvent", id=event, type=3)
    assert (await busy(desk))[0]["busy"] != []


async def test_what_is_not_accepted_is_tentative_where_nothing_accepted_is(desk: Desk) -> None:
    event = await meet(desk, [11, 10], MONDAY, 3 * HOUR)
    await meet(desk, [10], MONDAY + HOUR)
    (row,) = await busy(desk)
    assert row["busy"] == [[MONDAY, MONDAY + 3 * HOUR]]
    parts = [[MONDAY, MONDAY + HOUR], [MONDAY + 2 * HOUR, MONDAY + 3 * HOUR]]
    assert row["tentative"] == parts
    for status, tentative in ((3, parts), (1, []), (2, [])):
        await desk.event(TEN, "MngRespondCalendarEvent", id=event, status=status)
        assert (await busy(desk))[0]["tentative"] == tentative


async def test_the_event_that_is_to_be_moved_can_be_left_out(desk: Desk) -> None:
    event = await meet(desk, [10], MONDAY, 2 * HOUR)
    await meet(desk, [10], MONDAY + HOUR)
    rest = [[MONDAY + HOUR, MONDAY + 2 * HOUR]]
    assert (await busy(desk, exclude_event_id=event))[0]["busy"] == rest
    assert await starts(desk, exclude_event_id=event, step_sec=HOUR, limit=2) == [0, 2]
    assert (await busy(desk, exclude_event_id=0))[0]["busy"] == [[MONDAY, MONDAY + 2 * HOUR]]


async def test_an_invisible_event_is_not_left_out_so_its_times_are_not_found_out(
    desk: Desk,
) -> None:
    event = await meet(desk, [10], MONDAY, desk="DESK_SECRET")
    outsider = token(99, MANAGER, desks="DESK_NONE")
    for excluded in (event, event + 1, None):
        found = await busy(desk, outsider, exclude_event_id=excluded)
        assert found[0]["busy"] == [[MONDAY, MONDAY + HOUR]]


async def test_one_free_manager_can_be_enough(desk: Desk) -> None:
    await meet(desk, [10, 11], MONDAY)
    await meet(desk, [11], MONDAY + HOUR)
    data: dict[str, Any] = {"manager_ids": [10, 11], "step_sec": HOUR, "limit": 2, "need": "any"}
    assert await slots(desk, **data) == [
        (MONDAY + HOUR, MONDAY + 2 * HOUR, [11]),
        (MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, []),
    ]
    found = await slots(desk, **data, to=MONDAY + HOUR)
    assert found == [(MONDAY, MONDAY + HOUR, [10, 11])]


@pytest.mark.parametrize(("start", "end"), [("22:00", "06:00"), ("22:00", "22:00")])
async def test_hours_may_go_over_midnight(desk: Desk, start: str, end: str) -> None:
    friday = clock("2027-03-19 12:00")
    night = OFFICE | {"start": start, "end": end, "weekdays": [5]}
    found = await slots(
        desk,
        **{"from": friday, "to": friday + 5 * DAY},
        step_sec=4 * HOUR,
        hours=night,
        limit=2,
    )
    wanted = ["2027-03-19 22:00", "2027-03-20 02:00"]
    assert [at for at, _, _ in found] == [clock(text) for text in wanted]


async def test_each_day_has_a_grid_of_its_own(desk: Desk) -> None:
    """From 15:07 on Friday: then 09:00 sharp on Monday."""
    friday = clock("2027-03-19 15:07")
    found = await slots(
        desk, **{"from": friday, "to": friday + 5 * DAY}, step_sec=2 * HOUR, hours=OFFICE, limit=3
    )
    wanted = ["2027-03-19 15:07", "2027-03-22 09:00", "2027-03-22 11:00"]
    assert [at for at, _, _ in found] == [clock(text) for text in wanted]
