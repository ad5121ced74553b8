"""Point reads, token and scope checked, against a bare uvloop server sent the very same bytes.

The bare server decodes them with msgspec and answers 700 ready bytes. 64 connections; many events,
sixteen managers with a desk mask, mixed on each connection. What is read is in memory.
"""

from collections.abc import Iterator

from bench import processes, requests
from bench.load import Job, Load
from bench.processes import Served
from bench.scale import Ground
from bench.stores import calendar, fill
from bench.table import Row, absolute, at_least, compared, micros, per_sec, percent

RING = 32_000
GOALS = {1: at_least(0.70), 16: at_least(0.40)}
"""In flight on each connection, to the share of the bare server's rate."""


HOT_EVENTS = 1_000
"""What a few desks look at in a day: documents and records stay in the processor's caches."""


def measure(ground: Ground) -> Iterator[Row]:
    """One request in flight on each connection and sixteen, for few and many events.

    A row for the rate, and one for the server's processor time for each read.
    """
    scale = ground.scale
    store = fill(ground.directory / "reads", calendar(scale.read_events))
    with processes.deskcal(store) as ours, processes.bare() as bare:
        for events in (HOT_EVENTS, scale.read_events):
            yield from _out_of(ground, events, {"ours": ours, "bare": bare})


def _out_of(ground: Ground, events: int, servers: dict[str, Served]) -> Iterator[Row]:
    """Reads of random ones of the first `events`."""
    lines = requests.reads(range(1, events + 1), RING, ground.now)
    path = requests.save(ground.directory / f"reads-{events}.requests", lines)
    answers = requests.check(servers["ours"].port, path)
    size = sum(map(len, answers)) / len(answers)
    ground.say(f"reads out of {events:,}: {len(answers)} answers of {size:.0f} bytes checked")
    for in_flight, goal in GOALS.items():
        rates: dict[str, list[float]] = {"ours": [], "bare": []}
        busy: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(ground.scale.rounds):
            for name, server in servers.items():
                rate, cpu_sec = _rate(ground, path, in_flight, name, server)
                rates[name].append(rate)
                busy[name].append(cpu_sec)
        what = f"point reads out of {events:,}, 64 connections, {in_flight} in flight on each"
        yield compared(
            what,
            rates["ours"],
            rates["bare"],
            goal,
            show=per_sec,
            show_ratio=percent,
        )
        yield absolute(f"{what}: processor time for each", busy["ours"], None, show=micros)


def _rate(
    ground: Ground, path: str, in_flight: int, name: str, server: Served
) -> tuple[float, float]:
    """Answers a second, and processor time for each."""
    seconds = ground.scale.seconds
    job = Job(port=server.port, requests=path, in_flight=in_flight, seconds=seconds)
    cpu = server.cpu_sec
    load: Load = processes.run("load", job, Load)
    busy = (server.cpu_sec - cpu) / (load.seconds + job.warm_sec)
    ground.say(
        f"reads, {in_flight} in flight, {name}: {load.per_sec:,.0f}/s; busy: "
        f"server {busy:.0%}, generator {load.cpu_sec / load.seconds:.0%}"
    )
    return load.per_sec, busy / load.per_sec
