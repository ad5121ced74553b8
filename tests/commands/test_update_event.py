"""MngUpdateCalendarEvent: what changes, what stays. Source: contract, sections 4, 5 and 7."""

from typing import Any

import pytest

from harness import Desk, error_of, new_event, token
from helpers import NOW

TEN = token(10)
UPDATE = "MngUpdateCalendarEvent"

FULL: dict[str, Any] = {
    "brand": "other",
    "desk": "DESK_EU",
    "owner_manager_id": 20,
    "type": 3,
    "status": 1,
    "priority": 3,
    "title": "Changed",
    "ast_json": {"b": [1.50], "a": None},
    "start_time": NOW + 60,
    "end_time": NOW + 120,
    "all_day": 1,
    "timezone": "Europe/Nicosia",
    "remind_time": NOW + 30,
    "remind_before_sec": 30,
    "customer_id": 5,
    "lead_id": 6,
    "login": 7,
}
DEFAULTS = {
    "brand": "default",
    "desk": "",
    "type": 0,
    "status": 0,
    "priority": 1,
    "ast_json": None,
    "all_day": 0,
    "timezone": "",
    "remind_time": 0,
    "remind_before_sec": 0,
    "customer_id": 0,
    "lead_id": 0,
    "login": 0,
}


@pytest.mark.parametrize("name", FULL)
async def test_one_field_changes_and_the_others_stay(desk: Desk, name: str) -> None:
    """No reminder is due meanwhile, since firing is a change, too."""
    before = await desk.add(TEN, start_time=NOW + 40, end_time=NOW + 60)
    desk.clock.time += 7
    after = await desk.event(TEN, UPDATE, id=1, **{name: FULL[name]})
    changed = {"version": 2, "updated_by": 10, "updated_time": NOW + 7, name: FULL[name]}
    if name == "owner_manager_id":
        changed["participants"] = after["participants"]
    assert after == before | changed
    assert await desk.event(TEN, "MngGetCalendarEvent", id=1) == after


@pytest.mark.parametrize("name", DEFAULTS)
async def test_null_puts_an_optional_field_back_to_its_default(desk: Desk, name: str) -> None:
    await desk.add(TEN, **FULL)
    after = await desk.event(TEN, UPDATE, id=1, **{name: None})
    assert after[name] == DEFAULTS[name]


async def test_null_for_the_owner_means_the_creator(desk: Desk) -> None:
    await desk.add(TEN, owner_manager_id=20)
    assert (await desk.event(TEN, UPDATE, id=1, owner_manager_id=None))["owner_manager_id"] == 10
    await desk.event(TEN, UPDATE, id=1, owner_manager_id=30)
    assert (await desk.event(TEN, UPDATE, id=1, owner_manager_id=0))["owner_manager_id"] == 10


@pytest.mark.parametrize("name", ["title", "start_time", "end_time"])
async def test_null_for_what_every_event_has_is_refused(desk: Desk, name: str) -> None:
    await desk.add(TEN)
    answered = await desk.call(TEN, UPDATE, id=1, **{name: None})
    assert error_of(answered) == (400, "FIELD_REQUIRED", name)


async def test_an_event_sent_back_whole_changes_nothing(desk: Desk) -> None:
    before = await desk.add(TEN, **FULL, participant_manager_ids=[30, 31])
    desk.clock.time += 100
    assert await desk.event(TEN, UPDATE, **before) == before


async def test_an_update_without_fields_changes_nothing(desk: Desk) -> None:
    before = await desk.add(TEN)
    desk.clock.time += 100
    assert await desk.event(TEN, UPDATE, id=1) == before


async def test_the_creator_stays_whatever_is_sent(desk: Desk) -> None:
    await desk.add(TEN)
    assert (await desk.event(TEN, UPDATE, id=1, created_by=99))["created_by"] == 10


async def test_status_two_cancels(desk: Desk) -> None:
    await desk.add(TEN)
    assert (await desk.event(TEN, UPDATE, id=1, status=2))["status"] == 2


