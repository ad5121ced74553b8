"""MngUndoCalendarBatch. Source: contract, section 15."""

from typing import Any

import pytest

from harness import Desk, error_of, new_event, open_desk, token
from helpers import NOW
from places import Place

TEN = token(10)
ELEVEN = token(11)
ADMIN = token(99, type=3)
DAY = 86_400


async def undo(desk: Desk, batch_id: int, by: str = TEN) -> dict[str, Any]:
    return await desk.call(by, "MngUndoCalendarBatch", batch_id=batch_id)


async def undone(desk: Desk, batch_id: int, by: str = TEN) -> tuple[int, list[int]]:
    data = (await undo(desk, batch_id, by))["data"]
    return data["undone"], data["left"]


async def batch(desk: Desk, *operations: tuple[str, dict[str, Any]]) -> int:
    sent = [{"command": command, "data": data} for command, data in operations]
    answered = await desk.call(TEN, "MngBatchCalendarEvents", operations=sent)
    return int(answered["data"]["batch_id"])


async def event(desk: Desk, event_id: int) -> dict[str, Any]:
    return await desk.event(TEN, "MngGetCalendarEvent", id=event_id)


async def test_a_change_is_undone_as_a_new_version(desk: Desk) -> None:
    before = await desk.add(TEN, title="before", location="Room 4")
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="after", location=None)
    desk.clock.time = NOW + 60
    assert await undone(desk, 2) == (1, [])
    stamped = {"version": 3, "updated_by": 10, "updated_time": NOW + 60}
    assert await event(desk, 1) == before | stamped


async def test_a_whole_batch_is_undone_with_one_batch_id(desk: Desk) -> None:
    await desk.add(TEN, title="one")
    await desk.add(TEN, title="two")
    batch_id = await batch(
        desk,
        ("MngUpdateCalendarEvent", {"id": 1, "title": "changed"}),
        ("MngDeleteCalendarEvent", {"id": 2}),
        ("MngAddCalendarEvent", new_event(title="three")),
    )
    answered = (await undo(desk, batch_id))["data"]
    assert (answered["undone"], answered["left"]) == (3, [])
    assert await desk.rows(TEN) == ([1, 2], 2)
    assert [(await event(desk, number))["title"] for number in (1, 2)] == ["one", "two"]
    data = await desk.call(TEN, "MngGetCalendarChanges", since=batch_id + 2, deskFilter="*")
    rows = data["data"]["changes"]
    assert [(row["type"], row["batch_id"]) for row in rows] == [
        (1, answered["batch_id"]),
        (3, answered["batch_id"]),
        (2, answered["batch_id"]),
    ]


async def completed(desk: Desk) -> int:
    """The batch that completed call 1 with a follow-up, 2."""
    await desk.add(TEN, title="call", type=2)
    answered = await desk.call(
        TEN, "MngCompleteCalendarEvent", id=1, follow_up={"in_sec": 600, "title": "again"}
    )
    assert answered["data"]["follow_up"]["id"] == 2
    return 2


async def test_a_follow_up_stays_where_its_call_stays_done(desk: Desk) -> None:
    batch_id = await completed(desk)
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, outcome_note="Noted after it")
    assert await undone(desk, batch_id) == (0, [1, 2])
    call = await event(desk, 1)
    assert (call["status"], call["follow_up_id"]) == (1, 2)
    assert (await event(desk, 2))["follows_id"] == 1


async def test_a_follow_up_that_was_changed_stays_where_its_call_is_open_again(desk: Desk) -> None:
    batch_id = await completed(desk)
    await desk.event(TEN, "MngUpdateCalendarEvent", id=2, title="later")
    assert await undone(desk, batch_id) == (1, [2])
    assert (await event(desk, 1))["status"] == 0
    assert (await event(desk, 2))["follows_id"] == 1


async def test_a_follow_up_comes_back_only_with_the_completion_of_its_call(desk: Desk) -> None:
    answered = (await undo(desk, await completed(desk)))["data"]
    assert answered["undone"] == 2
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="changed since")
    assert await undone(desk, answered["batch_id"]) == (0, [1, 2])
    assert (await event(desk, 1))["status"] == 0
    assert await desk.rows(TEN) == ([1], 1)


async def test_a_call_that_is_not_visible_keeps_its_follow_up(desk: Desk) -> None:
    batch_id = await completed(desk)
    moved = {"brand": "other", "owner_manager_id": 99, "participant_manager_ids": []}
    await desk.event(ADMIN, "MngUpdateCalendarEvent", id=1, **moved)
    one_brand = token(10, brands="default")
    assert await undone(desk, batch_id, one_brand) == (0, [2])
    assert await desk.rows(one_brand) == ([2], 1)


