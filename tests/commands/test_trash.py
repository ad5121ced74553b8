"""MngGetCalendarTrash and MngRestoreCalendarEvent. Source: contract, section 15."""

from typing import Any

import pytest

from harness import Desk, error_of, token
from helpers import NOW
from live import Receiver

TEN = token(10)
EU = token(30, desks="DESK_EU")
LONG = token(10, exp=NOW * 2)
DAY = 86_400


async def trash(desk: Desk, by: str = TEN, **named: Any) -> dict[str, Any]:
    data = {"deskFilter": "*", "limit": 100} | named
    return await desk.call(by, "MngGetCalendarTrash", **data)


async def trashed(desk: Desk, by: str = TEN, **named: Any) -> list[int]:
    answered = await trash(desk, by, **named)
    assert answered["status"] == 200, answered
    return [row["event"]["id"] for row in answered["data"]["rows"]]


async def delete(desk: Desk, event_id: int, by: str = TEN) -> None:
    assert (await desk.call(by, "MngDeleteCalendarEvent", id=event_id))["status"] == 200


async def restore(desk: Desk, event_id: int, by: str = TEN) -> dict[str, Any]:
    return await desk.call(by, "MngRestoreCalendarEvent", id=event_id)


async def test_a_deleted_event_is_in_the_trash_with_who_deleted_it_and_when(desk: Desk) -> None:
    event = await desk.add(TEN, participant_manager_ids=[11])
    desk.clock.time = NOW + 60
    await delete(desk, 1, token(11, type=3))
    row = {"event": event, "deleted_time": NOW + 60, "deleted_by": 11}
    assert (await trash(desk))["data"] == {"rows": [row], "next": None}


async def test_it_comes_back_under_its_id_with_its_participants_as_the_next_version(
    desk: Desk,
) -> None:
    event = await desk.add(TEN, participants=[{"manager_id": 11, "role": 2, "status": 3}])
    await delete(desk, 1)
    desk.clock.time = NOW + 60
    stamped = {"version": 2, "updated_by": 10, "updated_time": NOW + 60}
    assert (await restore(desk, 1))["data"]["event"] == event | stamped
    assert await desk.rows(TEN) == ([1], 1)
    assert await trashed(desk) == []


async def test_the_change_is_of_type_3(desk: Desk) -> None:
    await desk.add(TEN)
    await delete(desk, 1)
    await restore(desk, 1)
    answered = await desk.call(TEN, "MngGetCalendarChanges", since=2, deskFilter="*")
    assert [(row["type"], row["event"]["id"]) for row in answered["data"]["changes"]] == [(3, 1)]


async def test_it_is_pushed_as_type_3(desk: Desk) -> None:
    receiver = Receiver(desk)
    await desk.add(TEN)
    await delete(desk, 1)
    await receiver.subscribe(TEN)
    event = (await restore(desk, 1))["data"]["event"]
    await receiver.until(lambda receiver: len(receiver.pushes) == 1)
    assert receiver.pushes == [
        {"event": "calendar:event", "type": 3, "seq": 3, "batch_id": 3, "data": event}
    ]


async def test_it_can_be_deleted_and_restored_again(desk: Desk) -> None:
    await desk.add(TEN)
    for version in (2, 3):
        await delete(desk, 1)
        assert await trashed(desk) == [1]
        assert (await restore(desk, 1))["data"]["event"]["version"] == version


async def test_it_is_restored_only_as_the_version_that_the_caller_knows(desk: Desk) -> None:
    """Source: contract, section 7: any mutation may carry `if_version`."""
    event = await desk.add(TEN)
    await delete(desk, 1)
    answered = await desk.call(TEN, "MngRestoreCalendarEvent", id=1, if_version=2)
    assert error_of(answered) == (409, "CONFLICT", "if_version")
    assert answered["error"]["event"] == event
    assert await trashed(desk) == [1]
    answered = await desk.call(TEN, "MngRestoreCalendarEvent", id=1, if_version=1)
    assert answered["data"]["event"]["version"] == 2


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_is_not_in_the_trash_is_not_found(desk: Desk, is_there: bool) -> None:
    if is_there:
        await desk.add(TEN)
    assert error_of(await restore(desk, 1)) == (404, "NOT_FOUND", "id")


async def test_only_who_could_change_it_sees_it_there(desk: Desk) -> None:
    await desk.add(TEN, desk="DESK_EU")
    await desk.add(TEN, desk="DESK_US")
    await desk.add(TEN, desk="DESK_US", participant_manager_ids=[30])
    await desk.add(TEN, desk="DESK_US", owner_manager_id=30)
    for event_id in (1, 2, 3, 4):
        await delete(desk, event_id)
    assert await trashed(desk, EU) == [4, 1]
    statuses = [(await restore(desk, event_id, EU))["status"] for event_id in (1, 2, 3, 4)]
    assert statuses == [200, 404, 403, 403]


async def test_what_is_not_to_be_seen_is_answered_as_what_is_not_there(desk: Desk) -> None:
    await desk.add(TEN, desk="DESK_US")
    await delete(desk, 1)
    hidden, none = await restore(desk, 1, EU), await restore(desk, 2, EU)
    assert error_of(hidden) == (404, "NOT_FOUND", "id")
    assert hidden["error"]["message"] == none["error"]["message"].replace("2", "1")


