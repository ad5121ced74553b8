"""CalDAV beside Radicale and Xandikos: the same events, the same client, in turns in one run.

Says so in its rows where the others can't be installed. Source: issue 17, "Speed".
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from msgspec import Struct
from msgspec.structs import replace

from bench import caldav_peers
from bench.caldav_client import App
from bench.caldav_events import WEEK_SEC, WEEKS, calendar, first_monday, vevent
from bench.caldav_peers import Peer
from bench.scale import Ground
from bench.table import Bound, Row, absolute, at_least, at_most, duration, faster

QUERY_GOAL = at_least(10)
PUT_GOAL = at_least(5)
NO_CHANGE_GOAL = at_most(0.005)
FIRST, WHOLE, NO_CHANGE, WEEK, PUT = "first", "whole", "no change", "week", "put"
KINDS: dict[str, tuple[str, Bound]] = {
    FIRST: ("first sync: sync-collection, then multiget of 100 at a time", QUERY_GOAL),
    WHOLE: ("the same by one calendar-query", QUERY_GOAL),
    NO_CHANGE: ("no-change sync", QUERY_GOAL),
    WEEK: ("a week's calendar-query", QUERY_GOAL),
    PUT: ("one PUT", PUT_GOAL),
}
"""What is measured: its name in a row, its goal beside the others."""
ROUNDS = 3
"""At most: the others take a minute for one."""
REPEATS = 5
"""Of what is short, in a round; more, up to `MOST_REPEATS`, until `SHORT_SEC` are over."""
MOST_REPEATS = 50
SHORT_SEC = 0.5
LEAST_FOUND = 0.97
"""Of a week's events: Xandikos leaves out one at the edge of a range now and then."""


class Taken(Struct, frozen=True):
    """What one request, or one first sync, took."""

    seconds: float
    """For the client; of several the median."""
    cpu_sec: float
    """Processor time of the server; of several the mean."""


Found = dict[str, dict[str, list[Taken]]]
"""By server and kind, one for each round."""


def measure(ground: Ground) -> Iterator[Row]:
    """For each kind a row beside each of the others; ours alone where they are missing."""
    missing = caldav_peers.install()
    starts = [caldav_peers.deskcal]
    if missing:
        ground.say(f"caldav: {missing}")
    else:
        starts += [caldav_peers.radicale, caldav_peers.xandikos]
    ground.say(caldav_peers.LEFT_OUT)
    count = ground.scale.caldav_events
    with ExitStack() as running:
        peers = []
        for start in starts:
            directory = ground.directory / start.__name__
            directory.mkdir()
            peers.append(running.enter_context(start(directory, count, ground.now)))
            ground.say(f"caldav: {peers[-1].name} has {count:,} events")
        found = _rounds(ground, peers)
    ours, *others = peers
    yield from _rows(found, ours, others, f"CalDAV, {count:,} events")


def _rows(found: Found, ours: Peer, others: Sequence[Peer], where: str) -> Iterator[Row]:
    for kind, (what, goal) in KINDS.items():
        mine = found[ours.name][kind]
        for other in others:
            theirs = found[other.name][kind]
            title = f"{where}: {what}, against {other.name}"
            row = faster(title, _seconds(mine), _seconds(theirs), goal, show=duration)
            yield replace(row, ours=row.ours + _cpu(mine), floor=row.floor + _cpu(theirs))
        if not others:
            yield absolute(f"{where}: {what}", _seconds(mine), None, show=duration)
    mine = found[ours.name][NO_CHANGE]
    yield absolute(f"{where}: no-change sync", _seconds(mine), NO_CHANGE_GOAL, show=duration)


def _seconds(taken: Sequence[Taken]) -> list[float]:
    return [one.seconds for one in taken]


def _cpu(taken: Sequence[Taken]) -> str:
    return f", processor {duration(statistics.mean(one.cpu_sec for one in taken))}"


def _rounds(ground: Ground, peers: Sequence[Peer]) -> Found:
    """The first round warms up, and is not kept."""
    found: Found = {peer.name: {kind: [] for kind in KINDS} for peer in peers}
    for turn in range(min(ground.scale.rounds, ROUNDS) + 1):
        weeks = []
        for peer in peers:
            visit = _Visit(ground, peer, turn)
            taken = visit.measured()
            weeks.append(visit.week_count)
            shown = ", ".join(f"{kind} {_shown(one)}" for kind, one in taken.items())
            ground.say(f"caldav, round {turn}, {peer.name}: {shown}")
            for kind, one in taken.items() if turn else ():
                found[peer.name][kind].append(one)
        if min(weeks) < max(weeks) * LEAST_FOUND:
            raise RuntimeError(f"the servers find different events in the same weeks: {weeks}")
    return found


def _shown(taken: Taken) -> str:
    return f"{duration(taken.seconds)} ({duration(taken.cpu_sec)} of processor)"


class _Visit:
    """One round of one server."""

    def __init__(self, ground: Ground, peer: Peer, turn: int) -> None:
        self._peer = peer
        self._begin = first_monday(ground.now)
        self._turn = turn
        self._least = ground.scale.caldav_events
        self.week_count = 0
        """Events found in the first weeks of this round."""

    def measured(self) -> dict[str, Taken]:
        """What each kind took."""
        with App(self._peer.place) as app:
            self._app = app
            return {
                FIRST: self._once(self._first),
                WHOLE: self._once(self._whole),
                NO_CHANGE: self._often(self._no_change),
                WEEK: self._often(self._week),
                PUT: self._often(self._put),
            }

    def _once(self, one: Callable[[], float]) -> Taken:
        cpu = self._peer.cpu_sec()
        seconds = one()
        return Taken(seconds, self._peer.cpu_sec() - cpu)

    def _often(self, one: Callable[[int], float]) -> Taken:
        cpu = self._peer.cpu_sec()
        seconds: list[float] = []
        while len(seconds) < REPEATS or (len(seconds) < MOST_REPEATS and sum(seconds) < SHORT_SEC):
            seconds.append(one(len(seconds)))
        cpu = self._peer.cpu_sec() - cpu
        return Taken(statistics.median(seconds), cpu / len(seconds))

    def _first(self) -> float:
        fetched, self._token = self._app.first_sync()
        self._require(fetched.count)
        return fetched.seconds

    def _whole(self) -> float:
        fetched = self._app.query()
        self._require(fetched.count)
        return fetched.seconds

    def _require(self, count: int) -> None:
        if count < self._least:
            raise RuntimeError(f"{count} of {self._least} events came")

    def _no_change(self, _: int) -> float:
        listed = self._app.sync(self._token)
        if listed.hrefs:
            raise RuntimeError(f"{len(listed.hrefs)} events changed since they were listed")
        return listed.seconds

    def _week(self, number: int) -> float:
        week = random.Random(self._turn * MOST_REPEATS + number).randrange(WEEKS)
        since = self._begin + week * WEEK_SEC
        fetched = self._app.query(since, since + WEEK_SEC)
        self.week_count += fetched.count if number < REPEATS else 0
        return fetched.seconds

    def _put(self, number: int) -> float:
        uid = f"put-{self._turn}-{number}@bench.example"
        text = calendar(vevent(uid, "Call back", self._begin + number * 3600))
        return self._app.put(f"put-{self._turn}-{number}.ics", text)
