"""When an event was completed, once that was taken back and an undo restores it. Section 15."""

import asyncio
import hashlib
from typing import Any

import msgspec
import pytest

from commands.test_claims import ADMIN, TEN, called
from harness import Desk
from helpers import NOW
from places import Place
from store.test_check import damage_in
from store.test_done_time import COMPLETE, UPDATE, cooling, done_time, left_at, reached, run
from store.test_transfer import exported, imported

BATCH, UNDO = "MngBatchCalendarEvents", "MngUndoCalendarBatch"
DELETE, RESTORE = "MngDeleteCalendarEvent", "MngRestoreCalendarEvent"


async def batch(desk: Desk, *operations: tuple[str, dict[str, Any]]) -> int:
    """The batch_id of mutations of the first event."""
    sent = [{"command": name, "data": {"id": 1} | data} for name, data in operations]
    answered = await desk.call(ADMIN, BATCH, operations=sent)
    assert answered["status"] == 200, answered
    return int(answered["data"]["batch_id"])


async def undo(desk: Desk, batch_id: int) -> int:
    """The batch_id of the undo, 10 seconds later, which leaves nothing."""
    desk.clock.time += 10
    answered = await desk.call(ADMIN, UNDO, batch_id=batch_id)
    assert answered["data"]["left"] == [], answered
    assert answered["data"]["undone"] > 0
    return int(answered["data"]["batch_id"])


REOPENED = (UPDATE, {"status": 0})


@pytest.mark.parametrize(
    "operations",
    [
        (REOPENED,),
        ((UPDATE, {"title": "Another one"}), REOPENED),
        (REOPENED, (UPDATE, {"status": 1})),
        (REOPENED, (UPDATE, {"status": 1}), REOPENED),
        (REOPENED, (DELETE, {})),
        (REOPENED, (UPDATE, {"status": 1}), (DELETE, {})),
        ((DELETE, {}),),
        ((UPDATE, {"title": "Another one"}),),
    ],
)
async def test_an_undo_gives_the_time_of_the_completion_back(
    place: Place, operations: tuple[tuple[str, dict[str, Any]], ...]
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, outcome_note="Noted after it")
        desk.clock.time = NOW + 150
        await undo(desk, await batch(desk, *operations))
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert done_time(place) == NOW
    assert (await place.check()).differences == []


async def test_so_does_each_of_several_undos_of_undos(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, outcome_note="Noted after it")
        batch_id = await batch(desk, REOPENED)
        for wanted in (NOW, 0, NOW, 0, NOW):
            batch_id = await undo(desk, batch_id)
            assert done_time(place) == wanted
        await undo(desk, await batch(desk, REOPENED))
        assert done_time(place) == NOW
        await undo(desk, await batch(desk, REOPENED, (UPDATE, {"status": 1})))
    assert done_time(place) == NOW


async def test_a_second_completion_in_one_batch_is_put_back_by_a_second_undo(place: Place) -> None:
    async with reached(place) as desk:
        undone = await undo(desk, await batch(desk, REOPENED, (UPDATE, {"status": 1})))
        assert done_time(place) == NOW
        await undo(desk, undone)
    assert done_time(place) == NOW + 100


async def test_the_undo_of_the_undo_of_a_completion_is_no_new_completion(place: Place) -> None:
    async with cooling(place) as desk:
        await called(desk, customer_id=5)
        await desk.event(ADMIN, COMPLETE, id=1, outcome="reached")
        (added, completed) = await desk.services.store.feed.history(1, 0, 10)
        assert completed.seq > added.seq
        await undo(desk, await undo(desk, completed.seq))
    assert done_time(place) == NOW


async def test_where_it_is_not_known_it_is_the_last_change_while_it_was_done(
    place: Place,
) -> None:
    """As in a store of an older build, or after an import of an older export."""
    async with reached(place) as desk:
        desk.clock.time = NOW + 150
        await desk.event(ADMIN, UPDATE, id=1, outcome_note="Noted after it")
        batch_id = await batch(desk, REOPENED)
        run(place, "DELETE FROM completion")
        await undo(desk, batch_id)
    assert done_time(place) == NOW + 150


async def test_it_moves_with_the_store(place: Place, target: Place) -> None:
    async with reached(place) as desk:
        desk.clock.time = NOW + 150
        await desk.event(ADMIN, UPDATE, id=1, outcome_note="Noted after it")
        batch_id = await batch(desk, REOPENED)
    lines = await exported(place)
    await imported(target, lines)
    kept = [line for line in lines if line.startswith(b'{"completion":')]
    assert [line for line in await exported(target) if line in kept] == kept != []
    assert (await target.check()).differences == []
    async with cooling(target) as desk:
        desk.clock.time = NOW + 160
        await undo(desk, batch_id)
    assert done_time(target) == NOW


