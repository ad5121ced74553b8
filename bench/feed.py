"""A thousand subscribers who see every change, with and without some who do not read.

Run as `python -m bench.feed JOB`: connects them, has another connection make the changes at a fixed
rate, and prints how long each took from its request until a reading subscriber had it.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import uvloop
from msgspec import Struct

from bench import processes
from bench.processes import deskcal
from bench.requests import DESKS, FIRST_MANAGER, MONDAY, line, token_of
from bench.scale import Ground
from bench.table import Row, absolute, at_most, compared, mib, millis, times

SUBSCRIBERS = 1_000
STALLED = 100
CHANGES_PER_SEC = 200
WARM_SEC = 2.0
MEASURED = 100
"""Readers that look at what they get; to read it all would be more work than to send it."""
MARK = b'"title":"at '
MIB = 1 << 20


class Job(Struct):
    """How many subscribers, and for how long."""

    port: int
    readers: int
    stalled: int
    seconds: float
    now: int
    write_port: int = 0
    """Of the node that is sent the changes; 0: the same."""
    changes_per_sec: int = CHANGES_PER_SEC


class Delays(Struct):
    """From a request until a subscriber has its change."""

    count: int
    p50_sec: float
    p99_sec: float
    worst_sec: float


def measure(ground: Ground) -> Iterator[Row]:
    """Three rows."""
    free: list[float] = []
    beside: list[float] = []
    memory: list[float] = []
    seconds = ground.scale.seconds * 10
    for turn in range(ground.scale.rounds):
        for stalled, found in ((0, free), (STALLED, beside)):
            directory = ground.directory / f"feed-{turn}-{stalled}"
            with deskcal(directory) as server:
                readers = SUBSCRIBERS - STALLED
                job = Job(server.port, readers, stalled, seconds, int(time.time()))
                cpu = server.cpu_sec
                delays: Delays = processes.run("feed", job, Delays)
                busy = (server.cpu_sec - cpu) / (seconds + WARM_SEC)
                peak = server.peak_bytes
            found.append(delays.p99_sec)
            if stalled:
                memory.append(peak)
            ground.say(f"feed, {stalled} stalled: {delays}, {busy:.0%} busy, {peak / MIB:.0f} MiB")
    what = f"{SUBSCRIBERS - STALLED} subscribers, {CHANGES_PER_SEC} changes a second"
    yield absolute(f"{what}: delay, 99 %", free, at_most(0.5), show=millis)
    yield compared(
        f"{what}, and {STALLED} who do not read: delay, 99 %, against without them",
        beside,
        free,
        at_most(1.25),
        show=millis,
        show_ratio=times,
    )
    yield absolute(
        f"{what}, and {STALLED} who do not read: memory of the server",
        memory,
        at_most(512 * MIB),
        show=mib,
    )


class Subscriber(asyncio.Protocol):
    """Subscribes; then notes how old each change is, or takes nothing at all."""

    def __init__(
        self,
        token: str,
        delays: list[float] | None,
        *,
        channel: str = "calendar",
        is_stalled: bool = False,
    ) -> None:
        """`delays`: where to note them; None: it only reads."""
        self._token = token
        self._channel = channel
        self._delays = delays
        self._is_stalled = is_stalled
        self.subscribed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Subscribes to its channel."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(line("Subscribe", {"chanels": [self._channel]}, self._token))

    def data_received(self, data: bytes) -> None:
        """A change carries in its title when it was asked for."""
        if not self.subscribed.done():
            self.subscribed.set_result(None)
            if self._is_stalled:
                self._transport.pause_reading()
            return
        if self._delays is None:
            return
        now = time.time()
        self._delays += [now - float(part[:17]) for part in data.split(MARK)[1:] if b'"' in part]


async def run(job: Job) -> Delays:
    """Runs the job."""
    loop = asyncio.get_running_loop()
    delays: list[float] = []
    subscribers = []
    for number in range(job.readers + job.stalled):
        token = token_of(FIRST_MANAGER + number, "DESK_*", job.now)
        noted = delays if number < MEASURED else None
        one = Subscriber(token, noted, is_stalled=number >= job.readers)
        await loop.create_connection(lambda one=one: one, "127.0.0.1", job.port)  # type: ignore[misc]
        subscribers.append(one)
    await asyncio.gather(*(one.subscribed for one in subscribers))
    reader, writer = await asyncio.open_connection("127.0.0.1", job.write_port or job.port)
    answers = asyncio.ensure_future(drop(reader))
    await _write(writer, job, WARM_SEC)
    delays.clear()
    await _write(writer, job, job.seconds)
    await asyncio.sleep(WARM_SEC)
    answers.cancel()
    wanted = int(job.changes_per_sec * job.seconds) * min(MEASURED, job.readers)
    if len(delays) < wanted * 0.98:
        raise RuntimeError(f"{len(delays)} of {wanted} changes came")
    return delays_of(delays)


def delays_of(noted: list[float]) -> Delays:
    """What is said of them."""
    noted.sort()
    count = len(noted)
    return Delays(count, noted[count // 2], noted[count * 99 // 100], noted[-1])


async def drop(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 16):
        pass


async def _write(writer: asyncio.StreamWriter, job: Job, seconds: float) -> None:
    """Creates events at the fixed rate, whatever the answers do."""
    token = token_of(FIRST_MANAGER, "DESK_*", job.now)
    begun = time.monotonic()
    for number in range(int(job.changes_per_sec * seconds)):
        await asyncio.sleep(begun + number / job.changes_per_sec - time.monotonic())
        event: dict[str, Any] = {
            "title": f"at {time.time():.6f}",
            "desk": DESKS[number % len(DESKS)],
            "start_time": MONDAY + number * 60,
            "end_time": MONDAY + number * 60 + 1800,
        }
        writer.write(line("MngAddCalendarEvent", event, token, number))


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    result = uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
