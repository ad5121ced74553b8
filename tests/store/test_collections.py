"""Rows of brands and desks: made by the first event, removed after the last."""

import asyncio

from deskcal.limits import Limits
from deskcal.live.housekeeping import Housekeeping
from deskcal.live.tasks import Tasks
from deskcal.store.postgres.store import open_postgres
from helpers import NOW, WAIT_SEC
from places import PostgresPlace
from postgres_server import PostgresServer
from store.conftest import Backend
from store.mutations import adding, changing, deleting, done, ids, listed


async def counted(backend: Backend) -> int:
    report = await backend.check()
    assert report.differences == []
    return report.counts["collection"]


async def test_a_desk_that_no_event_uses_any_more_is_removed(backend: Backend) -> None:
    store = await backend.open()
    for desk in ("A", "B", "C"):
        await store.mutate(adding(desk=desk))
    await store.mutate(deleting(2))
    await store.mutate(changing(3, desk="A"))
    assert await counted(backend) == 3
    assert await store.remove_unused_collections() == 2
    assert await store.remove_unused_collections() == 0
    assert await counted(backend) == 1
    assert await ids(store, desk_filter="A") == [1, 3]


async def test_a_desk_that_was_removed_is_used_again(backend: Backend) -> None:
    store = await backend.open()
    await store.mutate(adding(desk="A"))
    await store.mutate(adding(desk="B"))
    await store.mutate(deleting(2))
    assert await ids(store, desk_filter="B") == []
    assert await store.remove_unused_collections() == 1
    await store.mutate(adding(desk="B"))
    await store.mutate(adding(desk="C"))
    assert await ids(store, desk_filter="B") == [3]
    assert await ids(store, desk_filter="C") == [4]
    assert await ids(store, desk_filter="*,!A") == [3, 4]
    assert await counted(backend) == 3
    store = await backend.open()
    assert await ids(store, desk_filter="B") == [3]


async def test_a_node_that_remembers_a_removed_desk_makes_it_again(
    postgres: PostgresServer,
) -> None:
    with postgres.scratch_database() as url:
        one, other = await open_postgres(url, Limits()), await open_postgres(url, Limits())
        first = await done(one.mutate(adding(desk="A")))
        kept = await done(one.mutate(adding(desk="B")))
        second = await done(other.mutate(adding(desk="A")))
        await other.mutate(deleting(first.id))
        await other.mutate(deleting(second.id))
        assert await other.remove_unused_collections() == 1
        await one.mutate(changing(kept.id, desk="A"))
        await other.mutate(adding(desk="A"))
        assert len(await ids(other, desk_filter="A")) == 2
        assert (await listed(one, desk_filter="A"))[1] == 2
        await one.close()
        await other.close()
        report = await PostgresPlace(url).check()
        assert (report.differences, report.counts["collection"]) == ([], 2)


async def test_housekeeping_removes_them_now_and_then(backend: Backend) -> None:
    store = await backend.open()
    await store.mutate(adding(desk="A"))
    await store.mutate(deleting(1))
    housekeeping = Housekeeping(store, lambda: NOW, trash_retention_sec=1, every_sec=0.01)
    async with Tasks() as tasks, asyncio.timeout(WAIT_SEC):
        tasks.start("housekeeping", housekeeping.run)
        while (await backend.check()).counts["collection"]:
            await asyncio.sleep(0)
