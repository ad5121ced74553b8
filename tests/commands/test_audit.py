"""An auditor's reading of histories: who, when, from what to what, whatever has changed it.

Source: contract, sections 7, 13 to 16.
"""

import itertools
from typing import Any

import pytest

from commands.series_calls import ok
from deskcal.core.event import ChangeType
from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from places import Place

AUDITOR = token(1, ADMIN, exp=4e9)
ANNA = token(10, exp=4e9)
BEN = token(11, exp=4e9)
DAY = 86_400
ADDED, UPDATED, DELETED, RESTORED, ARCHIVED = map(int, ChangeType)

Row = dict[str, Any]


async def history(desk: Desk, event_id: int = 1) -> list[Row]:
    answered = await desk.call(AUDITOR, "MngGetCalendarEventHistory", id=event_id)
    assert answered["status"] == 200, answered
    rows: list[Row] = answered["data"]["history"]
    return rows


async def last(desk: Desk, event_id: int = 1) -> Row:
    return (await history(desk, event_id))[-1]


def as_read(row: Row, *fields: str) -> tuple[Any, ...]:
    """Type, actor and time of a change, and old and new value of these fields."""
    return (
        *(row["type"], row["actor"], row["time"] - NOW),
        *(row["changed"].get(name) for name in fields),
    )


async def test_each_single_mutation_says_who_when_and_what(desk: Desk) -> None:
    await desk.add(ANNA, type=2, desk="DESK_EU", participant_manager_ids=[11])
    assert as_read(await last(desk), "desk", "created_by") == (
        *(ADDED, 10, 0),
        *([None, "DESK_EU"], [None, 10]),
    )
    steps: list[tuple[str, str, dict[str, Any], int, str, Any]] = [
        (ANNA, "MngUpdateCalendarEvent", {"title": "New"}, UPDATED, "title", "New"),
        (ANNA, "MngUpdateCalendarEvent", {"end_time": NOW + 60}, UPDATED, "end_time", NOW + 60),
        (ANNA, "MngUpdateCalendarEvent", {"desk": "DESK_US"}, UPDATED, "desk", "DESK_US"),
        (BEN, "MngRespondCalendarEvent", {"status": 2}, UPDATED, "participants", None),
        (ANNA, "MngClaimNextCalendarEvent", {}, UPDATED, "claimed_by", 10),
        (ANNA, "MngReleaseCalendarEvent", {}, UPDATED, "claimed_by", 0),
        (ANNA, "MngCompleteCalendarEvent", {"outcome": "won"}, UPDATED, "outcome", "won"),
        (BEN, "MngUpdateCalendarEvent", {"status": 0}, UPDATED, "status", 0),
        (BEN, "MngArchiveCalendarEvent", {}, ARCHIVED, "status", 3),
        (ANNA, "MngDeleteCalendarEvent", {}, DELETED, "title", None),
        (BEN, "MngRestoreCalendarEvent", {}, RESTORED, "updated_time", NOW + 11),
    ]
    for number, (by, command, data, type_, field, new) in enumerate(steps, 1):
        desk.clock.time = NOW + number
        answered = await desk.call(by, command, id=1, **data)
        assert answered["status"] == 200, answered
        row = await last(desk)
        actor = 10 if by == ANNA else 11
        assert as_read(row) == (type_, actor, number), command
        assert row["batch_id"] == row["seq"]
        before, after = row["changed"][field]
        assert before != after, command
        assert field == "participants" or after == new, command
    versions = [
        row["changed"]["version"] for row in await history(desk) if "version" in row["changed"]
    ]
    # Of a deletion the new one is None.
    for (_, old), (new, _) in itertools.pairwise(versions):
        assert old in (new, None)


async def test_a_batch_its_undo_and_a_handover_name_who_did_it(desk: Desk) -> None:
    await desk.add(ANNA, end_time=NOW + DAY)
    operations = [
        {"command": "MngUpdateCalendarEvent", "data": {"id": 1, "title": "One"}},
        {"command": "MngUpdateCalendarEvent", "data": {"id": 1, "priority": 3}},
    ]
    desk.clock.time = NOW + 5
    done = await ok(desk, "MngBatchCalendarEvents", {"operations": operations}, BEN)
    rows = (await history(desk))[1:]
    assert [as_read(row, "title", "priority") for row in rows] == [
        (UPDATED, 11, 5, ["Retention sync", "One"], None),
        (UPDATED, 11, 5, None, [1, 3]),
    ]
    assert {row["batch_id"] for row in rows} == {done["batch_id"]}
    desk.clock.time = NOW + 6
    undone = await ok(desk, "MngUndoCalendarBatch", {"batch_id": done["batch_id"]}, AUDITOR)
    row = await last(desk)
    assert as_read(row, "title", "priority") == (
        *(UPDATED, 1, 6),
        *(["One", "Retention sync"], [3, 1]),
    )
    assert row["batch_id"] == undone["batch_id"]
    desk.clock.time = NOW + 7
    data = {"from_manager_id": 10, "to_manager_ids": [12], "deskFilter": "*"}
    shown = await ok(desk, "MngHandoverCalendarEvents", data, BEN)
    assert len(await history(desk)) == 4
    handed = await ok(
        desk, "MngHandoverCalendarEvents", data | {"dry_run": 0, "digest": shown["digest"]}, BEN
    )
    row = await last(desk)
    assert as_read(row, "owner_manager_id") == (UPDATED, 11, 7, [10, 12])
    assert row["batch_id"] == handed["batch_id"]


