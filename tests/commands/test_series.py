"""Series: creates, lists, answers. Source: contract, section 13."""

from typing import Any

import pytest

from commands.series_calls import (
    ADD,
    BERLIN,
    DAY,
    ELEVEN,
    LATER,
    OUTSIDE,
    SERIES,
    TEN,
    UPDATE,
    add,
    ask,
    date,
    error_of,
    monday,
    ok,
    review,
    rows,
    starts,
)
from harness import Desk, open_desk, token
from helpers import NOW
from places import Place


async def test_every_occurrence_is_an_event(desk: Desk) -> None:
    answer = await add(desk)
    events = await rows(desk)
    series_id = answer["series"]["series_id"]
    assert answer["event"] == events[0]
    assert answer["occurrences"] == len(events) == 6
    assert [e["start_time"] for e in events] == [monday(week) for week in range(6)]
    assert {e["series_id"] for e in events} == {series_id}
    assert all(e["original_start_time"] == e["start_time"] for e in events)
    assert all("own_fields" not in e for e in events)
    assert len({e["id"] for e in events}) == 6
    assert all(e["end_time"] - e["start_time"] == 3600 for e in events)
    assert {len(e["participants"]) for e in events} == {2}
    assert all(row["event_id"] == e["id"] for e in events for row in e["participants"])


async def test_the_series_is_shown_to_managers_who_see_one_of_it(desk: Desk) -> None:
    answer = await add(desk)
    series = {
        "series_id": answer["series"]["series_id"],
        "rrule": "FREQ=WEEKLY;COUNT=6;BYDAY=MO",
        "exdates": [],
        "timezone": BERLIN,
        "start_time": monday(0),
        "duration_sec": 3600,
        "horizon": monday(5) + 3600,
        "version": 1,
        "own": [],
    }
    assert answer["series"] == series
    events = await rows(desk)
    assert await ok(desk, SERIES, {"id": events[3]["id"]}, ELEVEN) == {"series": series}
    assert await ok(desk, SERIES, {"series_id": series["series_id"]}, TEN) == {"series": series}
    missing = error_of(await ask(desk, SERIES, {"series_id": series["series_id"]}, OUTSIDE))
    assert missing["code"] == "NOT_FOUND"
    assert error_of(await ask(desk, SERIES, {"id": events[0]["id"]}, OUTSIDE))["field"] == "id"
    single = await ok(desk, ADD, review() | {"recurrence": None}, TEN)
    assert error_of(await ask(desk, SERIES, {"id": single["event"]["id"]}, TEN))["field"] == "id"
    assert error_of(await ask(desk, SERIES, {}, TEN))["code"] == "FIELD_REQUIRED"
    both = {"id": events[0]["id"], "series_id": series["series_id"]}
    found = error_of(await ask(desk, SERIES, both, TEN))
    assert (found["code"], found["field"]) == ("INVALID_FIELD", "series_id")


async def test_a_create_answers_the_first_that_is_left(desk: Desk) -> None:
    answer = await add(desk, exdates=[date(0), date(2)])
    assert answer["event"]["start_time"] == monday(1)
    assert answer["occurrences"] == 4
    assert answer["series"]["exdates"] == [date(0), date(2)]
    assert await starts(desk) == [monday(week) for week in (1, 3, 4, 5)]


async def test_a_series_without_end_is_made_up_to_the_horizon(desk: Desk) -> None:
    answer = await add(desk, "FREQ=DAILY")
    assert 398 <= answer["occurrences"] <= 401
    assert NOW + 400 * DAY <= answer["series"]["horizon"] <= NOW + 401 * DAY


async def test_occurrences_that_are_over_do_not_count_as_open_ones(desk: Desk) -> None:
    begin, end = monday(-93), NOW + 400 * DAY
    answer = await add(desk, "FREQ=DAILY", start_time=begin, end_time=begin + 3600)
    assert answer["event"]["start_time"] == begin
    assert 1040 <= answer["occurrences"] <= 1060
    assert end <= answer["series"]["horizon"] <= end + DAY


async def test_a_single_event_that_is_over_becomes_a_series(desk: Desk) -> None:
    begin = monday(-93)
    times = {"start_time": begin, "end_time": begin + 3600}
    event = (await ok(desk, ADD, review() | times | {"recurrence": None}, TEN))["event"]
    sent = {"id": event["id"], "recurrence": {"rrule": "FREQ=DAILY"}}
    answer = await ok(desk, UPDATE, sent, TEN)
    assert answer["event"]["id"] == event["id"]
    assert 1040 <= answer["changed"] <= 1060


async def test_open_occurrences_that_are_not_over_are_limited(place: Place) -> None:
    async with open_desk(place, max_series_occurrences=10) as desk:
        times = {"start_time": monday(-2), "end_time": monday(-2) + 3600}
        assert (await add(desk, "FREQ=WEEKLY;COUNT=12", **times))["occurrences"] == 12
        error = error_of(await ask(desk, ADD, review("FREQ=WEEKLY;COUNT=13", **times), TEN))
        assert error["field"] == "recurrence.rrule"
        assert "more than 10 occurrences that are not over" in error["message"]


async def test_the_zone_of_the_server_is_stored(desk: Desk) -> None:
    answer = await add(desk, "FREQ=DAILY;COUNT=2", timezone="")
    assert answer["event"]["timezone"] == answer["series"]["timezone"] == "UTC"


async def test_the_same_key_again_creates_nothing(desk: Desk) -> None:
    first = await add(desk, idempotency_key="once")
    again = await add(desk, idempotency_key="once")
    assert again == first
    assert len(await rows(desk)) == 6
    other = review(idempotency_key="once", exdates=[date(1)])
    assert error_of(await ask(desk, ADD, other, TEN))["field"] == "idempotency_key"


