"""A store of a million events: a week, a summary, its start, memory, idle connections.

The week is measured over the wire against the same week out of 10,000 events, where it has as many
rows, and out of a million of which one in 10,000 lasts five years against the million without.
"""

from collections.abc import Iterator
from pathlib import Path

from bench import fetch, idle, load, processes, requests
from bench.fetch import Fetched
from bench.load import Load
from bench.processes import Served, deskcal
from bench.scale import Ground
from bench.stores import calendar, copy_with_long_events, fill, managers_of
from bench.table import Row, absolute, at_most, compared, mib, millis, secs, times

MIB = 1 << 20
LONG_EVERY = 10_000
WEEK_RING = 5_000
SUMMARY_RING = 500
MIX_SEC = 2.0


def measure(ground: Ground) -> Iterator[Row]:
    """Seven rows."""
    scale, directory = ground.scale, ground.directory
    ground.say(f"filling stores of {scale.small:,} and {scale.large:,} events")
    small = fill(directory / "small", calendar(scale.small))
    large = fill(directory / "large", calendar(scale.large))
    long = copy_with_long_events(large, directory / "long", LONG_EVERY)
    yield from _weeks(ground, small, large, long)
    yield _summary(ground, large)
    yield from _size(ground, large)


def _weeks(ground: Ground, small: Path, large: Path, long: Path) -> Iterator[Row]:
    counts = {small: ground.scale.small, large: ground.scale.large, long: ground.scale.large}
    took: dict[Path, list[float]] = {store: [] for store in counts}
    with deskcal(small) as one, deskcal(large) as two, deskcal(long) as three:
        servers = {small: one, large: two, long: three}
        for _ in range(ground.scale.rounds):
            for store, server in servers.items():
                lines = requests.weeks(managers_of(counts[store]), WEEK_RING, ground.now)
                path = requests.save(ground.directory / "weeks.requests", lines)
                job = fetch.Job(
                    port=server.port, requests=path, seconds=ground.scale.seconds, warm=200
                )
                found: Fetched = processes.run("fetch", job, Fetched)
                took[store].append(found.total_sec)
                ground.say(
                    f"week out of {store.name}: {millis(found.total_sec)}, "
                    f"{found.size_bytes} bytes, {found.count} times"
                )
    yield compared(
        f"one manager's week out of {ground.scale.large:,} events, "
        f"against out of {ground.scale.small:,}",
        took[large],
        took[small],
        at_most(2.0),
        show=millis,
        show_ratio=times,
    )
    yield compared(
        f"the same, one event in {LONG_EVERY:,} lasts five years, against none",
        took[long],
        took[large],
        at_most(1.2),
        show=millis,
        show_ratio=times,
    )


def _summary(ground: Ground, store: Path) -> Row:
    lines = requests.summaries(SUMMARY_RING, ground.now)
    path = requests.save(ground.directory / "summaries.requests", lines)
    took = []
    with deskcal(store) as server:
        for _ in range(ground.scale.rounds):
            job = fetch.Job(port=server.port, requests=path, seconds=ground.scale.seconds, warm=10)
            found: Fetched = processes.run("fetch", job, Fetched)
            took.append(found.total_sec)
    what = f"a desk's month by manager out of {ground.scale.large:,} events"
    return absolute(what, took, at_most(0.02), show=millis)


def _size(ground: Ground, store: Path) -> Iterator[Row]:
    count = f"{ground.scale.large:,} stored events"
    started = []
    for _ in range(ground.scale.rounds):
        with deskcal(store) as server:
            started.append(server.start_sec)
            fresh = server.rss_bytes
    yield absolute(f"{count}: from process start to ready", started, at_most(2.0), show=secs)
    with deskcal(store) as server:
        _mixed_reads(ground, server)
        warm = server.rss_bytes
        ground.say(f"memory: {mib(fresh)} after the start, {mib(warm)} after mixed reads")
        yield absolute(f"{count}: memory after mixed reads", [warm], at_most(300 * MIB), show=mib)
        yield _idle(ground, server, warm)


def _mixed_reads(ground: Ground, server: Served) -> None:
    """Weeks, single events far beyond what the memory keeps, and a page of a desk's month."""
    directory, scale = ground.directory, ground.scale
    lines = requests.weeks(managers_of(scale.large), WEEK_RING, ground.now)
    weeks = requests.save(directory / "mix-weeks.requests", lines)
    lines = requests.reads(range(1, scale.large + 1), 100_000, ground.now)
    reads = requests.save(directory / "mix-reads.requests", lines)
    pages = requests.save(directory / "mix-pages.requests", [requests.full_list(1_000, ground.now)])
    for path, connections in ((weeks, 8), (reads, 64), (weeks, 8), (pages, 2), (reads, 64)):
        job = load.Job(port=server.port, requests=path, connections=connections, seconds=MIX_SEC)
        result: Load = processes.run("load", job, Load)
        name = Path(path).stem
        ground.say(f"{name}: {result.per_sec:,.0f}/s, memory {mib(server.rss_bytes)}")


def _idle(ground: Ground, server: Served, before: int) -> Row:
    wanted = ground.scale.idle
    with processes.start("idle", idle.Job(server.port, wanted)) as clients:
        assert clients.stdout is not None
        answered = int(clients.stdout.readline() or b"0")
        growth = server.rss_bytes - before
        clients.communicate(timeout=processes.JOB_SEC)
    if answered != wanted:
        raise RuntimeError(f"only {answered} of {wanted} idle connections were served")
    return absolute(
        f"{wanted:,} idle connections: further memory", [growth], at_most(200 * MIB), show=mib
    )
