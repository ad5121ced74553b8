"""Series: creates, lists, and changes of several occurrences. Source: contract, section 13."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deskcal.core.directory import Directory
from deskcal.core.outcomes import Outcome
from harness import Desk, token
from helpers import NOW

LATER = NOW + 10**9
TEN, ELEVEN = token(10, exp=LATER), token(11, exp=LATER)
OUTSIDE = token(12, desks="OTHER")
ADD, UPDATE, DELETE = "MngAddCalendarEvent", "MngUpdateCalendarEvent", "MngDeleteCalendarEvent"
SERIES, RESPOND, ARCHIVE = (
    "MngGetCalendarSeries",
    "MngRespondCalendarEvent",
    "MngArchiveCalendarEvent",
)
BERLIN = "Europe/Berlin"
DAY = 86_400


async def ask(desk: Desk, command: str, data: dict[str, Any], auth: str) -> Any:
    return await desk.call(auth, command, **data)


async def ok(desk: Desk, command: str, data: dict[str, Any], auth: str) -> Any:
    """The answer's data."""
    answer = await ask(desk, command, data, auth)
    assert answer["status"] == 200, answer
    return answer["data"]


def error_of(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer["error"]
    return error


def first_monday() -> dt.datetime:
    """The first Monday at ten in Berlin after `NOW`."""
    day = dt.datetime.fromtimestamp(NOW, ZoneInfo(BERLIN)) + dt.timedelta(days=1)
    while day.weekday():
        day += dt.timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def monday(week: int, hour: int = 10, days: int = 0) -> int:
    """The Monday so many weeks after the first one, Unix seconds; days later."""
    day = first_monday().replace(tzinfo=None, hour=hour) + dt.timedelta(weeks=week, days=days)
    return int(day.replace(tzinfo=ZoneInfo(BERLIN)).timestamp())


def date(week: int) -> str:
    return (first_monday() + dt.timedelta(weeks=week)).date().isoformat()


def review(rrule: str = "FREQ=WEEKLY;BYDAY=MO;COUNT=6", **fields: Any) -> dict[str, Any]:
    """The Monday review of managers 10 and 11."""
    recurrence = {"rrule": rrule, "exdates": fields.pop("exdates", [])}
    return {
        "title": "Review",
        "desk": "DESK",
        "start_time": monday(0),
        "end_time": monday(0) + 3600,
        "timezone": BERLIN,
        "remind_before_sec": 600,
        "participant_manager_ids": [11],
        "recurrence": recurrence,
    } | fields


async def add(desk: Desk, *args: Any, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await ok(desk, ADD, review(*args, **fields), TEN)
    return answer


async def rows(desk: Desk, auth: str = TEN, **fields: Any) -> list[dict[str, Any]]:
    """What a list has, up to two years ahead."""
    wanted = {"from": NOW - 365 * DAY, "to": NOW + 730 * DAY, "limit": 5000, "offset": 0}
    answer = await ok(
        desk, "MngGetCalendarEventsByFilter", wanted | {"deskFilter": "*"} | fields, auth
    )
    found: list[dict[str, Any]] = answer["rows"]
    return found


async def starts(desk: Desk) -> list[int]:
    return [row["start_time"] for row in await rows(desk)]


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


async def test_the_series_is_told_to_whoever_sees_one_of_it(desk: Desk) -> None:
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
    ],
)
async def test_bad_input_is_refused_and_nothing_is_written(
    desk: Desk, fields: dict[str, Any], field: str
) -> None:
    error = error_of(await ask(desk, ADD, review() | fields, TEN))
    assert error["field"] == field
    assert await rows(desk) == []


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


async def test_a_list_is_filtered_by_series(desk: Desk) -> None:
    one, _ = await add(desk), await add(desk, title="Other")
    found = await rows(desk, series_id=one["series"]["series_id"])
    assert {e["title"] for e in found} == {"Review"}
    assert len(found) == 6


