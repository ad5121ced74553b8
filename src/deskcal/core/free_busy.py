"""Who is busy when, and when all are free: intervals of Unix seconds [start, end). Pure."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.core.event import MAX_TIME

Interval = tuple[int, int]
"""Start and end; the end is the first second that is no longer part of it."""

DAY_MIN = 24 * 60
INTERVAL_BYTES = 24
"""Of one interval in an answer."""
_DAY_SEC = 86_400


def merged(intervals: Iterable[Interval], since: int, until: int) -> list[Interval]:
    """The intervals clipped to [since, until), in order; those that overlap or touch are one.

    What has no length makes nobody busy, and is left out. Source: contract, section 7.
    """
    found: list[Interval] = []
    for start, end in sorted(intervals):
        start, end = max(start, since), min(end, until)
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


class Hours(Struct, frozen=True, kw_only=True):
    """When people work: from the one clock time to the other, on some days of the week."""

    start_min: int
    """Minutes after midnight."""
    end_min: int
    """Minutes after midnight, > start_min; 1440: the day's end."""
    timezone: str
    """IANA name, whose clock is meant."""
    weekdays: frozenset[int]
    """ISO numbers: 1 is Monday."""


def working_times(hours: Hours, since: int, until: int) -> list[Interval]:
    """`hours` within [since, until), merged; the length of a day on which the clock changes shows.

    Of a clock time that comes twice the first is meant; one that is left out is reckoned as if the
    clock had not changed yet (PEP 495). The last two days of the year 9999 are not worked on.
    """
    return merged(_working_days(hours, since, until), since, until)


def _working_days(hours: Hours, since: int, until: int) -> Iterator[Interval]:
    zone = ZoneInfo(hours.timezone)
    until = min(until, MAX_TIME - 2 * _DAY_SEC)
    if since >= until:
        return
    last = dt.datetime.fromtimestamp(until, zone).date()
    day = dt.datetime.fromtimestamp(since, zone).date()
    while day <= last:
        if day.isoweekday() in hours.weekdays:
            yield _at(day, hours.start_min, zone), _at(day, hours.end_min, zone)
        day += dt.timedelta(days=1)


def _at(day: dt.date, minutes: int, zone: ZoneInfo) -> int:
    clock = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    return int(clock.replace(tzinfo=zone).timestamp())


class SlotSearch(Struct, frozen=True, kw_only=True):
    """What slots are wanted: of some length, on the grid since + k * step_sec."""

    since: int
    until: int
    """No slot ends later."""
    duration_sec: int
    step_sec: int
    limit: int
    """Slots at most."""
    hours: Hours | None = None
    """A slot lies within them as a whole; None: at any time."""

    @property
    def points(self) -> int:
        """Points of the grid before `until`."""
        return -(-(self.until - self.since) // self.step_sec)


class Slot(Struct, frozen=True):
    """One time, and who is busy then; the order of the fields is the order on the wire."""

    start_time: int
    end_time: int
    busy: list[int]
    """Managers, in the order in which they were asked for."""


def earliest_slots(busy: Mapping[int, Sequence[Interval]], wanted: SlotSearch) -> list[Slot]:
    """The earliest slots in which all are free; if there is none, those with the fewest busy.

    `busy` holds the merged intervals of each manager who is to come. Source: contract, section 7.
    """
    counts = _busy_counts(busy.values(), wanted)
    open_points = list(_open_points(wanted))
    fewest = min((counts[point] for point in open_points), default=0)
    found = []
    for point in open_points:
        if counts[point] == fewest:
            found.append(_slot(busy, wanted, point))
            if len(found) == wanted.limit:
                break
    return found


def _open_points(wanted: SlotSearch) -> Iterator[int]:
    """Points of the grid at which a slot fits into the range and the hours."""
    open_times = [(wanted.since, wanted.until)]
    if wanted.hours is not None:
        open_times = working_times(wanted.hours, wanted.since, wanted.until)
    for opened, closed in open_times:
        first = -(-(opened - wanted.since) // wanted.step_sec)
        last = (closed - wanted.duration_sec - wanted.since) // wanted.step_sec
        yield from range(first, last + 1)


def _busy_counts(everybody: Iterable[Sequence[Interval]], wanted: SlotSearch) -> list[int]:
    """How many are busy in the slot of each point: each interval covers a run of points."""
    steps = [0] * (wanted.points + 1)
    for intervals in everybody:
        free_from = 0
        for start, end in intervals:
            first = (start - wanted.duration_sec - wanted.since) // wanted.step_sec + 1
            after = min(-(-(end - wanted.since) // wanted.step_sec), wanted.points)
            first = max(first, free_from)
            if first < after:
                steps[first] += 1
                steps[after] -= 1
                free_from = after
    total = 0
    return [total := total + step for step in steps[:-1]]


def _slot(busy: Mapping[int, Sequence[Interval]], wanted: SlotSearch, point: int) -> Slot:
    start = wanted.since + point * wanted.step_sec
    end = start + wanted.duration_sec
    return Slot(start, end, [who for who, times in busy.items() if _is_busy(times, start, end)])


def _is_busy(intervals: Sequence[Interval], since: int, until: int) -> bool:
    """Whether one of the merged intervals overlaps [since, until)."""
    before = bisect_right(intervals, (since, MAX_TIME + 1))
    if before and intervals[before - 1][1] > since:
        return True
    return before < len(intervals) and intervals[before][0] < until
