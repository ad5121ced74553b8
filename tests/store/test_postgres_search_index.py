"""The rows of the search index on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from deskcal.limits import Limits
from deskcal.store.batch.batch import SERVER
from deskcal.store.ports import Store
from helpers import NOW, WAIT_SEC
from places import PostgresPlace
from postgres_server import PostgresServer
from store.mutations import adding, changing
from store.test_search import found, index

GRAMS = "SELECT grams, xmin::text FROM event_gram WHERE event_id = 1"
"""Of the event, and which transaction wrote them."""


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[PostgresPlace]:
    with postgres.database() as url:
        yield PostgresPlace(url)


@pytest.fixture
async def node(database: PostgresPlace) -> AsyncIterator[Store]:
    store = await database.open(Limits())
    yield store
    await store.close()


async def test_texts_are_not_read_again_for_what_the_server_changes(
    database: PostgresPlace, node: Store
) -> None:
    """Issue 19: twenty thousand reminders that fire in one second change no text."""
    await node.mutate(adding(title="call"))
    await index(node)
    with database.asking() as ask:
        written = ask(GRAMS)
        assert written is not None
        await node.mutate(changing(1, actor=SERVER, title="never looked at"))
        assert [await node.search.index(100) for _ in range(2)] == [1, 0]
        assert ask(GRAMS) == written
        await node.mutate(changing(1, actor=SERVER, start_time=NOW + 9000, end_time=NOW + 9060))
        await node.mutate(changing(1, title="visit"))
        await node.mutate(changing(1, actor=SERVER, reminder_sent_time=NOW))
        assert [await node.search.index(100) for _ in range(2)] == [3, 0]
        assert ask(GRAMS) != written
    assert (await found(node, "visit"), await found(node, "call")) == ([1], [])
    assert (await database.check()).differences == []


async def test_a_change_does_not_wait_for_a_step_of_the_index(
    database: PostgresPlace, node: Store
) -> None:
    """Creates of 64 connections were made half as often while their texts were indexed."""
    await node.mutate(adding(title="first"))
    with psycopg.connect(database.url) as holder:
        holder.execute("LOCK TABLE event_gram IN EXCLUSIVE MODE")
        step = asyncio.create_task(node.search.index(100))
        with database.asking() as ask:
            while not ask("SELECT 1 FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"):
                await asyncio.sleep(0)
        async with asyncio.timeout(WAIT_SEC):
            await node.mutate(adding(title="second"))
        assert not step.done()
    assert await step == 1
    await index(node)
    assert (await found(node, "first"), await found(node, "second")) == ([1], [2])
