"""MngClaimNextCalendarEvent and MngReleaseCalendarEvent. Source: contract, section 14."""

import asyncio
from typing import Any

import pytest

from deskcal.core.calling_hours import CallingHours, HoursTable
from deskcal.core.claims import MAX_LEASE_SEC
from deskcal.core.completion import CallRules
from deskcal.core.directory import Directory
from deskcal.core.outcomes import Outcome
from deskcal.live.claims import LapsedClaims
from harness import Desk, error_of, open_desk, token
from helpers import NOW
from places import Place

CLAIM = "MngClaimNextCalendarEvent"
RELEASE = "MngReleaseCalendarEvent"
TEN = token(10, desks="DESK_EU", brands="default", exp=NOW + 10**6)
ELEVEN = token(11, desks="DESK_EU", brands="default")
LATAM = token(12, desks="DESK_LATAM", brands="default")
ADMIN = token(1, 3)
POOL = {"owner_manager_id": 99, "pool_after_sec": 60, "start_time": NOW - 100}


async def called(desk: Desk, **named: Any) -> int:
    """Id of a call of manager 10 that has come."""
    data = {"type": 2, "desk": "DESK_EU", "start_time": NOW - 10} | named
    return int((await desk.add(ADMIN, **{"owner_manager_id": 10} | data))["id"])


async def claim(desk: Desk, token_: str = TEN, **data: Any) -> dict[str, Any]:
    """The data of the answer to a claim."""
    answered = await desk.call(token_, CLAIM, **{"deskFilter": "*"} | data)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


async def claimed(desk: Desk, token_: str = TEN, **data: Any) -> int | str:
    """Id of the claimed event, or the reason why there is none."""
    found = await claim(desk, token_, **data)
    return int(found["event"]["id"]) if found["event"] else f"{found['reason']}"


async def nothing(desk: Desk, token_: str = TEN, **data: Any) -> tuple[str, int]:
    """Reason and retry_after_sec of a claim that must come to nothing."""
    found = await claim(desk, token_, **data)
    assert found["event"] is None
    return found["reason"], found["retry_after_sec"]


async def test_a_claim_is_a_change_by_the_claimer_and_the_version_stays(desk: Desk) -> None:
    event_id = await called(desk)
    before = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
    event = (await claim(desk))["event"]
    assert event == before | {"claimed_by": 10, "claim_until": NOW + 300}
    answered = await desk.call(TEN, "MngGetCalendarChanges", since=1, deskFilter="*")
    (change,) = answered["data"]["changes"]
    assert (change["type"], change["actor"], change["event"]) == (1, 10, event)


async def test_the_order_is_own_then_priority_then_start_then_id(desk: Desk) -> None:
    expected = [
        await called(desk, priority=3, start_time=NOW),
        await called(desk, priority=2, start_time=NOW - 50),
        await called(desk, priority=2, start_time=NOW - 40),
        await called(desk, priority=2, start_time=NOW - 40),
        await called(desk, priority=0, start_time=NOW - 9000),
        await called(desk, **POOL, priority=3),
        await called(desk, **POOL, priority=1),
    ]
    for event_id in expected:
        assert await claimed(desk) == event_id
        await desk.call(TEN, "MngCompleteCalendarEvent", id=event_id)
    assert await nothing(desk) == ("NONE_DUE", 0)


async def test_what_i_hold_comes_back_prolonged_unless_something_more_pressing_came(
    desk: Desk,
) -> None:
    first = await called(desk)
    assert await claimed(desk) == first
    desk.clock.time += 100
    assert (await claim(desk))["event"]["claim_until"] == NOW + 400
    shorter = await claim(desk, lease_sec=30)
    assert shorter["event"]["claim_until"] == NOW + 400
    urgent = await called(desk, priority=3)
    assert await claimed(desk) == urgent


async def test_a_pool_event_becomes_the_claimers_and_the_owner_stays_a_participant(
    desk: Desk,
) -> None:
    await called(desk, **POOL)
    event = (await claim(desk, ELEVEN))["event"]
    assert (event["owner_manager_id"], event["version"]) == (11, 1)
    assert [(row["manager_id"], row["role"]) for row in event["participants"]] == [(11, 0), (99, 1)]


async def test_the_pool_is_for_the_desk_and_begins_later(desk: Desk) -> None:
    await called(desk, **POOL | {"start_time": NOW - 59})
    assert await nothing(desk) == ("NONE_DUE", 1)
    assert await nothing(desk, pool=0) == ("NONE_DUE", 0)
    desk.clock.time += 1
    assert await nothing(desk, LATAM) == ("NONE_DUE", 0)
    assert await nothing(desk, pool=0) == ("NONE_DUE", 0)
    assert await claimed(desk) == 1


