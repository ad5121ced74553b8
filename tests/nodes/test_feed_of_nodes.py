"""The change feed over three nodes on one database, also where they do not hear of each other."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest

from harness import ADMIN, new_event, token
from helpers import NOW
from places import PostgresPlace
from postgres_proxy import PostgresProxy
from postgres_server import PostgresServer
from wire import WAIT_SEC, Running, Wire, serving

ALL = token(1, ADMIN, exp=NOW * 2)
NODES = 3
WRITERS = 4
WRITES = 40
"""Of each writer, of which a node has `WRITERS`."""
CHANGES = NODES * WRITERS * WRITES
ROUNDS = 10
"""In each all writers write that part of theirs, and all listeners are ended: before or amid it."""
LISTENERS = """
    SELECT pid FROM pg_locks JOIN pg_database AS d ON d.oid = database
    WHERE locktype = 'advisory' AND mode = 'ShareLock' AND datname = current_database()"""


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as made:
        yield made


@pytest.fixture
async def proxy(url: str) -> AsyncIterator[PostgresProxy]:
    """Between every node and its database."""
    async with PostgresProxy(url) as made:
        yield made


@pytest.fixture
async def nodes(proxy: PostgresProxy) -> AsyncIterator[list[Running]]:
    async with AsyncExitStack() as stack:
        place = PostgresPlace(proxy.url)
        yield [await stack.enter_async_context(serving(place)) for _ in range(NODES)]


@pytest.fixture(params=["nudged", "deaf"])
def hearing(request: pytest.FixtureRequest, proxy: PostgresProxy) -> Iterator[None]:
    """With all notifications, and without a single one."""
    proxy.loses_notifications = request.param == "deaf"
    yield
    assert bool(proxy.lost) == proxy.loses_notifications


async def subscribe(node: Running, *, since: int | None = None) -> Wire:
    """A new connection that gets all changes."""
    wire = await node.connect()
    data: dict[str, Any] = {"chanels": ["calendar"]} | ({} if since is None else {"since": since})
    answered = await wire.call(ALL, "Subscribe", **data)
    assert answered["status"] == 200, answered
    return wire


async def pushed(wire: Wire) -> int:
    """The number of the next change that is pushed."""
    while (line := await wire.line()) == b"\r\n":
        pass
    message = json.loads(line)
    assert message["event"] == "calendar:event", message
    return int(message["seq"])


async def write(node: Running, count: int) -> None:
    """So many creates and changes, one after the other."""
    wire = await node.connect()
    for number in range(count // 2):
        added = await wire.call(ALL, "MngAddCalendarEvent", **new_event())
        assert added["status"] == 200, added
        event_id = added["data"]["event"]["id"]
        changed = await wire.call(ALL, "MngUpdateCalendarEvent", id=event_id, title=str(number))
        assert changed["status"] == 200, changed


async def write_everywhere(nodes: list[Running], count: int = WRITES) -> None:
    await asyncio.gather(*(write(node, count) for node in nodes for _ in range(WRITERS)))


async def end_listeners(connection: psycopg.AsyncConnection[Any]) -> None:
    """Ends those of all nodes, once all have one: a node makes another after a while."""
    async with asyncio.timeout(WAIT_SEC):
        while True:
            found = await (await connection.execute(LISTENERS)).fetchall()
            if len(found) == NODES:
                break
            await asyncio.sleep(0.01)
    for (pid,) in found:
        await connection.execute("SELECT pg_terminate_backend(%s)", [pid])


async def add(node: Running) -> int:
    """The id of a new event."""
    added = await (await node.connect()).call(ALL, "MngAddCalendarEvent", **new_event())
    assert added["status"] == 200, added
    return int(added["data"]["event"]["id"])


async def changes(node: Running, **data: Any) -> dict[str, Any]:
    """What MngGetCalendarChanges tells; it must succeed."""
    wire = await node.connect()
    answered = await wire.call(ALL, "MngGetCalendarChanges", deskFilter="*", **data)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


@pytest.mark.usefixtures("hearing")
async def test_subscribers_on_all_nodes_get_each_change_of_all_nodes_once_and_in_order(
    nodes: list[Running],
) -> None:
    wires = [await subscribe(node) for node in nodes]
    writing = asyncio.create_task(write_everywhere(nodes))
    for wire in wires:
        assert [await pushed(wire) for _ in range(CHANGES)] == list(range(1, CHANGES + 1))
    await writing


async def test_a_node_whose_listener_is_ended_again_and_again_misses_nothing(
    nodes: list[Running], url: str
) -> None:
    wires = [await subscribe(node) for node in nodes]
    found: list[int] = []
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for number in range(ROUNDS):
            if number % 2:
                await end_listeners(connection)
            writing = asyncio.create_task(write_everywhere(nodes, WRITES // ROUNDS))
            found.append(await pushed(wires[1]))
            if not number % 2:
                await end_listeners(connection)
            found += [await pushed(wires[1]) for _ in range(CHANGES // ROUNDS - 1)]
            await writing
    assert found == sorted(set(found))
    for wire in (wires[0], wires[2]):
        assert [await pushed(wire) for _ in range(CHANGES)] == found


@pytest.mark.usefixtures("hearing")
@pytest.mark.parametrize("seed", range(2))
async def test_who_goes_on_at_another_node_again_and_again_misses_nothing(
    nodes: list[Running], seed: int
) -> None:
    """Each time from the newest change that they received."""
    chance = random.Random(seed)
    writing = asyncio.create_task(write_everywhere(nodes))
    found: list[int] = []
    while len(found) < CHANGES:
        node = chance.choice(nodes)
        async with await subscribe(node, since=found[-1] if found else 0) as wire:
            for _ in range(min(chance.randrange(1, 60), CHANGES - len(found))):
                found.append(await pushed(wire))
    assert found == list(range(1, CHANGES + 1))
    await writing


@pytest.mark.usefixtures("hearing")
async def test_a_cursor_of_one_node_is_good_on_all_at_once(nodes: list[Running]) -> None:
    for number in range(30):
        one, other, third = nodes[number % 3], nodes[(number + 1) % 3], nodes[(number + 2) % 3]
        await add(one)
        cursor = (await changes(one))["next"]
        assert (await changes(other, since=cursor))["changes"] == []
        await subscribe(third, since=cursor)
        assert (await changes(other))["next"] == cursor


@pytest.mark.usefixtures("hearing")
async def test_what_one_node_has_answered_is_in_the_changes_of_all_at_once(
    nodes: list[Running],
) -> None:
    cursor = 0
    for number in range(30):
        one, other = nodes[number % 3], nodes[(number + 1) % 3]
        event_id = await add(one)
        page = await changes(other, since=cursor)
        assert [change["id"] for change in page["changes"]] == [event_id]
        cursor = page["next"]


@pytest.mark.usefixtures("hearing")
async def test_a_subscription_with_a_cursor_gets_what_another_node_has_answered(
    nodes: list[Running],
) -> None:
    await add(nodes[2])
    for number in range(3):
        one, other = nodes[number % 3], nodes[(number + 1) % 3]
        cursor = (await changes(other))["next"]
        await add(one)
        wire = await subscribe(other, since=cursor)
        assert await pushed(wire) == cursor + 1
