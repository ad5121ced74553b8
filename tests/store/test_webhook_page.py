"""What the sender of webhooks reads at once: changes, and the creators of hooks."""

import asyncio
from pathlib import Path

import pytest

from deskcal.core.directory import Directory, Manager
from deskcal.errors import ResyncRequired
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.sqlite.store import open_sqlite
from helpers import NOW
from store.mutations import adding


async def test_a_page_has_changes_after_the_cursor_and_the_creators_that_are_known(
    store: Store,
) -> None:
    ann, bob = Manager(id=1, name="Ann", desks="DESK_EU"), Manager(id=2, name="Bob")
    await store.directory.put(Directory(managers=[ann, bob]))
    await asyncio.gather(*(store.mutate(adding()) for _ in range(5)))
    changes, creators = await store.webhooks.page(1, 3, [1, 3])
    assert changes == await store.feed.changes(1, 3)
    assert [change.seq for change in changes] == [2, 3, 4]
    assert creators == {1: ann}
    assert await store.webhooks.page(5, 3, []) == ([], {})


async def test_creators_of_a_page_are_as_they_are_now(store: Store) -> None:
    for desks in ("DESK_EU", "DESK_US"):
        manager = Manager(id=1, name="Ann", desks=desks)
        await store.directory.put(Directory(managers=[manager]))
        await store.mutate(adding())
        assert (await store.webhooks.page(0, 10, [1]))[1] == {1: manager}


async def test_no_change_of_a_page_comes_before_its_mutation_is_answered(store: Store) -> None:
    found = 0
    for _ in range(30):
        writing = [store.mutate(adding()) for _ in range(5)]
        changes, _ = await store.webhooks.page(found, 1000, [])
        assert all(change.seq <= store.feed.last_seq for change in changes)
        found = changes[-1].seq if changes else found
        await asyncio.gather(*writing)


async def test_changes_whose_commit_the_event_loop_does_not_know_yet_come_later(
    tmp_path: Path,
) -> None:
    """Of the embedded store, which commits on a thread of its own."""
    store = await open_sqlite(tmp_path, Limits())
    await asyncio.gather(*(store.mutate(adding()) for _ in range(5)))
    known = store.feed.last_seq
    for last_seq in (3, known):
        store.feed.last_seq = last_seq
        changes, _ = await store.webhooks.page(0, 10, [])
        assert changes == await store.feed.changes(0, 10)
        assert [change.seq for change in changes] == list(range(1, last_seq + 1))
    await store.close()


async def test_a_page_after_a_cursor_from_below_the_floor_is_refused(store: Store) -> None:
    await store.mutate(adding())
    await store.mutate(adding())
    await store.feed.prune(NOW + 1, 1000)
    with pytest.raises(ResyncRequired):
        await store.webhooks.page(1, 10, [])
