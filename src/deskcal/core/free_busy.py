"""Who is busy when, and when all are free: intervals of Unix seconds [start, end). Pure."""

import datetime as dt
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.core.event import MAX_TIME, Event, EventStatus, EventType
from deskcal.limits import DAY_SEC

Interval = tuple[int, int]
"""Start and end; the end is the first second that is no longer part of it."""

DAY_MIN = 24 * 60
INTERVAL_BYTES = 24
"""Size of one interval in an answer."""

FREE_WHEN_ALL_DAY = (EventType.TASK, EventType.REMINDER, EventType.DEADLINE)
"""All-day events of these types are shown as free, unless `show_as` says otherwise."""
BUSY = 0
"""Of `show_as`. Source: contract, section 12."""


def makes_busy(event: Event) -> bool:
    """Whether the event makes its participants busy; TRANSP of iCalendar.

    Source: contract, sections 7 and 12.
    """
    if event.status != EventStatus.OPEN:
        return False
    if event.show_as is not None:
        return event.show_as == BUSY
    return not (event.all_day and event.type in FREE_WHEN_ALL_DAY)


class BusyTimes(Struct, frozen=True):
    """When one manager is busy: merged intervals, in order."""

    accepted: Sequence[Interval] = ()
    """Of events in which the manager's answer is accepted."""
    unanswered: Sequence[Interval] = ()
    """Of those in which it is neither accepted nor declined; they may overlap the others."""

    def all(self) -> list[Interval]:
        """Both."""
        return merged((*self.accepted, *self.unanswered), 0, MAX_TIME + 1)

    def tentative(self) -> list[Interval]:
        """The times at which nothing is accepted."""
        return list(_without(self.unanswered, self.accepted))


def _without(intervals: Sequence[Interval], taken: Sequence[Interval]) -> Iterator[Interval]:
    """The parts of the merged `intervals` outside the merged `taken`."""
    for start, end in intervals:
        first = max(bisect_right(taken, (start, MAX_TIME + 1)) - 1, 0)
        for hole_start, hole_end in itertools.islice(taken, first, None):
            if hole_start >= end:
                break
            if start < hole_start:
                yield start, hole_start
            start = max(start, hole_end)
        if start < end:
            yield start, end


def merged(intervals: Iterable[Interval], since: int, until: int) -> list[Interval]:
    """The intervals clipped to [since, until), in order; those that overlap or touch are one.

    Intervals without length are left out. Source: contract, section 7.
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
    """Working hours: from one clock time to another, on some days of the week."""

    start_min: int
    """Minutes after midnight."""
    end_min: int
    """Minutes after midnight of the same day, > start_min; from 1441 on: of the day after."""
    timezone: str
    """IANA name of the zone of the clock times."""
    weekdays: frozenset[int]
    """ISO numbers, of the days on which the hours begin: 1 is Monday."""


def working_days(hours: Hours, since: int, until: int) -> Iterator[Interval]:
    """The hours of each day that reach into [since, until), in order, not clipped.

    A clock time that occurs twice is the first; a skipped one is read with the offset before the
    gap (PEP 495). The last two days of the year 9999 have no hours.
    """
    zone = ZoneInfo(hours.timezone)
    until = min(until, MAX_TIME - 2 * DAY_SEC)
    if since >= until:
        return
    last = dt.datetime.fromtimestamp(until, zone).date()
    day = dt.datetime.fromtimestamp(since, zone).date()
    if hours.end_min > DAY_MIN:
        day -= dt.timedelta(days=1)
    while day <= last:
        if day.isoweekday() in hours.weekdays:
            opened, closed = _at(day, hours.start_min, zone), _at(day, hours.end_min, zone)
            if opened < until and closed > since:
                yield opened, closed
        day += dt.timedelta(days=1)


def working_times(hours: Hours, since: int, until: int) -> list[Interval]:
    """`working_days`, clipped to [since, until) and merged."""
    until = min(until, MAX_TIME - 2 * DAY_SEC)
    return merged(working_days(hours, since, until), since, until)


def _at(day: dt.date, minutes: int, zone: ZoneInfo) -> int:
    clock = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    return int(clock.replace(tzinfo=zone).timestamp())


class SlotSearch(Struct, frozen=True, kw_only=True):
    """The slots to search: their length, on a grid of `step_sec`."""

    since: int
    """Where the grid begins; with `hours`, it begins again at the start of each day's hours."""
    until: int
    """No slot ends later."""
    duration_sec: int
    step_sec: int
    limit: int
    """Slots at most."""
    hours: Hours | None = None
    """A slot lies completely within them; None: at any time."""
    is_any_enough: bool = False
    """Whether it is enough that one of the managers is free."""