async def test_a_follow_up_that_was_deleted_beside_its_call_comes_back_alone(desk: Desk) -> None:
    await completed(desk)
    batch_id = await batch(desk, *(("MngDeleteCalendarEvent", {"id": number}) for number in (1, 2)))
    await desk.event(TEN, "MngRestoreCalendarEvent", id=1)
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="changed since")
    assert await undone(desk, batch_id) == (1, [1])
    assert await desk.rows(TEN) == ([1, 2], 2)


async def changed_and_deleted(desk: Desk) -> int:
    """The batch that did both to event 1."""
    await desk.add(TEN, title="before")
    return await batch(
        desk,
        ("MngUpdateCalendarEvent", {"id": 1, "title": "changed"}),
        ("MngDeleteCalendarEvent", {"id": 1}),
    )


async def test_what_a_batch_changed_and_then_deleted_comes_back_as_it_was(desk: Desk) -> None:
    batch_id = await changed_and_deleted(desk)
    again = (await undo(desk, batch_id))["data"]
    assert (again["undone"], again["left"]) == (1, [])
    found = await event(desk, 1)
    assert (found["title"], found["version"]) == ("before", 3)
    assert await undone(desk, again["batch_id"]) == (1, [])
    assert await desk.rows(TEN) == ([], 0)


async def test_what_was_deleted_again_since_is_left_also_where_the_batch_had_changed_it(
    desk: Desk,
) -> None:
    batch_id = await changed_and_deleted(desk)
    await desk.event(ELEVEN, "MngRestoreCalendarEvent", id=1)
    await desk.call(ELEVEN, "MngDeleteCalendarEvent", id=1)
    assert await undone(desk, batch_id) == (0, [1])


async def test_what_somebody_has_changed_since_is_left_and_named(desk: Desk) -> None:
    await desk.add(TEN, title="one", participant_manager_ids=[11])
    await desk.add(TEN, title="two")
    batch_id = await batch(
        desk,
        ("MngUpdateCalendarEvent", {"id": 1, "title": "x"}),
        ("MngUpdateCalendarEvent", {"id": 2, "title": "y"}),
    )
    await desk.event(ELEVEN, "MngRespondCalendarEvent", id=1, status=1)
    assert await undone(desk, batch_id) == (1, [1])
    assert [(await event(desk, number))["title"] for number in (1, 2)] == ["x", "two"]


async def test_who_may_only_answer_undoes_the_answer(desk: Desk) -> None:
    other_desk = token(11, desks="DESK_EU")
    await desk.add(TEN, desk="DESK_US", participant_manager_ids=[11])
    await desk.event(other_desk, "MngRespondCalendarEvent", id=1, status=2)
    assert await undone(desk, 2, other_desk) == (1, [])
    assert [row["status"] for row in (await event(desk, 1))["participants"]] == [1, 0]


async def test_an_undo_is_undone(desk: Desk) -> None:
    await desk.add(TEN, title="before")
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="after")
    first = (await undo(desk, 2))["data"]["batch_id"]
    assert await undone(desk, first) == (1, [])
    assert (await event(desk, 1))["title"] == "after"


async def test_batches_on_one_event_are_undone_and_done_again_in_turn(desk: Desk) -> None:
    await desk.add(TEN, title="made")
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="first")
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="second")
    await desk.call(TEN, "MngDeleteCalendarEvent", id=1)
    titles, again = [], []
    for batch_id in (4, 3, 2):
        again.append((await undo(desk, batch_id))["data"]["batch_id"])
        titles.append((await event(desk, 1))["title"])
    assert titles == ["second", "first", "made"]
    again.append((await undo(desk, 1))["data"]["batch_id"])
    assert await desk.rows(TEN) == ([], 0)
    titles.clear()
    for batch_id in again[:0:-1]:
        assert await undone(desk, batch_id) == (1, [])
        titles.append((await event(desk, 1))["title"])
    assert titles == ["made", "first", "second"]
    assert await undone(desk, again[0]) == (1, [])
    assert await desk.rows(TEN) == ([], 0)


async def test_a_change_that_somebody_else_took_back_is_left(desk: Desk) -> None:
    await desk.add(TEN, title="before", participant_manager_ids=[11])
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="after")
    for title in ("other", "after"):
        await desk.event(ELEVEN, "MngUpdateCalendarEvent", id=1, title=title)
    assert await undone(desk, 2) == (0, [1])


async def test_a_create_is_undone_and_done_again_under_the_same_id(desk: Desk) -> None:
    await desk.add(TEN, title="made")
    first = (await undo(desk, 1))["data"]["batch_id"]
    assert await desk.rows(TEN) == ([], 0)
    assert await undone(desk, first) == (1, [])
    assert (await event(desk, 1))["title"] == "made"


async def test_nothing_is_removed_from_the_history(desk: Desk) -> None:
    await desk.add(TEN)
    await desk.call(TEN, "MngDeleteCalendarEvent", id=1)
    await undo(desk, 2)
    answered = await desk.call(TEN, "MngGetCalendarEventHistory", id=1)
    assert [row["type"] for row in answered["data"]["history"]] == [0, 2, 3]


