"""When a recurrence rule comes: its occurrences on the wall clock of a zone, as instants. Pure.

Daily rules are counted here; dateutil expands the others. Both work on naive local times, and the
zone is resolved afterwards; so neither dateutil nor its version decides what becomes of a time that
the clock skips or shows twice. The periods between the start and a window are jumped over: a window
costs what it holds.

Source: RFC 5545, 3.3.10; contract, section 13.
"""

import datetime as dt
import functools
import itertools
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from dateutil import rrule
from msgspec import Struct

from deskcal.core.recurrence_rule import FIELD, Days, Frequency, Rule
from deskcal.core.wall_clock import instant, wall_time
from deskcal.errors import InvalidField

SEARCH_YEARS = 50
"""How far the first occurrence of a rule is looked for."""
MAX_START_YEAR = 9900
"""Of a rule: what comes after it stays within the calendar of Python."""

_DAY = dt.timedelta(days=1)
LAST_DAY = dt.datetime(9999, 12, 30)
_ONE_YEAR_ALONE, _ONE_MONTH_ALONE = 10_000, 120_000
"""Intervals that lead beyond the year 9999, so that dateutil stops after the first period."""
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
"""Days of the months that have fewer than 31."""


class Occurrence(Struct, frozen=True, order=True, gc=False):
    """One time at which a rule comes."""

    time: int
    """Unix seconds."""
    local: dt.datetime
    """What the rule says, naive; the clock of the zone may skip it."""

    @property
    def date(self) -> dt.date:
        """The local date that the rule says: what `exdates` name."""
        return self.local.date()


