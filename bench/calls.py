"""The call desk: claims out of many due calls, and completions with a follow-up against creates.

64 connections, each claim by another manager; every answer is durable. A server is idle before it
is measured: its index of the search has what was added, and it has verified the token of each
manager, who in use claims many calls with one token. Claims out of 100,000 open calls, most of
which are still to come, are made on one connection, against those that have come alone.
"""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench import processes, requests
from bench.load import Job, Load
from bench.scale import Ground
from bench.stores import event, fill
from bench.table import Row, absolute, at_least, at_most, compared, millis, per_sec, percent, times
from deskcal.core.event import Event, EventType

CALLS = 20_000
"""Due calls, and managers who claim; more than are claimed while it is measured."""
OPEN = 100_000
"""Open calls, `CALLS` of which are due."""
A_ROUND = 4_000
"""Managers who claim in a round on one connection."""
PAUSE_SEC = 0.0001
"""Between an answer and the next claim: with a pause the time of every answer is kept."""


def measure(ground: Ground) -> Iterator[Row]:
    """Four rows."""
    rates, p99 = [], []
    for turn in range(ground.scale.rounds):
        load = _claims(ground, ground.directory / f"claims-{turn}")
        rates.append(load.per_sec)
        p99.append(load.p99_sec)
        ground.say(f"claims: {load.per_sec:,.0f}/s, p99 {millis(load.p99_sec)}")
    what = f"claims out of {CALLS:,} due calls, 64 connections"
    yield absolute(what, rates, at_least(3000), show=per_sec)
    yield absolute(f"{what}: 99th percentile", p99, at_most(0.04), show=millis)
    yield _open_calls(ground)
    yield _completions(ground)


def _claims(ground: Ground, directory: Path) -> Load:
    now = ground.now
    add = requests.save(ground.directory / "pool.requests", requests.pool_calls(CALLS, now))
    claim = requests.save(ground.directory / "claims.requests", requests.claims(CALLS, now))
    sign_in = requests.save(ground.directory / "pings.requests", requests.pings(CALLS, now))
    with processes.deskcal(directory) as server:
        requests.check(server.port, add)
        requests.check(server.port, sign_in)
        server.until_idle()
        job = Job(
            port=server.port, requests=claim, seconds=ground.scale.seconds, pause_sec=PAUSE_SEC
        )
        load: Load = processes.run("load", job, Load)
    return load


def _open_calls(ground: Ground) -> Row:
    took: dict[int, list[float]] = {OPEN: [], CALLS: []}
    lines = requests.claims(A_ROUND * ground.scale.rounds, ground.now)
    rings = [list(itertools.islice(lines, A_ROUND)) for _ in range(ground.scale.rounds)]
    stores = {count: fill(ground.directory / f"{count}", _calls(count, ground)) for count in took}
    with processes.deskcal(stores[OPEN]) as many, processes.deskcal(stores[CALLS]) as few:
        many.until_idle()
        few.until_idle()
        for ring in rings:
            path = requests.save(ground.directory / "open.requests", ring)
            for count, server in ((OPEN, many), (CALLS, few)):
                job = Job(
                    port=server.port,
                    requests=path,
                    connections=1,
                    seconds=ground.scale.seconds,
                    pause_sec=PAUSE_SEC,
                )
                load: Load = processes.run("load", job, Load)
                took[count].append(load.p50_sec)
                ground.say(f"a claim out of {count:,} open calls: {millis(load.p50_sec)}")
    return compared(
        f"a claim on one connection, {CALLS:,} of {OPEN:,} open calls due, against these alone",
        took[OPEN],
        took[CALLS],
        at_most(1.25),
        show=millis,
        show_ratio=times,
    )


def _calls(count: int, ground: Ground) -> Iterator[Event]:
    """Calls of one manager, in the pool; the first `CALLS` have come, the others come later."""
    rng = random.Random(5)
    for number in range(count):
        is_due = number < CALLS
        start = ground.now - rng.randrange(100, 80_000) if is_due else ground.now + 86_400 + number
        yield msgspec.structs.replace(
            event(number + 1, rng, 0, [], start, requests.DESKS[0]),
            type=EventType.CALL,
            customer_id=number + 1,
            pool_after_sec=60,
            end_time=start + 10 * 86_400,
        )


def _completions(ground: Ground) -> Row:
    """Either is first in turn: the other finds a larger store."""
    creates = requests.save(ground.directory / "creates", requests.creates(CALLS, ground.now))
    add = requests.save(ground.directory / "pool.requests", requests.pool_calls(CALLS, ground.now))
    complete = requests.save(
        ground.directory / "completions", requests.completions(CALLS, ground.now)
    )
    ours: list[float] = []
    floor: list[float] = []
    for turn in range(ground.scale.rounds):
        rates = [(floor, creates), (ours, complete)]
        with processes.deskcal(ground.directory / f"completed-{turn}") as server:
            requests.check(server.port, add)
            for found, path in rates[:: -1 if turn % 2 else 1]:
                server.until_idle()
                found.append(_rate(ground, server.port, path))
        ground.say(f"completions with follow-up: {ours[-1]:,.0f}/s, creates {floor[-1]:,.0f}/s")
    return compared(
        "completions with a follow-up, 64 connections, against single creates",
        ours,
        floor,
        at_least(0.8),
        show=per_sec,
        show_ratio=percent,
    )


def _rate(ground: Ground, port: int, path: str) -> float:
    load: Load = processes.run(
        "load", Job(port=port, requests=path, seconds=ground.scale.seconds), Load
    )
    return load.per_sec
