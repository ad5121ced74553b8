"""MngGetCalendarChanges: pages from a cursor, filtered as the list. Contract, section 7."""

from typing import Any

import pytest

from deskcal import commands
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.ports.work import Changes, Transaction
from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from places import Place

ALL = token(1, ADMIN)
TEN = token(10, desks="DESK_EU")


async def changes(desk: Desk, token_: str = ALL, **data: Any) -> dict[str, Any]:
    """The answer's data."""
    answered = await desk.call(
        token_, "MngGetCalendarChanges", **({"deskFilter": "*", "since": 0} | data)
    )
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


def summary(data: dict[str, Any]) -> list[tuple[int, int, bool]]:
    """(type, event id, whether the event is there) of each change."""
    return [(row["type"], row["id"], row["event"] is not None) for row in data["changes"]]


async def test_each_change_comes_with_the_event_as_of_that_change(desk: Desk) -> None:
    first = await desk.add(ALL)
    desk.clock.time = NOW + 5
    second = await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="second")
    await desk.call(ALL, "MngDeleteCalendarEvent", id=1)
    row = {"actor": 1, "id": 1}
    assert await changes(desk) == {
        "changes": [
            row | {"seq": 1, "batch_id": 1, "type": 0, "time": NOW, "event": first},
            row | {"seq": 2, "batch_id": 2, "type": 1, "time": NOW + 5, "event": second},
            row | {"seq": 3, "batch_id": 3, "type": 2, "time": NOW + 5, "event": None},
        ],
        "next": 3,
        "more": 0,
    }


async def test_without_a_cursor_only_the_cursor_of_now_comes(desk: Desk) -> None:
    await desk.add(ALL)
    answered = await desk.call(ALL, "MngGetCalendarChanges", deskFilter="*")
    assert answered["data"] == {"changes": [], "next": 1, "more": 0}
    await desk.add(ALL)
    assert [row["seq"] for row in (await changes(desk, since=1))["changes"]] == [2]


async def test_pages_go_on_from_next_until_there_is_no_more(desk: Desk) -> None:
    for _ in range(5):
        await desk.add(ALL)
    seen: list[int] = []
    mores: list[int] = []
    since = 0
    while not mores or mores[-1]:
        page = await changes(desk, since=since, limit=2)
        seen += [row["seq"] for row in page["changes"]]
        since = page["next"]
        mores.append(page["more"])
    assert (seen, since, mores) == ([1, 2, 3, 4, 5], 5, [1, 1, 0])


async def test_invisible_changes_do_not_count_for_the_limit(desk: Desk) -> None:
    """Issue 12, no. 17."""
    for code in ("DESK_US", "DESK_US", "DESK_EU", "DESK_US", "DESK_EU", "DESK_US"):
        await desk.add(ALL, desk=code)
    page = await changes(desk, TEN, limit=1)
    assert (summary(page), page["next"], page["more"]) == ([(0, 3, True)], 3, 1)
    page = await changes(desk, TEN, since=3, limit=1)
    assert (summary(page), page["next"], page["more"]) == ([(0, 5, True)], 5, 1)
    assert await changes(desk, TEN, since=5, limit=1) == {"changes": [], "next": 6, "more": 0}


async def test_a_last_number_without_a_change_is_nothing_more(desk: Desk) -> None:
    """A calendar object that changes alone takes a number."""
    await desk.add(ALL)
    app = CalendarObject(owner_id=1, uid="a@b", name="a.ics", event_id=1)

    def put(changes: Changes) -> None:
        changes.put_calendar_object(app.key, app)

    await desk.services.store.transact(Transaction((), 0, 1, NOW, put, objects=[app.key]))
    assert (await changes(desk, since=None))["next"] == 2
    page = await changes(desk)
    assert (summary(page), page["next"], page["more"]) == ([(0, 1, True)], 1, 0)