async def test_a_create_that_is_repeated_takes_no_id(desk: Desk) -> None:
    """So that both stores go on with the same ids."""
    for _ in range(2):
        series_id = (await add(desk, idempotency_key="once"))["series"]["series_id"]
    single = await ok(desk, ADD, review() | {"recurrence": None}, TEN)
    assert single["event"]["id"] == series_id + 7


async def test_the_same_key_again_says_nothing_of_occurrences_out_of_scope(desk: Desk) -> None:
    lead = token(13, desks="DESK", exp=LATER)
    sent = review(idempotency_key="once", created_by=10, owner_manager_id=10)
    await ok(desk, ADD, sent, lead)
    for event in (await rows(desk))[1:3]:
        await ok(desk, UPDATE, {"id": event["id"], "title": "Own"}, TEN)
    await ok(desk, UPDATE, {"id": event["id"], "desk": "OTHER"}, TEN)
    again = await ok(desk, ADD, sent, lead)
    assert (again["occurrences"], len(again["series"]["own"])) == (5, 1)
    for event in await rows(desk):
        await ok(desk, UPDATE, {"id": event["id"], "desk": "OTHER"}, TEN)
    again = await ok(desk, ADD, sent, lead)
    assert (again["occurrences"], again["series"]) == (0, None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"recurrence": {"rrule": "FREQ=HOURLY"}}, "recurrence.rrule"),
        ({"recurrence": {"rrule": "FREQ=DAILY;INTERVAL=0"}}, "recurrence.rrule"),
        ({"recurrence": {"rrule": "FREQ=DAILY;COUNT=2;UNTIL=20300101"}}, "recurrence.rrule"),
        ({"recurrence": {"rrule": "FREQ=DAILY;UNTIL=20010101"}}, "recurrence.rrule"),
        (
            {"recurrence": {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}},
            "recurrence.rrule",
        ),
        ({"recurrence": {"rrule": "FREQ=WEEKLY;BYDAY=TU"}}, "start_time"),
        ({"recurrence": {}}, "recurrence.rrule"),
        ({"recurrence": {"rrule": 5}}, "recurrence.rrule"),
        ({"recurrence": {"rrule": "FREQ=DAILY", "exdates": ["x"]}}, "recurrence.exdates[0]"),
        ({"remind_time": NOW + 5}, "remind_time"),
        ({"start_time": monday(-200), "recurrence": {"rrule": "FREQ=DAILY"}}, "recurrence.rrule"),
        (
            {
                "start_time": monday(-300),
                "end_time": monday(-300) + 3600,
                "recurrence": {"rrule": "FREQ=DAILY"},
            },
            "recurrence.rrule",
        ),
    ],
)
async def test_bad_input_is_refused_and_nothing_is_written(
    desk: Desk, fields: dict[str, Any], field: str
) -> None:
    error = error_of(await ask(desk, ADD, review() | fields, TEN))
    assert error["field"] == field
    assert await rows(desk) == []


async def test_a_list_is_filtered_by_series(desk: Desk) -> None:
    one, _ = await add(desk), await add(desk, title="Other")
    found = await rows(desk, series_id=one["series"]["series_id"])
    assert {e["title"] for e in found} == {"Review"}
    assert len(found) == 6


async def test_an_answer_says_from_where_on_it_may_be_incomplete(desk: Desk) -> None:
    made = await add(desk, "FREQ=DAILY")
    await add(desk, "FREQ=DAILY;COUNT=3")
    horizon = made["series"]["horizon"]
    near, far = NOW + 399 * DAY, NOW + 500 * DAY

    async def horizon_in(command: str, until: int, auth: str = TEN, **fields: Any) -> int | None:
        data = {"from": until - 2 * DAY, "to": until} | fields
        found: int | None = (await ok(desk, command, data, auth)).get("horizon")
        return found

    listed: dict[str, Any] = {"limit": 1, "offset": 0, "deskFilter": "*"}
    by_filter = "MngGetCalendarEventsByFilter"
    assert await horizon_in(by_filter, near, **listed) is None
    assert await horizon_in(by_filter, far, **listed) == horizon
    assert await horizon_in(by_filter, far, **listed | {"deskFilter": "OTHER"}) is None
    assert await horizon_in(by_filter, far, **listed, manager_id=99) is None
    assert await horizon_in(by_filter, far, token(12, desks="OTHER"), **listed) is None
    series = {"series_id": made["series"]["series_id"]}
    assert await horizon_in(by_filter, far, **listed, **series) == horizon
    busy: dict[str, Any] = {"manager_ids": [11]}
    assert await horizon_in("MngGetCalendarFreeBusy", far, **busy) == horizon
    assert await horizon_in("MngGetCalendarFreeBusy", near, **busy) is None
    assert await horizon_in("MngGetCalendarFreeBusy", far, manager_ids=[99]) is None
    assert await horizon_in("MngFindCalendarSlots", far, **busy, duration_sec=60) == horizon


async def test_what_is_followed_is_an_event_that_is_seen(desk: Desk) -> None:
    error = error_of(await ask(desk, ADD, review(follows_id=77), TEN))
    assert error["field"] == "follows_id"
    event = (await add(desk))["event"]
    sent = {"id": event["id"], "scope": 2, "follows_id": 77}
    assert error_of(await ask(desk, UPDATE, sent, TEN))["field"] == "follows_id"
    assert len(await rows(desk)) == 6
