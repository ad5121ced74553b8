"""Durable creates over the wire, against the same rows inserted straight into SQLite.

Each round begins with two empty stores on the same disk. The rows of the floor are made beforehand
by the store's own code, so that both write the same bytes: event, all indexes, change.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from bench import processes, requests, sqlite_floor
from bench.load import Job, Load
from bench.scale import Ground
from bench.sqlite_floor import Took
from bench.stores import calendar, fill
from bench.table import Bound, Row, absolute, at_least, compared, micros, millis, per_sec, percent

RING = 24_000
HOT_EVENTS = 1_000
"""Events that others read meanwhile: all in memory."""


class Case(Struct, frozen=True):
    """How many clients, against transactions of how many."""

    what: str
    connections: int
    in_flight: int
    group: int
    goal: Bound


class Created(Struct, frozen=True):
    """What one round reached."""

    per_sec: float
    cpu_sec: float
    """Of the server, for each create."""


CASES = (
    Case("64 connections, 1 in flight on each, against groups of 64", 64, 1, 64, at_least(0.35)),
    Case("64 connections, 16 in flight on each, against groups of 64", 64, 16, 64, at_least(0.6)),
    Case("one connection alone, against one commit at a time", 1, 1, 1, at_least(0.35)),
)


def measure(ground: Ground) -> Iterator[Row]:
    """For each case the rate, and the server's processor time for each create."""
    path = requests.save(ground.directory / "creates.requests", requests.creates(RING, ground.now))
    for number, case in enumerate(CASES):
        ours: list[float] = []
        floor: list[float] = []
        busy: list[float] = []
        for turn in range(ground.scale.rounds):
            directory = ground.directory / f"creates-{number}-{turn}"
            floor.append(_insert(ground, case, path, directory / "floor"))
            created = _create(ground, case, path, directory / "ours")
            ours.append(created.per_sec)
            busy.append(created.cpu_sec)
            ground.say(f"creates, {case.what}: {ours[-1]:,.0f}/s, floor {floor[-1]:,.0f}/s")
        yield compared(
            f"durable creates, {case.what}",
            ours,
            floor,
            case.goal,
            show=per_sec,
            show_ratio=percent,
        )
        clients = case.what.split(", against")[0]
        yield absolute(f"the same, {clients}: processor time for each", busy, None, show=micros)
    yield _among_reads(ground, path)


def _among_reads(ground: Ground, path: str) -> Row:
    """One create after another, while all others pipeline point reads."""
    store = fill(ground.directory / "creates-reads", calendar(HOT_EVENTS))
    lines = requests.reads(range(1, HOT_EVENTS + 1), RING, ground.now)
    reads = requests.save(ground.directory / "creates-reads.requests", lines)
    took: list[float] = []
    seconds = 2 * ground.scale.seconds
    for _ in range(ground.scale.rounds):
        with processes.deskcal(store) as server:
            requests.check(server.port, reads)
            flood = Job(port=server.port, requests=reads, in_flight=16, seconds=seconds)
            one = Job(port=server.port, requests=path, connections=1, seconds=seconds - 0.4)
            one.warm_sec, one.pause_sec = 0.5, 0.005
            with processes.start("load", flood) as others:
                load: Load = processes.run("load", one, Load)
                rate: Load = processes.read("load", others.communicate()[0], Load)
        took.append(load.p50_sec)
        ground.say(f"a create among {rate.per_sec:,.0f} reads a second: {millis(load.p50_sec)}")
    what = "a create while 64 other connections have 16 point reads in flight on each: median"
    return absolute(what, took, None, show=millis)


def _insert(ground: Ground, case: Case, path: str, directory: Path) -> float:
    directory.mkdir(parents=True)
    rows = ground.scale.inserts if case.group > 1 else ground.scale.inserts // 6
    job = sqlite_floor.Job(directory=str(directory), requests=path, group=case.group, rows=rows)
    took: Took = processes.run("sqlite_floor", job, Took)
    return took.per_sec


def _create(ground: Ground, case: Case, path: str, directory: Path) -> Created:
    with processes.deskcal(directory) as server:
        requests.check(server.port, path, 128)
        job = Job(
            port=server.port,
            requests=path,
            connections=case.connections,
            in_flight=case.in_flight,
            seconds=ground.scale.seconds,
        )
        cpu = server.cpu_sec
        load: Load = processes.run("load", job, Load)
        busy = (server.cpu_sec - cpu) / (load.seconds + job.warm_sec)
        ground.say(f"server busy {busy:.0%}, generator {load.cpu_sec / load.seconds:.0%}")
        check_count(ground, server.port, load.answers)
    return Created(load.per_sec, busy / load.per_sec)


def check_count(ground: Ground, port: int, least: int) -> None:
    """What was answered must be there."""
    wanted = requests.save(ground.directory / "count", [requests.full_list(1, ground.now)])
    count = msgspec.json.decode(requests.check(port, wanted)[0])["data"]["count"]
    if count < least:
        raise RuntimeError(f"{least} creates were answered, {count} events are there")
