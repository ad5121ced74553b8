"""The change table: order, the document before, pages, what pruning keeps."""

import asyncio

import pytest

from deskcal.core.document import decode_event
from deskcal.core.event import ChangeType
from deskcal.errors import ResyncRequired
from deskcal.store.ports import Store
from helpers import NOW
from store.conftest import Backend
from store.mutations import adding, changing, deleting

CHANGES = 200


async def seqs(store: Store, since: int = 0, limit: int = 1000) -> list[int]:
    return [change.seq for change in await store.feed.changes(since, limit)]


async def test_changes_come_in_commit_order_without_a_gap(store: Store) -> None:
    await asyncio.gather(*(store.mutate(adding()) for _ in range(CHANGES)))
    assert await seqs(store) == list(range(1, CHANGES + 1))
    assert await seqs(store, 5, 3) == [6, 7, 8]
    assert store.feed.last_seq == CHANGES


async def test_a_change_carries_the_event_before_and_after_it(store: Store) -> None:
    await store.mutate(adding())
    await store.mutate(changing(1, title="second"))
    await store.mutate(deleting(1))
    added, changed, deleted = await store.feed.changes(0, 10)
    assert (added.type, added.before) == (ChangeType.ADDED, None)
    assert changed.before == added.document
    assert decode_event(changed.document).title == "second"
    assert deleted.before == deleted.document == changed.document


async def test_no_change_comes_before_its_mutation_is_answered(store: Store) -> None:
    """A reader sees a commit a moment before the event loop hears of it."""
    found = 0
    for _ in range(50):
        writing = [store.mutate(adding()) for _ in range(5)]
        changes = await store.feed.changes(found, 1000)
        assert all(change.seq <= store.feed.last_seq for change in changes)
        found = changes[-1].seq if changes else found
        await asyncio.gather(*writing)


async def test_a_page_of_large_changes_is_shorter_than_its_limit_but_never_empty(
    store: Store,
) -> None:
    ast = '"' + "x" * 250_000 + '"'
    for _ in range(3):
        await store.mutate(adding(ast_json=ast))
    for number in range(30):
        await store.mutate(changing(1, title=f"title {number}"))
    found, pages = 0, []
    while page := await seqs(store, found):
        pages.append(len(page))
        found = page[-1]
    assert sum(pages) == 33
    assert len(pages) > 1


async def test_a_history_is_of_one_event_and_stays_after_its_deletion(store: Store) -> None:
    await store.mutate(adding())
    await store.mutate(adding())
    await store.mutate(changing(1, title="second"))
    await store.mutate(deleting(1))
    assert [change.seq for change in await store.feed.history(1, 0, 10)] == [1, 3, 4]
    assert [change.seq for change in await store.feed.history(1, 1, 1)] == [3]
    newest = await store.feed.newest(1)
    assert newest is not None and newest.type == ChangeType.DELETED
    assert await store.feed.newest(3) is None


async def test_pruning_keeps_what_the_changes_that_are_left_are_compared_with(
    store: Store,
) -> None:
    await store.mutate(adding(now=NOW))
    await store.mutate(changing(1, title="b", now=NOW + 10))
    await store.mutate(changing(1, title="c", now=NOW + 20))
    assert await store.feed.prune(NOW + 20, 1000) == 2
    assert store.feed.floor_seq == 2
    (left,) = await store.feed.changes(2, 10)
    assert left.before is not None and decode_event(left.before).title == "b"
    assert [change.seq for change in await store.feed.history(1, 0, 10)] == [2, 3]


async def test_a_cursor_from_below_the_floor_has_to_resync(store: Store) -> None:
    await store.mutate(adding())
    await store.mutate(adding())
    await store.feed.prune(NOW + 1, 1000)
    with pytest.raises(ResyncRequired):
        await store.feed.changes(1, 10)
    assert await store.feed.changes(2, 10) == []


async def test_pruning_is_bounded_work_that_goes_on_where_it_stopped(store: Store) -> None:
    await asyncio.gather(*(store.mutate(adding()) for _ in range(10)))
    assert [await store.feed.prune(NOW + 1, 4) for _ in range(4)] == [4, 4, 2, 0]
    assert store.feed.floor_seq == 10


async def test_of_a_deleted_event_nothing_is_kept_below_the_floor(store: Store) -> None:
    await store.mutate(adding())
    await store.mutate(deleting(1))
    await store.feed.prune(NOW + 1, 1000)
    assert await store.feed.newest(1) is None


async def test_a_pruned_store_is_whole_and_keeps_its_floor_over_a_restart(
    backend: Backend,
) -> None:
    store = await backend.open()
    for number in range(5):
        await store.mutate(adding(now=NOW + number))
        await store.mutate(changing(number + 1, title="changed", now=NOW + number))
    await store.mutate(deleting(2))  # at NOW again: the clock was stepped back
    assert await store.feed.prune(NOW + 3, 1000) == 6
    store = await backend.open()
    assert store.feed.floor_seq == 6
    await backend.close()
    assert (await backend.check()).differences == []
    store = await backend.open()
    await store.mutate(changing(1, title="again"))
    assert store.feed.last_seq > 12
