"""Series: creating one, a desk's week with occurrences in it, and all following ones moved.

The create is measured against single creates on one connection, the week against the same week of
single events. While occurrences are moved, others read single events, each with a pause between an
answer and the next request.
"""

import random
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench import load, processes, requests
from bench.bulk import ask
from bench.load import Load
from bench.processes import Served, deskcal
from bench.scale import Ground
from bench.table import Row, absolute, at_least, at_most, compared, millis, per_sec, times

OCCURRENCES = 400
DAY_SEC = 86_400
CREATED = 20
"""Series that are created in a round, after one that is not counted."""
SINGLES = 2_000
MOVED = 24
"""Series whose occurrences are moved in a round, at most."""
WEEK_SERIES = 16
WEEK_SINGLES = 320
"""Four times the occurrences of a week: five of each series."""
WORKDAYS = 5
WEEKS = 10
"""That a series of the week lasts."""
READERS = 4
PAUSE_SEC = 0.005
OWNER = 100
DESK = "DESK_RETENTION"
BATCH = 500


def measure(ground: Ground) -> Iterator[Row]:
    """Three rows for creates, two for the week, three for moves."""
    yield from _creates(ground)
    yield from _weeks(ground)
    yield from _moves(ground)


def _creates(ground: Ground) -> Iterator[Row]:
    path = requests.save(
        ground.directory / "singles.requests", requests.creates(SINGLES, ground.now)
    )
    medians, p99, rates, singles = [], [], [], []
    for turn in range(ground.scale.rounds):
        with deskcal(ground.directory / f"create-{turn}") as server:
            job = load.Job(
                port=server.port, requests=path, connections=1, seconds=ground.scale.seconds
            )
            found: Load = processes.run("load", job, Load)
            singles.append(found.per_sec)
            begin = ground.now + 3600
            _create(server.port, ground, begin, OCCURRENCES)
            took = [_create(server.port, ground, begin, OCCURRENCES)[1] for _ in range(CREATED)]
        medians.append(statistics.median(took))
        p99.append(_p99(took))
        rates.append(OCCURRENCES * CREATED / sum(took))
        ground.say(f"a series: {millis(medians[-1])}, single creates {singles[-1]:,.0f}/s")
    what = f"a series of {OCCURRENCES} occurrences created, three participants"
    yield absolute(f"{what}: median", medians, at_most(0.025), show=millis)
    yield absolute(f"{what}: 99th percentile", p99, None, show=millis)
    yield compared(
        f"{what}: occurrences, against single creates on one connection",
        rates,
        singles,
        at_least(20),
        show=per_sec,
        show_ratio=times,
    )


def _create(port: int, ground: Ground, begin: int, count: int) -> tuple[int, float]:
    """The series' id, and the seconds it took."""
    data = _data(ground, begin) | {"recurrence": {"rrule": f"FREQ=DAILY;COUNT={count}"}}
    answer, took = ask(port, requests.line("MngAddCalendarEvent", data, _token(ground)))
    if answer["occurrences"] != count:
        raise RuntimeError(f"{answer['occurrences']} occurrences were made instead of {count}")
    return answer["series"]["series_id"], took


def _data(ground: Ground, begin: int) -> dict[str, Any]:
    """A create of an event of half an hour with three participants."""
    data = requests.create_data(random.Random(6), OWNER, [101, 102])
    times_of_day = {"start_time": begin, "end_time": begin + 1800}
    return data | times_of_day | {"desk": DESK, "timezone": "UTC"}


def _token(ground: Ground) -> str:
    return requests.token_of(OWNER, requests.MASK, ground.now)