class Recurrence(Struct, frozen=True):
    """A rule, where it begins and in which zone."""

    rule: Rule
    start: dt.datetime
    """Local, naive; of a time that the clock skips what the rule says."""
    timezone: str
    """IANA name."""

    @property
    def zone(self) -> ZoneInfo:
        """The rules of the zone. Raises: ZoneInfoNotFoundError."""
        return ZoneInfo(self.timezone)

    def between(self, since: int, until: int) -> Iterator[Occurrence]:
        """The occurrences with `since` <= time < `until` (Unix seconds), in order."""
        zone = self.zone
        low, high = wall_time(since, zone) - _DAY, wall_time(until, zone) + _DAY
        for local in self.locals_between(low, high):
            time = instant(local, zone)
            if since <= time < until:
                yield Occurrence(time, local)

    def locals_between(self, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
        """The local times that the rule says, with `since` <= local < `until`, in order."""
        found = _expand(self.rule, self.start, since, until)
        if self.rule.count:
            last = _last_of_count(self.rule, self.start, until)
            return itertools.takewhile(lambda local: last is None or local <= last, found)
        return itertools.takewhile(self._is_not_after_until, found)

    def count_before(self, local: dt.datetime) -> int:
        """How many times the rule comes before `local`."""
        return sum(1 for _ in self.locals_between(self.start, local))

    def last_before(self, local: dt.datetime) -> dt.datetime | None:
        """The last time that the rule comes before `local`; None: it comes at `local` first."""
        last = None
        for last in self.locals_between(self.start, local):  # noqa: B007
            pass
        return last

    def has(self, local: dt.datetime) -> bool:
        """Whether the rule comes at `local`."""
        return local in self.locals_between(local, local + dt.timedelta(seconds=1))

    def _is_not_after_until(self, local: dt.datetime) -> bool:
        """A date counts to the end of that local day, a time as an instant."""
        until = self.rule.until
        if isinstance(until, dt.datetime):
            return instant(local, self.zone) <= until.replace(tzinfo=dt.UTC).timestamp()
        return until is None or local.date() <= until


def check_start(recurrence: Recurrence) -> None:
    """Raises: InvalidField if the rule does not come at its start, naming when it does first.

    Source: contract, section 13.
    """
    rule, start = recurrence.rule, recurrence.start
    if start.year >= MAX_START_YEAR:
        raise InvalidField(
            f"start_time is in the year {start.year}; a series begins before {MAX_START_YEAR}",
            field="start_time",
        )
    if not _can_come(rule):
        raise InvalidField(f"{FIELD} ({rule}) names days that no month has", field=FIELD)
    if recurrence.has(start):
        return
    first = next(_expand(rule, start, start, _years_after(start)), None)
    if first is None:
        raise InvalidField(
            f"{FIELD} ({rule}) does not come within {SEARCH_YEARS} years of start_time", field=FIELD
        )
    if not recurrence.has(first):
        raise InvalidField(
            f"{FIELD} ({rule}) ends before it comes: UNTIL is before start_time, or before the "
            "first time that the rule comes; write a later UNTIL",
            field=FIELD,
        )
    raise InvalidField(
        f"start_time ({start.isoformat()} in {recurrence.timezone}) is no occurrence of {rule}; "
        f"the first one is {instant(first, recurrence.zone)} ({first.isoformat()})",
        field="start_time",
    )


def _years_after(start: dt.datetime) -> dt.datetime:
    return dt.datetime(start.year + SEARCH_YEARS + 1, 1, 1)


def _can_come(rule: Rule) -> bool:
    """Whether some month has a day that BYMONTH and BYMONTHDAY name, as 30 February is not."""
    if not rule.by_month_day:
        return True
    shortest = min(map(abs, rule.by_month_day))
    return any(shortest <= _LONGEST.get(month, 31) for month in rule.by_month or range(1, 13))


@functools.lru_cache(maxsize=1024)
def _counted(rule: Rule, start: dt.datetime, year: int) -> dt.datetime | None:
    """The last of COUNT times, if it lies before `year`."""
    found = _expand(rule, start, start, dt.datetime(year, 1, 1))
    return next(itertools.islice(found, rule.count - 1, None), None)


def _last_of_count(rule: Rule, start: dt.datetime, until: dt.datetime) -> dt.datetime | None:
    """The last of COUNT times; None: it does not lie before `until`.

    The years looked at are a power of two: a window costs no more than the years before it, and
    is remembered for the windows next to it.
    """
    years = max(until.year + 1 - start.year, 1)
    return _counted(rule, start, min(start.year + (1 << (years - 1).bit_length()), 9999))


def _expand(
    rule: Rule, start: dt.datetime, since: dt.datetime, until: dt.datetime
) -> Iterator[dt.datetime]:
    """Local times with `since` and `start` <= local < `until`, whatever COUNT and UNTIL say."""
    low, high = max(since, start), min(until, LAST_DAY)
    if low >= high:
        return
    for local in _EXPAND[rule.freq](rule, start, low, high):
        if local >= high:
            return
        if local >= low:
            yield local


def _daily(
    rule: Rule, start: dt.datetime, low: dt.datetime, high: dt.datetime
) -> Iterator[dt.datetime]:
    """Counted and filtered here, which is all that a daily rule takes."""
    step = dt.timedelta(days=rule.interval)
    first = start + (low - start) // step * step
    days = {day for _, day in rule.by_day}
    for number in range((high - first) // step + 1):
        local = first + number * step
        if (
            (not rule.by_month or local.month in rule.by_month)
            and (not days or local.weekday() in days)
            and (not rule.by_month_day or _is_on_day(local, rule.by_month_day))
        ):
            yield local


def _is_on_day(local: dt.datetime, by_month_day: tuple[int, ...]) -> bool:
    following = (local.replace(day=28) + 4 * _DAY).replace(day=1)
    from_the_end = local.toordinal() - following.toordinal()
    return local.day in by_month_day or from_the_end in by_month_day


def _weekly(
    rule: Rule, start: dt.datetime, low: dt.datetime, high: dt.datetime
) -> Iterator[dt.datetime]:
    """Counted from the first day of the start's week."""
    week = start - dt.timedelta(days=(start.weekday() - rule.week_start) % 7)
    step = 7 * rule.interval
    jumped = (low - week).days // step * step
    found = rrule.rrule(
        rrule.WEEKLY,
        dtstart=week + dt.timedelta(days=jumped),
        interval=rule.interval,
        wkst=rule.week_start,
        byweekday=[day for _, day in rule.by_day] or start.weekday(),
        until=high,
    )
    for local in found:
        if not rule.by_month or local.month in rule.by_month:
            yield local


def _monthly(
    rule: Rule, start: dt.datetime, low: dt.datetime, high: dt.datetime
) -> Iterator[dt.datetime]:
    """Month by month, so that BYSETPOS means the same in the first one as later."""
    step = rule.interval
    first = start.year * 12 + start.month - 1
    first += (low.year * 12 + low.month - 1 - first) // step * step
    by_month_day = rule.by_month_day or (() if rule.by_day else (start.day,))
    for number in range(first, high.year * 12 + high.month, step):
        year, month = divmod(number, 12)
        if not rule.by_month or month + 1 in rule.by_month:
            yield from _period(
                rule,
                start.replace(year=year, month=month + 1, day=1),
                rrule.MONTHLY,
                _ONE_MONTH_ALONE,
                (),
                by_month_day,
            )


def _yearly(
    rule: Rule, start: dt.datetime, low: dt.datetime, high: dt.datetime
) -> Iterator[dt.datetime]:
    """Year by year, as `_monthly`."""
    by_month, by_month_day = rule.by_month, rule.by_month_day
    if not rule.by_day and not by_month_day:
        by_month, by_month_day = by_month or (start.month,), (start.day,)
    first = start.year + (low.year - start.year) // rule.interval * rule.interval
    for year in range(first, high.year + 1, rule.interval):
        yield from _period(
            rule,
            start.replace(year=year, month=1, day=1),
            rrule.YEARLY,
            _ONE_YEAR_ALONE,
            by_month,
            by_month_day,
        )


def _period(
    rule: Rule,
    first: dt.datetime,
    freq: int,
    interval: int,
    by_month: tuple[int, ...],
    by_month_day: tuple[int, ...],
) -> Iterator[dt.datetime]:
    """The times within one month or year, which `first` begins."""
    return iter(
        rrule.rrule(
            freq,
            dtstart=first,
            interval=interval,
            bymonth=by_month or None,
            bymonthday=by_month_day or None,
            byweekday=_weekdays(rule.by_day),
            bysetpos=rule.by_set_pos or None,
        )
    )


def _weekdays(by_day: Days) -> list[rrule.weekday] | None:
    return [rrule.weekdays[day](n) if n else rrule.weekdays[day] for n, day in by_day] or None


_EXPAND = {
    Frequency.DAILY: _daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
    Frequency.YEARLY: _yearly,
}
