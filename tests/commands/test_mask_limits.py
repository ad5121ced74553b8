"""One limit of masks, for everything that takes one. Source: contract, section 11."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deskcal.core.directory import Desk as DeskEntry
from deskcal.core.directory import Directory, Manager, checked_manager
from harness import Desk, error_of, everything, open_desk, token
from places import Place

TEN = token(10)
LONG = ",".join(f"DESK_{n:04}" for n in range(200)) + ",DESK_EU"
USES: list[tuple[str, dict[str, Any], str]] = [
    ("MngGetCalendarEventsByFilter", everything(deskFilter=LONG), "deskFilter"),
    ("MngGetCalendarChanges", {"deskFilter": LONG}, "deskFilter"),
    ("MngGetCalendarDirectory", {"deskFilter": LONG}, "deskFilter"),
    ("MngExportCalendarEvents", {"deskFilter": LONG}, "deskFilter"),
    ("Subscribe", {"chanels": [f"calendar:desk:{LONG}"]}, "chanels"),
]


@pytest.fixture
async def wide(place: Place) -> AsyncIterator[Desk]:
    async with open_desk(place, max_mask_bytes=4096, max_mask_patterns=250) as desk:
        yield desk


@pytest.mark.parametrize(("command", "data", "field"), USES, ids=lambda one: str(one)[:24])
async def test_a_mask_beyond_the_limit_is_refused(
    desk: Desk, command: str, data: dict[str, Any], field: str
) -> None:
    assert error_of(await desk.call(TEN, command, **data)) == (400, "INVALID_FIELD", field)


@pytest.mark.parametrize(("command", "data", "_"), USES, ids=lambda one: str(one)[:24])
async def test_a_mask_within_a_raised_limit_is_taken(
    wide: Desk, command: str, data: dict[str, Any], _: str
) -> None:
    assert (await wide.call(TEN, command, **data))["status"] == 200


async def test_changes_of_a_channel_with_a_long_mask_are_pushed(wide: Desk) -> None:
    assert (await wide.rows(TEN, deskFilter=LONG)) == ([], 0)
    await wide.add(TEN, desk="DESK_EU")
    await wide.add(TEN, desk="DESK_US")
    assert await wide.rows(TEN, deskFilter=LONG) == ([1], 1)


async def test_a_manager_whose_mask_was_taken_before_the_limit_fell_is_still_listed(
    desk: Desk,
) -> None:
    manager = Manager(id=5, name="Anna", desks=LONG, colour="#3b6fe0")
    with pytest.raises(ValueError, match="longer than"):
        checked_manager(manager)
    entries = Directory([manager], [DeskEntry(code="DESK_EU", title="EU")], [])
    await desk.services.store.directory.put(entries)
    answered = await desk.call(TEN, "MngGetCalendarDirectory", deskFilter="DESK_EU")
    assert [one["id"] for one in answered["data"]["managers"]] == [5]
