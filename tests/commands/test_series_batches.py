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


async def test_a_series_that_is_there_is_changed_by_a_batch(desk: Desk) -> None:
    await add(desk)
    first = (await rows(desk))[0]["id"]
    operations = [{"command": UPDATE, "data": {"id": first, "scope": 2, "title": "New"}}]
    answer = await ok(desk, "MngBatchCalendarEvents", {"operations": operations}, TEN)
    assert answer["results"][0]["data"]["changed"] == 6
    assert {e["title"] for e in await rows(desk)} == {"New"}