async def test_a_series_is_part_of_a_batch(desk: Desk) -> None:
    operations = [
        {"command": ADD, "data": review()},
        {"command": UPDATE, "data": {"id": "$0", "scope": 2, "title": "New"}},
    ]
    answer = await ok(desk, "MngBatchCalendarEvents", {"operations": operations}, TEN)
    assert [one["status"] for one in answer["results"]] == [200, 200]
    assert answer["results"][1]["data"]["changed"] == 6
    assert {e["title"] for e in await rows(desk)} == {"New"}


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        (2, {"scope": 1, "start_time": monday(2, 16)}),
        (1, {"scope": 2, "title": "New"}),
        (1, {"scope": 2, "recurrence": {"rrule": "FREQ=DAILY;COUNT=20"}}),
        (1, {"scope": 2, "recurrence": None}),
    ],
)
async def test_an_undo_restores_the_events_and_the_rule(
    desk: Desk, number: int, sent: dict[str, Any]
) -> None:
    await add(desk, exdates=[date(3)])
    before = await rows(desk)
    key = {"id": before[0]["id"]}
    series = (await ok(desk, SERIES, key, TEN))["series"]
    await ok(desk, UPDATE, {"id": before[number]["id"]} | sent, TEN)
    undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": await last_batch(desk)}, TEN)
    assert undone["left"] == []
    after = await rows(desk)
    fields = ("id", "title", "start_time", "series_id", "original_start_time")
    assert [[e[f] for f in fields] for e in after] == [[e[f] for f in fields] for e in before]
    restored = (await ok(desk, SERIES, key, TEN))["series"]
    assert restored | {"version": 0} == series | {"version": 0}
    again = await ok(desk, "MngUndoCalendarBatch", {"batch_id": await last_batch(desk)}, TEN)
    assert again["undone"] > 0


async def last_batch(desk: Desk) -> int:
    changes = await ok(
        desk, "MngGetCalendarChanges", {"since": 0, "deskFilter": "*", "limit": 5000}, TEN
    )
    batch: int = changes["changes"][-1]["batch_id"]
    return batch


async def test_an_undo_leaves_what_was_changed_since_and_ends_its_series(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    await ok(desk, UPDATE, {"id": events[2]["id"], "scope": 1, "title": "New"}, TEN)
    batch = await last_batch(desk)
    await ok(desk, UPDATE, {"id": events[4]["id"], "title": "Newer"}, TEN)
    undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": batch}, TEN)
    assert undone["left"] == [events[4]["id"]]
    left = (await ok(desk, SERIES, {"id": events[4]["id"]}, TEN))["series"]
    assert "UNTIL" in left["rrule"]
    whole = (await ok(desk, SERIES, {"id": events[0]["id"]}, TEN))["series"]
    assert whole["rrule"] == "FREQ=WEEKLY;COUNT=6;BYDAY=MO"


async def test_a_deleted_date_comes_back_with_an_undo(desk: Desk) -> None:
    await add(desk)
    events = await rows(desk)
    await ok(desk, DELETE, {"id": events[3]["id"]}, TEN)
    await ok(desk, "MngUndoCalendarBatch", {"batch_id": await last_batch(desk)}, TEN)
    assert [e["id"] for e in await rows(desk)] == [e["id"] for e in events]
    assert (await ok(desk, SERIES, {"id": events[0]["id"]}, TEN))["series"]["exdates"] == []


async def test_an_answer_says_from_where_on_it_may_be_incomplete(desk: Desk) -> None:
    made = await add(desk, "FREQ=DAILY")
    await add(desk, "FREQ=DAILY;COUNT=3")
    horizon = made["series"]["horizon"]
    near, far = NOW + 399 * DAY, NOW + 500 * DAY

    async def told(command: str, until: int, auth: str = TEN, **fields: Any) -> int | None:
        data = {"from": until - 2 * DAY, "to": until} | fields
        found: int | None = (await ok(desk, command, data, auth)).get("horizon")
        return found

    listed: dict[str, Any] = {"limit": 1, "offset": 0, "deskFilter": "*"}
    by_filter = "MngGetCalendarEventsByFilter"
    assert await told(by_filter, near, **listed) is None
    assert await told(by_filter, far, **listed) == horizon
    assert await told(by_filter, far, **listed | {"deskFilter": "OTHER"}) is None
    assert await told(by_filter, far, **listed, manager_id=99) is None
    assert await told(by_filter, far, token(12, desks="OTHER"), **listed) is None
    series = {"series_id": made["series"]["series_id"]}
    assert await told(by_filter, far, **listed, **series) == horizon
    busy: dict[str, Any] = {"manager_ids": [11]}
    assert await told("MngGetCalendarFreeBusy", far, **busy) == horizon
    assert await told("MngGetCalendarFreeBusy", near, **busy) is None
    assert await told("MngGetCalendarFreeBusy", far, manager_ids=[99]) is None
    assert await told("MngFindCalendarSlots", far, **busy, duration_sec=60) == horizon


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


async def test_what_is_followed_is_an_event_that_is_seen(desk: Desk) -> None:
    error = error_of(await ask(desk, ADD, review(follows_id=77), TEN))
    assert error["field"] == "follows_id"
    event = (await add(desk))["event"]
    sent = {"id": event["id"], "scope": 2, "follows_id": 77}
    assert error_of(await ask(desk, UPDATE, sent, TEN))["field"] == "follows_id"
    assert len(await rows(desk)) == 6