async def test_a_request_reads_so_many_changes_and_answers_where_to_continue(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands.changes, "MAX_LOOKED_AT", 5)
    monkeypatch.setattr(commands.changes, "PAGE", 2)
    for _ in range(6):
        await desk.add(ALL, desk="DESK_US")
    await desk.add(ALL, desk="DESK_EU")
    assert await changes(desk, TEN, limit=2) == {"changes": [], "next": 5, "more": 1}
    page = await changes(desk, TEN, since=5, limit=2)
    assert (summary(page), page["next"], page["more"]) == ([(0, 7, True)], 7, 0)


async def test_an_answer_ends_with_the_change_that_makes_it_large(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands.changes, "MAX_BYTES", 3000)
    for _ in range(3):
        await desk.add(ALL, ast_json="x" * 2000)
    page = await changes(desk)
    assert (summary(page), page["more"]) == ([(0, 1, True), (0, 2, True)], 1)


async def test_gain_and_loss_of_visibility_are_an_update_and_a_deletion(desk: Desk) -> None:
    await desk.add(ALL, desk="DESK_US")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, desk="DESK_EU")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, desk="DESK_US")
    await desk.call(ALL, "MngDeleteCalendarEvent", id=1)
    assert summary(await changes(desk, TEN)) == [(1, 1, True), (2, 1, False)]


@pytest.mark.parametrize(
    "named",
    [
        {"deskFilter": "DESK_EU"},
        {"manager_id": 10},
        {"brand": "other"},
        {"customer_id": 5},
        {"lead_id": 6},
        {"login": 7},
        {"status": [1, 2]},
        {"type": 3},
    ],
    ids=lambda named: next(iter(named)),
)
async def test_the_filters_of_the_list_hold_here_too(desk: Desk, named: dict[str, Any]) -> None:
    fitting = {"desk": "DESK_EU", "owner_manager_id": 10, "brand": "other", "customer_id": 5}
    fitting |= {"lead_id": 6, "login": 7, "status": 2, "type": 3}
    await desk.add(ALL)
    await desk.add(ALL, **fitting)
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, **fitting)
    back = {"desk": "", "owner_manager_id": 1, "brand": "default", "customer_id": 0}
    back |= {"lead_id": 0, "login": 0, "status": 0, "type": 0, "participant_manager_ids": []}
    await desk.event(ALL, "MngUpdateCalendarEvent", id=2, **back)
    assert summary(await changes(desk, **named)) == [(0, 2, True), (1, 1, True), (2, 2, False)]


@pytest.mark.parametrize("field", ["deskFilter"])
async def test_the_desk_filter_is_required_as_in_the_list(desk: Desk, field: str) -> None:
    answered = await desk.call(ALL, "MngGetCalendarChanges", since=0)
    assert error_of(answered) == (400, "FIELD_REQUIRED", field)


@pytest.mark.parametrize("limit", [0, 5001])
async def test_a_limit_beyond_its_bounds_is_refused(desk: Desk, limit: int) -> None:
    answered = await desk.call(ALL, "MngGetCalendarChanges", deskFilter="*", since=0, limit=limit)
    assert error_of(answered) == (400, "INVALID_FIELD", "limit")


async def test_a_cursor_below_the_floor_or_beyond_the_end_is_410(place: Place) -> None:
    async with open_desk(place) as desk:
        await desk.add(ALL)
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="second")
        assert await desk.services.store.feed.prune(NOW + 1, 1) == 1
        for since in (0, 3):
            answered = await desk.call(ALL, "MngGetCalendarChanges", deskFilter="*", since=since)
            assert error_of(answered) == (410, "RESYNC_REQUIRED", "since")
        assert summary(await changes(desk, since=1)) == [(1, 1, True)]


async def test_cursors_outlive_a_restart(place: Place) -> None:
    async with open_desk(place) as desk:
        await desk.add(ALL)
    async with open_desk(place) as desk:
        added = await desk.add(ALL)
        assert summary(await changes(desk, since=1)) == [(0, added["id"], True)]
