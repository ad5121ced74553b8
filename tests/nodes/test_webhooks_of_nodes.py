"""Webhooks of two nodes on one database: one sends, another takes over, nothing is left out.

Source: issue 18; contract, section 17.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import psycopg
import pytest

from deskcal import Client
from deskcal.live.webhook_sender import LEASE_SEC, RENEW_SEC
from e2e.process import ServerProcess, serve
from harness import ADMIN, token
from helpers import NEVER
from nodes.running import Nodes
from places import Place
from postgres_server import PostgresServer
from receiver import Received, Receiver, answer, receiving

WAIT_SEC = 120
ROOT = token(1, ADMIN, exp=NEVER)
NETWORKS = ["--webhook-networks", "127.0.0.0/8"]
EVENTS = 20
LEASE = """
    SELECT node, extract(epoch FROM until), extract(epoch FROM clock_timestamp())
    FROM webhook_lease"""


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.scratch_database() as url:
        yield url


@pytest.fixture
async def nodes(database: str) -> AsyncIterator[Nodes]:
    made = Nodes(*[["--database", database, *NETWORKS]] * 2)
    try:
        yield made
    finally:
        await made.end()


class Lease(NamedTuple):
    """Which node sends, until when, and when that was read; seconds by the database's clock."""

    node: str
    until: float
    now: float


async def lease_row(database: str) -> tuple[Any, ...] | None:
    async with await psycopg.AsyncConnection.connect(database) as connection:
        found = await connection.execute(LEASE)
        row: tuple[Any, ...] | None = await found.fetchone()
    return row


async def has_lease(database: str) -> bool:
    """Whether there is one, be it over or not: a node that gives it up deletes it."""
    return await lease_row(database) is not None


async def lease_of(database: str) -> Lease:
    """Raises: AssertionError if there is none."""
    row = await lease_row(database)
    assert row is not None
    return Lease(row[0], float(row[1]), float(row[2]))


async def until_taken(database: str, before: Lease) -> Lease:
    """The lease, once another node has it."""
    async with asyncio.timeout(WAIT_SEC):
        while (lease := await lease_of(database)).node == before.node:
            await asyncio.sleep(0.05)
    return lease


class Writer:
    """Creates events and changes them, and knows which version each has."""

    def __init__(self) -> None:
        self.versions: dict[int, int] = {}

    async def create(self, server: ServerProcess) -> None:
        """Some events, each changed twice."""
        start = int(time.time()) + 600
        async with Client.connect(server.host, server.port, token=ROOT) as client:
            for _ in range(EVENTS):
                event = await client.add_event(title="a", start_time=start, end_time=start)
                self.versions[event.id] = 1
            for number in range(2):
                await self.change(client, f"title {number}")

    async def update(self, server: ServerProcess, title: str) -> None:
        """Every event once more."""
        async with Client.connect(server.host, server.port, token=ROOT) as client:
            await self.change(client, title)

    async def change(self, client: Client, title: str) -> None:
        for event_id in self.versions:
            event = await client.update_event(event_id, title=title)
            self.versions[event_id] = event.version


async def add_hook(server: ServerProcess, receiver: Receiver) -> None:
    async with Client.connect(server.host, server.port, token=ROOT) as client:
        await client.add_webhook(receiver.url())


def first_of_each(requests: list[Received]) -> dict[str, Received]:
    """Messages by id as they came first; one that came again has the same body."""
    found: dict[str, Received] = {}
    for one in requests:
        assert found.setdefault(one.id, one).body == one.body
    return found


def seen(receiver: Receiver) -> dict[int, list[int]]:
    """Versions of each event in the order in which they came first."""
    versions: dict[int, list[int]] = {}
    for one in first_of_each(receiver.requests).values():
        event = one.message["data"]["event"]
        versions.setdefault(event["id"], []).append(event["version"])
    return versions


async def until_all_came(receiver: Receiver, writer: Writer) -> None:
    """Every version of every event, and each event's in order."""
    wanted = {one: list(range(1, version + 1)) for one, version in writer.versions.items()}
    async with asyncio.timeout(WAIT_SEC):
        while sum(map(len, seen(receiver).values())) < sum(map(len, wanted.values())):
            await asyncio.sleep(0.05)
    assert seen(receiver) == wanted