async def test_who_created_an_event_of_another_desk_is_not_in_its_pool(desk: Desk) -> None:
    """Whether it is free, claimed, freed in the same commit, or named."""
    await desk.add(ADMIN, **POOL, type=2, desk="DESK_LATAM", created_by=10)
    assert await nothing(desk) == ("NONE_DUE", 0)
    assert await claimed(desk, LATAM) == 1
    assert await nothing(desk) == ("NONE_DUE", 0)
    _, answered = await asyncio.gather(desk.call(LATAM, RELEASE, id=1), claim(desk))
    assert answered["reason"] == "NONE_DUE"
    answered = await desk.call(TEN, CLAIM, id=1)
    assert error_of(answered)[0] == 409
    assert "desk outside your scope" in answered["error"]["message"]


async def test_filters_of_a_claim_hold_for_own_events_too(desk: Desk) -> None:
    await called(desk, type=4)
    assert await nothing(desk, types=[2]) == ("NONE_DUE", 0)
    assert await nothing(desk, deskFilter="DESK_X") == ("NONE_DUE", 0)
    assert await nothing(desk, brand="other") == ("NONE_DUE", 0)
    assert await claimed(desk, types=[4], brand="default", deskFilter="DESK_EU") == 1


async def test_none_due_waits_for_the_next_start(desk: Desk) -> None:
    await called(desk, start_time=NOW + 500, end_time=NOW + 600)
    await called(desk, start_time=NOW + 700, end_time=NOW + 800, priority=3)
    await called(desk, start_time=NOW + 20, end_time=NOW + 30, type=0)
    assert await nothing(desk) == ("NONE_DUE", 500)


async def test_an_event_of_somebody_else_is_all_claimed_until_the_claim_ends(desk: Desk) -> None:
    await called(desk, **POOL)
    await called(desk, **POOL)
    assert await claimed(desk, ELEVEN, lease_sec=90) == 1
    desk.clock.time += 10
    assert await claimed(desk, token(13, desks="DESK_EU"), lease_sec=60) == 2
    assert await nothing(desk) == ("ALL_CLAIMED", 60)
    desk.clock.time += 60
    assert await claimed(desk) == 2


async def test_a_customer_who_is_claimed_by_somebody_else_is_left_out(desk: Desk) -> None:
    await called(desk, **POOL, customer_id=5, lead_id=6)
    await called(desk, customer_id=5)
    await called(desk, lead_id=6)
    await called(desk, login=6)
    assert await claimed(desk, ELEVEN) == 1
    assert await claimed(desk) == 4
    await desk.call(TEN, "MngCompleteCalendarEvent", id=4)
    assert await nothing(desk) == ("ALL_CLAIMED", 300)
    await desk.call(ELEVEN, RELEASE, id=1)
    assert await claimed(desk) == 2
    assert await claimed(desk, id=3) == 3


@pytest.mark.parametrize("whose", [{}, POOL], ids=["own", "pool"])
async def test_a_call_is_found_behind_many_that_are_left_out(
    desk: Desk, whose: dict[str, Any]
) -> None:
    await called(desk, owner_manager_id=11, customer_id=5)
    assert await claimed(desk, ELEVEN) == 1
    blocked = [await called(desk, **whose, customer_id=5) for _ in range(80)]
    assert await nothing(desk) == ("ALL_CLAIMED", 300)
    last = await called(desk, **whose, customer_id=6)
    assert last > blocked[-1] and await claimed(desk) == last


async def test_customers_of_another_brand_are_others(desk: Desk) -> None:
    await called(desk, owner_manager_id=11, customer_id=5)
    await called(desk, brand="north", customer_id=5)
    assert await claimed(desk, ELEVEN) == 1
    assert await claimed(desk, token(10)) == 2


def rules(**named: Any) -> CallRules:
    table = HoursTable(hours="09:00-21:00", weekdays=(1, 2, 3, 4, 5, 6))
    return CallRules(CallingHours({"default": table}, "UTC"), **named)


async def test_outside_of_hours_is_reported_until_they_begin(place: Place) -> None:
    """NOW is 16:00 on a Saturday, UTC; 21:30 in Kolkata."""
    async with open_desk(place, call_rules=rules()) as desk:
        await called(desk, customer_timezone="Asia/Kolkata")
        monday = NOW + 35 * 3600 + 1800
        assert await nothing(desk) == ("OUTSIDE_HOURS", monday - NOW)
        desk.clock.time = monday - 1
        assert await nothing(desk) == ("OUTSIDE_HOURS", 1)
        desk.clock.time = monday
        assert await claimed(desk) == 1


