"""Series cut in two, moved and ended: what becomes of rule, start and dates. Pure.

Source: contract, section 13.
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from deskcal.core.recurrence import LAST_DAY, Recurrence
from deskcal.core.recurrence_rule import Frequency, Rule, parse_rule
from deskcal.core.series import Series, last_end
from deskcal.core.wall_clock import instant, utc_time, wall_time
from deskcal.errors import InvalidField

COMPARED = 60
"""Occurrences that a moved rule has to agree on with the moved events."""
COMPARED_YEARS = 30
LOOKED_AHEAD = dt.timedelta(days=9 * 366)
"""How far the first occurrence of a rest is looked for: further than any rule leaps."""


class Cut(Struct, frozen=True):
    """A series cut before one of its occurrences."""

    head: Series | None
    """What comes before; None: nothing does."""
    tail: Series
    """What comes from there on, with the head's id."""


def cut(series: Series, at: dt.datetime) -> Cut:
    """`series` cut before the occurrence at `at`; dates go with their part.

    The tail begins where the rule comes first from there on; where it comes no more, what the
    tail has at `at` and later are further occurrences.
    """
    count = series.recurrence.count_before(at)
    rule, day = parse_rule(series.rrule), at.date().isoformat()
    later = at + min(LOOKED_AHEAD, LAST_DAY - at)
    start = next(series.recurrence.locals_between(at, later), None)
    tail = msgspec.structs.replace(
        series,
        rrule=str(msgspec.structs.replace(rule, count=max(rule.count - count, 0))),
        start=(start or at).isoformat(),
        exdates=tuple(date for date in series.exdates if date >= day),
    )
    if start is None:
        tail = msgspec.structs.replace(end_before(tail, at), version=series.version)
    return Cut(end_before(series, at) if count else None, tail)


def end_before(series: Series, at: dt.datetime) -> Series:
    """`series` without what the rule has at `at` (local) and later; perhaps with nothing left."""
    rule, recurrence = parse_rule(series.rrule), series.recurrence
    last = recurrence.last_before(at)
    if last is None:
        until = series.start_local.date() - dt.timedelta(days=1)
        ended = msgspec.structs.replace(rule, count=0, until=until)
    elif rule.count:
        ended = msgspec.structs.replace(rule, count=recurrence.count_before(at))
    else:
        ended = msgspec.structs.replace(rule, until=last.date())
    day = at.date().isoformat()
    last_day = last.date().isoformat() if last else ""  # `day` where it comes earlier on it.
    shorter = msgspec.structs.replace(
        series,
        rrule=str(ended),
        exdates=tuple(date for date in series.exdates if date < day or date == last_day),
        is_ended=1,
        version=series.version + 1,
    )
    return msgspec.structs.replace(shorter, horizon=last_end(shorter, at))


class Shift(Struct, frozen=True):
    """How far events of a series move on the wall clock, and into which zone."""

    by: dt.timedelta
    timezone: str

    @property
    def is_none(self) -> bool:
        """Whether the wall clock stays."""
        return not self.by

    def local(self, local: dt.datetime) -> dt.datetime:
        """`local`, moved."""
        return local + self.by


def shift(series: Series, moved: Shift, length_sec: int) -> Series:
    """`series` with its start, UNTIL, dates and, of a weekly rule, its days moved along.

    Raises: InvalidField of `start_time` for a rule that names its days otherwise, or that would
    not come where its events are moved to.
    """
    rule, start = parse_rule(series.rrule), series.start_local
    later = moved.local(start)
    days = (later.date() - start.date()).days
    rule_then = turned(rule, days)
    until = _moved_until(series, rule, moved, days)
    result = msgspec.structs.replace(
        series,
        rrule=str(msgspec.structs.replace(rule_then, until=until)),
        start=later.isoformat(),
        timezone=moved.timezone,
        length_sec=length_sec,
        exdates=tuple(_moved_date(date, days) for date in series.exdates),
        horizon=_moved_horizon(series, moved),
    )
    is_named = rule.names_days and rule.freq != Frequency.WEEKLY
    if days and (is_named or not _comes_alike(series.recurrence, result.recurrence, moved)):
        _refuse(series.rrule)
    return result


def with_exdates(series: Series, dates: Iterable[dt.date]) -> Series:
    """`series` with these dates left out, too."""
    exdates = {*series.exdates, *(date.isoformat() for date in dates)}
    return msgspec.structs.replace(series, exdates=tuple(sorted(exdates)))


def turned(rule: Rule, days: int) -> Rule:
    """A weekly rule with its days and the start of its week so many days later."""
    if rule.freq != Frequency.WEEKLY or not days:
        return rule
    by_day = sorted((0, (day + days) % 7) for _, day in rule.by_day)
    is_idle = rule.interval == 1 or len(by_day) < 2  # WKST decides nothing.
    week_start = rule.week_start
    if week_start or not is_idle:
        week_start = (week_start + days) % 7
    return msgspec.structs.replace(rule, by_day=tuple(by_day), week_start=week_start)


def _moved_horizon(series: Series, moved: Shift) -> int:
    """The next occurrence moved along, by its wall time also where the clock skips that."""
    found = next(series.recurrence.between(series.horizon, series.horizon + 1), None)
    local = found.local if found else wall_time(series.horizon, series.zone)
    return instant(moved.local(local), ZoneInfo(moved.timezone))


def _moved_until(
    series: Series, rule: Rule, moved: Shift, days: int
) -> dt.date | dt.datetime | None:
    """UNTIL moved along; one at the end of the calendar stays there.

    Near a change of the clock the last day might change with it: then UNTIL is at that day's time.
    """
    until = rule.until
    if not isinstance(until, dt.datetime):
        return until and until + min(dt.timedelta(days=days), dt.date.max - until)
    time, zone, one_day = series.start_local.time(), ZoneInfo(moved.timezone), dt.timedelta(days=1)
    try:
        before = int(until.replace(tzinfo=dt.UTC).timestamp())
        local = wall_time(before, series.zone)
        after = instant(moved.local(local), zone)
        last = dt.datetime.combine(local.date(), time)
        if instant(last, series.zone) > before:
            last -= one_day
        if (
            not instant(moved.local(last), zone)
            <= after
            < instant(moved.local(last + one_day), zone)
        ):
            after = instant(moved.local(last), zone)
        return utc_time(after)
    except OverflowError:
        return until


def _moved_date(date: str, days: int) -> str:
    return (dt.date.fromisoformat(date) + dt.timedelta(days=days)).isoformat()


def _comes_alike(before: Recurrence, after: Recurrence, moved: Shift) -> bool:
    """Whether the new rule comes where the old one's occurrences are moved to."""
    end = before.start + dt.timedelta(days=365 * COMPARED_YEARS)
    old = itertools.islice(before.locals_between(before.start, end), COMPARED)
    new = itertools.islice(after.locals_between(after.start, moved.local(end)), COMPARED)
    return [moved.local(local) for local in old] == list(new)


def _refuse(rrule: str) -> None:
    raise InvalidField(
        f"start_time moves the series to other dates, which its rule ({rrule}) does not follow; "
        "send recurrence with the new rule in the same request",
        field="start_time",
    )
