"""One client that asks for lists, one after another, and takes the time of each.

Run as `python -m bench.fetch JOB`. A plain socket and one large buffer, so that what is measured is
the server's side: time to the first byte, time to the last, size.
"""

import itertools
import socket
import statistics
import sys
import time
from pathlib import Path

import msgspec
from msgspec import Struct

BUFFER_BYTES = 1 << 20
TIMEOUT_SEC = 60


class Job(Struct, kw_only=True):
    """What to ask for, and for how long."""

    port: int
    requests: str
    """File of requests, one a line."""
    seconds: float
    warm: int = 1
    """Requests before the clock starts."""


class Fetched(Struct):
    """Medians over the answers."""

    first_sec: float
    total_sec: float
    size_bytes: int
    count: int


def main(job: Job) -> Fetched:
    """Runs the job, at least one request."""
    ring = itertools.cycle(Path(job.requests).read_bytes().splitlines(keepends=True))
    buffer = bytearray(BUFFER_BYTES)
    with socket.create_connection(("127.0.0.1", job.port), TIMEOUT_SEC) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(job.warm):
            fetch(server, next(ring), buffer)
        took: list[tuple[float, float, int]] = []
        until = time.perf_counter() + job.seconds
        while not took or time.perf_counter() < until:
            took.append(fetch(server, next(ring), buffer))
    return Fetched(
        statistics.median(row[0] for row in took),
        statistics.median(row[1] for row in took),
        int(statistics.median(row[2] for row in took)),
        len(took),
    )


def fetch(server: socket.socket, request: bytes, buffer: bytearray) -> tuple[float, float, int]:
    """Seconds to the first byte and to the last, and the size of one answer."""
    begun = time.perf_counter()
    server.sendall(request)
    size = server.recv_into(buffer)
    first = time.perf_counter() - begun
    got = size
    if b'"status":200' not in buffer[: min(200, size)]:
        raise RuntimeError(f"not a list: {bytes(buffer[:300])!r}")
    while got and buffer[got - 1] != ord("\n"):
        got = server.recv_into(buffer)
        size += got
    return first, time.perf_counter() - begun, size


if __name__ == "__main__":
    print(msgspec.json.encode(main(msgspec.json.decode(sys.argv[1], type=Job))).decode())