def _p99(took: Sequence[float]) -> float:
    return sorted(took)[len(took) * 99 // 100]


def _weeks(ground: Ground) -> Iterator[Row]:
    path = requests.save(ground.directory / "week.requests", [_week(ground)])
    names = ("with series", "single events")
    found: dict[str, list[Load]] = {name: [] for name in names}
    with (
        deskcal(ground.directory / "week-series") as ours,
        deskcal(ground.directory / "week-singles") as others,
    ):
        servers = dict(zip(names, (ours, others), strict=True))
        for name, server in servers.items():
            _fill_week(server.port, ground, with_series=name == "with series")
        _check_week(ground, servers)
        for _ in range(ground.scale.rounds):
            for name, server in servers.items():
                job = load.Job(
                    port=server.port,
                    requests=path,
                    connections=1,
                    seconds=ground.scale.seconds,
                    pause_sec=0.001,
                )
                one: Load = processes.run("load", job, Load)
                found[name].append(one)
    rows = WEEK_SINGLES + WEEK_SERIES * WORKDAYS
    what = f"a desk's week of {rows} events, one in five an occurrence, against single events"
    with_series, singles = found.values()
    for name, goal in (("p50_sec", at_most(1.05)), ("p99_sec", None)):
        yield compared(
            f"{what}: {'median' if goal else '99th percentile'}",
            [getattr(one, name) for one in with_series],
            [getattr(one, name) for one in singles],
            goal,
            show=millis,
            show_ratio=times,
        )


def _monday(ground: Ground) -> int:
    """Of a week to come, 00:00 UTC."""
    return ground.now - (ground.now - requests.MONDAY) % requests.WEEK_SEC + 2 * requests.WEEK_SEC


def _week(ground: Ground) -> bytes:
    monday = _monday(ground)
    data = {"from": monday, "to": monday + requests.WEEK_SEC, "limit": 500, "deskFilter": DESK}
    return requests.line("MngGetCalendarEventsByFilter", data | {"offset": 0}, _token(ground))


def _fill_week(port: int, ground: Ground, *, with_series: bool) -> None:
    """The same events in both stores, in the same order."""
    creates = []
    monday = _monday(ground)
    for number in range(WEEK_SERIES):
        data = _data(ground, monday + 8 * 3600 + number * 1800)
        if with_series:
            count = WEEKS * WORKDAYS
            rule = f"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT={count}"
            creates.append(data | {"recurrence": {"rrule": rule}})
            continue
        for day in (7 * week + day for week in range(WEEKS) for day in range(WORKDAYS)):
            creates.append(data | _moved(data, day * DAY_SEC))
    for number in range(WEEK_SINGLES):
        begin = monday + number % WORKDAYS * DAY_SEC + 8 * 3600 + number // WORKDAYS * 600
        creates.append(_data(ground, begin))
    _add(port, ground, creates)


def _moved(data: dict[str, Any], by: int) -> dict[str, int]:
    return {name: data[name] + by for name in ("start_time", "end_time")}


def _add(port: int, ground: Ground, creates: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(creates), BATCH):
        operations = [
            {"command": "MngAddCalendarEvent", "data": data}
            for data in creates[start : start + BATCH]
            if "recurrence" not in data
        ]
        if operations:
            data = {"operations": operations}
            ask(port, requests.line("MngBatchCalendarEvents", data, _token(ground)))
    for data in (one for one in creates if "recurrence" in one):
        ask(port, requests.line("MngAddCalendarEvent", data, _token(ground)))


def _check_week(ground: Ground, servers: dict[str, Served]) -> None:
    """Both weeks have the same times, and one of them occurrences."""
    weeks = [ask(server.port, _week(ground))[0]["rows"] for server in servers.values()]
    starts = [sorted(event["start_time"] for event in week) for week in weeks]
    occurrences = [sum("series_id" in event for event in week) for week in weeks]
    if starts[0] != starts[1] or occurrences != [WEEK_SERIES * WORKDAYS, 0]:
        raise RuntimeError(f"the weeks differ: {list(map(len, starts))}, {occurrences}")


def _moves(ground: Ground) -> Iterator[Row]:
    medians, p99, reads = [], [], []
    for turn in range(ground.scale.rounds):
        with deskcal(ground.directory / f"move-{turn}") as server:
            _add(server.port, ground, [_data(ground, ground.now + 3600)] * BATCH)
            moves = [_move(server.port, ground) for _ in range(MOVED)]
            took, found = _beside(ground, server, moves)
        medians.append(statistics.median(took))
        p99.append(_p99(took))
        reads.append(found.p99_sec)
        ground.say(f"{len(took)} moves: {millis(medians[-1])}, reads p99 {millis(reads[-1])}")
    what = f"all following at another time, {OCCURRENCES} occurrences"
    yield absolute(f"{what}: median", medians, at_most(0.06), show=millis)
    yield absolute(f"{what}: 99th percentile", p99, None, show=millis)
    yield absolute(f"{what}: others' point reads, p99", reads, at_most(0.005), show=millis)


def _move(port: int, ground: Ground) -> bytes:
    """A new series, and the request that moves all of it but the first one, which is over."""
    begin = ground.now - DAY_SEC + 3600
    series_id, _ = _create(port, ground, begin, OCCURRENCES + 1)
    data = {"series_id": series_id, "from": begin + DAY_SEC, "to": begin + 2 * DAY_SEC}
    data |= {"limit": 1, "offset": 0}
    line = requests.line(
        "MngGetCalendarEventsByFilter", data | {"deskFilter": DESK}, _token(ground)
    )
    (second,) = ask(port, line)[0]["rows"]
    change = {"id": second["id"], "scope": 1} | _moved(second, 1800)
    return requests.line("MngUpdateCalendarEvent", change, _token(ground))


def _beside(ground: Ground, server: Served, moves: Sequence[bytes]) -> tuple[list[float], Load]:
    """Seconds of the moves that were made while others read, and how long the reads took."""
    lines = requests.reads(range(1, BATCH + 1), 10_000, ground.now)
    path = requests.save(ground.directory / "reads.requests", lines)
    job = load.Job(
        port=server.port,
        requests=path,
        connections=READERS,
        seconds=ground.scale.seconds,
        pause_sec=PAUSE_SEC,
    )
    took: list[float] = []
    with processes.start("load", job) as reads:
        time.sleep(0.5)  # until it has begun
        for move in moves:
            if reads.poll() is not None:
                break
            answer, seconds = ask(server.port, move)
            if answer["changed"] != OCCURRENCES:
                raise RuntimeError(f"{answer['changed']} occurrences were moved")
            took.append(seconds)
        try:
            out, _ = reads.communicate(timeout=processes.JOB_SEC)
        except subprocess.TimeoutExpired:
            reads.kill()
            raise
    found: Load = processes.read("load", out, Load)
    return took, found