async def test_the_mask_narrows_the_list(desk: Desk) -> None:
    await desk.add(TEN, desk="DESK_EU")
    await desk.add(TEN, desk="DESK_US")
    await delete(desk, 1)
    await delete(desk, 2)
    assert await trashed(desk, deskFilter="DESK_EU*") == [1]


async def test_pages_are_resumed_with_next_the_last_deleted_first(desk: Desk) -> None:
    for number in range(1, 6):
        await desk.add(TEN)
        desk.clock.time = NOW + number
        await delete(desk, number)
    first = (await trash(desk, limit=2))["data"]
    assert [row["event"]["id"] for row in first["rows"]] == [5, 4]
    assert await trashed(desk, before=first["next"]) == [3, 2, 1]


async def test_after_its_time_it_is_gone_whether_it_has_been_purged_or_not(desk: Desk) -> None:
    await desk.add(TEN)
    await delete(desk, 1)
    desk.clock.time = NOW + 90 * DAY + 1
    assert await trashed(desk, LONG) == []
    refused = await restore(desk, 1, LONG)
    assert error_of(refused) == (404, "NOT_FOUND", "id")
    assert await desk.services.store.trash.purge(NOW + 1, 10) == 1
    assert await restore(desk, 1, LONG) == refused


async def test_until_then_it_comes_back(desk: Desk) -> None:
    await desk.add(TEN)
    await delete(desk, 1)
    desk.clock.time = NOW + 90 * DAY
    assert await trashed(desk, LONG) == [1]
    assert (await restore(desk, 1, LONG))["status"] == 200


async def test_an_event_that_is_deleted_again_is_kept_for_the_whole_time_again(desk: Desk) -> None:
    await desk.add(TEN)
    await delete(desk, 1)
    desk.clock.time = NOW + 60
    await restore(desk, 1)
    await delete(desk, 1)
    desk.clock.time = NOW + 90 * DAY + 60
    assert (await restore(desk, 1, LONG))["status"] == 200


async def test_a_reminder_whose_time_has_passed_stays_silent(desk: Desk) -> None:
    await desk.add(TEN, remind_time=NOW + 5)
    await delete(desk, 1)
    desk.clock.time = NOW + 10
    event = (await restore(desk, 1))["data"]["event"]
    assert event["reminder_sent_time"] == NOW + 10
    assert await desk.services.store.reminders.next_due() is None


async def test_a_reminder_that_was_sent_before_the_deletion_stays_as_it_was_sent(
    desk: Desk,
) -> None:
    await desk.add(TEN, remind_time=NOW + 5)
    desk.clock.time = NOW + 6
    await desk.services.store.reminders.fire(NOW + 6, 10)
    await delete(desk, 1)
    desk.clock.time = NOW + 60
    assert (await restore(desk, 1))["data"]["event"]["reminder_sent_time"] == NOW + 6


async def test_an_occurrence_comes_back_as_an_event_of_no_series(desk: Desk) -> None:
    rule = {"rrule": "FREQ=DAILY;COUNT=3"}
    event = await desk.add(TEN, timezone="UTC", recurrence=rule)
    await delete(desk, event["id"])
    back = (await restore(desk, event["id"]))["data"]["event"]
    assert (back["id"], back["start_time"]) == (event["id"], event["start_time"])
    assert "series_id" in event and not {"series_id", "original_start_time"} & back.keys()


async def test_a_reminder_that_is_ahead_is_armed_again(desk: Desk) -> None:
    await desk.add(TEN, remind_time=NOW + 50)
    await delete(desk, 1)
    await restore(desk, 1)
    assert await desk.services.store.reminders.next_due() == NOW + 50


async def test_an_undone_deletion_leaves_the_trash(desk: Desk) -> None:
    await desk.add(TEN)
    await delete(desk, 1)
    await desk.call(TEN, "MngUndoCalendarBatch", batch_id=2)
    assert await trashed(desk) == []


async def test_a_deletion_is_not_undone_after_a_later_one(desk: Desk) -> None:
    await desk.add(TEN)
    await delete(desk, 1)
    await restore(desk, 1)
    await delete(desk, 1)
    answered = await desk.call(TEN, "MngUndoCalendarBatch", batch_id=2)
    assert (answered["data"]["undone"], answered["data"]["left"]) == (0, [1])


async def test_what_is_made_and_deleted_in_one_batch_is_in_the_trash(desk: Desk) -> None:
    operations = [
        {
            "command": "MngAddCalendarEvent",
            "data": {"title": "x", "start_time": NOW, "end_time": NOW},
        },
        {"command": "MngDeleteCalendarEvent", "data": {"id": "$0"}},
    ]
    await desk.call(TEN, "MngBatchCalendarEvents", operations=operations)
    assert await trashed(desk) == [1]
    assert (await restore(desk, 1))["data"]["event"]["version"] == 2


@pytest.mark.parametrize(
    ("named", "field"),
    [({"limit": 0}, "limit"), ({"limit": 1001}, "limit"), ({"before": "x"}, "before")],
)
async def test_bad_input_is_refused_by_name(desk: Desk, named: Any, field: str) -> None:
    assert error_of(await trash(desk, **named)) == (400, "INVALID_FIELD", field)
