"""The load generator: many connections that send prepared requests and count line ends.

Run as `python -m bench.load JOB`. Without a pause each connection keeps so many requests in flight;
with one, each has one in flight and waits between an answer and the next request, and the time of
every answer is kept.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import cast

import msgspec
import uvloop
from msgspec import Struct


class Job(Struct, kw_only=True):
    """What to send, and for how long."""

    port: int
    requests: str
    """File of requests, one a line."""
    connections: int = 64
    in_flight: int = 1
    seconds: float
    warm_sec: float = 0.3
    pause_sec: float = 0.0


class Load(Struct):
    """What came back while it was measured."""

    answers: int
    seconds: float
    cpu_sec: float
    """Processor time of the generator: close to `seconds`, it may have been the limit."""
    p50_sec: float = 0.0
    p99_sec: float = 0.0
    worst_sec: float = 0.0

    @property
    def per_sec(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


class Flood(asyncio.Protocol):
    """A connection that sends as many requests as it has got answers."""

    def __init__(self, ring: list[bytes], at: int, in_flight: int) -> None:
        self._ring = ring
        self._at = at
        self._in_flight = in_flight
        self.answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the first ones."""
        self._transport = cast(asyncio.Transport, transport)
        self._send(self._in_flight)

    def data_received(self, data: bytes) -> None:
        """Each line is an answer."""
        count = data.count(b"\n")
        if count:
            self.answers += count
            self._send(count)

    def _send(self, count: int) -> None:
        at = self._at
        if at + count > len(self._ring):
            at = 0
        self._at = at + count
        if count == 1:
            self._transport.write(self._ring[at])
        else:
            self._transport.write(b"".join(self._ring[at : at + count]))

    def stop(self) -> None:
        """Lets go; what is in flight gets lost."""
        self._transport.abort()


class Paced(Flood):
    """A connection that waits between an answer and its next request."""

    def __init__(self, ring: list[bytes], at: int, pause_sec: float) -> None:
        super().__init__(ring, at, 1)
        self._pause_sec = pause_sec
        self.times: list[float] = []

    def _send(self, count: int) -> None:
        if not self.answers:
            self._now()
            return
        self.times.append(time.perf_counter() - self._sent_at)
        asyncio.get_running_loop().call_later(self._pause_sec, self._now)

    def _now(self) -> None:
        if self._transport.is_closing():
            return
        self._sent_at = time.perf_counter()
        super()._send(1)


async def flood(job: Job) -> Load:
    """Runs the job."""
    ring = Path(job.requests).read_bytes().splitlines(keepends=True)
    step = max(1, len(ring) // job.connections)
    loop = asyncio.get_running_loop()

    def made(number: int) -> Flood:
        if job.pause_sec:
            return Paced(ring, number * step, job.pause_sec)
        return Flood(ring, number * step, job.in_flight)

    clients = [made(number) for number in range(job.connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", job.port)  # type: ignore[misc]
    await asyncio.sleep(job.warm_sec)
    for client in clients:
        client.answers = 0 if not job.pause_sec else client.answers
        if isinstance(client, Paced):
            client.times.clear()
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(job.seconds)
    seconds, cpu_sec = time.perf_counter() - begun, time.process_time() - cpu
    taken = sorted(time for client in clients if isinstance(client, Paced) for time in client.times)
    answers = len(taken) if job.pause_sec else sum(client.answers for client in clients)
    for client in clients:
        client.stop()
    if not taken:
        return Load(answers, seconds, cpu_sec)
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    return Load(answers, seconds, cpu_sec, p50, p99, taken[-1])


if __name__ == "__main__":
    result = uvloop.run(flood(msgspec.json.decode(sys.argv[1], type=Job)))
    print(msgspec.json.encode(result).decode())
