"""Reminders of one second, from the due time until the client has each.

Run as `python -m bench.reminders JOB`: connects a client for each manager, says so, and prints how
late the reminders came when all are there.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

from bench import processes
from bench.processes import deskcal
from bench.requests import DESKS, FIRST_MANAGER, line, token_of
from bench.scale import Ground
from bench.stores import fill
from bench.table import Row, absolute, at_most, secs
from deskcal.core.event import Event, Participant, ParticipantRole, ParticipantStatus

REMINDERS = 20_000
MANAGERS = 1_000
AHEAD_SEC = 12
"""For the server to start and the clients to connect."""
MOST_SEC = 60


class Job(Struct):
    """Whom to be, and what to wait for."""

    port: int
    managers: int
    reminders: int
    due: int
    now: int


class NewFired(Struct):
    """How late the reminders came, in seconds after the due time."""

    count: int
    p50_sec: float
    p99_sec: float
    worst_sec: float


def measure(ground: Ground) -> Iterator[Row]:
    """Three rows."""
    rounds = []
    for turn in range(ground.scale.rounds):
        rounds.append(_fire(ground, ground.directory / f"reminders-{turn}"))
        ground.say(f"reminders: {rounds[-1]}")
    what = f"{REMINDERS:,} reminders due in the same second, {MANAGERS:,} clients"
    for name, values, goal in (
        ("median", [received.p50_sec for received in rounds], 1.0),
        ("99 %", [received.p99_sec for received in rounds], 1.0),
        ("the last", [received.worst_sec for received in rounds], 2.0),
    ):
        yield absolute(f"{what}: delay, {name}", values, at_most(goal), show=secs)


def _fire(ground: Ground, directory: Path) -> NewFired:
    due = int(time.time()) + AHEAD_SEC
    fill(directory, (_event(number, due) for number in range(REMINDERS)))
    with deskcal(directory) as server:
        job = Job(server.port, MANAGERS, REMINDERS, due, int(time.time()))
        received: NewFired = processes.run("reminders", job, NewFired)
    if received.count != REMINDERS:
        raise RuntimeError(f"{received.count} of {REMINDERS} reminders came")
    return received


def _event(number: int, due: int) -> Event:
    manager_id = FIRST_MANAGER + number % MANAGERS
    role, status = ParticipantRole.ORGANIZER, ParticipantStatus.ACCEPTED
    made = due - 3600
    return Event(
        id=number + 1,
        desk=DESKS[number % len(DESKS)],
        owner_manager_id=manager_id,
        created_by=manager_id,
        title=f"Call back customer {number}",
        start_time=due + 900,
        end_time=due + 1800,
        remind_before_sec=900,
        created_time=made,
        updated_time=made,
        participants=(Participant(number + 1, manager_id, role, status, made, made),),
    )


class Listener(asyncio.Protocol):
    """A client of one manager that notes when each reminder came."""

    def __init__(self, token: str, due: int, late: list[float]) -> None:
        self._token = token
        self._due = due
        self._late = late
        self.greeted = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Makes itself known."""
        cast(asyncio.Transport, transport).write(line("Ping", {}, self._token))

    def data_received(self, data: bytes) -> None:
        """Each reminder begins with the same characters, which no text of an event can hold."""
        if not self.greeted.done():
            self.greeted.set_result(None)
        count = data.count(b'["n",')
        self._late += [time.time() - self._due] * count


async def listen(job: Job) -> NewFired:
    """Runs the job."""
    loop = asyncio.get_running_loop()
    late: list[float] = []
    clients = []
    for number in range(job.managers):
        client = Listener(token_of(FIRST_MANAGER + number, "DESK_*", job.now), job.due, late)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", job.port)  # type: ignore[misc]
        clients.append(client)
    await asyncio.gather(*(client.greeted for client in clients))
    if time.time() > job.due:
        raise RuntimeError("the clients were not there in time; make AHEAD_SEC longer")
    async with asyncio.timeout(MOST_SEC):
        while len(late) < job.reminders:
            await asyncio.sleep(0.1)
    late.sort()
    return NewFired(len(late), late[len(late) // 2], late[len(late) * 99 // 100], late[-1])


if __name__ == "__main__":
    result = uvloop.run(listen(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
