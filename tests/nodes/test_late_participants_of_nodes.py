"""Two nodes on one database: a manager connected to one, the event changed on the other."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from harness import ADMIN, Desk, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import PostgresPlace
from postgres_server import PostgresServer

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
DUE = NOW + 60
LATER = NOW + 100


@pytest.fixture
def place(postgres: PostgresServer) -> Iterator[PostgresPlace]:
    with postgres.database() as url:
        yield PostgresPlace(url)


@pytest.fixture
async def nodes(place: PostgresPlace) -> AsyncIterator[tuple[Desk, Desk]]:
    async with open_desk(place) as one, open_desk(place) as other:
        yield one, other


async def connected_as(desk: Desk, manager_id: int) -> Receiver:
    receiver = Receiver(desk)
    await receiver.say(token(manager_id, exp=FAR), "Ping")
    return receiver


async def first_reminded(receivers: list[Receiver]) -> None:
    """Returns when one of them has got a reminder."""
    waits = [
        asyncio.create_task(receiver.until(lambda receiver: bool(receiver.reminders)))
        for receiver in receivers
    ]
    done, left = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in left:
        wait.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    for wait in done:
        wait.result()


async def fire(*nodes: Desk) -> None:
    """Event 1 of manager 10 fires, and the clocks of the nodes are then at `LATER`."""
    await nodes[0].add(ALL, owner_manager_id=10, remind_time=DUE)
    for node in nodes:
        step_to(node, DUE)
    for node in nodes:
        await reminded(node)
        step_to(node, LATER)


async def test_who_is_added_on_one_node_gets_it_at_once_on_the_other(
    nodes: tuple[Desk, Desk],
) -> None:
    one, other = nodes
    receivers = [await connected_as(node, 11) for node in nodes]
    await fire(one, other)
    await one.event(ALL, "MngUpdateCalendarEvent", id=1, participant_manager_ids=[11])
    for receiver in receivers:
        await receiver.until(lambda receiver: bool(receiver.reminders))
    for node in nodes:
        await reminded(node)
    assert [receiver.tokens for receiver in receivers] == [[f"1-{DUE}-11"]] * 2
    assert [receiver.reminders[0][8]["late_sec"] for receiver in receivers] == [LATER - DUE] * 2


async def test_who_comes_and_goes_on_both_nodes_gets_it_and_on_no_connection_twice(
    nodes: tuple[Desk, Desk],
) -> None:
    """A node that reads the event while 11 takes no part does not send what the other one sends."""
    receivers = [await connected_as(node, 11) for node in nodes]
    await fire(*nodes)
    for number in range(11):  # The last one leaves 11 in the event.
        managers = [11] if number % 2 == 0 else []
        node = nodes[number % 3 % 2]
        await node.event(ALL, "MngUpdateCalendarEvent", id=1, participant_manager_ids=managers)
    await first_reminded(receivers)
    for node in nodes:
        await reminded(node)
    delivered = [receiver.tokens for receiver in receivers]
    assert [f"1-{DUE}-11"] in delivered
    assert all(tokens in ([], [f"1-{DUE}-11"]) for tokens in delivered)


async def test_it_waits_for_who_is_away_when_its_node_ends(place: PostgresPlace) -> None:
    async with open_desk(place) as one:
        async with open_desk(place) as other:
            await fire(one, other)
            await other.event(ALL, "MngUpdateCalendarEvent", id=1, owner_manager_id=11)
        receiver = await connected_as(one, 11)
        await receiver.until(lambda receiver: bool(receiver.reminders))
    async with open_desk(place) as again:
        again.clock.time = LATER
        later = await connected_as(again, 11)
        await reminded(again)
    assert (receiver.tokens, later.tokens) == ([f"1-{DUE}-11"], [])
