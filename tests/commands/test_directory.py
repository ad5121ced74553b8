"""MngGetCalendarDirectory over a store. Source: issue 4, "Managers by name"."""

import datetime as dt
from pathlib import Path

from deskcal.core import directory as names
from deskcal.core.calling_hours import CallingHours, HoursTable
from deskcal.core.completion import CallRules
from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome
from deskcal.store.sqlite.directory import directory_in, put_in
from harness import ADMIN, Desk, error_of, open_desk, token
from places import SqlitePlace

ANN = names.Manager(id=10, name="Ann O'Neil {}]", desks="DESK_A", colour="#3b6fe0")
BOB = names.Manager(id=11, name="Bob", brand="other", desks="DESK_B", colour="#0e9384")
DESK_A = names.Desk(code="DESK_A", title="A", manager_id=10)
LATER = Outcome(
    code="later",
    name="Call later",
    types=(EventType.CALL, EventType.FOLLOW_UP),
    is_contact=1,
    next_in_sec=3600,
)
DESK_B = names.Desk(code="DESK_B", brand="other", title="B")


async def test_managers_and_desks_that_the_session_may_see_are_listed(desk: Desk) -> None:
    await desk.services.store.directory.put(names.Directory([BOB, ANN], [DESK_B, DESK_A], [LATER]))
    mine = token(10, desks="DESK_A", brands="default")
    answered = await desk.call(mine, "MngGetCalendarDirectory", deskFilter="*")
    assert answered["data"] == {
        "managers": [
            {
                "id": 10,
                "name": "Ann O'Neil {}]",
                "brand": "default",
                "desks": "DESK_A",
                "colour": "#3b6fe0",
                "disabled": 0,
            }
        ],
        "desks": [{"code": "DESK_A", "brand": "default", "title": "A", "manager_id": 10}],
        "outcomes": [
            {
                "code": "later",
                "name": "Call later",
                "types": [2, 4],
                "is_contact": 1,
                "next_in_sec": 3600,
            }
        ],
        "default_timezone": "UTC",
        "others_may_change": 1,
        "calling_hours": {},
        "outcome_required_types": [],
        "trash_retention_sec": 90 * 86_400,
    }
    everyone = await desk.call(token(1, ADMIN), "MngGetCalendarDirectory", deskFilter="*")
    assert [one["id"] for one in everyone["data"]["managers"]] == [10, 11]


async def test_a_desk_filter_is_required_and_must_be_a_mask(desk: Desk) -> None:
    missing = await desk.call(token(), "MngGetCalendarDirectory")
    assert error_of(missing) == (400, "FIELD_REQUIRED", "deskFilter")
    wrong = await desk.call(token(), "MngGetCalendarDirectory", deskFilter="!A")
    assert error_of(wrong) == (400, "INVALID_FIELD", "deskFilter")


async def test_what_is_put_again_replaces_what_was_there(desk: Desk) -> None:
    store = desk.services.store.directory
    await store.put(names.Directory([ANN], [DESK_A], [LATER]))
    renamed = names.Manager(id=10, name="Anne", colour="#3b6fe0", disabled=1)
    first = names.Desk(code="DESK_A", title="First", manager_id=11)
    for_all = Outcome(code="later", name="Later")
    await store.put(names.Directory([renamed], [first], [for_all]))
    assert await store.all() == names.Directory([renamed], [first], [for_all])


async def test_the_command_line_writes_while_a_server_runs(tmp_path: Path) -> None:
    assert directory_in(tmp_path / "none") == names.Directory()
    async with open_desk(SqlitePlace(tmp_path)) as running:
        put_in(tmp_path, names.Directory([BOB], [DESK_B]))
        found = await running.services.store.directory.all()
        assert (found.managers, found.desks) == ([BOB], [DESK_B])
    assert directory_in(tmp_path).managers == [BOB]


async def test_calling_hours_of_the_brands_in_scope_are_reported_with_their_zone(
    tmp_path: Path,
) -> None:
    tables = {
        "default": HoursTable(hours="09:00-20:00", holidays=(dt.date(2026, 12, 25),)),
        "other": HoursTable(hours="22:00-02:00", weekdays=(1,), timezone="Asia/Tokyo"),
    }
    rules = CallRules(
        CallingHours(tables, "Europe/Nicosia"), outcome_required_types=frozenset({4, 2})
    )
    async with open_desk(SqlitePlace(tmp_path), call_rules=rules) as desk:
        answered = await desk.call(
            token(10, brands="default"), "MngGetCalendarDirectory", deskFilter="*"
        )
    assert answered["data"]["calling_hours"] == {
        "default": {
            "hours": "09:00-20:00",
            "weekdays": [1, 2, 3, 4, 5, 6, 7],
            "holidays": ["2026-12-25"],
            "timezone": "Europe/Nicosia",
        }
    }
    assert answered["data"]["outcome_required_types"] == [2, 4]