async def test_the_end_is_compared_with_the_stored_start(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await desk.call(TEN, UPDATE, id=1, end_time=NOW - 1)
    assert error_of(answered) == (400, "INVALID_FIELD", "end_time")
    answered = await desk.call(TEN, UPDATE, id=1, start_time=NOW + 3601)
    assert error_of(answered) == (400, "INVALID_FIELD", "end_time")
    assert (await desk.event(TEN, UPDATE, id=1, end_time=NOW))["end_time"] == NOW


async def test_the_same_range_rules_hold_as_on_create(desk: Desk) -> None:
    await desk.add(TEN)
    for fields, field in (
        ({"title": " "}, "title"),
        ({"start_time": 0}, "start_time"),
        ({"desk": "A,B"}, "desk"),
        ({"ast_json": 1}, "ast_json"),
        ({"participants": [{"manager_id": 0}]}, "participants[0].manager_id"),
        ({"start_time": 5, "end_time": 4}, "end_time"),
        ({"if_version": "1"}, "if_version"),
    ):
        answered = await desk.call(TEN, UPDATE, id=1, **fields)
        assert error_of(answered) == (400, "INVALID_FIELD", field)
    assert (await desk.event(TEN, "MngGetCalendarEvent", id=1))["version"] == 1


@pytest.mark.parametrize("event_id", [None, 0, -1, "1", 1.0, 2**53, [1]])
async def test_an_id_of_the_wrong_form_is_refused(desk: Desk, event_id: object) -> None:
    answered = await desk.call(TEN, UPDATE, id=event_id)
    assert error_of(answered) == (400, "INVALID_FIELD", "id")
    assert error_of(await desk.call(TEN, UPDATE)) == (400, "FIELD_REQUIRED", "id")


def rows_of(event: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(row["manager_id"], row["role"], row["status"]) for row in event["participants"]]


async def test_participants_stay_when_neither_key_is_sent_or_null(desk: Desk) -> None:
    before = await desk.add(TEN, participant_manager_ids=[11, 12])
    after = await desk.event(
        TEN, UPDATE, id=1, title="x", participants=None, participant_manager_ids=None
    )
    assert after["participants"] == before["participants"]


async def test_a_new_list_of_participants_keeps_answers(desk: Desk) -> None:
    await desk.add(TEN, participants=[{"manager_id": 11, "role": 2}, {"manager_id": 12}])
    await desk.event(token(11), "MngRespondCalendarEvent", id=1, status=1)
    desk.clock.time += 50
    after = await desk.event(TEN, UPDATE, id=1, participant_manager_ids=[13, 11])
    assert rows_of(after) == [(10, 0, 1), (13, 1, 0), (11, 2, 1)]
    assert [row["created_time"] for row in after["participants"]] == [NOW, NOW + 50, NOW]


async def test_an_empty_list_leaves_the_owner_alone(desk: Desk) -> None:
    await desk.add(TEN, participant_manager_ids=[11, 12])
    assert rows_of(await desk.event(TEN, UPDATE, id=1, participants=[])) == [(10, 0, 1)]


async def test_the_same_list_sent_twice_changes_nothing(desk: Desk) -> None:
    rows = [{"manager_id": 11, "status": 3}, {"manager_id": 12}]
    await desk.add(TEN)
    first = await desk.event(TEN, UPDATE, id=1, participants=rows)
    desk.clock.time += 50
    assert await desk.event(TEN, UPDATE, id=1, participants=rows) == first


async def test_a_new_owner_becomes_organizer_and_the_old_one_stays(desk: Desk) -> None:
    await desk.add(TEN, participant_manager_ids=[11])
    after = await desk.event(TEN, UPDATE, id=1, owner_manager_id=20)
    assert rows_of(after) == [(20, 0, 1), (10, 1, 1), (11, 1, 0)]


async def test_a_participant_who_becomes_owner_keeps_the_answer(desk: Desk) -> None:
    await desk.add(TEN, participant_manager_ids=[11])
    await desk.event(token(11), "MngRespondCalendarEvent", id=1, status=3)
    after = await desk.event(TEN, UPDATE, id=1, owner_manager_id=11)
    assert rows_of(after) == [(11, 0, 3), (10, 1, 1)]


async def test_a_list_sent_with_a_new_owner_decides(desk: Desk) -> None:
    await desk.add(TEN, participant_manager_ids=[11])
    after = await desk.event(TEN, UPDATE, id=1, owner_manager_id=20, participant_manager_ids=[30])
    assert rows_of(after) == [(20, 0, 1), (30, 1, 0)]


async def test_a_new_due_time_arms_the_reminder_again(desk: Desk) -> None:
    event = await desk.add(TEN, start_time=NOW + 7200, end_time=NOW + 7200, remind_before_sec=60)
    assert event["reminder_sent_time"] == 0
    after = await desk.event(TEN, UPDATE, id=1, start_time=NOW + 7100, reminder_sent_time=5)
    assert after["reminder_sent_time"] == 0


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (UPDATE, {"title": "x"}),
        ("MngArchiveCalendarEvent", {}),
        ("MngCompleteCalendarEvent", {}),
        ("MngRespondCalendarEvent", {"status": 2}),
        ("MngDeleteCalendarEvent", {}),
    ],
)
async def test_if_version_keeps_a_late_change_out(
    desk: Desk, command: str, fields: dict[str, Any]
) -> None:
    await desk.add(TEN)
    now = await desk.event(TEN, UPDATE, id=1, title="O'Brien ]}")
    answered = await desk.call(TEN, command, id=1, if_version=1, **fields)
    assert error_of(answered) == (409, "CONFLICT", "if_version")
    assert answered["error"]["event"] == now
    assert await desk.event(TEN, "MngGetCalendarEvent", id=1) == now
    assert (await desk.call(TEN, command, id=1, if_version=2, **fields))["status"] == 200


