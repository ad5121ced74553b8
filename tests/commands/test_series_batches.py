"""Series in batches, and their undo. Source: contract, sections 13 and 15."""

from typing import Any

import pytest

from commands.series_calls import (
    ADD,
    DELETE,
    SERIES,
    TEN,
    UPDATE,
    add,
    date,
    monday,
    ok,
    review,
    rows,
)
from harness import Desk


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


async def test_two_changes_of_one_series_by_a_batch_are_undone_together(desk: Desk) -> None:
    await add(desk)
    before = await rows(desk)
    key = {"id": before[0]["id"]}
    series = (await ok(desk, SERIES, key, TEN))["series"]
    operations = [
        {"command": UPDATE, "data": key | {"scope": 2, "title": "New"}},
        {"command": DELETE, "data": {"id": before[3]["id"], "scope": 1}},
        {"command": DELETE, "data": {"id": before[1]["id"]}},
    ]
    answer = await ok(desk, "MngBatchCalendarEvents", {"operations": operations}, TEN)
    assert [e["title"] for e in await rows(desk)] == ["New", "New"]
    undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": answer["batch_id"]}, TEN)
    assert (undone["undone"], undone["left"]) == (6, [])
    fields = ("id", "title", "start_time", "series_id", "original_start_time")
    after = await rows(desk)
    assert [[e[f] for f in fields] for e in after] == [[e[f] for f in fields] for e in before]
    restored = (await ok(desk, SERIES, key, TEN))["series"]
    assert restored | {"version": 0} == series | {"version": 0}


async def test_a_rule_that_goes_back_alone_is_a_batch_of_its_own(desk: Desk) -> None:
    """The occurrence that it has more is deleted again since, and left."""
    first = (await add(desk, "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4"))["event"]["id"]
    weekly = {"id": first, "scope": 2, "recurrence": {"rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=2"}}
    await ok(desk, UPDATE, weekly, TEN)
    batch_id = await last_batch(desk)
    for _ in range(2):
        await ok(desk, "MngUndoCalendarBatch", {"batch_id": await last_batch(desk)}, TEN)
    seen = await ok(desk, SERIES, {"id": first}, TEN)
    undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": batch_id}, TEN)
    assert (undone["undone"], len(undone["left"])) == (0, 2)
    assert undone["batch_id"] == await last_batch(desk)
    series = (await ok(desk, SERIES, {"id": first}, TEN))["series"]
    assert (series["rrule"], len(series["exdates"])) == ("FREQ=WEEKLY;COUNT=4;BYDAY=MO,TH", 2)
    await ok(desk, "MngUndoCalendarBatch", {"batch_id": undone["batch_id"]}, TEN)
    again = await ok(desk, SERIES, {"id": first}, TEN)
    assert again["series"] | {"version": 0} == seen["series"] | {"version": 0}


async def test_an_occurrence_that_its_rule_does_not_have_comes_back_to_its_series(
    desk: Desk,
) -> None:
    """The last one is done when the series is ended before it."""
    await add(desk)
    events = await rows(desk)
    last = events[5]["id"]
    await ok(desk, "MngCompleteCalendarEvent", {"id": last}, TEN)
    await ok(desk, DELETE, {"id": events[3]["id"], "scope": 1}, TEN)
    await ok(desk, DELETE, {"id": last}, TEN)
    for is_there in (True, False, True):
        await ok(desk, "MngUndoCalendarBatch", {"batch_id": await last_batch(desk)}, TEN)
        found = {e["id"]: e["series_id"] for e in await rows(desk)}
        assert found.get(last) == (events[5]["series_id"] if is_there else None)


async def test_a_batch_that_is_repeated_changes_its_series_once(desk: Desk) -> None:
    operations = [
        {"command": ADD, "data": review(idempotency_key="once")},
        {"command": UPDATE, "data": {"id": "$0", "scope": 2, "title": "New"}},
    ]
    changed = []
    for _ in range(2):
        answer = await ok(desk, "MngBatchCalendarEvents", {"operations": operations}, TEN)
        changed.append(answer["results"][1]["data"]["changed"])
    assert changed == [6, 0]
    assert [e["version"] for e in await rows(desk)] == [2] * 6


async def test_a_series_that_is_there_is_changed_by_a_batch(desk: Desk) -> None:
    await add(desk)
    first = (await rows(desk))[0]["id"]
    operations = [{"command": UPDATE, "data": {"id": first, "scope": 2, "title": "New"}}]
    answer = await ok(desk, "MngBatchCalendarEvents", {"operations": operations}, TEN)
    assert answer["results"][0]["data"]["changed"] == 6
    assert {e["title"] for e in await rows(desk)} == {"New"}
