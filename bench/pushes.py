"""Ten thousand connections on 300 desks, each change seen by some thirty of them.

Run as `python -m bench.pushes JOB`: connects them, has another connection create events at a fixed
rate, and prints how long each took from its request until those who see it had it. Four in five
subscribe to `calendar` with a mask of three patterns, the others to the channel of their manager.
"""

import asyncio
import random
import resource
import sys
import time
from collections.abc import Iterator

import msgspec
import uvloop
from msgspec import Struct

from bench import processes, waves
from bench.feed import WARM_SEC, Delays, Subscriber, delays_of, drop
from bench.processes import deskcal
from bench.requests import MONDAY, line, token_of
from bench.scale import Ground
from bench.table import Bound, Row, absolute, at_most, millis

CONNECTIONS, DESKS, OWN_CHANNEL = 10_000, 300, 5
"""One of the connections makes the changes; every fifth manager takes the channel of their own."""
GOALS = ((200, at_most(0.1)), (1_000, at_most(0.3)))
"""Changes a second, and the delay that 99 in 100 pushes are not to exceed."""
LAST_SEC = 20
"""How long the last pushes are waited for."""


class Job(Struct):
    """What to connect to, and how many changes to make for how long."""

    port: int
    changes_per_sec: int
    seconds: float
    now: int


def measure(ground: Ground) -> Iterator[Row]:
    """A row for each rate of changes."""
    for rate, goal in GOALS:
        yield _row(ground, rate, goal)


def _row(ground: Ground, rate: int, goal: Bound) -> Row:
    found = []
    seconds = ground.scale.seconds * 10
    for turn in range(ground.scale.rounds):
        with deskcal(ground.directory / f"pushes-{rate}-{turn}") as server:
            cpu = server.cpu_sec
            job = Job(server.port, rate, seconds, int(time.time()))
            delays: Delays = processes.run("pushes", job, Delays)
            spent = server.cpu_sec - cpu
        found.append(delays.p99_sec)
        ground.say(f"{rate} changes a second: {delays}, {spent:.1f} s of processor time")
    what = f"{CONNECTIONS:,} subscribers on {DESKS} desks, {rate:,} changes a second"
    return absolute(f"{what}: delay, 99 %", found, goal, show=millis)


def sees_own_channel(manager_id: int) -> bool:
    """Whether the manager receives only events that they take part in."""
    return manager_id % OWN_CHANNEL == 0


def _subscriber(manager_id: int, noted: list[float], now: int) -> Subscriber:
    desk = f"DESK_{manager_id % DESKS}"
    token = token_of(manager_id, f"{desk},{desk}_*,!{desk}_TEST", now)
    own = sees_own_channel(manager_id)
    return Subscriber(token, noted, channel=f"calendar:manager:{manager_id}" if own else "calendar")


async def run(job: Job) -> Delays:
    """Runs the job. Raises: RuntimeError unless every push came, and none too many."""
    noted: list[float] = []
    subscribers = [_subscriber(number, noted, job.now) for number in range(1, CONNECTIONS)]
    await waves.connect(subscribers, job.port, lambda one: one.subscribed)
    reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
    answers = asyncio.ensure_future(drop(reader))
    await _wait(noted, await _write(writer, job, WARM_SEC))
    noted.clear()
    wanted = await _write(writer, job, job.seconds)
    await _wait(noted, wanted)
    answers.cancel()
    if len(noted) != wanted:
        raise RuntimeError(f"{len(noted)} pushes came instead of {wanted}")
    return delays_of(noted)


async def _wait(noted: list[float], wanted: int) -> None:
    """Until the last pushes have come, or have taken too long."""
    until = time.monotonic() + LAST_SEC
    while len(noted) < wanted and time.monotonic() < until:
        await asyncio.sleep(0.1)


async def _write(writer: asyncio.StreamWriter, job: Job, seconds: float) -> int:
    """Creates events at the fixed rate, whatever the answers do; how many pushes are to come."""
    chance = random.Random(7)
    token = token_of(CONNECTIONS, "DESK_*", job.now)
    begun, pushes = time.monotonic(), 0
    for number in range(int(job.changes_per_sec * seconds)):
        await asyncio.sleep(begun + number / job.changes_per_sec - time.monotonic())
        desk = chance.randrange(DESKS)
        managers = [n * OWN_CHANNEL for n in chance.sample(range(1, CONNECTIONS // OWN_CHANNEL), 3)]
        event = {
            "title": f"at {time.time():.6f}",
            "desk": f"DESK_{desk}",
            "owner_manager_id": managers[0],
            "participant_manager_ids": managers[1:],
            "start_time": MONDAY + number * 60,
            "end_time": MONDAY + number * 60 + 1800,
        }
        writer.write(line("MngAddCalendarEvent", event, token, number))
        pushes += len(managers) + _by_mask(desk)
    return pushes


def _by_mask(desk: int) -> int:
    """Subscribers to `calendar` whose mask has the desk."""
    managers = range(desk or DESKS, CONNECTIONS, DESKS)
    return sum(not sees_own_channel(number) for number in managers)


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    result = uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
