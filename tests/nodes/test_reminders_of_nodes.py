"""Nodes on one database that are killed, or stand still for long, while all fire the same."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.postgres.store import open_postgres
from nodes.reminded import Managers, Wanted, Waves, assert_sent_once
from nodes.running import WAIT_SEC, Nodes
from places import PostgresPlace
from postgres_server import PostgresServer

NODES = 3
EVENTS = 3_000
"""Of a wave, all due in the same second."""
MOST_WAVES = 10
KILLS = 4
STATES = """
    SELECT backend_xid::text, wait_event IN ('ClientRead', 'ClientWrite')
    FROM pg_stat_activity
    WHERE datname = current_database() AND split_part(application_name, ' ', -1) = %s"""


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as made:
        yield made


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """To look into the database; it fires nothing."""
    opened = await open_postgres(url, Limits())
    yield opened
    await opened.close()


@pytest.fixture
async def nodes(url: str, store: Store) -> AsyncIterator[Nodes]:
    """Three that are ready, and known to the database by their numbers."""
    made = Nodes(*(["--database", f"{url}?application_name={n}"] for n in range(NODES)))
    try:
        await asyncio.gather(*(made.start(number) for number in range(NODES)))
        yield made
    finally:
        await made.end()


class Watch:
    """What the database sees of a node."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    async def claim(self, number: int) -> str | None:
        """The transaction with locks in whose middle a node stands still; None: there is none."""
        async with asyncio.timeout(WAIT_SEC):
            while True:
                cursor = await self._connection.execute(STATES, [str(number)])
                states = await cursor.fetchall()
                if all(waits for _, waits in states):
                    return next((xid for xid, _ in states if xid), None)
                await asyncio.sleep(0.001)

    async def was_lost(self, claim: str) -> bool:
        """Whether the transaction has come to nothing, once it is over."""
        async with asyncio.timeout(WAIT_SEC):
            while (status := await self._status(claim)) == "in progress":
                await asyncio.sleep(0.02)
        return status == "aborted"

    async def _status(self, claim: str) -> str:
        cursor = await self._connection.execute("SELECT pg_xact_status(%s::xid8)", [claim])
        row = await cursor.fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture
async def watch(url: str) -> AsyncIterator[Watch]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield Watch(connection)


async def pause_amid_a_claim(nodes: Nodes, watch: Watch, number: int, store: Store) -> str | None:
    """Stops a node in the middle of a transaction; None: all was fired before."""
    while await store.reminders.next_due() is not None:
        nodes[number].pause()
        claim = await watch.claim(number)
        if claim is not None:
            return claim
        nodes[number].go_on()
        await asyncio.sleep(0.005)
    return None


async def until_noted(store: Store) -> None:
    """Until the nodes have noted that everything has left them."""
    async with asyncio.timeout(WAIT_SEC):
        while await store.reminders.waiting_managers():
            await asyncio.sleep(0.01)


async def test_nodes_that_are_killed_amid_a_claim_leave_nobody_out_and_nobody_with_two_tokens(
    nodes: Nodes, store: Store, watch: Watch, url: str
) -> None:
    """All of them, one after the other, wave after wave; each is started again at once."""
    managers, waves = Managers(), Waves(store, EVENTS)
    chance = random.Random(5)
    wanted: Wanted = set()
    lost = 0
    async with managers.listening(nodes):
        for _ in range(MOST_WAVES):
            wanted |= await waves.arm()
            for number in chance.sample(range(NODES), NODES):
                claim = await pause_amid_a_claim(nodes, watch, number, store)
                if claim is not None:
                    await nodes.kill(number)
                    nodes.start(number)
                    lost += await watch.was_lost(claim)
            await managers.until_received(len(wanted))
            await nodes.until_all_run()
            if lost >= KILLS:
                break
        await until_noted(store)
    assert lost >= KILLS, "the kills came when all was fired"
    managers.assert_all_were_reported(wanted)
    await assert_sent_once(store, managers.sent_times)
    assert (await PostgresPlace(url).check()).differences == []


async def test_a_node_that_is_stopped_during_a_claim_and_continues_reminds_nobody_twice(
    nodes: Nodes, store: Store, watch: Watch, url: str
) -> None:
    """For longer than it may hold what it has claimed; the others fire all of it meanwhile."""
    managers, waves = Managers(), Waves(store, EVENTS)
    wanted: Wanted = set()
    async with managers.listening(nodes):
        for _ in range(MOST_WAVES):
            await managers.until_received(len(wanted))
            wanted |= await waves.arm()
            if await has_lost_its_claim(nodes, watch, 1, store):
                break
        else:
            raise AssertionError("it stood still when all was fired")
        async with asyncio.timeout(WAIT_SEC):
            while await store.reminders.next_due() is not None:
                await asyncio.sleep(0.01)
        assert len(managers.received) < len(wanted), "its own managers receive it later"
        nodes[1].go_on()
        await managers.until_received(len(wanted))
        await until_noted(store)
    managers.assert_all_were_reported(wanted)
    await assert_sent_once(store, managers.sent_times)
    assert (await PostgresPlace(url).check()).differences == []


async def has_lost_its_claim(nodes: Nodes, watch: Watch, number: int, store: Store) -> bool:
    """Whether a node stands still that the database has taken its claim from."""
    while (claim := await pause_amid_a_claim(nodes, watch, number, store)) is not None:
        if await watch.was_lost(claim):
            return True
        nodes[number].go_on()
    return False
