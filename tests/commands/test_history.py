"""MngGetCalendarEventHistory: who changed what, when. Source: contract, section 7."""

from typing import Any

import pytest

from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from live import reminded, step_to
from places import Place

ALL = token(1, ADMIN)
TEN = token(10, desks="DESK_EU")


async def history(desk: Desk, token_: str = ALL, **data: Any) -> list[dict[str, Any]]:
    answered = await desk.call(token_, "MngGetCalendarEventHistory", **({"id": 1} | data))
    assert answered["status"] == 200, answered
    rows: list[dict[str, Any]] = answered["data"]["history"]
    return rows


async def test_a_change_has_actor_time_old_and_new_values(desk: Desk) -> None:
    await desk.add(ALL, created_by=55)
    desk.clock.time = NOW + 60
    await desk.event(token(10), "MngUpdateCalendarEvent", id=1, title="new", desk="desk_eu")
    added, changed = await history(desk)
    assert (added["seq"], added["type"], added["time"], added["actor"]) == (1, 0, NOW, 1)
    assert added["changed"]["title"] == [None, "Retention sync"]
    assert added["changed"]["created_by"] == [None, 55]
    assert changed == {
        "seq": 2,
        "type": 1,
        "time": NOW + 60,
        "actor": 10,
        "batch_id": 2,
        "changed": {
            "desk": ["", "DESK_EU"],
            "updated_by": [0, 10],
            "title": ["Retention sync", "new"],
            "updated_time": [NOW, NOW + 60],
            "version": [1, 2],
        },
    }


async def test_pages_go_on_from_next_until_there_is_no_more(desk: Desk) -> None:
    """Issue 12, no. 17."""
    await desk.add(ALL)
    for number in range(4):
        await desk.add(ALL)
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title=f"title {number}")
    seen: list[int] = []
    mores: list[int] = []
    since = None
    while not mores or mores[-1]:
        data = {"id": 1, "since": since, "limit": 2}
        page = (await desk.call(ALL, "MngGetCalendarEventHistory", **data))["data"]
        assert list(page) == ["history", "next", "more"]
        seen += [row["seq"] for row in page["history"]]
        since = page["next"]
        mores.append(page["more"])
    assert (seen, since, mores) == ([1, 3, 5, 7, 9], 9, [1, 1, 0])
    data = {"id": 1, "since": 9}
    page = (await desk.call(ALL, "MngGetCalendarEventHistory", **data))["data"]
    assert page == {"history": [], "next": 9, "more": 0}


@pytest.mark.parametrize("limit", [0, 1001])
async def test_a_limit_beyond_its_bounds_is_refused(desk: Desk, limit: int) -> None:
    await desk.add(ALL)
    answered = await desk.call(ALL, "MngGetCalendarEventHistory", id=1, limit=limit)
    assert error_of(answered) == (400, "INVALID_FIELD", "limit")


async def test_participants_and_ast_are_answered_completely(desk: Desk) -> None:
    await desk.add(ALL, ast_json={"type": "doc"})
    await desk.event(
        ALL, "MngUpdateCalendarEvent", id=1, ast_json=None, participant_manager_ids=[11]
    )
    changed = (await history(desk))[1]["changed"]
    assert changed["ast_json"] == [{"type": "doc"}, None]
    before, after = changed["participants"]
    assert [row["manager_id"] for row in before] == [1]
    assert [row["manager_id"] for row in after] == [1, 11]


async def test_the_history_of_a_deleted_event_stays_for_who_could_see_it(desk: Desk) -> None:
    await desk.add(ALL, desk="DESK_EU", title="gone")
    await desk.call(ALL, "MngDeleteCalendarEvent", id=1)
    rows = await history(desk, TEN)
    assert [row["type"] for row in rows] == [0, 2]
    assert rows[1]["changed"]["title"] == ["gone", None]
    answered = await desk.call(token(11, desks="DESK_US"), "MngGetCalendarEventHistory", id=1)
    assert error_of(answered)[0] == 404


async def test_an_unknown_event_and_an_invisible_one_give_the_same_answer(desk: Desk) -> None:
    await desk.add(ALL, desk="DESK_US")
    hidden = await desk.call(TEN, "MngGetCalendarEventHistory", id=1)
    absent = await desk.call(TEN, "MngGetCalendarEventHistory", id=2)
    assert error_of(hidden) == (404, "NOT_FOUND", "id")
    hidden_message, other = hidden["error"]["message"], absent["error"]["message"]
    assert hidden_message.replace("1", "2") == other


async def test_a_change_that_was_invisible_on_one_side_has_no_values(desk: Desk) -> None:
    await desk.add(ALL, desk="DESK_US", title="secret")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="still secret")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, desk="DESK_EU", title="open")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="renamed")
    rows = await history(desk, TEN)
    assert [row["changed"] for row in rows[:3]] == [{}, {}, {}]
    assert rows[3]["changed"]["title"] == ["open", "renamed"]


async def test_a_fired_reminder_is_in_the_history_as_the_server_s(desk: Desk) -> None:
    await desk.add(ALL, remind_time=NOW + 5)
    step_to(desk, NOW + 5)
    await reminded(desk)
    rows = await history(desk)
    assert rows[1] == {
        "seq": rows[1]["seq"],
        "type": 1,
        "time": NOW + 5,
        "actor": 0,
        "batch_id": rows[1]["seq"],
        "changed": {"reminder_sent_time": [0, NOW + 5]},
    }


async def test_history_goes_on_from_a_cursor(desk: Desk) -> None:
    await desk.add(ALL)
    for title in ("b", "c", "d"):
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title=title)
    answered = await desk.call(ALL, "MngGetCalendarEventHistory", id=1, since=1, limit=2)
    assert [row["seq"] for row in answered["data"]["history"]] == [2, 3]
    assert answered["data"]["more"] == 1
    answered = await desk.call(ALL, "MngGetCalendarEventHistory", id=1, since=3, limit=2)
    assert ([row["seq"] for row in answered["data"]["history"]], answered["data"]["more"]) == (
        [4],
        0,
    )


async def test_after_pruning_the_oldest_kept_change_has_no_old_values(
    place: Place,
) -> None:
    async with open_desk(place) as desk:
        await desk.add(ALL)
        desk.clock.time = NOW + 10
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="b")
        desk.clock.time = NOW + 20
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="c")
        await desk.services.store.feed.prune(NOW + 15, 1000)
        rows = await history(desk)
        assert [(row["seq"], row["changed"].get("title")) for row in rows] == [
            (2, None),
            (3, ["b", "c"]),
        ]