async def test_a_contact_begins_the_cooldown_for_everybody(place: Place) -> None:
    reached = Outcome(code="reached", is_contact=1)
    async with open_desk(place, call_rules=rules(cooldown_sec=600)) as desk:
        await desk.services.store.directory.put(
            Directory(outcomes=[reached, Outcome(code="missed")])
        )
        await called(desk, customer_id=5)
        await called(desk, customer_id=5)
        await called(desk, customer_id=5, owner_manager_id=11)
        await desk.call(TEN, "MngCompleteCalendarEvent", id=1, outcome="missed")
        assert await claimed(desk) == 2
        await desk.call(TEN, "MngCompleteCalendarEvent", id=2, outcome="reached")
        desk.clock.time += 100
        assert await nothing(desk, ELEVEN) == ("COOLDOWN", 500)
        desk.clock.time += 500
        assert await claimed(desk, ELEVEN) == 3


async def test_of_several_obstacles_the_last_to_end_is_reported(place: Place) -> None:
    async with open_desk(place, call_rules=rules()) as desk:
        await called(desk, **POOL, customer_id=5)
        await called(desk, customer_id=5, customer_timezone="Asia/Kolkata")
        assert await claimed(desk, ELEVEN, lease_sec=3600) == 1
        reason, retry_after_sec = await nothing(desk, pool=0)
        assert (reason, retry_after_sec > 3600) == ("OUTSIDE_HOURS", True)


async def test_others_can_not_complete_or_claim_it_while_the_claim_lasts(desk: Desk) -> None:
    event_id = await called(desk)
    await claim(desk)
    event = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
    attempts: list[tuple[str, dict[str, Any]]] = [
        ("MngCompleteCalendarEvent", {}),
        ("MngUpdateCalendarEvent", {"status": 1}),
        (CLAIM, {}),
        (RELEASE, {}),
    ]
    for command, data in attempts:
        answered = await desk.call(ELEVEN, command, id=event_id, **data)
        assert error_of(answered) == (409, "CONFLICT", None), command
        assert answered["error"]["event"] == event
    changed = await desk.event(ELEVEN, "MngUpdateCalendarEvent", id=event_id, title="T")
    assert (changed["claimed_by"], changed["version"]) == (10, 2)
    desk.clock.time += 300
    assert (await desk.call(ELEVEN, "MngCompleteCalendarEvent", id=event_id))["status"] == 200


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("MngCompleteCalendarEvent", {}),
        ("MngUpdateCalendarEvent", {"status": 2}),
        ("MngArchiveCalendarEvent", {}),
        ("MngUpdateCalendarEvent", {"customer_id": 8}),
        (RELEASE, {}),
    ],
)
async def test_a_claim_ends(desk: Desk, command: str, data: dict[str, Any]) -> None:
    await called(desk, customer_id=5)
    await claim(desk)
    answered = await desk.call(TEN, command, id=1, **data)
    assert answered["status"] == 200, answered
    assert "claimed_by" not in answered["data"]["event"]
    assert "claim_until" not in answered["data"]["event"]


async def test_a_release_changes_nothing_on_what_is_unclaimed_and_admins_may(desk: Desk) -> None:
    event_id = await called(desk)
    before = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
    assert await desk.event(ELEVEN, RELEASE, id=event_id) == before
    await claim(desk)
    assert await desk.event(ADMIN, RELEASE, id=event_id) == before
    assert await desk.event(TEN, RELEASE, id=event_id) == before
    answered = await desk.call(TEN, "MngGetCalendarChanges", since=0, deskFilter="*")
    assert [change["actor"] for change in answered["data"]["changes"]] == [1, 10, 1]
    assert error_of(await desk.call(LATAM, RELEASE, id=event_id))[0] == 404


async def test_a_claim_is_released_only_at_the_version_that_the_caller_knows(desk: Desk) -> None:
    """Source: contract, section 7: any mutation may carry `if_version`."""
    event_id = await called(desk)
    event = (await claim(desk))["event"]
    answered = await desk.call(TEN, RELEASE, id=event_id, if_version=2)
    assert error_of(answered) == (409, "CONFLICT", "if_version")
    assert answered["error"]["event"] == event
    released = await desk.event(TEN, RELEASE, id=event_id, if_version=1)
    assert "claimed_by" not in released


async def test_a_claim_that_is_over_is_ended_by_the_server_as_one_change(desk: Desk) -> None:
    event_id = await called(desk)
    before = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
    await claim(desk)
    lapsed = LapsedClaims(desk.services.store.claims, desk.clock)
    await lapsed.end_claims()
    desk.clock.time += 300
    await asyncio.gather(lapsed.end_claims(), lapsed.end_claims())
    assert await desk.event(TEN, "MngGetCalendarEvent", id=event_id) == before
    answered = await desk.call(TEN, "MngGetCalendarChanges", since=2, deskFilter="*")
    (change,) = answered["data"]["changes"]
    assert (change["type"], change["actor"], change["event"]) == (1, 0, before)