async def until_more(receiver: Receiver, count: int) -> None:
    """So many requests more have come."""
    wanted = len(receiver.requests) + count
    async with asyncio.timeout(WAIT_SEC):
        while len(receiver.requests) < wanted:
            await asyncio.sleep(0.02)


def test_another_node_waits_no_longer_than_15_s_for_the_lease() -> None:
    assert LEASE_SEC + 2 * RENEW_SEC <= 15


async def test_a_node_that_is_stopped_loses_the_lease_and_doubles_nothing_when_it_comes_back(
    nodes: Nodes,
) -> None:
    writer = Writer()
    async with receiving() as receiver:
        await nodes.start(0)
        await add_hook(nodes[0], receiver)
        await writer.create(nodes[0])
        await until_all_came(receiver, writer)
        await nodes.start(1)
        changing = asyncio.create_task(writer.update(nodes[1], "while it is stopped"))
        await until_more(receiver, EVENTS // 4)
        nodes[0].pause()
        await changing
        await until_all_came(receiver, writer)
        nodes[0].go_on()
        for number in range(3):
            await writer.update(nodes[number % 2], f"after it {number}")
        await until_all_came(receiver, writer)


async def test_a_node_that_is_killed_amid_deliveries_leaves_nothing_out(nodes: Nodes) -> None:
    writer = Writer()
    async with receiving() as receiver:
        await nodes.start(0)
        await add_hook(nodes[0], receiver)
        held = asyncio.Event()

        async def hold(_: Received) -> bytes:
            await held.wait()
            return answer()

        receiver.reply = hold
        await writer.create(nodes[0])
        await until_more(receiver, 1)
        await nodes.start(1)
        before = {one.id for one in receiver.requests}
        await nodes.kill(0)
        held.set()
        await writer.update(nodes[1], "by the other")
        await until_all_came(receiver, writer)
        ids = [one.id for one in receiver.requests]
        assert all(ids.count(one) > 1 for one in before)
        await nodes.start(0)
        await writer.update(nodes[0], "once it is back")
        await until_all_came(receiver, writer)


async def test_another_node_sends_once_the_lease_of_one_that_was_killed_has_run_out(
    nodes: Nodes, database: str
) -> None:
    writer = Writer()
    async with receiving() as receiver:
        await nodes.start(0)
        await add_hook(nodes[0], receiver)
        await writer.create(nodes[0])
        await until_all_came(receiver, writer)
        await nodes.start(1)
        held = await lease_of(database)
        assert held.until - held.now <= LEASE_SEC
        await nodes.kill(0)
        taken = await until_taken(database, held)
        assert held.until < taken.until - LEASE_SEC
        await writer.update(nodes[1], "by the other")
        await until_all_came(receiver, writer)


async def test_a_node_whose_last_hook_is_disabled_gives_up_the_lease(
    nodes: Nodes, database: str
) -> None:
    async with receiving() as receiver:
        receiver.reply = lambda _: answer(410)
        await nodes.start(0)
        await add_hook(nodes[0], receiver)
        async with asyncio.timeout(WAIT_SEC):
            while not await has_lease(database):
                await asyncio.sleep(0.05)
        await Writer().create(nodes[0])
        async with asyncio.timeout(WAIT_SEC):
            while await has_lease(database):
                await asyncio.sleep(0.05)
        async with Client.connect(nodes[0].host, nodes[0].port, token=ROOT) as client:
            assert [hook.state for hook in await client.get_webhooks()] == ["disabled"]


async def test_a_server_that_is_killed_amid_deliveries_goes_on_where_it_stood(
    place: Place,
) -> None:
    writer = Writer()
    async with receiving() as receiver:
        async with serve(place, *NETWORKS) as server:
            await add_hook(server, receiver)
            taken = 0

            async def some(_: Received) -> bytes:
                nonlocal taken
                taken += 1
                if taken > EVENTS:
                    await asyncio.Event().wait()
                return answer()

            receiver.reply = some
            await writer.create(server)
            async with asyncio.timeout(WAIT_SEC):
                while taken <= EVENTS:
                    await asyncio.sleep(0.02)
            await server.kill()
        receiver.reply = lambda _: answer()
        async with serve(place, *NETWORKS) as server:
            await writer.update(server, "after the restart")
            await until_all_came(receiver, writer)
