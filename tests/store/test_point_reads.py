"""Reads of single events: what their readers get, and that one of them does not concern another."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from deskcal.core.document import Record, decode_event
from deskcal.core.event import MAX_ID
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.postgres.store import open_postgres
from postgres_server import PostgresServer
from store.mutations import adding, changing, listed

LARGE_IDS = range(MAX_ID - 300_000, MAX_ID)
"""Their text is 5 MB, more than what a socket takes at one time."""
PREPARES_AFTER = 5
"""Runs of a statement, after which the driver prepares it."""
WAIT_SEC = 60


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def nodes(url: str) -> AsyncIterator[list[Store]]:
    """Two nodes, which keep few decoded documents."""
    limits = Limits(cache_bytes=3000, request_deadline_sec=WAIT_SEC)
    opened: list[Store] = [await open_postgres(url, limits) for _ in range(2)]
    yield opened
    await asyncio.gather(*(store.close() for store in opened))


async def read(store: Store, event_id: int) -> Record | None:
    """What `Store.read` hands on."""
    answer: asyncio.Future[Record | None] = asyncio.get_running_loop().create_future()

    def done(event: Record | None, error: Exception | None) -> None:
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(event)

    store.read(event_id, done)
    assert not answer.done()
    return await asyncio.wait_for(answer, WAIT_SEC)


async def test_a_reader_gets_the_event_or_that_there_is_none(store: Store) -> None:
    document = await store.mutate(adding())
    found = await asyncio.gather(*(read(store, event_id) for event_id in (1, 2, 1)))
    assert [record and record.document for record in found] == [document, None, document]


async def test_what_one_reader_raises_does_not_concern_the_others(store: Store) -> None:
    document = await store.mutate(adding())
    failures: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: failures.append(context.get("exception")))
    broken = ValueError("broken")

    def fail(event: Record | None, error: Exception | None) -> None:
        raise broken

    store.read(1, fail)
    record = await read(store, 1)
    loop.set_exception_handler(None)
    assert record is not None and record.document == document
    assert failures == [broken]


async def test_a_node_that_has_decoded_an_event_sees_each_change_of_another_one(
    nodes: list[Store],
) -> None:
    one, other = nodes
    await asyncio.gather(*(one.mutate(adding()) for _ in range(5)))
    for number in range(20):
        event_id = number % 5 + 1
        await one.mutate(changing(event_id, title=f"title {number}"))
        record = await read(other, event_id)
        assert record is not None and decode_event(record.document).title == f"title {number}"
    assert 0 < other.cached_bytes <= 3000


async def test_more_ids_than_a_socket_takes_are_sent_bit_by_bit(nodes: list[Store]) -> None:
    document = await nodes[0].mutate(adding())
    answers = [nodes[0].load(event_id) for event_id in (1, *LARGE_IDS)]
    found = await asyncio.wait_for(asyncio.gather(*answers), WAIT_SEC)
    assert [record and record.document for record in found[:2]] == [document, None]


async def test_reads_go_on_where_a_failed_list_has_cost_the_connection_its_statements(
    url: str,
) -> None:
    """The driver deallocates them after a rollback that it sees for the first time."""
    limits = Limits(request_deadline_sec=5, database_pool_size=2)
    store = await open_postgres(url, limits)
    document = await store.mutate(adding())
    for _ in range(PREPARES_AFTER + 1):
        await store.feed.changes(0, 10)
    await read(store, 1)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable):
            await listed(store)
    record = await read(store, 1)
    assert record is not None and record.document == document
    await store.close()


async def test_reads_that_get_no_connection_are_answered(url: str) -> None:
    store = await open_postgres(url, Limits())
    await store.close()
    with pytest.raises(Unavailable):
        await read(store, 1)
