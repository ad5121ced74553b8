"""Mutations of several occurrences of a series. Source: contract, section 13, its table."""

import pytest

from commands.series_calls import (
    ADD,
    ARCHIVE,
    DELETE,
    ELEVEN,
    LATER,
    OUTSIDE,
    RESPOND,
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
from deskcal.core.directory import Directory
from deskcal.core.outcomes import Outcome
from harness import Desk, token
from helpers import NOW


async def test_the_third_time_moves_to_tuesday(desk: Desk) -> None:
    await add(desk)
    third = (await rows(desk))[2]
    moved = await ok(
        desk,
        UPDATE,
        {
            "id": third["id"],
            "start_time": monday(2, days=1),
            "end_time": monday(2, days=1) + 3600,
        },
        TEN,
    )
    assert moved["event"]["own_fields"] == ["start_time", "end_time"]
    assert moved["event"]["original_start_time"] == monday(2)
    series = (await ok(desk, SERIES, {"id": third["id"]}, TEN))["series"]
    assert series["own"] == [third["id"]]


async def test_from_now_on_at_four(desk: Desk) -> None:
    first = await add(desk)
    events = await rows(desk)
    sent = {"id": events[2]["id"], "scope": 1, "start_time": monday(2, 16)}
    answer = await ok(desk, UPDATE, sent, TEN)
    assert answer["changed"] == 4
    assert answer["event"]["start_time"] == monday(2, 16)
    assert answer["series"]["series_id"] != first["series"]["series_id"]
    assert answer["series"]["rrule"] == "FREQ=WEEKLY;COUNT=4;BYDAY=MO"
    after = await rows(desk)
    assert [e["start_time"] for e in after] == [
        *map(monday, range(2)),
        *(monday(week, 16) for week in range(2, 6)),
    ]
    assert [e["id"] for e in after] == [e["id"] for e in events]
    assert [e["version"] for e in after] == [1, 1, 2, 2, 2, 2]
    old = await ok(desk, SERIES, {"id": events[0]["id"]}, TEN)
    assert old["series"]["rrule"] == "FREQ=WEEKLY;COUNT=2;BYDAY=MO"


async def test_the_horizon_of_one_that_has_ended_is_the_end_of_its_last_occurrence(
    desk: Desk,
) -> None:
    first = (await add(desk))["event"]["id"]
    longer = {"id": first, "scope": 2, "end_time": monday(0) + 7200}
    assert (await ok(desk, UPDATE, longer, TEN))["series"]["horizon"] == monday(5) + 7200
    third = (await rows(desk))[2]["id"]
    times = {"start_time": monday(2, 16), "end_time": monday(2, 16) + 1800}
    moved = await ok(desk, UPDATE, {"id": third, "scope": 1} | times, TEN)
    assert moved["series"]["horizon"] == monday(5, 16) + 1800


async def test_a_mutation_with_a_scope_is_one_batch(desk: Desk) -> None:
    events = (await add(desk), await rows(desk))[1]
    await ok(desk, UPDATE, {"id": events[0]["id"], "scope": 2, "title": "New"}, TEN)
    changes = await ok(desk, "MngGetCalendarChanges", {"since": 0, "deskFilter": "*"}, TEN)
    batches = [change["batch_id"] for change in changes["changes"]]
    assert len(batches) == 12
    assert (len(set(batches[:6])), len(set(batches[6:]))) == (1, 1)
    assert batches[6] == changes["changes"][6]["seq"]


async def test_not_on_that_day(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    assert await ok(desk, DELETE, {"id": events[3]["id"]}, TEN) == {"id": events[3]["id"]}
    series = (await ok(desk, SERIES, {"id": events[0]["id"]}, TEN))["series"]
    assert (series["exdates"], series["version"]) == ([date(3)], 2)
    assert len(await rows(desk)) == 5


async def test_a_series_ends_with_the_one_before(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    ids = [event["id"] for event in events]
    answer = await ok(desk, DELETE, {"id": ids[4], "scope": 1}, TEN)
    assert answer == {"id": ids[4], "ids": ids[4:]}
    assert [e["id"] for e in await rows(desk)] == ids[:4]
    answer = await ok(desk, DELETE, {"id": ids[1], "scope": 2}, TEN)
    assert answer == {"id": ids[1], "ids": ids[:4]}
    key = {"series_id": events[0]["series_id"]}
    assert error_of(await ask(desk, SERIES, key, TEN))["code"] == "NOT_FOUND"


async def test_the_rule_ends_and_the_named_one_stays(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    sent = {"id": events[2]["id"], "scope": 1, "recurrence": None}
    answer = await ok(desk, UPDATE, sent, TEN)
    assert "series_id" not in answer["event"]
    assert (answer["changed"], len(await rows(desk))) == (4, 3)
    alone = await ok(desk, UPDATE, {"id": events[0]["id"], "scope": 2, "recurrence": None}, TEN)
    assert (alone["series"], alone["changed"]) == (None, 2)


async def test_another_rule_for_all(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4"}
    answer = await ok(desk, UPDATE, {"id": events[1]["id"], "scope": 2, "recurrence": rule}, TEN)
    assert answer["event"]["id"] == events[1]["id"]
    assert answer["series"]["rrule"] == "FREQ=WEEKLY;COUNT=4;BYDAY=MO,TH"
    after = await rows(desk)
    assert [e["start_time"] for e in after] == [
        monday(0),
        monday(0, days=3),
        monday(1),
        monday(1, days=3),
    ]
    assert answer["changed"] == 2 + 4
    assert [after[0]["id"], after[2]["id"]] == [events[0]["id"], events[1]["id"]]


async def test_a_single_event_becomes_the_first_of_a_series(desk: Desk) -> None:
    single = (await ok(desk, ADD, review() | {"recurrence": None}, TEN))["event"]
    rule = {"rrule": "FREQ=WEEKLY;COUNT=3", "exdates": [date(1)]}
    answer = await ok(desk, UPDATE, {"id": single["id"], "recurrence": rule}, TEN)
    assert answer["event"]["id"] == single["id"]
    assert answer["event"]["version"] == 2
    assert answer["changed"] == 2
    assert await starts(desk) == [monday(0), monday(2)]
    refused = await ask(desk, UPDATE, {"id": single["id"], "recurrence": rule}, TEN)
    assert error_of(refused)["field"] == "recurrence"
    refused = await ask(desk, UPDATE, {"id": single["id"], "recurrence": None}, TEN)
    assert error_of(refused)["field"] == "recurrence"


@pytest.mark.parametrize("command", [UPDATE, DELETE, ARCHIVE, RESPOND])
@pytest.mark.parametrize("scope", [1, 2])
async def test_a_scope_needs_a_series(desk: Desk, command: str, scope: int) -> None:
    single = (await ok(desk, ADD, review() | {"recurrence": None}, TEN))["event"]
    sent = {"id": single["id"], "scope": scope, "status": 2}
    assert error_of(await ask(desk, command, sent, TEN))["field"] == "scope"
    assert (await ok(desk, "MngGetCalendarEvent", {"id": single["id"]}, TEN))["event"] == single


async def test_a_scope_is_refused_where_it_means_nothing(desk: Desk) -> None:
    event = (await add(desk))["event"]
    for command, sent, field in (
        ("MngCompleteCalendarEvent", {"scope": 1}, "scope"),
        (UPDATE, {"scope": 2, "status": 1}, "scope"),
        (UPDATE, {"scope": 3}, "scope"),
        (UPDATE, {"scope": 2, "remind_time": NOW + 5}, "remind_time"),
    ):
        error = error_of(await ask(desk, command, sent | {"id": event["id"]}, TEN))
        assert error["field"] == field


async def test_an_answer_for_all_is_that_of_new_ones_too(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    answer = await ok(desk, RESPOND, {"id": events[2]["id"], "scope": 1, "status": 2}, ELEVEN)
    assert answer["changed"] == 4
    answers = [e["participants"][1]["status"] for e in await rows(desk)]
    assert answers == [0, 0, 2, 2, 2, 2]
    assert answer["series"]["version"] == 2
    assert all("own_fields" not in e for e in await rows(desk))
    refused = error_of(
        await ask(desk, RESPOND, {"id": events[2]["id"], "scope": 1, "status": 2}, OUTSIDE)
    )
    assert refused["code"] == "NOT_FOUND"


async def test_all_are_archived(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    answer = await ok(desk, ARCHIVE, {"id": events[4]["id"], "scope": 1}, TEN)
    assert (answer["changed"], answer["event"]["status"]) == (2, 3)
    assert [e["status"] for e in await rows(desk)] == [0, 0, 0, 0, 3, 3]


async def test_what_is_done_or_out_of_scope_is_left_without_a_word(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    await ok(desk, "MngCompleteCalendarEvent", {"id": events[1]["id"]}, TEN)
    await ok(desk, UPDATE, {"id": events[2]["id"], "desk": "OTHER"}, TEN)
    on_desk = token(13, desks="DESK")
    answer = await ok(desk, UPDATE, {"id": events[0]["id"], "scope": 2, "title": "New"}, on_desk)
    assert answer["changed"] == 4
    assert [e["title"] for e in await rows(desk)] == ["New", "Review", "Review", *["New"] * 3]
    assert answer["series"]["own"] == []
    outside = await ok(desk, SERIES, {"id": events[2]["id"]}, token(14, desks="OTHER"))
    assert outside["series"]["own"] == [events[2]["id"]]


async def test_a_conflict_and_a_forbidden_change_write_nothing(desk: Desk) -> None:
    event = (await add(desk))["event"]
    sent = {"id": event["id"], "scope": 2, "title": "New", "if_version": 7}
    assert error_of(await ask(desk, UPDATE, sent, TEN))["code"] == "CONFLICT"
    assert error_of(await ask(desk, UPDATE, sent | {"if_version": 1}, OUTSIDE))["code"] == (
        "NOT_FOUND"
    )
    assert error_of(await ask(desk, UPDATE, sent, token(11, desks="OTHER")))["code"] == "FORBIDDEN"
    moved = {"id": event["id"], "scope": 2, "desk": "ELSEWHERE"}
    on_desk = token(13, desks="DESK")
    assert error_of(await ask(desk, UPDATE, moved, on_desk))["code"] == "FORBIDDEN"
    assert {e["title"] for e in await rows(desk)} == {"Review"}


async def test_an_owner_adds_no_occurrence_on_a_desk_out_of_scope(desk: Desk) -> None:
    moved = token(10, desks="OTHER", exp=LATER)
    await add(desk)
    single = await ok(desk, ADD, review() | {"recurrence": None}, TEN)
    before = await rows(desk)
    first, rule = before[0]["id"], "FREQ=WEEKLY;BYDAY=MO;COUNT="
    for event_id, scope, count in ((first, 2, 8), (first, 1, 8), (single["event"]["id"], 0, 2)):
        sent = {"id": event_id, "scope": scope, "recurrence": {"rrule": f"{rule}{count}"}}
        error = error_of(await ask(desk, UPDATE, sent, moved))
        assert (error["code"], error["field"]) == ("FORBIDDEN", "desk")
    assert await rows(desk) == before
    fewer = {"id": first, "scope": 2, "recurrence": {"rrule": f"{rule}4"}, "title": "New"}
    assert (await ok(desk, UPDATE, fewer, moved))["changed"] == 6


async def test_an_outcome_for_all_is_one_of_the_directory(desk: Desk) -> None:
    await desk.services.store.directory.put(Directory(outcomes=[Outcome(code="SOLD", name="Sold")]))
    event = (await add(desk))["event"]
    refused = await ask(desk, UPDATE, {"id": event["id"], "scope": 2, "outcome": "LOST"}, TEN)
    assert error_of(refused)["field"] == "outcome"
    answer = await ok(desk, UPDATE, {"id": event["id"], "scope": 2, "outcome": "SOLD"}, TEN)
    assert answer["changed"] == 6


async def test_an_all_day_occurrence_is_not_over_before_its_last_date_is(desk: Desk) -> None:
    begin = monday(0, 0)
    fields = {"start_time": begin, "end_time": begin, "all_day": 1}
    await add(desk, "FREQ=DAILY;COUNT=3", **fields)
    desk.clock.time = begin + 12 * 3600
    event = (await rows(desk))[0]
    answer = await ok(desk, UPDATE, {"id": event["id"], "scope": 2, "title": "New"}, TEN)
    assert answer["changed"] == 3
