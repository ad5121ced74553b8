"""MngUndoCalendarBatch where calls are claimed. Source: contract, sections 14 and 15."""

from typing import Any

from commands.test_claims import CLAIM, ELEVEN, POOL, RELEASE, TEN, called, claimed
from harness import Desk

COMPLETE, UPDATE = "MngCompleteCalendarEvent", "MngUpdateCalendarEvent"


async def undone(desk: Desk, batch_id: int) -> tuple[int, list[int]]:
    answered = await desk.call(TEN, "MngUndoCalendarBatch", batch_id=batch_id)
    return answered["data"]["undone"], answered["data"]["left"]


async def event(desk: Desk, event_id: int = 1) -> dict[str, Any]:
    return await desk.event(TEN, "MngGetCalendarEvent", id=event_id)


async def opened_again(desk: Desk) -> int:
    """The batch that undid the completion of a call of the pool; manager 10 made both."""
    await called(desk, **POOL)
    await desk.event(TEN, COMPLETE, id=1)
    assert await undone(desk, 2) == (1, [])
    return 3


async def test_what_somebody_else_works_on_is_not_completed_by_an_undo(desk: Desk) -> None:
    batch_id = await opened_again(desk)
    assert await claimed(desk, ELEVEN) == 1
    assert await undone(desk, batch_id) == (0, [1])
    found = await event(desk)
    assert (found["status"], found["claimed_by"]) == (0, 11)
    await desk.event(ELEVEN, RELEASE, id=1)
    assert await undone(desk, batch_id) == (1, [])
    assert (await event(desk))["status"] == 1


async def test_an_undo_that_completes_ends_the_claim_of_who_undoes(desk: Desk) -> None:
    batch_id = await opened_again(desk)
    assert await claimed(desk) == 1
    assert await undone(desk, batch_id) == (1, [])
    found = await event(desk)
    assert found["status"] == 1
    assert not {"claimed_by", "claim_until"} & found.keys()


async def test_an_undo_that_changes_the_customer_ends_the_claim(desk: Desk) -> None:
    """Else two managers would have claimed calls of one customer."""
    await called(desk, **POOL, customer_id=5)
    await desk.event(TEN, UPDATE, id=1, customer_id=6)
    assert await claimed(desk, ELEVEN) == 1
    second = await called(desk, **POOL, customer_id=5)
    assert await claimed(desk, id=second) == second
    assert await undone(desk, 2) == (1, [])
    found = await event(desk)
    assert found["customer_id"] == 5
    assert not {"claimed_by", "claim_until"} & found.keys()
    answered = await desk.call(ELEVEN, CLAIM, id=1)
    assert answered["data"]["reason"] == "ALL_CLAIMED"


async def test_the_undo_of_a_claim_ends_it_and_gives_the_event_back(desk: Desk) -> None:
    await called(desk, **POOL)
    assert await claimed(desk, TEN) == 1
    assert await undone(desk, 2) == (1, [])
    found = await event(desk)
    assert found["owner_manager_id"] == 99
    assert not {"claimed_by", "claim_until"} & found.keys()
    assert await claimed(desk, ELEVEN) == 1


async def test_the_undo_of_a_claim_leaves_the_next_claim(desk: Desk) -> None:
    await called(desk, **POOL)
    assert await claimed(desk, TEN) == 1
    await desk.event(TEN, RELEASE, id=1)
    assert await claimed(desk, ELEVEN) == 1
    assert await undone(desk, 2) == (1, [])
    found = await event(desk)
    assert (found["owner_manager_id"], found["claimed_by"]) == (11, 11)
