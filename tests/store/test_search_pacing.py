"""When the task that indexes the texts leaves the writer to others."""

import asyncio

import pytest

from deskcal.live import search_index
from deskcal.store.ports import Store
from helpers import WAIT_SEC
from store.mutations import adding


@pytest.mark.parametrize("is_burst", [True, False])
async def test_an_index_that_is_far_behind_pauses_while_changes_are_committed(
    store: Store, monkeypatch: pytest.MonkeyPatch, is_burst: bool
) -> None:
    """In a burst of reminders no mutation waits, and the writer is busy all the same."""
    store.search.large_step = 2
    monkeypatch.setattr(search_index, "FAR_BEHIND", 3)
    monkeypatch.setattr(search_index, "PAUSE_SEC", 3600)
    for _ in range(8):
        await store.mutate(adding())
    running = search_index.SearchIndex(store)
    one_step = store.search.index
    steps = 0

    async def step_beside_a_commit(limit: int) -> int:
        nonlocal steps
        steps += 1
        if is_burst:
            running.wake()
        return await one_step(limit)

    monkeypatch.setattr(store.search, "index", step_beside_a_commit)
    task = asyncio.create_task(running.run())
    try:
        async with asyncio.timeout(WAIT_SEC):
            while store.search.indexed_seq < (2 if is_burst else store.feed.last_seq):
                await asyncio.sleep(0)
        for _ in range(50):
            assert await store.load(1)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert (steps == 1) is is_burst


async def test_changes_that_keep_coming_are_not_indexed_one_by_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait until no more come, until there are many, or for `MOST_SEC`."""
    monkeypatch.setattr(search_index, "QUIET_SEC", 3600)
    monkeypatch.setattr(search_index, "PAUSE_SEC", 0)
    for _ in range(3):
        await store.mutate(adding())
    newest = store.feed.last_seq
    running = search_index.SearchIndex(store)
    one_step = store.search.index
    steps = 0

    async def step_before_a_change(limit: int) -> int:
        nonlocal steps
        steps += 1
        count = await one_step(limit)
        await store.mutate(adding())
        running.wake()
        return count

    monkeypatch.setattr(store.search, "index", step_before_a_change)
    task = asyncio.create_task(running.run())
    try:
        async with asyncio.timeout(WAIT_SEC):
            while store.search.indexed_seq < newest:
                await asyncio.sleep(0)
        for _ in range(20):
            await store.mutate(adding())
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert steps == 1


async def test_an_index_that_is_too_far_behind_pauses_only_where_it_holds_up_the_writer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else changes of many connections get so far ahead that a search is refused."""
    store.search.large_step = 2
    monkeypatch.setattr(search_index, "FAR_BEHIND", 1)
    monkeypatch.setattr(search_index, "TOO_FAR_BEHIND", 1)
    monkeypatch.setattr(search_index, "PAUSE_SEC", 3600)
    for _ in range(8):
        await store.mutate(adding())
    running = search_index.SearchIndex(store)
    one_step = store.search.index

    async def step_beside_a_commit(limit: int) -> int:
        running.wake()
        return await one_step(limit)

    monkeypatch.setattr(store.search, "index", step_beside_a_commit)
    task = asyncio.create_task(running.run())
    expected = store.feed.last_seq - 6 if store.search.holds_writer else store.feed.last_seq
    try:
        async with asyncio.timeout(WAIT_SEC):
            while store.search.indexed_seq < expected:
                await asyncio.sleep(0)
        for _ in range(50):
            await store.mutate(adding())
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert store.search.indexed_seq == expected or not store.search.holds_writer
