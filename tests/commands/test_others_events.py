"""Changes of somebody else's events: `others_may_change`, `reset_answers`. Contract, section 12."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from harness import ADMIN, CRM_ADMIN, Desk, error_of, everything, open_desk, token
from helpers import NOW
from places import Place

UPDATE = "MngUpdateCalendarEvent"
OWNER, CREATOR, GUEST, OTHER = (token(number, desks="DESK_EU") for number in (20, 30, 40, 50))
CHANGES: list[tuple[str, dict[str, Any]]] = [
    (UPDATE, {"title": "changed"}),
    ("MngCompleteCalendarEvent", {}),
    ("MngArchiveCalendarEvent", {}),
    ("MngDeleteCalendarEvent", {}),
]


@pytest.fixture
async def strict(place: Place) -> AsyncIterator[Desk]:
    async with open_desk(place, others_may_change=False) as desk:
        yield desk


async def meeting(desk: Desk, **named: Any) -> int:
    """An event that manager 30 created for manager 20, with manager 40 as a guest."""
    fields = {"owner_manager_id": 20, "desk": "DESK_EU", "participant_manager_ids": [40, 41]}
    event = await desk.add(CREATOR, **(fields | named))
    return int(event["id"])


@pytest.mark.parametrize(("command", "data"), CHANGES)
async def test_others_read_and_respond_only(
    strict: Desk, command: str, data: dict[str, Any]
) -> None:
    for token_ in (GUEST, OTHER):
        event = await meeting(strict)
        answered = await strict.call(token_, command, id=event, **data)
        assert error_of(answered) == (403, "FORBIDDEN", None)
        assert "others_may_change" in answered["error"]["message"]
        assert (await strict.event(token_, "MngGetCalendarEvent", id=event))["version"] == 1
    found = await strict.event(GUEST, "MngRespondCalendarEvent", id=event, status=1)
    assert found["participants"][1]["status"] == 1


@pytest.mark.parametrize(("command", "data"), CHANGES)
@pytest.mark.parametrize(
    "token_", [OWNER, CREATOR, token(9, ADMIN), token(9, CRM_ADMIN)], ids=list("ocaa")
)
async def test_owner_creator_and_administrators_change_as_before(
    strict: Desk, token_: str, command: str, data: dict[str, Any]
) -> None:
    event = await meeting(strict)
    assert (await strict.call(token_, command, id=event, **data))["status"] == 200


async def test_others_still_create_for_others_in_their_scope(strict: Desk) -> None:
    answered = await strict.call(
        OTHER, "MngAddCalendarEvent", title="x", start_time=NOW, end_time=NOW, desk="DESK_US"
    )
    assert error_of(answered) == (403, "FORBIDDEN", "desk")
    await strict.add(OTHER, owner_manager_id=20, desk="DESK_EU", created_by=30)


async def test_the_directory_says_whether_others_may_change(strict: Desk) -> None:
    answered = await strict.call(OTHER, "MngGetCalendarDirectory", deskFilter="*")
    assert answered["data"]["others_may_change"] == 0


async def answers(desk: Desk, event: int, **data: Any) -> tuple[int, list[tuple[int, int]]]:
    """Version, and each participant's answer."""
    found = await desk.event(OWNER, UPDATE, id=event, **data)
    rows = [(row["manager_id"], row["status"]) for row in found["participants"]]
    return found["version"], rows


async def test_a_move_can_ask_everybody_but_the_owner_again_in_the_same_version(
    desk: Desk,
) -> None:
    """Issue 13, no. 7."""
    event = await meeting(desk)
    await desk.event(GUEST, "MngRespondCalendarEvent", id=event, status=2)
    await desk.event(token(41), "MngRespondCalendarEvent", id=event, status=1)
    assert await answers(desk, event, title="x") == (4, [(20, 1), (40, 2), (41, 1)])
    desk.clock.time = NOW + 60
    later = {"start_time": NOW + 60, "end_time": NOW + 90, "reset_answers": 1}
    assert await answers(desk, event, **later) == (5, [(20, 1), (40, 0), (41, 0)])
    found = await desk.event(OWNER, "MngGetCalendarEvent", id=event)
    assert [row["updated_time"] for row in found["participants"]] == [NOW, NOW + 60, NOW + 60]
    assert await answers(desk, event, reset_answers=1) == (5, [(20, 1), (40, 0), (41, 0)])


