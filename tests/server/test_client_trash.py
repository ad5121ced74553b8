"""The client's methods for trash, batches, undo and search against a real server."""

from typing import Any

import pytest

from deskcal import Client, Conflict, NotFound
from harness import token
from helpers import NOW
from places import Place
from wire import serving

TEN = token(10, exp=NOW * 2)
ELEVEN = token(11, desks="DESK_EU", exp=NOW * 2)


async def test_what_was_deleted_is_listed_restored_and_deleted_again_by_undo(place: Place) -> None:
    async with (
        serving(place) as server,
        Client.connect("127.0.0.1", server.port, token=TEN) as client,
    ):
        made = [
            await client.add_event(title=f"Call {number}", start_time=NOW, end_time=NOW + 60)
            for number in (1, 2)
        ]
        for event in made:
            await client.delete_event(event.id)
        first = await client.get_trash(limit=1)
        assert [row.event.title for row in first.rows] == ["Call 2"]
        assert first.next is not None
        second = await client.get_trash(before=first.next)
        assert [(row.event.id, row.deleted_by) for row in second.rows] == [(made[0].id, 10)]
        assert second.next is None
        assert (await client.get_trash(token=ELEVEN)).rows == []
        with pytest.raises(Conflict):
            await client.restore_event(made[0].id, if_version=2)
        restored = await client.restore_event(made[0].id, if_version=1)
        assert (restored.id, restored.title) == (made[0].id, "Call 1")
        with pytest.raises(NotFound):
            await client.restore_event(made[0].id)
        changes = await client.get_changes(0)
        undone = await client.undo_batch(changes.changes[-1].batch_id)
        assert (undone.undone, undone.left) == (1, [])
        assert {row.event.id for row in (await client.get_trash()).rows} == {1, 2}


async def test_words_are_found_page_by_page_within_a_range(place: Place) -> None:
    async with (
        serving(place) as server,
        Client.connect("127.0.0.1", server.port, token=TEN) as client,
    ):
        operations = [
            (
                "MngAddCalendarEvent",
                {"title": f"Żółw {day}", "start_time": start, "end_time": start + 60},
            )
            for day in range(3)
            for start in [NOW + day * 86_400]
        ]
        await client.batch_events(operations)
        first = await client.search_events("zolw", limit=2)
        assert [event.title for event in first.rows] == ["Żółw 2", "Żółw 1"]
        rest = await client.search_events("zolw", after=first.next)
        assert ([event.title for event in rest.rows], rest.next) == (["Żółw 0"], None)
        within: dict[str, Any] = {"from": NOW + 80_000, "to": NOW + 90_000}
        found = await client.search_events("zolw", **within)
        assert [event.title for event in found.rows] == ["Żółw 1"]
        assert (await client.search_events("zolw", token=ELEVEN)).rows == []
