"""Claims against a plain model: every answer, over random events, managers and times."""

import random
from typing import Any

import pytest

from deskcal.core.calling_hours import CallingHours, HoursTable
from deskcal.core.completion import CallRules
from deskcal.core.directory import Directory
from deskcal.core.outcomes import Outcome
from harness import Desk, everything, open_desk, token
from helpers import NOW
from places import Place

COOLDOWN_SEC = 400
NUMBERS = ("customer_id", "lead_id", "login")
HOURS = CallingHours({"default": HoursTable(hours="16:00-17:30")}, "UTC")
"""NOW is 16:00 in UTC; in Berlin 17:00."""
MANAGERS = (10, 11, 12)
TOKENS = {m: token(m, desks="DESK_A", brands="default", exp=NOW + 10**6) for m in MANAGERS}
ALL = token(1, 3, exp=NOW + 10**6)

Event = dict[str, Any]


def same_customer(one: Event, other: Event) -> bool:
    return any(one[name] and one[name] == other[name] for name in NUMBERS)


def expected(events: list[Event], me: int, now: int) -> tuple[int, set[str], int]:
    """Id of the event to claim; or 0, the reasons that end at the same time, retry_after_sec."""
    free: list[tuple[Any, ...]] = []
    blocked: list[tuple[int, str]] = []
    coming: list[int] = []
    held = [e for e in events if e.get("claimed_by", 0) not in (0, me) and e["claim_until"] > now]
    for event in events:
        is_own = event["owner_manager_id"] == me
        pool = event.get("pool_after_sec", 0)
        if event["status"] or event["type"] not in (2, 4) or not (is_own or pool):
            continue
        if event["desk"] != "DESK_A" and not is_own:
            continue
        ready = event["start_time"] + (0 if is_own else pool)
        if ready > now:
            coming.append(ready)
            continue
        waits = [
            (other["claim_until"], "ALL_CLAIMED")
            for other in held
            if other["id"] == event["id"] or same_customer(event, other)
        ]
        allowed = HOURS.next_allowed("default", event.get("customer_timezone", ""), now)
        if allowed > now:
            waits.append((allowed, "OUTSIDE_HOURS"))
        waits += [
            (done["updated_time"] + COOLDOWN_SEC, "COOLDOWN")
            for done in events
            if done["status"] == 1
            and done.get("outcome") == "reached"
            and done["updated_time"] + COOLDOWN_SEC > now
            and same_customer(event, done)
        ]
        rank = (not is_own, -event["priority"], event["start_time"], event["id"])
        if waits:
            last = max(until for until, _ in waits)
            blocked += [wait for wait in waits if wait[0] == last]
        else:
            free.append(rank)
    if free:
        return min(free)[-1], set(), 0
    if blocked:
        first = min(until for until, _ in blocked)
        return 0, {reason for until, reason in blocked if until == first}, first - now
    return 0, {"NONE_DUE"}, min(coming) - now if coming else 0


def new_call(rng: random.Random, now: int) -> Event:
    start = now + rng.choice((-900, -300, -60, 0, 60, 600))
    return {
        "type": rng.choice((2, 2, 4, 0)),
        "desk": rng.choice(("DESK_A", "DESK_A", "DESK_B")),
        "owner_manager_id": rng.choice((*MANAGERS, 99)),
        "priority": rng.randrange(4),
        "start_time": start,
        "end_time": start + 900,
        "pool_after_sec": rng.choice((0, 1, 120)),
        "customer_id": rng.choice((0, 0, 1, 2, 3)),
        "lead_id": rng.choice((0, 0, 0, 5)),
        "login": rng.choice((0, 0, 0, 7)),
        "customer_timezone": rng.choice(("", "", "Europe/Berlin", "Asia/Kathmandu")),
    }


async def events_of(desk: Desk) -> list[Event]:
    answered = await desk.call(ALL, "MngGetCalendarEventsByFilter", **everything())
    found: list[Event] = answered["data"]["rows"]
    return found


@pytest.mark.parametrize("seed", range(4))
async def test_every_answer_is_that_of_the_model(place: Place, seed: int) -> None:
    rng = random.Random(seed)
    rules = CallRules(HOURS, COOLDOWN_SEC)
    outcomes = [Outcome(code="reached", is_contact=1), Outcome(code="missed")]
    seen: set[str] = set()
    async with open_desk(place, call_rules=rules) as desk:
        await desk.services.store.directory.put(Directory(outcomes=outcomes))
        for _ in range(120):
            now = int(desk.clock.time)
            step = rng.random()
            if step < 0.25:
                await desk.add(ALL, **new_call(rng, now))
            elif step < 0.4:
                desk.clock.time += rng.choice((1, 30, 60, 200))
            me = rng.choice(MANAGERS)
            event_id, reasons, retry_after_sec = expected(
                await events_of(desk), me, now := int(desk.clock.time)
            )
            answered = await desk.call(
                TOKENS[me],
                "MngClaimNextCalendarEvent",
                deskFilter="*",
                lease_sec=rng.choice((30, 90)),
            )
            data = answered["data"]
            seen |= reasons
            if event_id:
                assert data["event"] and data["event"]["id"] == event_id, (data, event_id)
                assert (data["event"]["claimed_by"], data["event"]["owner_manager_id"]) == (me, me)
                if rng.random() < 0.5:
                    outcome = rng.choice(("reached", "missed"))
                    await desk.call(
                        TOKENS[me], "MngCompleteCalendarEvent", id=event_id, outcome=outcome
                    )
            else:
                assert data["event"] is None
                assert (data["reason"] in reasons, data["retry_after_sec"]) == (
                    True,
                    retry_after_sec,
                ), (data, reasons)
    assert len(seen) >= 2
