"""The rows of the search index on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator

import pytest

from deskcal.limits import Limits
from deskcal.store.batch.batch import SERVER
from deskcal.store.ports import Store
from helpers import NOW
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
