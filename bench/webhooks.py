"""Webhooks to a receiver on the loopback: how many, how late, and what they cost creates.

Run as `python -m bench.webhooks JOB`: adds the hooks and creates events. What is received, and how
late, says `bench.webhook_receiver`. Of each process the processor time is shown.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

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
from bench.webhook_faults import Fault, Faulty
from bench.webhook_receiver import Listening, Received, Wanted
from deskcal.core.sessions import SessionType
from deskcal.core.tokens import secret_key, sign

HOOKS = 20
CHANGES_PER_SEC = 500
BURST = 3_000
FANNED = 1_000
"""Events of which each goes to every hook."""
CONNECTIONS = 16
WARM_SEC = 1.0
OTHER_DESK = "BESIDE"
"""Of events that go to no hook."""


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
    faulty_port: int = 0
    """Of one more hook that each event goes to, whose receiver is at fault; 0: there is none."""
    beside_sec: float = 0
    """In which events are created that go to no hook, as fast as they are answered."""
    now: int
    receiver_port: int = 0
    """0: no event goes to a hook."""

    @property
    def messages(self) -> int:
        """How many are received."""
        return self.count * (1 if self.is_shared else self.hooks)


class Created(Struct):
    """What the clients have done."""

    begun_time: float
    """Unix seconds, of the first create."""
    took_sec: float
    """From the first create until the last one was answered."""
    beside: int
    """Events that were created and go to no hook."""
    cpu_sec: float
    """Processor time since the start of the process."""


class Shares(Struct):
    """Processor time of each process, in seconds."""

    server: float
    sender: float
    """The process of the server that sends."""
    receiver: float
    clients: float


class Sent(Struct):
    """What came of a job."""

    creates_sec: float
    """From the first create until the last one was answered."""
    messages_sec: float = 0
    """Until the last message has come; 0: there is no hook."""
    p50_sec: float = 0
    p99_sec: float = 0
    beside: int = 0
    """Events that were created and go to no hook."""
    memory_bytes: int = 0
    """Of the server and its sending process, at the end."""
    shares: Shares | None = None


def measure(ground: Ground) -> Iterator[Row]:
    """Throughput, delay, creates meanwhile, and what receivers at fault cost the others."""
    sec = max(4.0, ground.scale.seconds * 4)
    paced = {"count": int(CHANGES_PER_SEC * sec), "per_sec": CHANGES_PER_SEC, "is_shared": True}
    cases: dict[str, dict[str, Any]] = {
        "burst": {"hooks": 1, "count": BURST},
        "shared": {"hooks": HOOKS, **paced},
        **{fault.name: {"hooks": HOOKS, "fault": fault, **paced} for fault in Fault},
        "fanned": {"hooks": HOOKS, "count": FANNED, "per_sec": CHANGES_PER_SEC},
        "beside": {"hooks": HOOKS, "beside_sec": sec, **paced},
        "alone": {"hooks": 0, "beside_sec": sec, **paced},
    }
    found: dict[str, list[Sent]] = {name: [] for name in cases}
    for turn in range(ground.scale.rounds):
        for name, fields in list(cases.items())[:: -1 if turn % 2 else 1]:
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
    for fault in Fault:
        yield compared(
            "memory of the server and its sending process, with one more hook of all changes "
            f"whose receiver {fault}, against none",
            [float(one.memory_bytes) for one in found[fault.name]],
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
    for fault in Fault:
        yield compared(
            f"{what}: the same with one more hook of all changes whose receiver {fault}, "
            "against none",
            [one.p99_sec for one in found[fault.name]],
            shared,
            at_most(1.2),
            show=millis,
            show_ratio=times,
        )
    fanned = [FANNED * HOOKS / one.messages_sec for one in found["fanned"]]
    yield absolute(
        f"webhooks, {HOOKS} hooks of which each is sent {FANNED:,} changes: messages",
        fanned,
        None,
        show=per_sec,
    )


def _run(ground: Ground, name: str, fault: Fault | None = None, **fields: Any) -> Sent:
    options = ("--webhook-networks", "127.0.0.0/8", "--log-level", "warning")
    place = ("--data", str(ground.directory / name), "--tcp", "127.0.0.1:0", "--web", "off")
    with Served(["deskcal.cli.main", "serve", *place, *options]) as server:
        job = Job(port=server.port, now=int(time.time()), **fields)
        sent = _send(server, job, fault)
    ground.say(f"webhooks, {name}: {sent}")
    return sent


def _send(server: Served, job: Job, fault: Fault | None) -> Sent:
    before = server.cpu_sec
    if not job.hooks:
        created = processes.run("webhooks", job, Created)
        return _sent(server, before, created, None)
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(receiving("webhook_receiver", {}))
        job.receiver_port = receiver.port
        if fault is not None:
            job.faulty_port = stack.enter_context(receiving("webhook_faults", Faulty(fault))).port
        created = processes.run("webhooks", job, Created)
        return _sent(server, before, created, receiver.received(job.messages))


def _sent(server: Served, before: float, created: Created, received: Received | None) -> Sent:
    """All that is known at the end."""
    sent = Sent(created.took_sec, beside=created.beside)
    sent.memory_bytes = server.rss_bytes + server.child_bytes
    sent.shares = Shares(server.cpu_sec - before, server.child_cpu_sec, 0, created.cpu_sec)
    if received is not None:
        sent.messages_sec = received.last_time - created.begun_time
        sent.p50_sec, sent.p99_sec = received.p50_sec, received.p99_sec
        sent.shares.receiver = received.cpu_sec
    return sent


class Receiving:
    """A receiver in a process of its own."""

    def __init__(self, module: str, process: "subprocess.Popen[bytes]") -> None:
        self._module = module
        self._process = process
        self.port = msgspec.json.decode(self._line(), type=Listening).port

    def received(self, count: int) -> Received:
        """What has come, once so many messages have. Raises: RuntimeError."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(Wanted(count)) + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._line(), type=Received)

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"bench.{self._module} failed; its message stands above")
        return line


