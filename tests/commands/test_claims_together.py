"""Claims and releases that one group commits: each sees what those before it have done."""

import asyncio

from harness import Desk, token
from helpers import NOW

CLAIM = "MngClaimNextCalendarEvent"
RELEASE = "MngReleaseCalendarEvent"
UPDATE = "MngUpdateCalendarEvent"
TEN = token(10, desks="DESK_EU", brands="default")
ELEVEN = token(11, desks="DESK_EU", brands="default")
ADMIN = token(1, 3)
CALL = {"type": 2, "desk": "DESK_EU", "owner_manager_id": 99, "pool_after_sec": 60}


async def test_claims_and_releases_that_wait_together_go_by_who_holds_what(desk: Desk) -> None:
    one, two = [
        (await desk.add(ADMIN, **CALL, start_time=NOW - 100, customer_id=number))["id"]
        for number in (1, 2)
    ]
    answers = await asyncio.gather(
        desk.call(TEN, CLAIM, deskFilter="*"),
        desk.call(ELEVEN, CLAIM, deskFilter="*"),
        desk.call(TEN, CLAIM, deskFilter="*"),
        desk.call(TEN, RELEASE, id=one),
        desk.call(ADMIN, UPDATE, id=one, owner_manager_id=99),
        desk.call(ELEVEN, RELEASE, id=two),
        desk.call(ADMIN, UPDATE, id=two, owner_manager_id=99),
        desk.call(ELEVEN, CLAIM, deskFilter="*"),
        desk.call(TEN, CLAIM, deskFilter="*"),
        desk.call(ELEVEN, CLAIM, deskFilter="*"),
    )
    events = [answers[index]["data"]["event"]["id"] for index in (0, 1, 2, 7, 8, 9)]
    assert events == [one, two, one, one, two, one]
