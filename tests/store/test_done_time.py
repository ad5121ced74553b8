"""When an event was completed, which it does not tell once it is changed. Contract, section 14."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import apsw
import msgspec
import psycopg
import pytest

from commands.test_claims import ADMIN, TEN, called, claimed, nothing, rules
from deskcal.core.directory import Directory
from deskcal.core.outcomes import Outcome
from deskcal.store import backend
from deskcal.store.sqlite.connection import DATABASE
from harness import Desk, open_desk
from helpers import NOW
from places import Place, PostgresPlace, SqlitePlace
from store.test_transfer import exported, imported

COOLDOWN_SEC = 600
UPDATE, COMPLETE = "MngUpdateCalendarEvent", "MngCompleteCalendarEvent"


@asynccontextmanager
async def cooling(place: Place) -> AsyncIterator[Desk]:
    """A desk with an outcome that is a contact, and one that is none."""
    async with open_desk(place, call_rules=rules(cooldown_sec=COOLDOWN_SEC)) as desk:
        outcomes = [Outcome(code="reached", is_contact=1), Outcome(code="missed")]
        await desk.services.store.directory.put(Directory(outcomes=outcomes))
        yield desk


@asynccontextmanager
async def reached(place: Place) -> AsyncIterator[Desk]:
    """The first call of a customer was completed at NOW, 100 seconds ago; the second has come."""
    async with cooling(place) as desk:
        for _ in range(2):
            await called(desk, customer_id=5)
        await desk.event(TEN, COMPLETE, id=1, outcome="reached")
        desk.clock.time = NOW + 100
        yield desk


async def left_at(desk: Desk, time: int) -> tuple[str, int] | int | str:
    """Reason and seconds of a claim at `time`, and then that it is free to the second."""
    desk.clock.time = time
    reason, left = await nothing(desk)
    desk.clock.time = time + left
    assert await claimed(desk) == 2
    return reason, left


def run(place: Place, statement: str) -> None:
    """Runs it in the database itself."""
    if isinstance(place, SqlitePlace):
        with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
            connection.execute(statement).fetchall()
    if isinstance(place, PostgresPlace):
        with psycopg.connect(place.url) as database:
            database.execute(statement.encode())


def done_time(place: Place, event_id: int = 1) -> int:
    """As the column has it."""
    statement = f"SELECT done_time FROM event WHERE id = {event_id}"  # noqa: S608
    if isinstance(place, SqlitePlace):
        with closing(apsw.Connection(str(place.directory / DATABASE))) as connection:
            return int(connection.execute(statement).get)
    assert isinstance(place, PostgresPlace)
    with psycopg.connect(place.url) as database:
        row = database.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "data", [{"title": "Another title"}, {"owner_manager_id": 12}, {"outcome_note": "Called back"}]
)
async def test_the_cooldown_counts_from_the_completion_whatever_is_changed_later(
    place: Place, data: dict[str, Any]
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, **data)
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert (await place.check()).differences == []


async def test_an_outcome_that_is_set_later_counts_from_the_completion(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, outcome="missed")
        await desk.event(ADMIN, UPDATE, id=1, outcome="reached")
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)


async def test_a_second_completion_begins_the_cooldown_again(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, status=0, title="Once more")
        await desk.event(ADMIN, UPDATE, id=1, status=1)
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 500)
    assert (await place.check()).differences == []


async def test_so_does_one_in_the_same_batch_as_the_end_of_the_first(place: Place) -> None:
    async with reached(place) as desk:
        operations = [{"command": UPDATE, "data": {"id": 1, "status": n}} for n in (0, 1)]
        answered = await desk.call(ADMIN, "MngBatchCalendarEvents", operations=operations)
        assert answered["status"] == 200
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 500)


async def test_a_change_in_the_group_of_the_claim_moves_nothing(place: Place) -> None:
    async with reached(place) as desk:
        desk.clock.time = NOW + 200
        edits = [desk.event(ADMIN, UPDATE, id=1, title=f"Title {n}") for n in range(5)]
        *_, (reason, left) = await asyncio.gather(*edits, nothing(desk))
        assert (reason, left) == ("COOLDOWN", 400)
        desk.clock.time = NOW + COOLDOWN_SEC
        again = [desk.event(ADMIN, UPDATE, id=1, title=f"Again {n}") for n in range(5)]
        assert (await asyncio.gather(*again, claimed(desk)))[-1] == 2


async def test_a_completion_in_the_group_of_the_claim_counts(place: Place) -> None:
    async with cooling(place) as desk:
        for _ in range(2):
            await called(desk, customer_id=5)
        done = desk.event(TEN, COMPLETE, id=1, outcome="reached")
        edited = desk.event(TEN, UPDATE, id=1, title="Edited at once")
        assert (await asyncio.gather(done, edited, nothing(desk)))[-1] == ("COOLDOWN", 600)


async def test_a_deletion_that_is_undone_does_not_count_as_a_completion(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, title="Another title")
        for time, name in (
            (NOW + 150, "MngDeleteCalendarEvent"),
            (NOW + 180, "MngRestoreCalendarEvent"),
        ):
            desk.clock.time = time
            assert (await desk.call(ADMIN, name, id=1))["status"] == 200
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert (await place.check()).differences == []


async def delete(desk: Desk, time: int, event_id: int = 1) -> None:
    """Deletes a done event at that time; then its changes are pruned."""
    desk.clock.time = time
    assert (await desk.call(ADMIN, "MngDeleteCalendarEvent", id=event_id))["status"] == 200
    await desk.services.store.feed.prune(time + 1, 100)


async def restore(desk: Desk, event_id: int = 1) -> None:
    """Restores an event 180 seconds after `NOW`."""
    desk.clock.time = NOW + 180
    assert (await desk.call(ADMIN, "MngRestoreCalendarEvent", id=event_id))["status"] == 200


@pytest.mark.parametrize("is_pruned_first", [True, False])
async def test_a_restored_event_was_completed_when_it_was_whatever_is_pruned(
    place: Place, is_pruned_first: bool
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, title="Another title")
        if is_pruned_first:
            await desk.services.store.feed.prune(NOW + 101, 100)
        await delete(desk, NOW + 150)
        await restore(desk)
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert done_time(place) == NOW
    assert (await place.check()).differences == []


async def test_so_was_one_that_is_deleted_and_restored_again_at_once(place: Place) -> None:
    async with reached(place) as desk:
        await delete(desk, NOW + 150)
        names = ("MngRestoreCalendarEvent", "MngDeleteCalendarEvent")
        await asyncio.gather(*(desk.call(ADMIN, name, id=1) for name in names))
        await desk.services.store.feed.prune(NOW + 151, 100)
        await restore(desk)
    assert done_time(place) == NOW


async def test_so_was_one_that_is_completed_and_deleted_in_one_batch(place: Place) -> None:
    async with reached(place) as desk:
        names = (COMPLETE, "MngDeleteCalendarEvent")
        operations = [{"command": name, "data": {"id": 2}} for name in names]
        answered = await desk.call(ADMIN, "MngBatchCalendarEvents", operations=operations)
        assert answered["status"] == 200, answered
        await desk.services.store.feed.prune(NOW + 101, 100)
        await restore(desk, 2)
    assert done_time(place, 2) == NOW + 100


async def test_an_open_event_that_is_restored_is_completed_when_it_is_later(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, status=0)
        await delete(desk, NOW + 150)
        await restore(desk)
        assert done_time(place) == 0
        await desk.event(ADMIN, UPDATE, id=1, status=1)
    assert done_time(place) == NOW + 180


@pytest.mark.parametrize("is_older", [False, True])
async def test_an_export_has_the_completion_of_a_deleted_event(
    place: Place, target: Place, is_older: bool
) -> None:
    """One of an older build has it among the changes alone."""
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, title="Another title")
        desk.clock.time = NOW + 150
        if is_older:
            await desk.call(ADMIN, "MngDeleteCalendarEvent", id=1)
        else:
            await delete(desk, NOW + 150)
    lines = await exported(place)
    await imported(target, as_of_an_older_build(lines) if is_older else lines)
    if not is_older:
        trash = [line for line in lines if line.startswith(b'{"trash":')]
        assert [line for line in await exported(target) if line in trash] == trash != []
    async with open_desk(target) as desk:
        await restore(desk)
    assert done_time(target) == NOW
    assert (await target.check()).differences == []


async def test_an_export_has_the_completion_also_where_its_change_is_pruned(
    place: Place, target: Place
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, title="Another title")
        await desk.services.store.feed.prune(NOW + 101, 100)
    lines = await exported(place)
    await imported(target, lines)
    assert [done_time(target, event_id) for event_id in (1, 2)] == [NOW, 0]
    assert (await target.check()).differences == []
    events = [line for line in lines if line.startswith(b'{"event":')]
    assert [line for line in await exported(target) if line in events] == events


async def test_an_import_of_an_older_export_finds_the_completion_among_the_changes(
    place: Place, target: Place
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, title='A "status":0 in the title \x00')
        await called(desk, customer_id=6)
        await desk.event(TEN, COMPLETE, id=3)
    await imported(target, as_of_an_older_build(await exported(place)))
    assert [done_time(target, event_id) for event_id in (1, 2, 3)] == [NOW, 0, NOW + 100]
    assert (await target.check()).differences == []


async def test_a_change_by_a_clock_that_is_behind_leaves_a_store_that_can_be_moved(
    place: Place, target: Place
) -> None:
    """Clocks of nodes differ, and are set."""
    async with reached(place) as desk:
        desk.clock.time = NOW - 2
        edited = await desk.event(ADMIN, UPDATE, id=1, title="Another title")
        assert edited["updated_time"] == NOW - 2
    assert (await place.check()).differences == []
    await imported(target, await exported(place))
    assert done_time(target) == NOW
    assert (await target.check()).differences == []


def as_of_an_older_build(lines: list[bytes]) -> list[bytes]:
    """The export without what it has of completions."""
    whole = b"".join(lines[:-1])
    plain = re.sub(rb',"has_done_times":true|,"done_time":[0-9]+(?=}+\n)', b"", whole)
    assert plain.count(b"done_time") == 0 < whole.count(b'"done_time":')
    end = {"lines": len(lines) - 1, "sha256": hashlib.sha256(plain).hexdigest()}
    return [*plain.splitlines(keepends=True), msgspec.json.encode({"end": end}) + b"\n"]


async def test_a_store_of_an_older_build_is_filled_from_the_changes(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, title="A", status=0)
        desk.clock.time = NOW + 200
        await desk.event(ADMIN, UPDATE, id=1, status=1)
        desk.clock.time = NOW + 300
        await desk.event(ADMIN, UPDATE, id=1, title="B")
    run(place, f"UPDATE event SET done_time = {NOW + 300} WHERE id = 1")  # noqa: S608
    package = f"deskcal.store.{'sqlite' if isinstance(place, SqlitePlace) else 'postgres'}"
    (script,) = (s for s in backend.migrations(package) if s.startswith("-- The time of the compl"))
    run(place, script)
    assert [done_time(place, event_id) for event_id in (1, 2)] == [NOW + 200, 0]


async def test_on_time_is_decided_by_the_completion(place: Place) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=2, start_time=NOW, end_time=NOW + 150)
        await desk.event(TEN, COMPLETE, id=2)
        desk.clock.time = NOW + 500
        await desk.event(ADMIN, UPDATE, id=2, title="Noted later")
        whole = {"from": NOW, "to": NOW + 1000, "deskFilter": "*", "group_by": "type"}
        answered = await desk.call(ADMIN, "MngGetCalendarSummary", **whole)
    assert answered["data"]["groups"][0]["on_time"] == 2


@pytest.mark.parametrize(("event_id", "time"), [(1, 0), (2, NOW)])
async def test_the_check_finds_a_time_at_which_it_was_not_completed(
    place: Place, event_id: int, time: int
) -> None:
    async with reached(place):
        pass
    run(place, f"UPDATE event SET done_time = {time} WHERE id = {event_id}")  # noqa: S608
    (found,) = (await place.check()).differences
    assert found.startswith(f"event {event_id} has index columns")


ARCHIVE = "MngArchiveCalendarEvent"
ENDED = [(ARCHIVE, {}), (UPDATE, {"status": 3})]


@pytest.mark.parametrize(("name", "data"), ENDED)
async def test_the_cooldown_goes_on_where_the_completed_call_is_archived(
    place: Place, target: Place, name: str, data: dict[str, Any]
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, name, id=1, **data)
        await desk.event(ADMIN, UPDATE, id=1, title="Another title")
        await delete(desk, NOW + 150)
        await restore(desk)
        assert await left_at(desk, NOW + 200) == ("COOLDOWN", 400)
    assert (await place.check()).differences == []
    await imported(target, await exported(place))
    assert done_time(target) == NOW
    assert (await target.check()).differences == []


async def test_so_it_does_in_the_group_of_the_claim(place: Place) -> None:
    async with reached(place) as desk:
        desk.clock.time = NOW + 200
        archived = desk.event(ADMIN, ARCHIVE, id=1)
        assert (await asyncio.gather(archived, nothing(desk)))[-1] == ("COOLDOWN", 400)


@pytest.mark.parametrize(("name", "data"), ENDED)
@pytest.mark.parametrize("status", [0, 2])
async def test_no_cooldown_of_what_is_archived_after_its_completion_was_taken_back(
    place: Place, status: int, name: str, data: dict[str, Any]
) -> None:
    async with reached(place) as desk:
        await desk.event(ADMIN, UPDATE, id=1, status=status)
        await desk.event(ADMIN, name, id=1, **data)
        assert await claimed(desk) == 2
    assert done_time(place) == 0
    assert (await place.check()).differences == []


async def test_so_in_one_batch(place: Place) -> None:
    async with reached(place) as desk:
        operations = [
            {"command": UPDATE, "data": {"id": 1, "status": 0}},
            {"command": ARCHIVE, "data": {"id": 1}},
        ]
        answered = await desk.call(ADMIN, "MngBatchCalendarEvents", operations=operations)
        assert answered["status"] == 200, answered
        assert await claimed(desk) == 2
    assert done_time(place) == 0