async def test_a_second_archive_or_complete_changes_nothing(desk: Desk) -> None:
    for number, command, status in (
        (1, "MngArchiveCalendarEvent", 3),
        (2, "MngCompleteCalendarEvent", 1),
    ):
        await desk.add(TEN)
        desk.clock.time += 10
        first = await desk.event(TEN, command, id=number)
        assert (first["status"], first["version"]) == (status, 2)
        assert (first["updated_by"], first["updated_time"]) == (10, desk.clock.time)
        desk.clock.time += 10
        assert await desk.event(TEN, command, id=number) == first


async def test_a_deleted_event_is_gone_for_every_command(desk: Desk) -> None:
    await desk.add(TEN)
    assert (await desk.call(TEN, "MngDeleteCalendarEvent", id=1))["data"] == {"id": 1}
    for command in ("Get", "Update", "Delete", "Archive", "Complete"):
        answered = await desk.call(TEN, f"Mng{command}CalendarEvent", id=1)
        assert error_of(answered) == (404, "NOT_FOUND", "id")
    assert await desk.rows(TEN) == ([], 0)
    assert (await desk.add(TEN))["id"] == 2


async def test_respond_sets_the_callers_own_answer_and_nobody_elses(desk: Desk) -> None:
    before = await desk.add(TEN, participant_manager_ids=[11, 12])
    desk.clock.time += 5
    for number, status in enumerate((1, 2, 3), 2):
        after = await desk.event(token(11), "MngRespondCalendarEvent", id=1, status=status)
        assert rows_of(after) == [(10, 0, 1), (11, 1, status), (12, 1, 0)]
        assert (after["version"], after["updated_by"]) == (number, 11)
    again = await desk.event(token(11), "MngRespondCalendarEvent", id=1, status=3)
    assert again == after
    others = [row for row in before["participants"] if row["manager_id"] != 11]
    assert [row for row in after["participants"] if row["manager_id"] != 11] == others


@pytest.mark.parametrize("status", [0, 4, "1", None])
async def test_respond_takes_one_two_or_three(desk: Desk, status: object) -> None:
    await desk.add(TEN)
    answered = await desk.call(TEN, "MngRespondCalendarEvent", id=1, status=status)
    assert error_of(answered) == (400, "INVALID_FIELD", "status")


async def test_who_sees_the_event_but_takes_no_part_can_not_respond(desk: Desk) -> None:
    await desk.add(TEN)
    answered = await desk.call(token(99), "MngRespondCalendarEvent", id=1, status=1)
    assert error_of(answered)[:2] == (403, "FORBIDDEN")


async def test_an_idempotency_key_makes_one_event(desk: Desk) -> None:
    first = await desk.add(TEN, idempotency_key="k")
    await desk.event(TEN, UPDATE, id=1, title="later")
    desk.clock.time += 86_399
    assert await desk.add(token(10, exp=NOW * 2), idempotency_key="k") == first
    answered = await desk.call(
        token(10, exp=NOW * 2),
        "MngAddCalendarEvent",
        **new_event(title="other", idempotency_key="k"),
    )
    assert error_of(answered) == (409, "CONFLICT", "idempotency_key")
    assert (await desk.add(token(11, exp=NOW * 2), idempotency_key="k"))["id"] == 2
    desk.clock.time += 1
    assert (await desk.add(token(10, exp=NOW * 2), idempotency_key="k"))["id"] == 3


async def test_an_idempotency_key_gives_nothing_to_who_lost_the_brand(desk: Desk) -> None:
    await desk.add(TEN, brand="gone", idempotency_key="k")
    answered = await desk.call(
        token(10, brands="default"),
        "MngAddCalendarEvent",
        **new_event(brand="gone", idempotency_key="k"),
    )
    assert error_of(answered) == (403, "FORBIDDEN", "brand")
    answered = await desk.call(
        token(10, brands="default"),
        "MngAddCalendarEvent",
        **new_event(title="others", idempotency_key="k"),
    )
    assert error_of(answered) == (403, "FORBIDDEN", "brand")
