"""Point reads, token and scope checked, against a bare uvloop server sent the very same bytes.

The bare server decodes them with msgspec and answers 700 ready bytes. 64 connections; many events,
sixteen managers with a desk mask, mixed on each connection. What is read is in memory.
"""

from collections.abc import Iterator

from bench import processes, requests
from bench.load import Job, Load
from bench.scale import Ground
from bench.stores import calendar, fill
from bench.table import Row, at_least, compared, per_sec, percent

RING = 32_000
GOALS = {1: at_least(0.70), 16: at_least(0.40)}
"""In flight on each connection, to the share of the bare server's rate."""


def measure(ground: Ground) -> Iterator[Row]:
    """Two rows: one request in flight on each connection, and sixteen."""
    scale = ground.scale
    store = fill(ground.directory / "reads", calendar(scale.read_events))
    lines = requests.reads(scale.read_events, RING, ground.now)
    path = requests.save(ground.directory / "reads.requests", lines)
    with processes.deskcal(store) as ours, processes.bare() as bare:
        answers = requests.check(ours.port, path)
        size = sum(map(len, answers)) / len(answers)
        ground.say(f"reads: {len(answers)} answers of {size:.0f} bytes checked")
        for in_flight, goal in GOALS.items():
            rates: dict[str, list[float]] = {"ours": [], "bare": []}
            for _ in range(scale.rounds):
                for name, server in (("ours", ours), ("bare", bare)):
                    job = Job(
                        port=server.port,
                        requests=path,
                        in_flight=in_flight,
                        seconds=scale.seconds,
                    )
                    cpu = server.cpu_sec
                    load: Load = processes.run("load", job, Load)
                    busy = (server.cpu_sec - cpu) / (load.seconds + job.warm_sec)
                    rates[name].append(load.per_sec)
                    ground.say(
                        f"reads, {in_flight} in flight, {name}: {load.per_sec:,.0f}/s; busy: "
                        f"server {busy:.0%}, generator {load.cpu_sec / load.seconds:.0%}"
                    )
            yield compared(
                f"point reads, 64 connections, {in_flight} in flight on each",
                rates["ours"],
                rates["bare"],
                goal,
                show=per_sec,
                show_ratio=percent,
            )
