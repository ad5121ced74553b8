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
from bench.table import Row, absolute, at_least, at_most, compared, millis, per_sec, percent
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import secret_key, sign

HOOKS = 20
CHANGES_PER_SEC = 500
BURST = 3_000
CONNECTIONS = 16
WARM_SEC = 1.0
LAST_SEC = 30
"""In which the last messages must have come."""
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
    now: int


class Sent(Struct):
    """What came of it."""

    creates_sec: float
    """From the first create until the last one was answered."""
    messages_sec: float
    """Until the last message has come; 0: there is no hook."""
    p50_sec: float
    p99_sec: float


def measure(ground: Ground) -> Iterator[Row]:
    """Three rows."""
    burst: list[float] = []
    shared: list[float] = []
    beside: list[float] = []
    alone: list[float] = []
    events = int(CHANGES_PER_SEC * max(4.0, ground.scale.seconds * 4))
    paced: dict[str, Any] = {"count": events, "per_sec": CHANGES_PER_SEC, "is_shared": True}
    for turn in range(ground.scale.rounds):
        found = _run(ground, f"burst-{turn}", hooks=1, count=BURST)
        burst.append(BURST / found.messages_sec)
        found = _run(ground, f"shared-{turn}", hooks=HOOKS, **paced)
        shared.append(found.p99_sec)
        for hooks, creates in ((HOOKS, beside), (0, alone)):
            name = f"creates-{turn}-{hooks}"
            found = _run(ground, name, hooks=hooks, count=BURST, is_shared=True)
            creates.append(BURST / found.creates_sec)
    yield absolute("webhooks, one hook: messages", burst, None, show=per_sec)
    what = f"webhooks, {HOOKS} hooks that share {CHANGES_PER_SEC} changes a second"
    yield absolute(
        f"{what}: from the request to the receiver, 99 %", shared, at_most(0.25), show=millis
    )
    yield compared(
        f"creates, {CONNECTIONS} connections, beside {HOOKS} hooks that share them, against none",
        beside,
        alone,
        at_least(0.9),
        show=per_sec,
        show_ratio=percent,
    )


def _run(ground: Ground, name: str, **fields: Any) -> Sent:
    options = ("--webhook-networks", "127.0.0.0/8", "--log-level", "warning")
    place = ("--data", str(ground.directory / name), "--tcp", "127.0.0.1:0", "--web", "off")
    with Served(["deskcal.cli.main", "serve", *place, *options]) as server:
        job = Job(port=server.port, now=int(time.time()), **fields)
        sent: Sent = processes.run("webhooks", job, Sent)
    ground.say(f"webhooks, {name}: {sent}")
    return sent


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
    url = f"http://127.0.0.1:{receiver.sockets[0].getsockname()[1]}/"
    token = _token(job.now)
    clients = [await Client.connect(job.port, token) for _ in range(CONNECTIONS)]
    for number in range(job.hooks):
        desks = _desk(number) if job.is_shared else "*"
        await clients[0].ask("MngAddCalendarWebhook", url=url, deskFilter=desks)
    await asyncio.sleep(WARM_SEC)
    begun = time.monotonic()
    numbers = iter(range(job.count))
    await asyncio.gather(*(_create(one, job, numbers, begun) for one in clients))
    creates_sec = time.monotonic() - begun
    if not job.hooks:
        return Sent(creates_sec, 0, 0, 0)
    async with asyncio.timeout(LAST_SEC):
        wanted = job.count * (1 if job.is_shared else job.hooks)
        while len(delays) < wanted:
            await asyncio.sleep(0.005)
    messages_sec = time.monotonic() - begun
    delays.sort()
    count = len(delays)
    return Sent(creates_sec, messages_sec, delays[count // 2], delays[count * 99 // 100])


async def _create(client: "Client", job: Job, numbers: Iterator[int], begun: float) -> None:
    for number in numbers:
        if job.per_sec:
            await asyncio.sleep(begun + number / job.per_sec - time.monotonic())
        await client.ask(
            "MngAddCalendarEvent",
            title=f"at {time.time():.6f}",
            desk=_desk(number),
            start_time=MONDAY + number * 60,
            end_time=MONDAY + number * 60 + 1800,
        )


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


def _desk(number: int) -> str:
    return f"{DESKS[0]}_{number % HOOKS}"


def _token(now: int) -> str:
    claims = {"id": 1, "type": int(SessionType.SESSION_ADMIN), "exp": now + 3600}
    return sign(secret_key(SECRET), claims)


if __name__ == "__main__":
    result = uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
