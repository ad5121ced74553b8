"""A list of 50,000 rows over the wire, against the same documents read out of SQLite and joined.

Meanwhile other clients read single events, and the server's memory is watched. The store also
holds events that the asking manager must not see, so that the scope has something to do.
"""

import subprocess
from collections.abc import Iterator

from bench import fetch, load, processes, requests, sqlite_floor
from bench.fetch import Fetched
from bench.load import Load
from bench.processes import Served
from bench.scale import Ground
from bench.sqlite_floor import Took
from bench.stores import calendar, fill, with_hidden
from bench.table import Row, absolute, at_most, compared, mib, millis, times

HIDDEN = 2_000
READERS = 32
PAUSE_SEC = 0.005
"""Of a reader between an answer and its next request: 32 readers ask some 5,000 times a second."""


def measure(ground: Ground) -> Iterator[Row]:
    """Five rows."""
    scale, directory = ground.scale, ground.directory
    store = fill(directory / "lists", with_hidden(calendar(scale.list_rows), HIDDEN))
    list_path = requests.save(
        directory / "list.requests", [requests.full_list(scale.list_rows, ground.now)]
    )
    lines = requests.reads(range(1, scale.list_rows + 1), 10_000, ground.now)
    read_path = requests.save(directory / "list-reads.requests", lines)
    with processes.deskcal(store) as server:
        requests.check(server.port, read_path)
        before = server.rss_bytes
        server.forget_peak()
        lists, floor = [], []
        for _ in range(scale.rounds):
            lists.append(_fetch(ground, server, list_path, scale.seconds))
            job = sqlite_floor.Job(directory=str(store), rows=scale.list_rows)
            took: Took = processes.run("sqlite_floor", job, Took)
            floor.append(took.seconds)
            ground.say(
                f"list: {lists[-1].total_sec:.3f} s, floor {took.seconds:.3f} s, "
                f"memory up by {mib(server.peak_bytes - before)} at most"
            )
        growth = server.peak_bytes - before
        alone = [_read(ground, server, read_path, scale.seconds)]
        beside = [_beside(ground, server, list_path, read_path) for _ in range(scale.rounds)]
    size = lists[0].size_bytes
    what = f"a list of {scale.list_rows:,} rows, {size / 1e6:.0f} MB"
    yield compared(
        f"{what}: time",
        [row.total_sec for row in lists],
        floor,
        at_most(2.5),
        show=millis,
        show_ratio=times,
    )
    yield absolute(
        f"{what}: first byte", [row.first_sec for row in lists], at_most(0.02), show=millis
    )
    yield absolute(f"{what}: most memory, in answers", [growth / size], at_most(0.5), show=times)
    yield absolute(
        f"point reads of {READERS} others meanwhile, 99th percentile",
        [row.p99_sec for row in beside],
        at_most(0.010),
        show=millis,
    )
    ground.say(f"readers alone: p50 {millis(alone[0].p50_sec)}, p99 {millis(alone[0].p99_sec)}")


def _fetch(ground: Ground, server: Served, path: str, seconds: float) -> Fetched:
    job = fetch.Job(port=server.port, requests=path, seconds=seconds)
    found: Fetched = processes.run("fetch", job, Fetched)
    return found


def _read_job(ground: Ground, server: Served, path: str, seconds: float) -> load.Job:
    return load.Job(
        port=server.port,
        requests=path,
        connections=READERS,
        seconds=seconds,
        pause_sec=PAUSE_SEC,
    )


def _read(ground: Ground, server: Served, path: str, seconds: float) -> Load:
    job = _read_job(ground, server, path, seconds)
    result: Load = processes.run("load", job, Load)
    return result


def _beside(ground: Ground, server: Served, list_path: str, read_path: str) -> Load:
    """Readers while a client asks for the list again and again."""
    seconds = ground.scale.seconds + 1
    job = fetch.Job(port=server.port, requests=list_path, seconds=seconds + 2)
    with processes.start("fetch", job) as lister:
        result = _read(ground, server, read_path, seconds)
        try:
            out, _ = lister.communicate(timeout=processes.JOB_SEC)
        except subprocess.TimeoutExpired:
            lister.kill()
            raise
    lists: Fetched = processes.read("fetch", out, Fetched)
    ground.say(
        f"beside {lists.count} lists of {lists.total_sec:.3f} s: {result.per_sec:,.0f} reads/s, "
        f"p50 {millis(result.p50_sec)}, p99 {millis(result.p99_sec)}, "
        f"worst {millis(result.worst_sec)}"
    )
    return result
