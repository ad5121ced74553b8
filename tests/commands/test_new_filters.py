"""The filters owner_manager_id, priority, manager_ids in lists and changes. Issue 12, no. 16."""

from typing import Any

import pytest

from harness import ADMIN, Desk, error_of, everything, token

ALL = token(1, ADMIN)
LIST, CHANGES = "MngGetCalendarEventsByFilter", "MngGetCalendarChanges"


async def fill(desk: Desk) -> None:
    """Event 1 of manager 10 with guest 12, event 2 of 11 with guest 10, event 3 of 12."""
    await desk.add(ALL, owner_manager_id=10, participant_manager_ids=[12], priority=0)
    await desk.add(ALL, owner_manager_id=11, participant_manager_ids=[10], priority=2)
    await desk.add(ALL, owner_manager_id=12, priority=3)


@pytest.mark.parametrize(
    ("named", "ids"),
    [
        ({"owner_manager_id": 10}, [1]),
        ({"owner_manager_id": 10, "manager_id": 12}, [1]),
        ({"owner_manager_id": 10, "manager_id": 11}, []),
        ({"owner_manager_id": 0}, [1, 2, 3]),
        ({"owner_manager_id": None}, [1, 2, 3]),
        ({"priority": 0}, [1]),
        ({"priority": [2, 3]}, [2, 3]),
        ({"priority": []}, [1, 2, 3]),
        ({"priority": None}, [1, 2, 3]),
        ({"manager_ids": [10]}, [1, 2]),
        ({"manager_ids": [10, 12, 10]}, [1, 2, 3]),
        ({"manager_ids": [11, 99]}, [2]),
        ({"manager_ids": [99]}, []),
        ({"manager_ids": []}, [1, 2, 3]),
        ({"manager_ids": None}, [1, 2, 3]),
        ({"manager_ids": [10, 11], "manager_id": 12}, [1]),
        ({"manager_ids": [10, 12], "priority": [2, 3], "owner_manager_id": 12}, [3]),
    ],
    ids=str,
)
async def test_lists_and_changes_are_filtered_alike(
    desk: Desk, named: dict[str, Any], ids: list[int]
) -> None:
    await fill(desk)
    assert await desk.rows(ALL, **named) == (ids, len(ids))
    assert (await desk.rows(ALL, limit=1, **named)) == (ids[:1], len(ids))
    answered = await desk.call(ALL, CHANGES, deskFilter="*", since=0, **named)
    assert [row["id"] for row in answered["data"]["changes"]] == ids
    assert "ignored" not in answered["data"]


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"owner_manager_id": -1}, "owner_manager_id"),
        ({"owner_manager_id": [1]}, "owner_manager_id"),
        ({"priority": 4}, "priority"),
        ({"priority": [0, 9]}, "priority[1]"),
        ({"manager_ids": 10}, "manager_ids"),
        ({"manager_ids": [10, "x"]}, "manager_ids[1]"),
        ({"manager_ids": list(range(1, 202))}, "manager_ids"),
    ],
    ids=str,
)
async def test_a_wrong_filter_is_refused_by_its_name(
    desk: Desk, named: dict[str, Any], field: str
) -> None:
    assert error_of(await desk.call(ALL, LIST, **everything(**named))) == (
        400,
        "INVALID_FIELD",
        field,
    )


async def test_only_what_the_session_sees_is_counted(desk: Desk) -> None:
    await fill(desk)
    assert await desk.rows(token(12, desks="DESK_NONE"), manager_ids=[10, 11]) == ([1], 1)