async def test_only_who_made_it_or_an_administrator_undoes_it(desk: Desk) -> None:
    await desk.add(TEN)
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="x")
    assert error_of(await undo(desk, 2, ELEVEN)) == (404, "NOT_FOUND", "batch_id")
    assert await undone(desk, 2, ADMIN) == (1, [])


async def test_what_one_may_not_change_any_more_is_left_and_named(desk: Desk) -> None:
    before, now = token(11), token(11, desks="DESK_US")
    await desk.add(TEN, desk="DESK_EU", participant_manager_ids=[11])
    await desk.event(before, "MngUpdateCalendarEvent", id=1, title="x")
    assert await undone(desk, 2, now) == (0, [1])
    assert (await event(desk, 1))["title"] == "x"


async def test_what_would_leave_the_scope_is_left_and_named(desk: Desk) -> None:
    before, now = token(11), token(11, desks="DESK_US")
    await desk.add(TEN, desk="DESK_EU")
    await desk.event(before, "MngUpdateCalendarEvent", id=1, desk="DESK_US")
    assert await undone(desk, 2, now) == (0, [1])
    assert (await event(desk, 1))["desk"] == "DESK_US"


async def test_nobody_undoes_what_the_server_did(desk: Desk) -> None:
    await desk.add(TEN, remind_time=NOW + 5)
    desk.clock.time = NOW + 6
    await desk.services.store.reminders.fire(NOW + 6, 10)
    answered = await desk.call(TEN, "MngGetCalendarChanges", since=1, deskFilter="*")
    (change,) = answered["data"]["changes"]
    assert change["actor"] == 0
    refused = await undo(desk, change["batch_id"], ADMIN)
    assert error_of(refused) == (404, "NOT_FOUND", "batch_id")


@pytest.mark.parametrize(("after", "status"), [(DAY, 200), (DAY + 1, 404)])
async def test_after_a_day_there_is_nothing_to_undo(desk: Desk, after: int, status: int) -> None:
    await desk.add(TEN)
    desk.clock.time = NOW + after
    assert (await undo(desk, 1, token(10, exp=NOW * 2)))["status"] == status


async def test_a_deletion_whose_event_has_left_the_trash_is_left_and_named(place: Place) -> None:
    """Where `undo_sec` is more than `trash_retention_sec`, whether it has been purged or not."""
    async with open_desk(place, undo_sec=600, trash_retention_sec=60) as desk:
        for number in (1, 2):
            await desk.add(TEN)
            desk.clock.time = NOW + number
            await desk.call(TEN, "MngDeleteCalendarEvent", id=number)
        desk.clock.time = NOW + 62
        assert await undone(desk, 2) == (0, [1])
        assert await undone(desk, 4) == (1, [])
        assert await desk.rows(TEN) == ([2], 1)


async def test_an_unknown_batch_or_a_later_change_of_one_is_not_found(desk: Desk) -> None:
    await desk.add(TEN)
    await desk.add(TEN)
    batch_id = await batch(
        desk,
        ("MngUpdateCalendarEvent", {"id": 1, "title": "x"}),
        ("MngUpdateCalendarEvent", {"id": 2, "title": "y"}),
    )
    for unknown in (batch_id + 1, 999):
        assert error_of(await undo(desk, unknown)) == (404, "NOT_FOUND", "batch_id")


async def test_an_event_that_left_the_scope_is_neither_undone_nor_named(desk: Desk) -> None:
    eu = token(10, desks="DESK_EU")
    await desk.add(ADMIN, desk="DESK_EU", owner_manager_id=20, created_by=20)
    await desk.event(eu, "MngUpdateCalendarEvent", id=1, title="x")
    await desk.event(ADMIN, "MngUpdateCalendarEvent", id=1, desk="DESK_US")
    assert await undone(desk, 2, eu) == (0, [])


async def test_a_batch_of_another_brand_is_to_its_administrator_as_none(desk: Desk) -> None:
    await desk.add(ADMIN, brand="other")
    lead = token(50, type=3, brands="default")
    hidden = await desk.call(lead, "MngUndoCalendarBatch", batch_id=1)
    absent = await desk.call(lead, "MngUndoCalendarBatch", batch_id=2)
    assert error_of(hidden) == (404, "NOT_FOUND", "batch_id")
    assert hidden["error"]["message"] == absent["error"]["message"].replace("2 that", "1 that")


async def test_a_reminder_that_was_fired_meanwhile_does_not_count_as_touched(desk: Desk) -> None:
    await desk.add(TEN, remind_time=NOW + 5)
    await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="x")
    desk.clock.time = NOW + 6
    await desk.services.store.reminders.fire(NOW + 6, 10)
    assert await undone(desk, 2) == (1, [])
    assert (await event(desk, 1))["reminder_sent_time"] == NOW + 6
