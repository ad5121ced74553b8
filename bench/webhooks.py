"""Webhooks to a receiver on the loopback: how many, how late, and what they cost creates.

Run as `python -m bench.webhooks JOB`: receives, adds the hooks, creates events, and prints how long
each message took from its request.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import uvloop
from msgspec import Struct

from bench import processes
from bench.processes import SECRET, Served
from bench.requests import DESKS, MONDAY, line
from bench.scale import Ground
from bench.table import (
    Row,
    absolute,
    at_least,
    at_most,
    compared,
    mib,
    millis,
    per_sec,
    percent,
    times,
)
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import secret_key, sign

HOOKS = 20
CHANGES_PER_SEC = 500
BURST = 3_000
CONNECTIONS = 16
WARM_SEC = 1.0
LAST_SEC = 30
"""In which the last messages must have come."""
OTHER_DESK = "BESIDE"
"""Of events that go to no hook."""
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)
_SENT = re.compile(rb'"title":"at ([0-9.]+)')


class Job(Struct, kw_only=True):
    """What is done."""

    port: int
    hooks: int
    count: int
    """Of events."""
    per_sec: int = 0
    """0: as fast as they are answered."""
    is_shared: bool = False
    """Each event goes to one hook, else to all."""
    has_hanging: bool = False
    """Whether each event goes to one more hook, whose receiver never answers."""
    beside_sec: float = 0
    """In which events are created that go to no hook, as fast as they are answered."""
    now: int


class Sent(Struct):
    """What came of it."""

    creates_sec: float
    """From the first create until the last one was answered."""
    messages_sec: float
    """Until the last message has come; 0: there is no hook."""
    p50_sec: float
    p99_sec: float
    beside: int = 0
    """Events that were created and go to no hook."""
    memory_bytes: int = 0
    """Of the server and its sending process, at the end."""


def measure(ground: Ground) -> Iterator[Row]:
    """Throughput, delay, creates beside it, and what a receiver that hangs costs the others."""
    sec = max(4.0, ground.scale.seconds * 4)
    paced = {"count": int(CHANGES_PER_SEC * sec), "per_sec": CHANGES_PER_SEC, "is_shared": True}
    cases: dict[str, dict[str, Any]] = {
        "burst": {"hooks": 1, "count": BURST},
        "shared": {"hooks": HOOKS, **paced},
        "hanging": {"hooks": HOOKS, "has_hanging": True, **paced},
        "beside": {"hooks": HOOKS, "beside_sec": sec, **paced},
        "alone": {"hooks": 0, "beside_sec": sec, **paced},
    }
    found: dict[str, list[Sent]] = {name: [] for name in cases}
    for turn in range(ground.scale.rounds):
        for name, fields in cases.items():
            found[name].append(_run(ground, f"{name}-{turn}", **fields))
    yield from _delays(found)
    yield compared(
        f"creates, {CONNECTIONS} connections, beside {CHANGES_PER_SEC} changes a second of which "
        f"each goes to one of {HOOKS} hooks, against no hooks",
        [one.beside / sec for one in found["beside"]],
        [one.beside / sec for one in found["alone"]],
        at_least(0.9),
        show=per_sec,
        show_ratio=percent,
    )
    yield compared(
        "memory of the server and its sending process, with a receiver that hangs, against none",
        [float(one.memory_bytes) for one in found["hanging"]],
        [float(one.memory_bytes) for one in found["shared"]],
        at_most(1.2),
        show=mib,
        show_ratio=percent,
    )


def _delays(found: dict[str, list[Sent]]) -> Iterator[Row]:
    """The rows of messages."""
    shared = [one.p99_sec for one in found["shared"]]
    rates = [BURST / one.messages_sec for one in found["burst"]]
    yield absolute("webhooks, one hook: messages", rates, None, show=per_sec)
    what = f"webhooks, {HOOKS} hooks that share {CHANGES_PER_SEC} changes a second"
    yield absolute(
        f"{what}: from the request to the receiver, 99 %", shared, at_most(0.25), show=millis
    )
    yield compared(
        f"{what}: the same beside one more hook of all changes whose receiver hangs, against none",
        [one.p99_sec for one in found["hanging"]],
        shared,
        at_most(1.2),
        show=millis,
        show_ratio=times,
    )


def _run(ground: Ground, name: str, **fields: Any) -> Sent:
    options = ("--webhook-networks", "127.0.0.0/8", "--log-level", "warning")
    place = ("--data", str(ground.directory / name), "--tcp", "127.0.0.1:0", "--web", "off")
    with Served(["deskcal.cli.main", "serve", *place, *options]) as server:
        job = Job(port=server.port, now=int(time.time()), **fields)
        sent: Sent = processes.run("webhooks", job, Sent)
        sent.memory_bytes = server.rss_bytes + server.child_bytes
    ground.say(f"webhooks, {name}: {sent}")
    return sent


class Hanging(asyncio.Protocol):
    """A receiver that never answers."""


class Receiver(asyncio.Protocol):
    """Answers 204 at once, and notes how old each message is."""

    def __init__(self, delays: list[float]) -> None:
        self._delays = delays
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps it."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Whole requests are answered."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._rest, 0, end)
            assert found is not None
            size = end + 4 + int(found[1])
            if len(self._rest) < size:
                return
            sent = _SENT.search(self._rest, end, size)
            if sent is not None:
                self._delays.append(time.time() - float(sent[1]))
            self._rest = self._rest[size:]
            self._transport.write(ANSWER)


async def run(job: Job) -> Sent:
    """Runs the job."""
    delays: list[float] = []
    loop = asyncio.get_running_loop()
    receiver = await loop.create_server(lambda: Receiver(delays), "127.0.0.1", 0)
    token = _token(job.now)
    clients = [await Client.connect(job.port, token) for _ in range(CONNECTIONS)]
    for number in range(job.hooks):
        desks = _desk(number) if job.is_shared else "*"
        await clients[0].ask("MngAddCalendarWebhook", url=_url(receiver), deskFilter=desks)
    if job.has_hanging:
        hanging = await loop.create_server(Hanging, "127.0.0.1", 0)
        await clients[0].ask("MngAddCalendarWebhook", url=_url(hanging), deskFilter="*")
    others = [await Client.connect(job.port, token) for _ in range(CONNECTIONS)]
    await asyncio.sleep(WARM_SEC)
    begun = time.monotonic()
    beside = [asyncio.create_task(_create_beside(one, job, begun)) for one in others]
    numbers = iter(range(job.count))
    await asyncio.gather(*(_create(one, job, numbers, begun) for one in clients))
    creates_sec = time.monotonic() - begun
    created = sum(await asyncio.gather(*beside))
    if not job.hooks:
        return Sent(creates_sec, 0, 0, 0, created)
    async with asyncio.timeout(LAST_SEC):
        wanted = job.count * (1 if job.is_shared else job.hooks)
        while len(delays) < wanted:
            await asyncio.sleep(0.005)
    messages_sec = time.monotonic() - begun
    delays.sort()
    count = len(delays)
    p50, p99 = delays[count // 2], delays[count * 99 // 100]
    return Sent(creates_sec, messages_sec, p50, p99, created)


async def _create(client: "Client", job: Job, numbers: Iterator[int], begun: float) -> None:
    for number in numbers:
        if job.per_sec:
            await asyncio.sleep(begun + number / job.per_sec - time.monotonic())
        await client.create(_desk(number), number)


async def _create_beside(client: "Client", job: Job, begun: float) -> int:
    """How many were created in the time of the job."""
    count = 0
    while time.monotonic() < begun + job.beside_sec:
        await client.create(OTHER_DESK, count)
        count += 1
    return count


class Client:
    """One connection that waits for each answer."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._token = token

    @classmethod
    async def connect(cls, port: int, token: str) -> "Client":
        """A new connection."""
        return cls(*await asyncio.open_connection("127.0.0.1", port), token)

    async def ask(self, command: str, **data: Any) -> None:
        """Raises: RuntimeError if it is not done."""
        self._writer.write(line(command, data, self._token))
        answer = json.loads(await self._reader.readline())
        if answer["status"] != 200:
            raise RuntimeError(str(answer))

    async def create(self, desk: str, number: int) -> None:
        """One event, whose title says when it was asked for."""
        await self.ask(
            "MngAddCalendarEvent",
            title=f"at {time.time():.6f}",
            desk=desk,
            start_time=MONDAY + number * 60,
            end_time=MONDAY + number * 60 + 1800,
        )


def _url(server: asyncio.Server) -> str:
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def _desk(number: int) -> str:
    return f"{DESKS[0]}_{number % HOOKS}"


def _token(now: int) -> str:
    claims = {"id": 1, "type": int(SessionType.SESSION_ADMIN), "exp": now + 3600}
    return sign(secret_key(SECRET), claims)


if __name__ == "__main__":
    result = uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