class TooManyPoints(ValueError):
    """The grid of a search has more points than the limit."""


class Slot(Struct, frozen=True):
    """One time, and who is busy then; the order of the fields is the order on the wire."""

    start_time: int
    end_time: int
    busy: list[int]
    """Managers, in the order in which they were asked for."""


def earliest_slots(
    busy: Mapping[int, Sequence[Interval]], wanted: SlotSearch, most_points: int = 20_000
) -> list[Slot]:
    """The earliest slots in which all (or any) are free; if none, those with the fewest busy.

    `busy` holds the merged intervals of each manager.
    Raises: TooManyPoints. Source: contract, section 7.
    """
    grid = list(itertools.islice(_grid(wanted), most_points + 1))
    if len(grid) > most_points:
        raise TooManyPoints
    points = list(_open_points(grid, wanted))
    counts = _busy_counts(points, busy.values(), wanted.duration_sec)
    fewest = min(counts, default=0)
    most_busy = max(fewest, len(busy) - 1) if wanted.is_any_enough else fewest
    found = (point for point, count in zip(points, counts, strict=True) if count <= most_busy)
    return [_slot(busy, wanted, point) for point in itertools.islice(found, wanted.limit)]


def _grid(wanted: SlotSearch) -> Iterator[int]:
    """The points of the grid, in order."""
    if wanted.hours is None:
        yield from range(wanted.since, wanted.until, wanted.step_sec)
        return
    days = working_days(wanted.hours, wanted.since, wanted.until)
    for (opened, closed), following in _with_following(days):
        end = min(closed, wanted.until, following[0] if following else closed)
        yield from range(max(opened, wanted.since), end, wanted.step_sec)


def _with_following(days: Iterable[Interval]) -> Iterator[tuple[Interval, Interval | None]]:
    before: Interval | None = None
    for day in days:
        if before is not None:
            yield before, day
        before = day
    if before is not None:
        yield before, None


def _open_points(grid: Sequence[int], wanted: SlotSearch) -> Iterator[int]:
    """Points of the grid at which a slot fits into the range and the hours."""
    open_times = [(wanted.since, wanted.until)]
    if wanted.hours is not None:
        open_times = working_times(wanted.hours, wanted.since, wanted.until)
    for opened, closed in open_times:
        first = bisect_left(grid, opened)
        after = bisect_right(grid, closed - wanted.duration_sec)
        yield from itertools.islice(grid, first, after)


def _busy_counts(
    points: Sequence[int], everybody: Iterable[Sequence[Interval]], duration_sec: int
) -> list[int]:
    """How many are busy in the slot of each point: each interval covers a run of points."""
    steps = [0] * (len(points) + 1)
    for intervals in everybody:
        free_from = 0
        for start, end in intervals:
            first = max(bisect_right(points, start - duration_sec), free_from)
            after = bisect_left(points, end)
            if first < after:
                steps[first] += 1
                steps[after] -= 1
                free_from = after
    return list(itertools.accumulate(steps[:-1]))


def _slot(busy: Mapping[int, Sequence[Interval]], wanted: SlotSearch, point: int) -> Slot:
    end = point + wanted.duration_sec
    return Slot(point, end, [who for who, times in busy.items() if _is_busy(times, point, end)])


def _is_busy(intervals: Sequence[Interval], since: int, until: int) -> bool:
    """Whether one of the merged intervals overlaps [since, until)."""
    before = bisect_right(intervals, (since, MAX_TIME + 1))
    if before and intervals[before - 1][1] > since:
        return True
    return before < len(intervals) and intervals[before][0] < until