async def test_an_import_and_its_repetition_name_the_importer(desk: Desk) -> None:
    def calendar(title: str, sequence: int) -> str:
        lines = (
            *("BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a@b", f"SUMMARY:{title}"),
            *(f"SEQUENCE:{sequence}", "DTSTART:20270105T090000Z", "END:VEVENT", "END:VCALENDAR"),
        )
        return "\r\n".join(lines)

    data = {"owner_manager_id": 11}
    await ok(desk, "MngImportCalendarEvents", data | {"ics": calendar("A", 0)}, ANNA)
    await ok(desk, "MngImportCalendarEvents", data | {"ics": calendar("A", 0)}, ANNA)
    dry = data | {"ics": calendar("B", 1), "dry_run": 1}
    await ok(desk, "MngImportCalendarEvents", dry, ANNA)
    desk.clock.time = NOW + 9
    await ok(desk, "MngImportCalendarEvents", data | {"ics": calendar("B", 1)}, ANNA)
    assert [as_read(row, "owner_manager_id", "title") for row in await history(desk)] == [
        (ADDED, 10, 0, [None, 11], [None, "A"]),
        (UPDATED, 10, 9, None, ["A", "B"]),
    ]


async def test_an_occurrence_that_a_rule_takes_away_keeps_all_it_was(desk: Desk) -> None:
    event = {"timezone": "UTC", "recurrence": {"rrule": "FREQ=DAILY;COUNT=5"}}
    first = await desk.add(ANNA, start_time=NOW + 60, end_time=NOW + 120, **event)
    ids = [first["id"] + number for number in range(5)]
    desk.clock.time = NOW + 1
    rule = {"rrule": "FREQ=DAILY;COUNT=2"}
    data = {"id": ids[0], "scope": 2, "recurrence": rule}
    await ok(desk, "MngUpdateCalendarEvent", data, BEN)
    gone = await history(desk, ids[4])
    assert [as_read(row) for row in gone] == [(ADDED, 10, 0), (DELETED, 11, 1)]
    assert gone[1]["changed"]["start_time"] == [NOW + 60 + 4 * DAY, None]
    desk.clock.time = NOW + 2
    await ok(desk, "MngUndoCalendarBatch", {"batch_id": gone[1]["batch_id"]}, BEN)
    assert as_read(await last(desk, ids[4])) == (RESTORED, 11, 2)


@pytest.mark.parametrize("is_purged", [False, True])
async def test_an_event_is_followed_over_desks_deletion_and_the_end_of_the_trash(
    place: Place, is_purged: bool
) -> None:
    async with open_desk(place, trash_retention_sec=100, change_retention_sec=DAY) as desk:
        await desk.add(ANNA, desk="DESK_EU", title="Of EU")
        await desk.event(
            AUDITOR, "MngUpdateCalendarEvent", id=1, desk="DESK_US", owner_manager_id=11
        )
        await desk.call(BEN, "MngDeleteCalendarEvent", id=1)
        await desk.event(BEN, "MngRestoreCalendarEvent", id=1)
        await desk.call(BEN, "MngDeleteCalendarEvent", id=1)
        desk.clock.time = NOW + 101
        if is_purged:
            assert await desk.services.store.trash.purge(NOW + 1, 100) == 1
        answered = await desk.call(BEN, "MngRestoreCalendarEvent", id=1)
        assert error_of(answered) == (404, "NOT_FOUND", "id")
        rows = await history(desk)
    assert [as_read(row, "desk", "owner_manager_id") for row in rows] == [
        (ADDED, 10, 0, [None, "DESK_EU"], [None, 10]),
        (UPDATED, 1, 0, ["DESK_EU", "DESK_US"], [10, 11]),
        (DELETED, 11, 0, ["DESK_US", None], [11, None]),
        (RESTORED, 11, 0, None, None),
        (DELETED, 11, 0, ["DESK_US", None], [11, None]),
    ]
