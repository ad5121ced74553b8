"""A second opinion on recurrence rules: every day of every period is looked at, one by one.

Slow, without dateutil, and written from RFC 5545, 3.3.10 alone.
"""

import calendar
import datetime as dt
from collections.abc import Iterator

from deskcal.core.recurrence_rule import Frequency, Rule

DAY = dt.timedelta(days=1)


def slow_dates(rule: Rule, start: dt.date, until: dt.date) -> list[dt.date]:
    """The dates of `rule` from `start` up to but without `until`; UNTIL as a date alone."""
    found = [
        day for period in _periods(rule, start, until) for day in _in_period(rule, start, period)
    ]
    found = [day for day in found if day >= start]
    if rule.count:
        found = found[: rule.count]
    if rule.until is not None:
        found = [day for day in found if day <= rule.until]
    return [day for day in found if day < until]


def _periods(rule: Rule, start: dt.date, until: dt.date) -> Iterator[list[dt.date]]:
    """The days of each period that counts, from the one that `start` lies in."""
    first = _first_day(rule, start)
    number, period = 0, [first]
    day = first + DAY
    while day < until + 370 * DAY:
        if _first_day(rule, day) != period[0]:
            if number % rule.interval == 0:
                yield period
            number, period = number + 1, []
        period.append(day)
        day += DAY


def _first_day(rule: Rule, day: dt.date) -> dt.date:
    if rule.freq == Frequency.YEARLY:
        return dt.date(day.year, 1, 1)
    if rule.freq == Frequency.MONTHLY:
        return dt.date(day.year, day.month, 1)
    if rule.freq == Frequency.WEEKLY:
        return day - (day.weekday() - rule.week_start) % 7 * DAY
    return day


def _in_period(rule: Rule, start: dt.date, period: list[dt.date]) -> list[dt.date]:
    days = [day for day in period if _fits(rule, start, day)]
    if not rule.by_set_pos:
        return days
    positions = {p - 1 if p > 0 else len(days) + p for p in rule.by_set_pos}
    return [day for number, day in enumerate(days) if number in positions]


def _fits(rule: Rule, start: dt.date, day: dt.date) -> bool:
    months, month_days = set(rule.by_month), set(rule.by_month_day)
    if rule.freq == Frequency.YEARLY and not (rule.by_day or month_days):
        months = months or {start.month}
        month_days = {start.day}
    if rule.freq == Frequency.MONTHLY and not (rule.by_day or month_days):
        month_days = {start.day}
    if rule.freq == Frequency.WEEKLY and not rule.by_day and day.weekday() != start.weekday():
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    return (
        (not months or day.month in months)
        and (not month_days or bool({day.day, day.day - length - 1} & month_days))
        and (not rule.by_day or any(_is_weekday(rule, day, *one) for one in rule.by_day))
    )


def _is_weekday(rule: Rule, day: dt.date, ordinal: int, weekday: int) -> bool:
    if day.weekday() != weekday:
        return False
    if not ordinal:
        return True
    in_month = rule.freq == Frequency.MONTHLY or bool(rule.by_month)
    length = (
        calendar.monthrange(day.year, day.month)[1] if in_month else 365 + calendar.isleap(day.year)
    )
    number = day.day if in_month else day.timetuple().tm_yday
    return ordinal in ((number + 6) // 7, -((length - number) // 7 + 1))
