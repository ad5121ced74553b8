"""Two nodes on one database that both could escalate: the lead gets it once."""

from collections.abc import Iterator

import pytest

from deskcal.core.directory import Desk as DirectoryDesk
from deskcal.core.directory import Directory
from harness import ADMIN, Desk, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import PostgresPlace
from postgres_server import PostgresServer

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
LEAD = token(20, exp=FAR)
DUE = NOW + 60
AFTER_SEC = 300
EVENTS = 20


@pytest.fixture
def place(postgres: PostgresServer) -> Iterator[PostgresPlace]:
    with postgres.database() as url:
        yield PostgresPlace(url)


async def test_the_lead_gets_each_escalation_once_whatever_node_fires_it(
    place: PostgresPlace,
) -> None:
    async with (
        open_desk(place, escalate_after_sec=AFTER_SEC) as one,
        open_desk(place, escalate_after_sec=AFTER_SEC) as other,
    ):
        entry = DirectoryDesk(code="DESK_EU", brand="default", title="EU", manager_id=20)
        await one.services.store.directory.put(Directory(desks=[entry]))
        receivers = []
        for node in (one, other):
            receiver = Receiver(node)
            await receiver.say(LEAD, "Ping")
            receivers.append(receiver)
        for _ in range(EVENTS):
            await one.add(ALL, desk="DESK_EU", remind_time=DUE)
        for time in (DUE, DUE + AFTER_SEC):
            await all_at((one, other), time)
        for receiver in receivers:
            await receiver.until(lambda receiver: len(receiver.reminders) >= EVENTS)
        await all_at((one, other), DUE + AFTER_SEC + 1)
    wanted = sorted(f"{n}-{DUE}-20-20" for n in range(1, EVENTS + 1))
    assert [sorted(receiver.tokens) for receiver in receivers] == [wanted] * 2


async def all_at(nodes: tuple[Desk, ...], time: int) -> None:
    for node in nodes:
        step_to(node, time)
    for node in nodes:
        await reminded(node)