async def test_an_export_without_it_is_taken(place: Place, target: Place) -> None:
    async with reached(place) as desk:
        await batch(desk, REOPENED)
    lines = [
        line.replace(b'"completion":1,', b"")
        for line in await exported(place)
        if not line.startswith(b'{"completion":')
    ]
    body = b"".join(lines[:-1])
    end = {"lines": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    await imported(target, [*lines[:-1], msgspec.json.encode({"end": end}) + b"\n"])
    assert done_time(target) == 0
    assert (await target.check()).differences == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE completion SET version = 1", "version 1 is of a version that was not done"),
        ("UPDATE completion SET version = 9", "version 9 was taken back by no change that is kept"),
        ("UPDATE completion SET event_id = 99", "event 99 that is kept with its version 2 was"),
        ("UPDATE change SET document = {no_text} WHERE event_id = 1", "was taken back by no"),
    ],
)
async def test_the_check_finds_a_completion_that_no_change_has_taken_back(
    place: Place, damage: str, named: str
) -> None:
    async with reached(place) as desk:
        await batch(desk, REOPENED)
    damage_in(place, damage)
    assert [one for one in (await place.check()).differences if named in one]


async def test_it_is_forgotten_with_the_change_that_took_it_back(place: Place) -> None:
    async with reached(place) as desk:
        await batch(desk, REOPENED)
        await desk.services.store.feed.prune(NOW + 100, 100)
        assert await desk.services.store.feed.done_times([(1, 1, 100)]) == {1: NOW}
        await desk.services.store.feed.prune(NOW + 101, 100)
        assert await desk.services.store.feed.done_times([(1, 1, 100)]) == {}


async def test_what_was_before_a_change_that_is_kept_no_more_is_not_undone(place: Place) -> None:
    async with reached(place) as desk:
        batch_id = await batch(desk, REOPENED)
        await desk.services.store.feed.prune(NOW + 101, 100)
        answered = await desk.call(ADMIN, UNDO, batch_id=batch_id)
        assert answered["status"] == 404, answered
        assert (await desk.call(ADMIN, "MngGetCalendarEvent", id=1))["status"] == 200


async def test_what_is_restored_reopened_and_completed_at_once_was_completed_then(
    place: Place,
) -> None:
    async with reached(place) as desk:
        await desk.call(ADMIN, DELETE, id=1)
        desk.clock.time = NOW + 180
        await asyncio.gather(
            desk.call(ADMIN, RESTORE, id=1),
            desk.event(ADMIN, UPDATE, id=1, status=0),
            desk.event(ADMIN, UPDATE, id=1, status=1),
        )
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 580)
    assert done_time(place) == NOW + 180
    assert (await place.check()).differences == []


async def test_what_is_restored_and_reopened_at_once_gets_its_completion_back(place: Place) -> None:
    async with reached(place) as desk:
        await desk.call(ADMIN, DELETE, id=1)
        desk.clock.time = NOW + 180
        await asyncio.gather(
            desk.call(ADMIN, RESTORE, id=1), desk.event(ADMIN, UPDATE, id=1, status=0)
        )
        newest = await desk.services.store.feed.newest(1)
        assert newest is not None
        await undo(desk, newest.batch_id)
    assert done_time(place) == NOW


async def test_a_restored_call_cools_down_in_the_group_of_its_restoring(place: Place) -> None:
    async with reached(place) as desk:
        await desk.call(ADMIN, DELETE, id=1)
        restored = desk.call(ADMIN, RESTORE, id=1)
        claim = desk.call(TEN, "MngClaimNextCalendarEvent", deskFilter="*")
        _, answered = await asyncio.gather(restored, claim)
        assert answered["data"]["reason"] == "COOLDOWN"


async def test_an_undo_gives_it_back_to_what_was_archived(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, "MngArchiveCalendarEvent", id=1)
        await undo(desk, await batch(desk, REOPENED))
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert done_time(place) == NOW
    assert (await place.check()).differences == []


async def test_an_undo_of_the_archiving_leaves_it(place: Place) -> None:
    async with reached(place) as desk:
        await undo(desk, await batch(desk, ("MngArchiveCalendarEvent", {})))
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert done_time(place) == NOW