async def test_a_claim_from_a_clock_that_was_ahead_is_ended_once_it_is_set_back(
    desk: Desk,
) -> None:
    """No lease is so long; nodes whose clocks differ by some minutes end none early."""
    event_id = await called(desk)
    before = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
    lapsed = LapsedClaims(desk.services.store.claims, desk.clock)
    desk.clock.time += 300
    await claim(desk, lease_sec=MAX_LEASE_SEC)
    desk.clock.time -= 300
    await lapsed.end_claims()
    held = await desk.event(TEN, "MngGetCalendarEvent", id=event_id)
    assert held["claim_until"] == desk.clock.time + MAX_LEASE_SEC + 300
    desk.clock.time -= 1
    await lapsed.end_claims()
    assert await desk.event(TEN, "MngGetCalendarEvent", id=event_id) == before


async def test_a_named_event_is_claimed_or_says_why_not(desk: Desk) -> None:
    await called(desk, priority=3)
    second = await called(desk)
    assert await claimed(desk, id=second) == second
    later = await called(desk, start_time=NOW + 60, end_time=NOW + 90)
    assert await nothing(desk, id=later) == ("NONE_DUE", 60)
    joining = await called(desk, **POOL | {"start_time": NOW - 50})
    assert await nothing(desk, id=joining) == ("NONE_DUE", 10)
    others = await called(desk, owner_manager_id=99)
    task = await called(desk, type=0)
    for event_id in (others, task):
        answered = await desk.call(TEN, CLAIM, deskFilter="*", id=event_id)
        assert error_of(answered) == (409, "CONFLICT", None)
    assert error_of(await desk.call(LATAM, CLAIM, id=1))[0] == 404


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ({}, "FIELD_REQUIRED", "deskFilter"),
        ({"deskFilter": ""}, "INVALID_FIELD", "deskFilter"),
        ({"deskFilter": "*", "types": [0]}, "INVALID_FIELD", "types[0]"),
        ({"deskFilter": "*", "lease_sec": 29}, "INVALID_FIELD", "lease_sec"),
        ({"deskFilter": "*", "lease_sec": 3601}, "INVALID_FIELD", "lease_sec"),
        ({"deskFilter": "*", "pool": 2}, "INVALID_FIELD", "pool"),
        ({"id": 0}, "INVALID_FIELD", "id"),
    ],
)
async def test_bad_input_is_reported_by_its_field(
    desk: Desk, data: dict[str, Any], code: str, field: str
) -> None:
    assert error_of(await desk.call(TEN, CLAIM, **data)) == (400, code, field)


async def test_many_who_claim_at_once_never_get_the_same(desk: Desk) -> None:
    for number in range(60):
        await called(desk, **POOL, customer_id=1 + number // 2, priority=number % 4)
    tokens = [token(100 + number, desks="DESK_EU") for number in range(40)]
    answers = await asyncio.gather(*(claim(desk, one) for one in tokens))
    events = [one["event"] for one in answers if one["event"]]
    assert len({event["id"] for event in events}) == len(events) == 30
    assert len({event["customer_id"] for event in events}) == 30
    assert {one["reason"] for one in answers if not one["event"]} == {"ALL_CLAIMED"}


async def test_changes_sent_before_a_claim_are_seen_by_it(desk: Desk) -> None:
    first = await called(desk)
    answers = await asyncio.gather(
        desk.call(TEN, "MngUpdateCalendarEvent", id=first, status=2),
        desk.call(
            TEN,
            "MngAddCalendarEvent",
            type=2,
            desk="DESK_EU",
            title="a",
            start_time=NOW,
            end_time=NOW,
        ),
        desk.call(TEN, CLAIM, deskFilter="*"),
        desk.call(TEN, CLAIM, deskFilter="*"),
        desk.call(TEN, "MngCompleteCalendarEvent", id=first + 1),
        desk.call(TEN, CLAIM, deskFilter="*"),
    )
    events = [answers[index]["data"]["event"] for index in (2, 3, 5)]
    assert [event and event["title"] for event in events] == ["a", "a", None]


async def test_a_claim_does_not_come_back_with_a_deleted_event(desk: Desk) -> None:
    event_id = await called(desk)
    assert await claimed(desk) == event_id
    assert (await desk.call(TEN, "MngDeleteCalendarEvent", id=event_id))["status"] == 200
    restored = await desk.event(TEN, "MngRestoreCalendarEvent", id=event_id)
    assert not {"claimed_by", "claim_until"} & restored.keys()