@pytest.mark.parametrize("value", [0, None])
async def test_answers_stay_where_it_is_not_asked_for(desk: Desk, value: int | None) -> None:
    event = await meeting(desk)
    await desk.event(GUEST, "MngRespondCalendarEvent", id=event, status=2)
    assert (await answers(desk, event, title="x", reset_answers=value))[1][1] == (40, 2)


async def test_who_becomes_owner_in_the_same_change_keeps_the_answer(desk: Desk) -> None:
    event = await meeting(desk)
    await desk.event(token(41), "MngRespondCalendarEvent", id=event, status=3)
    _, rows = await answers(desk, event, owner_manager_id=41, reset_answers=1)
    assert dict(rows) == {41: 3, 20: 0, 40: 0}


async def test_reset_answers_is_a_flag(desk: Desk) -> None:
    event = await meeting(desk)
    answered = await desk.call(OWNER, UPDATE, id=event, reset_answers=2)
    assert error_of(answered) == (400, "INVALID_FIELD", "reset_answers")


async def test_others_neither_find_nor_restore_what_was_deleted(strict: Desk) -> None:
    event = await meeting(strict)
    await strict.call(OWNER, "MngDeleteCalendarEvent", id=event)
    for token_ in (GUEST, OTHER):
        answered = await strict.call(token_, "MngGetCalendarTrash", deskFilter="*", limit=10)
        assert answered["data"]["rows"] == []
        refused = await strict.call(token_, "MngRestoreCalendarEvent", id=event)
        assert error_of(refused) == (403, "FORBIDDEN", None)
    assert (await strict.event(OWNER, "MngRestoreCalendarEvent", id=event))["version"] == 2


async def test_others_hand_nothing_over(strict: Desk) -> None:
    await meeting(strict, start_time=NOW + 60)
    data = {"from_manager_id": 20, "to_manager_ids": [50], "deskFilter": "*"}
    for token_, count in ((OTHER, 0), (CREATOR, 1)):
        answered = await strict.call(token_, "MngHandoverCalendarEvents", **data)
        assert answered["data"]["count"] == count


async def test_others_change_nothing_by_a_batch(strict: Desk) -> None:
    event = await meeting(strict)
    operations = [{"command": UPDATE, "data": {"id": event, "title": "changed"}}]
    answered = await strict.call(OTHER, "MngBatchCalendarEvents", operations=operations)
    assert error_of(answered) == (403, "FORBIDDEN", None)


SINGLE = "DTSTART:20240320T090000Z\nDURATION:PT1H\n"
REPEATED = f"{SINGLE}RRULE:FREQ=WEEKLY;COUNT=3\n"


def import_of(lines: str, sequence: int) -> dict[str, Any]:
    """Data of an import of one UID for manager 20."""
    head = f"BEGIN:VEVENT\nUID:a@b\nSEQUENCE:{sequence}\nSUMMARY:Number {sequence}\n"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{lines}END:VEVENT\nEND:VCALENDAR\n"
    return {"ics": text, "owner_manager_id": 20, "desk": "DESK_EU"}


@pytest.mark.parametrize("before", [SINGLE, REPEATED])
@pytest.mark.parametrize("after", [SINGLE, REPEATED])
async def test_others_change_nothing_by_an_import(strict: Desk, before: str, after: str) -> None:
    made = await strict.call(OWNER, "MngImportCalendarEvents", **import_of(before, 1))
    assert made["data"]["created"] == 1
    events = await strict.call(OWNER, "MngGetCalendarEventsByFilter", **everything())
    answered = await strict.call(OTHER, "MngImportCalendarEvents", **import_of(after, 2))
    assert answered["data"]["updated"] == 0
    assert "others_may_change" in answered["data"]["skipped"][0]["why"]
    found = await strict.call(OWNER, "MngGetCalendarEventsByFilter", **everything())
    assert found == events
    answered = await strict.call(OWNER, "MngImportCalendarEvents", **import_of(after, 2))
    assert answered["data"]["updated"] == 1