@contextlib.contextmanager
def receiving(module: str, job: Any) -> Iterator[Receiving]:
    """Ends with the block."""
    with processes.start(module, job) as process:
        try:
            yield Receiving(module, process)
        finally:
            process.kill()


async def run(job: Job) -> Created:
    """Runs the job."""
    token = _token(job.now)
    clients = [await Client.connect(job.port, token) for _ in range(CONNECTIONS)]
    await _add_hooks(clients[0], job)
    others = [await Client.connect(job.port, token) for _ in range(CONNECTIONS)]
    await asyncio.sleep(WARM_SEC)
    begun_time, begun = time.time(), time.monotonic()
    beside = [asyncio.create_task(_create_beside(one, job, begun)) for one in others]
    numbers = iter(range(job.count))
    await asyncio.gather(*(_create(one, job, numbers, begun) for one in clients))
    took_sec = time.monotonic() - begun
    created = sum(await asyncio.gather(*beside))
    used = os.times()
    return Created(begun_time, took_sec, created, used.user + used.system)


async def _add_hooks(client: "Client", job: Job) -> None:
    for number in range(job.hooks):
        desks = _desk(number) if job.is_shared else "*"
        await client.ask("MngAddCalendarWebhook", url=_url(job.receiver_port), deskFilter=desks)
    if job.faulty_port:
        await client.ask("MngAddCalendarWebhook", url=_url(job.faulty_port), deskFilter="*")


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


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def _desk(number: int) -> str:
    return f"{DESKS[0]}_{number % HOOKS}"


def _token(now: int) -> str:
    claims = {"id": 1, "type": int(SessionType.SESSION_ADMIN), "exp": now + 3600}
    return sign(secret_key(SECRET), claims)


if __name__ == "__main__":
    result = uvloop.run(run(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
