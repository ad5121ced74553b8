"""Many events at a time: a batch of creates, a handover, and the search.

The batch is measured against the same creates one after another on one connection. While a handover
runs, others read single events, each with a pause between an answer and the next request.
"""

import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from bench import load, processes, requests
from bench.load import Load
from bench.processes import deskcal
from bench.scale import Ground
from bench.stores import calendar, fill
from bench.table import Row, absolute, at_least, at_most, compared, millis, per_sec, secs, times

BATCH = 500
SINGLES = 2_000
HANDED_OVER = 20_000
SEARCHES = 500
ANSWER_SEC = 600
DAY_SEC = 86_400
SEARCHED = {
    "words that exist": ("call 77.", "customer 1234", "12345"),
    "a pair of letters that is everywhere": ("us",),
}


def measure(ground: Ground) -> Iterator[Row]:
    """A row for the batch, two for the handover, four for the search."""
    yield _batch(ground)
    yield from _handover(ground)
    yield from _search(ground)


def ask(port: int, request: bytes) -> tuple[dict[str, Any], float]:
    """The answer's data, and the seconds it took. Raises: RuntimeError if it is no success."""
    with socket.create_connection(("127.0.0.1", port), ANSWER_SEC) as server:
        begun = time.perf_counter()
        server.sendall(request)
        answer = msgspec.json.decode(server.makefile("rb").readline())
        took = time.perf_counter() - begun
    if answer["status"] != 200:
        raise RuntimeError(f"no success: {answer}")
    data: dict[str, Any] = answer["data"]
    return data, took


def _batch(ground: Ground) -> Row:
    rng = random.Random(7)
    token = requests.token_of(100, requests.MASK, ground.now)
    creates = [requests.create_data(rng, 100, [101, 102]) for _ in range(BATCH)]
    operations = [{"command": "MngAddCalendarEvent", "data": data} for data in creates]
    batch = requests.line("MngBatchCalendarEvents", {"operations": operations}, token)
    path = requests.save(
        ground.directory / "singles.requests", requests.creates(SINGLES, ground.now)
    )
    ours, singles = [], []
    for turn in range(ground.scale.rounds):
        with deskcal(ground.directory / f"batch-{turn}") as server:
            job = load.Job(
                port=server.port, requests=path, connections=1, seconds=ground.scale.seconds
            )
            found: Load = processes.run("load", job, Load)
            singles.append(found.per_sec)
            ask(server.port, batch)
            ours.append(BATCH / ask(server.port, batch)[1])
    return compared(
        f"batches of {BATCH} creates, against the same one after another on one connection",
        ours,
        singles,
        at_least(8.0),
        show=per_sec,
        show_ratio=times,
    )


def _handover(ground: Ground) -> Iterator[Row]:
    took, worst = [], []
    for turn in range(ground.scale.rounds):
        with deskcal(ground.directory / f"handover-{turn}") as server:
            ids = _fill_for(server.port, ground)
            path = requests.save(
                ground.directory / "reads.requests", requests.reads(ids, 10_000, ground.now)
            )
            data = {
                "from_manager_id": 100,
                "to_manager_ids": [101, 102, 103],
                "deskFilter": "*",
                "mode": "spread",
            }
            token = requests.token_of(90_000, requests.MASK, ground.now)
            shown, _ = ask(server.port, requests.line("MngHandoverCalendarEvents", data, token))
            data |= {"dry_run": 0, "digest": shown["digest"]}
            job = load.Job(
                port=server.port, requests=path, connections=4, seconds=1.5, pause_sec=0.005
            )
            with processes.start("load", job) as reads:
                time.sleep(0.5)  # until it has begun
                request = requests.line("MngHandoverCalendarEvents", data, token)
                took.append(ask(server.port, request)[1])
                out, _ = reads.communicate(timeout=processes.JOB_SEC)
            found: Load = processes.read("load", out, Load)
            worst.append(found.p99_sec)
            ground.say(f"handover: {took[-1]:.2f} s, others' reads p99 {millis(found.p99_sec)}")
    what = f"handover of {HANDED_OVER:,} events"
    yield absolute(what, took, at_most(5.0), show=secs)
    yield absolute(f"{what}: others' point reads, p99", worst, at_most(0.01), show=millis)


def _fill_for(port: int, ground: Ground) -> list[int]:
    """Ids of events of manager 100 that are not over."""
    rng = random.Random(8)
    token = requests.token_of(100, requests.MASK, ground.now)
    for start in range(0, HANDED_OVER, BATCH):
        operations = []
        for number in range(start, start + BATCH):
            begin = ground.now + DAY_SEC + number * 900
            data = requests.create_data(rng, 100, [110, 111])
            data |= {"start_time": begin, "end_time": begin + 600, "remind_time": 0}
            operations.append({"command": "MngAddCalendarEvent", "data": data})
        ask(port, requests.line("MngBatchCalendarEvents", {"operations": operations}, token))
    return list(range(1, HANDED_OVER + 1))


def _search(ground: Ground) -> Iterator[Row]:
    store = fill(ground.directory / "search", calendar(ground.scale.large))
    with deskcal(store) as server:
        _wait_for_the_index(server.port, ground)
        for name, words in SEARCHED.items():
            medians, worst = _times(server.port, ground, words)
            what = f"search for {name} at {ground.scale.large:,} events"
            yield absolute(f"{what}, median", medians, at_most(0.005), show=millis)
            yield absolute(f"{what}, p99", worst, at_most(0.025), show=millis)


def _wait_for_the_index(port: int, ground: Ground) -> None:
    token = requests.token_of(90_000, requests.MASK, ground.now)
    request = requests.line("MngSearchCalendarEvents", {"q": "bonus", "deskFilter": "*"}, token)
    until = time.monotonic() + ANSWER_SEC
    while time.monotonic() < until:
        try:
            ask(port, request)
            return
        except RuntimeError:
            time.sleep(0.5)  # it is being indexed: 503
    raise RuntimeError(f"the texts were not indexed within {ANSWER_SEC} s")


def _times(port: int, ground: Ground, words: tuple[str, ...]) -> tuple[list[float], list[float]]:
    """Median and 99th percentile of each round, seconds."""
    token = requests.token_of(90_000, requests.MASK, ground.now)
    lines = [
        requests.line("MngSearchCalendarEvents", {"q": word, "deskFilter": "*"}, token)
        for word in words
    ]
    path = requests.save(ground.directory / "searches.requests", lines * SEARCHES)
    medians, worst = [], []
    for _ in range(ground.scale.rounds):
        job = load.Job(
            port=port,
            requests=path,
            connections=1,
            seconds=ground.scale.seconds,
            pause_sec=0.001,
        )
        found: Load = processes.run("load", job, Load)
        medians.append(found.p50_sec)
        worst.append(found.p99_sec)
    return medians, worst
