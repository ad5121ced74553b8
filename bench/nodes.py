"""Nodes on one PostgreSQL: creates, point reads, and how soon one hears of what another did.

All of it runs on one machine, PostgreSQL and clients too, so more nodes share the same cores.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import msgspec

from bench import creates, feed, postgres_floor, processes, requests
from bench.load import Job, Load
from bench.postgres import Postgres
from bench.processes import Served
from bench.scale import Ground
from bench.sqlite_floor import Took
from bench.table import Row, absolute, at_least, at_most, compared, millis, per_sec, percent, times

NODES = (1, 2, 4)
CONNECTIONS = 64
"""Of all nodes together."""
IN_FLIGHT = (1, 16)
GROUP = 64
EVENTS = 1_000
RING = 24_000
GOALS = {1: None, 16: at_least(0.35)}
"""Of one node's creates, by requests in flight: a share of the floor."""
CHANGES_PER_SEC = 500
SUBSCRIBERS = 20


def measure(ground: Ground) -> Iterator[Row]:
    """Creates, reads, then the feed."""
    with Postgres() as postgres:
        ground.say(f"PostgreSQL {postgres.version}")
        yield from _creates(ground, postgres)
        yield from _reads(ground, postgres)
        yield from _feed(ground, postgres)


def _creates(ground: Ground, postgres: Postgres) -> Iterator[Row]:
    """Each round begins with empty databases; the floor goes once a round."""
    path = requests.save(ground.directory / "creates.requests", requests.creates(RING, ground.now))
    floor: list[float] = []
    ours: dict[tuple[int, int], list[float]] = {
        (count, in_flight): [] for in_flight in IN_FLIGHT for count in NODES
    }
    for _ in range(ground.scale.rounds):
        job = postgres_floor.Job(
            url=postgres.database(), requests=path, group=GROUP, rows=ground.scale.inserts // 2
        )
        took: Took = processes.run("postgres_floor", job, Took)
        floor.append(took.per_sec)
        ground.say(f"creates, plain INSERT in groups of {GROUP}: {took.per_sec:,.0f}/s")
        for (count, in_flight), rates in ours.items():
            with _nodes(postgres.database(), count) as nodes:
                requests.check(nodes[0].port, path, 128)
                rate, answers = _rate(ground, "creates", nodes, path, in_flight)
                creates.check_count(ground, nodes[-1].port, answers)
                rates.append(rate)
    for (count, in_flight), rates in ours.items():
        yield compared(
            f"durable creates, {_shape(count, in_flight)}, against INSERT in groups of {GROUP}",
            rates,
            floor,
            GOALS[in_flight] if count == 1 else None,
            show=per_sec,
            show_ratio=percent,
        )


def _reads(ground: Ground, postgres: Postgres) -> Iterator[Row]:
    """On the same database, in turns."""
    url = postgres.database()
    new = requests.save(ground.directory / "events", requests.creates(EVENTS, ground.now))
    with _nodes(url, 1) as nodes:
        made = requests.check(nodes[0].port, new)
    ids = [msgspec.json.decode(answer)["data"]["event"]["id"] for answer in made]
    path = requests.save(ground.directory / "reads", requests.reads(ids, RING, ground.now))
    for in_flight in IN_FLIGHT:
        rates: dict[int, list[float]] = {count: [] for count in NODES}
        for _ in range(ground.scale.rounds):
            for count, found in rates.items():
                with _nodes(url, count) as nodes:
                    requests.check(nodes[-1].port, path, 128)
                    found.append(_rate(ground, "reads", nodes, path, in_flight)[0])
        what = f"point reads out of {EVENTS:,}, "
        yield absolute(what + _shape(1, in_flight), rates[1], None, show=per_sec)
        for count in NODES[1:]:
            yield compared(
                f"{what}{_shape(count, in_flight)}, against one node",
                rates[count],
                rates[1],
                None,
                show=per_sec,
                show_ratio=times,
            )


def _feed(ground: Ground, postgres: Postgres) -> Iterator[Row]:
    delays: list[feed.Delays] = []
    for _ in range(ground.scale.rounds):
        with _nodes(postgres.database(), 2) as (writing, reading):
            job = feed.Job(
                reading.port,
                SUBSCRIBERS,
                0,
                ground.scale.seconds * 5,
                ground.now,
                write_port=writing.port,
                changes_per_sec=CHANGES_PER_SEC,
            )
            delays.append(processes.run("feed", job, feed.Delays))
            ground.say(f"feed from node to node: {delays[-1]}")
    what = (
        f"from a request on one node to a subscriber of another, {CHANGES_PER_SEC} changes a second"
    )
    halves = [found.p50_sec for found in delays]
    yield absolute(f"{what}: delay, median", halves, at_most(0.1), show=millis)
    late = [found.p99_sec for found in delays]
    yield absolute(f"{what}: delay, 99 %", late, at_most(0.25), show=millis)


def _shape(count: int, in_flight: int) -> str:
    nodes = "one node" if count == 1 else f"{count} nodes"
    return f"{nodes}, {CONNECTIONS} connections, {in_flight} in flight on each"


@contextmanager
def _nodes(url: str, count: int) -> Iterator[list[Served]]:
    """So many nodes on a database, each ready before the next is started."""
    with ExitStack() as stack:
        yield [stack.enter_context(processes.deskcal_node(url)) for _ in range(count)]


def _rate(
    ground: Ground, what: str, nodes: Sequence[Served], path: str, in_flight: int
) -> tuple[float, int]:
    """Answers a second of all nodes, and how many they were.

    Each node has a generator of its own and its share of the connections.
    """
    job = Job(
        port=0,
        requests=path,
        connections=CONNECTIONS // len(nodes),
        in_flight=in_flight,
        seconds=ground.scale.seconds,
    )
    begun = [node.cpu_sec for node in nodes]
    running = [
        processes.start("load", msgspec.structs.replace(job, port=node.port)) for node in nodes
    ]
    loads: list[Load] = []
    for process in running:
        out, _ = process.communicate(timeout=processes.JOB_SEC)
        loads.append(processes.read("load", out, Load))
    rate = sum(load.per_sec for load in loads)
    seconds = loads[0].seconds + job.warm_sec
    busy = [(node.cpu_sec - cpu) / seconds for node, cpu in zip(nodes, begun, strict=True)]
    ground.say(
        f"{what}, {_shape(len(nodes), in_flight)}: {rate:,.0f}/s; busy: "
        f"nodes {', '.join(f'{share:.0%}' for share in busy)}"
    )
    return rate, sum(load.answers for load in loads)
