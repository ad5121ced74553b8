"""MngCompleteCalendarEvent with an outcome and a follow-up. Source: contract, section 14."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from deskcal.core.calling_hours import CallingHours, HoursTable
from deskcal.core.completion import CallRules
from deskcal.core.directory import Directory
from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome
from harness import Desk, error_of, new_event, open_desk, token
from helpers import NOW
from places import Place

COMPLETE = "MngCompleteCalendarEvent"
TEN = token(10, desks="DESK_EU", brands="default")
ELEVEN = token(11, desks="DESK_EU", brands="default")
OUTSIDE = token(12, desks="DESK_LATAM", brands="default")
REACHED = Outcome(code="reached", types=(EventType.CALL, EventType.FOLLOW_UP), is_contact=1)
LATER = Outcome(code="later", types=(EventType.CALL, EventType.FOLLOW_UP), next_in_sec=3600)
CALL = {
    "type": 2,
    "desk": "DESK_EU",
    "title": "Call Ann",
    "customer_id": 7,
    "lead_id": 8,
    "login": 9,
    "customer_timezone": "Asia/Kolkata",
    "end_time": NOW + 900,
    "priority": 3,
}


async def called(desk: Desk, **named: Any) -> dict[str, Any]:
    """A call of manager 10, and the two outcomes in the directory."""
    await desk.services.store.directory.put(Directory(outcomes=[REACHED, LATER]))
    return await desk.add(TEN, **CALL | named)


async def completed(desk: Desk, token_: str = TEN, **data: Any) -> dict[str, Any]:
    """The data of an answer to a completion of event 1 that must succeed."""
    answered = await desk.call(token_, COMPLETE, id=1, **data)
    assert answered["status"] == 200, answered
    data = answered["data"]
    return data


async def changes(desk: Desk) -> list[dict[str, Any]]:
    answered = await desk.call(TEN, "MngGetCalendarChanges", since=0, deskFilter="*")
    found: list[dict[str, Any]] = answered["data"]["changes"]
    return found


async def test_without_a_follow_up_the_answer_has_null(desk: Desk) -> None:
    await called(desk)
    data = await completed(desk, outcome="reached", outcome_note="wants an offer")
    assert data["follow_up"] is None
    event = data["event"]
    assert (event["status"], event["version"], event["updated_by"]) == (1, 2, 10)
    assert (event["outcome"], event["outcome_note"]) == ("reached", "wants an offer")
    assert "follow_up_id" not in event


async def test_the_follow_up_inherits_what_is_not_sent(desk: Desk) -> None:
    later = {"start_time": NOW + 5000, "end_time": NOW + 5900, "remind_before_sec": 60}
    event = await called(desk, **later)
    data = await completed(desk, outcome="reached", follow_up={"in_sec": 600})
    follow_up = data["follow_up"]
    assert data["event"]["follow_up_id"] == follow_up["id"] == 2
    inherited = ("brand", "desk", "owner_manager_id", "customer_id", "lead_id", "login")
    for name in (*inherited, "customer_timezone", "title"):
        assert follow_up[name] == event[name], name
    assert (follow_up["start_time"], follow_up["end_time"]) == (NOW + 600, NOW + 1500)
    assert (follow_up["type"], follow_up["status"], follow_up["follows_id"]) == (4, 0, 1)
    assert (follow_up["priority"], follow_up["remind_before_sec"]) == (1, 0)
    assert [row["manager_id"] for row in follow_up["participants"]] == [10]
    batch = {(one["id"], one["batch_id"]) for one in (await changes(desk))[1:]}
    assert batch == {(1, 2), (2, 2)}


async def test_what_is_sent_of_the_follow_up_counts(desk: Desk) -> None:
    await called(desk)
    sent = {
        "start_time": NOW,
        "duration_sec": 0,
        "type": 3,
        "title": " Visit Ann ",
        "owner_manager_id": 11,
        "remind_before_sec": 300,
    }
    follow_up = (await completed(desk, follow_up=sent))["follow_up"]
    assert follow_up["end_time"] == NOW + sent.pop("duration_sec")  # type: ignore[operator]
    assert {name: follow_up[name] for name in sent} == sent | {"title": "Visit Ann"}
    assert follow_up["created_by"] == 10


async def test_an_outcomes_next_in_sec_is_the_default_of_in_sec(desk: Desk) -> None:
    await called(desk)
    data = await completed(desk, outcome="later", follow_up={})
    assert data["follow_up"]["start_time"] == NOW + 3600


async def test_customer_hours_move_the_start_to_the_next_allowed_minute(place: Place) -> None:
    """NOW is Saturday 2024-03-09, 21:30 in Kolkata; the Monday is a holiday."""
    off = (dt.date(2024, 3, 11),)
    table = HoursTable(hours="09:00-20:00", weekdays=(1, 2, 3, 4, 5), holidays=off)
    rules = CallRules(CallingHours({"default": table}, "UTC"))
    async with open_desk(place, call_rules=rules) as desk:
        await called(desk)
        data = await completed(desk, follow_up={"in_sec": 60, "customer_hours": 1})
        assert data["follow_up"]["start_time"] == 1_710_214_200


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ({"outcome": "gone"}, "INVALID_FIELD", "outcome"),
        ({"outcome": "x" * 65}, "INVALID_FIELD", "outcome"),
        ({"outcome_note": "x" * 2001}, "INVALID_FIELD", "outcome_note"),
        ({"follow_up": {}}, "FIELD_REQUIRED", "follow_up.start_time"),
        ({"outcome": "reached", "follow_up": {}}, "FIELD_REQUIRED", "follow_up.start_time"),
        ({"follow_up": {"start_time": NOW - 1}}, "INVALID_FIELD", "follow_up.start_time"),
        (
            {"follow_up": {"start_time": NOW + 9, "in_sec": 9}},
            "INVALID_FIELD",
            "follow_up.in_sec",
        ),
        ({"follow_up": {"in_sec": -1}}, "INVALID_FIELD", "follow_up.in_sec"),
        ({"follow_up": {"in_sec": 253_402_300_799}}, "INVALID_FIELD", "follow_up"),
        ({"follow_up": {"in_sec": 9, "title": " "}}, "INVALID_FIELD", "follow_up.title"),
        ({"follow_up": {"in_sec": 9, "type": 7}}, "INVALID_FIELD", "follow_up.type"),
        ({"follow_up": 5}, "INVALID_FIELD", "follow_up"),
    ],
)
async def test_bad_input_leaves_the_event_open_and_writes_nothing(
    desk: Desk, data: dict[str, Any], code: str, field: str
) -> None:
    await called(desk)
    answered = await desk.call(TEN, COMPLETE, id=1, **data)
    assert error_of(answered) == (400, code, field)
    assert (await desk.event(TEN, "MngGetCalendarEvent", id=1))["version"] == 1
    assert len(await changes(desk)) == 1


async def test_an_outcome_is_for_its_types_only(desk: Desk) -> None:
    await called(desk, type=0)
    answered = await desk.call(TEN, COMPLETE, id=1, outcome="reached")
    assert error_of(answered) == (400, "INVALID_FIELD", "outcome")


async def test_without_outcomes_in_the_directory_any_code_is_taken(desk: Desk) -> None:
    await desk.add(TEN, **CALL)
    assert (await completed(desk, outcome="whatever"))["event"]["outcome"] == "whatever"


async def test_again_the_same_pair_is_answered_and_nothing_changes(desk: Desk) -> None:
    await called(desk)
    sent: dict[str, Any] = {"outcome": "reached", "outcome_note": "yes"}
    sent |= {"follow_up": {"in_sec": 60}}
    first = await completed(desk, **sent)
    desk.clock.time += 1000
    repeats: list[dict[str, Any]] = [sent, {}, {"outcome": "reached"}, {"outcome_note": "yes"}]
    for again in repeats:
        assert await completed(desk, **again) == first
    assert len(await changes(desk)) == 3


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"outcome": "later"}, "outcome"),
        ({"outcome_note": "no"}, "outcome_note"),
        ({"outcome": "reached", "follow_up": {"in_sec": 1}}, "follow_up"),
    ],
)
async def test_again_with_something_else_is_a_conflict_with_the_event(
    desk: Desk, data: dict[str, Any], field: str
) -> None:
    await called(desk)
    first = await completed(desk, outcome="reached", outcome_note="yes")
    answered = await desk.call(TEN, COMPLETE, id=1, **data)
    assert error_of(answered) == (409, "CONFLICT", field)
    assert answered["error"]["event"] == first["event"]


async def test_twice_at_the_same_time_there_is_one_follow_up(desk: Desk) -> None:
    await called(desk)
    sent = {"id": 1, "outcome": "reached", "follow_up": {"in_sec": 60}}
    answers = await asyncio.gather(*(desk.call(TEN, COMPLETE, **sent) for _ in range(8)))
    assert all(answered["data"] == answers[0]["data"] for answered in answers)
    assert await desk.rows(TEN) == ([1, 2], 2)


async def test_a_follow_up_that_is_not_to_be_seen_any_more_is_null(desk: Desk) -> None:
    await called(desk)
    await completed(desk, outcome="reached", follow_up={"in_sec": 60})
    await desk.call(TEN, "MngDeleteCalendarEvent", id=2)
    assert (await completed(desk))["follow_up"] is None


async def test_it_needs_the_right_to_change_the_event(desk: Desk) -> None:
    await called(desk, participant_manager_ids=[12])
    assert error_of(await desk.call(OUTSIDE, COMPLETE, id=1))[0] == 403
    assert error_of(await desk.call(token(13, desks="X"), COMPLETE, id=1))[0] == 404
    stale = await desk.call(TEN, COMPLETE, id=1, if_version=2, follow_up={"in_sec": 1})
    assert error_of(stale) == (409, "CONFLICT", "if_version")


async def test_the_owner_may_follow_up_on_a_desk_out_of_scope_but_not_for_others(
    desk: Desk,
) -> None:
    await desk.add(token(1, 3), **CALL | {"owner_manager_id": 12})
    other = {"in_sec": 60, "owner_manager_id": 10}
    answered = await desk.call(OUTSIDE, COMPLETE, id=1, follow_up=other)
    assert error_of(answered) == (403, "FORBIDDEN", "follow_up.owner_manager_id")
    assert (await desk.event(OUTSIDE, "MngGetCalendarEvent", id=1))["status"] == 0
    assert (await completed(desk, OUTSIDE, follow_up={"in_sec": 60}))["follow_up"]["id"] == 2


async def test_required_outcomes_hold_for_complete_and_for_status_1(place: Place) -> None:
    rules = CallRules(CallingHours({}, "UTC"), outcome_required_types=frozenset({2}))
    async with open_desk(place, call_rules=rules) as desk:
        await called(desk)
        for command, data in ((COMPLETE, {}), ("MngUpdateCalendarEvent", {"status": 1})):
            answered = await desk.call(TEN, command, id=1, **data)
            assert error_of(answered) == (400, "FIELD_REQUIRED", "outcome")
        done = await desk.event(
            TEN, "MngUpdateCalendarEvent", id=1, status=1, outcome="reached", outcome_note="a"
        )
        assert (done["status"], done["outcome"]) == (1, "reached")
        assert (await desk.event(TEN, "MngUpdateCalendarEvent", id=1, title="b"))["title"] == "b"
        await desk.add(TEN, **CALL | {"type": 0})
        assert (await desk.call(TEN, COMPLETE, id=2))["status"] == 200


async def test_an_update_that_begins_a_series_completes_as_complete_does(place: Place) -> None:
    rules = CallRules(CallingHours({}, "UTC"), outcome_required_types=frozenset({2}))
    done = {"id": 1, "status": 1, "recurrence": {"rrule": "FREQ=DAILY;COUNT=3"}}
    async with open_desk(place, call_rules=rules) as desk:
        await called(desk)
        answered = await desk.call(TEN, "MngUpdateCalendarEvent", **done)
        assert error_of(answered) == (400, "FIELD_REQUIRED", "outcome")
        await desk.call(TEN, "MngClaimNextCalendarEvent", id=1, deskFilter="*")
        done["outcome"] = "reached"
        answered = await desk.call(ELEVEN, "MngUpdateCalendarEvent", **done)
        assert error_of(answered)[:2] == (409, "CONFLICT")
        event = await desk.event(TEN, "MngUpdateCalendarEvent", **done)
        assert (event["status"], event["outcome"]) == (1, "reached")


@pytest.mark.parametrize(
    ("command", "data"), [(COMPLETE, {}), ("MngUpdateCalendarEvent", {"status": 1})]
)
async def test_no_outcome_is_required_where_none_is_for_the_type(
    place: Place, command: str, data: dict[str, int]
) -> None:
    rules = CallRules(CallingHours({}, "UTC"), outcome_required_types=frozenset({2, 3}))
    outcomes = [Outcome(code="reached", types=(EventType.CALL,))]
    async with open_desk(place, call_rules=rules) as desk:
        await desk.services.store.directory.put(Directory(outcomes=outcomes))
        for kind in (2, 3):
            await desk.add(TEN, **CALL | {"type": kind})
        refused = await desk.call(TEN, command, id=1, **data)
        assert error_of(refused) == (400, "FIELD_REQUIRED", "outcome")
        assert (await desk.event(TEN, command, id=2, **data))["status"] == 1


async def test_an_outcome_is_checked_wherever_it_is_set(desk: Desk) -> None:
    event = await called(desk)
    added = await desk.call(TEN, "MngAddCalendarEvent", **new_event(**CALL, outcome="gone"))
    assert error_of(added) == (400, "INVALID_FIELD", "outcome")
    answered = await desk.call(TEN, "MngUpdateCalendarEvent", id=1, outcome="gone")
    assert error_of(answered) == (400, "INVALID_FIELD", "outcome")
    changed = await desk.event(TEN, "MngUpdateCalendarEvent", id=1, outcome="later")
    assert changed["outcome"] == "later"
    cleared = await desk.event(TEN, "MngUpdateCalendarEvent", id=1, outcome=None)
    assert cleared == event | {"version": 3, "updated_by": 10}


async def test_the_outcome_of_a_completion_in_a_batch_is_looked_up_too(desk: Desk) -> None:
    await called(desk)
    for code, status in (("unknown", 400), ("reached", 200)):
        operations = [{"command": COMPLETE, "data": {"id": 1, "outcome": code}}]
        answered = await desk.call(TEN, "MngBatchCalendarEvents", operations=operations)
        assert answered["status"] == status, answered
    assert answered["data"]["results"][0]["data"]["event"]["outcome"] == "reached"
