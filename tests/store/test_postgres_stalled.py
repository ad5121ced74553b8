"""Nodes that are stopped amid sending or taking: no timeout of PostgreSQL begins, others end it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from psycopg.pq.abc import PGconn

from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.ports import Store
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.reminders import PostgresReminders
from deskcal.store.postgres.store import open_postgres
from helpers import NOW
from postgres_server import PostgresServer
from store.mutations import adding

WAIT_SEC = 30
CLAIM = b"SELECT 1 FROM event FOR UPDATE"
TAKE_NUMBER = b"UPDATE counter SET last_seq = last_seq + 1"
MUCH = b"""
    SELECT repeat('x', 1000000) FROM event, generate_series(1, 100) FOR UPDATE OF event"""


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def node(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """A node that soon takes others for stopped, not itself; an event of it is due."""
    monkeypatch.setattr("deskcal.store.postgres.connection.IDLE_IN_TRANSACTION_SEC", 1)
    monkeypatch.setattr("deskcal.store.postgres.listener.IDLE_IN_TRANSACTION_SEC", 1)
    store = await open_postgres(url, Limits(request_deadline_sec=4))
    await store.mutate(adding(remind_before_sec=60))
    yield store
    await store.close()


@pytest.fixture
def stopped(url: str) -> Iterator[PGconn]:
    """The connection of a node that a test lets send a part of something."""
    with contextlib.closing(psycopg.connect(url, application_name="deskcal other")) as connection:
        connection.pgconn.enter_pipeline_mode()
        yield connection.pgconn


def send(half: PGconn, *statements: bytes) -> None:
    """Sends statements of a group, but not its end."""
    for statement in statements:
        half.send_query_params(statement, None)
    half.send_flush_request()
    half.flush()


def answered(half: PGconn, count: int) -> list[bytes | None]:
    """What the first statements have done, once they have."""
    found = [half.get_result() for _ in range(2 * count)]
    return [result.command_status for result in found if result]


async def until_fired(node: Store) -> None:
    """The node itself may be so slow that the database ends its transaction, too."""
    async with asyncio.timeout(WAIT_SEC):
        while True:
            with contextlib.suppress(Unavailable):
                if (await node.reminders.fire(NOW, 10)).events:
                    return
            await asyncio.sleep(0.01)


async def test_a_node_that_is_stopped_while_it_sends_a_group_loses_its_number(
    node: Store, stopped: PGconn
) -> None:
    send(stopped, b"BEGIN", TAKE_NUMBER)
    assert answered(stopped, 2) == [b"BEGIN", b"UPDATE 1"]
    # The node itself may be so slow that the database ends its transaction, too.
    async with asyncio.timeout(WAIT_SEC):
        while True:
            try:
                await node.mutate(adding())
                break
            except Unavailable as exc:
                assert "nothing was applied" in exc.message


async def test_a_node_that_is_stopped_while_it_sends_what_it_fires_loses_its_claims(
    node: Store, stopped: PGconn
) -> None:
    """Nobody waits for a claim, so no timeout reports that it is held for too long."""
    send(stopped, b"BEGIN", CLAIM)
    assert answered(stopped, 2) == [b"BEGIN", b"SELECT 1"]
    await until_fired(node)


async def test_a_node_that_is_stopped_while_it_takes_what_it_claimed_loses_its_claims(
    node: Store, stopped: PGconn
) -> None:
    send(stopped, b"BEGIN", MUCH)
    assert answered(stopped, 1) == [b"BEGIN"]
    await until_fired(node)


async def test_a_node_that_was_stopped_itself_answers_that_nothing_was_applied(node: Store) -> None:
    """The database has ended its transaction meanwhile; the next one is on a new connection."""

    async def run(connection: Connection, _: Batch) -> None:
        for _round in range(3):
            await connection.execute(b"SELECT 1")
            time.sleep(1.2)

    reminders = node.reminders
    assert isinstance(reminders, PostgresReminders)
    with pytest.raises(Unavailable, match="nothing was applied"):
        await reminders._job(run)
    await until_fired(node)
