"""Recurrence rules as the feed writes them: those that readers take alike, in that form. Pure.

ical.js 2.2.1 reads a quarter of the rules that deskcal takes otherwise than python-dateutil,
rrule-rust and RFC 5545, 3.3.10: days from the end of several months of a year, days of the month
with FREQ=DAILY, BYSETPOS with FREQ=YEARLY or BYMONTHDAY, weeks of the year in BYDAY. ical.js 1.5.0
begins the last days of every second month a month late, and has 1 March in place of 29 February.
sabre/vobject 4.6.0 (PHP) passes over BYMONTH with MONTHLY, WEEKLY and DAILY, and over BYDAY with
YEARLY alone. ice_cube 0.16.4 (Ruby) begins a week on Sunday where WKST is not written, and moves
the 30th of a month without BYMONTHDAY to the last day of February.
Source: contract, section 13.
"""

import calendar
import datetime as dt
import itertools

import msgspec

from deskcal.core.recurrence_rule import WEEKDAYS, Frequency, Rule

SHORTEST_MONTH = 28
COMMON_YEAR = 2027
"""A year without 29 February."""
MOST_WEEKS = 5
"""A weekday comes so often in a month at most."""


def read_alike(rule: Rule, start: dt.date) -> Rule | None:
    """`rule`, or the same in another form, as all readers take it; None: there is no such form.

    `start` is its first occurrence.
    """
    rule = _by_parts_of_the_year(_by_weeks_and_months(_by_ordinals(rule)))
    if rule.freq == Frequency.MONTHLY and not rule.names_days and start.day > SHORTEST_MONTH:
        rule = msgspec.structs.replace(rule, by_month_day=(start.day,))
    return rule if _CHECKS[rule.freq](rule, start.day) else None


def feed_text(rule: Rule) -> str:
    """The text of a rule that is `read_alike`, with the first day of the week where it counts."""
    is_counted = rule.freq == Frequency.WEEKLY and rule.interval > 1 and rule.by_day
    text = str(rule)
    return f"{text};WKST={WEEKDAYS[0]}" if is_counted and not rule.week_start else text


def _by_ordinals(rule: Rule) -> Rule:
    """One weekday of a month by its ordinals in place of BYSETPOS."""
    is_one = len(rule.by_day) == 1 and not rule.by_day[0][0] and not rule.by_month_day
    if rule.freq != Frequency.MONTHLY or not is_one or not rule.by_set_pos:
        return rule
    if any(abs(ordinal) > MOST_WEEKS for ordinal in rule.by_set_pos):
        return rule
    days = tuple((ordinal, rule.by_day[0][1]) for ordinal in rule.by_set_pos)
    return msgspec.structs.replace(rule, by_day=days, by_set_pos=())


def _by_weeks_and_months(rule: Rule) -> Rule:
    """What comes every day or every year by FREQ=WEEKLY or MONTHLY, where that says the same."""
    is_other = rule.freq in (Frequency.DAILY, Frequency.YEARLY)
    if not is_other or rule.by_set_pos or rule.interval > 1:
        return rule
    if rule.by_month_day:
        return msgspec.structs.replace(rule, freq=Frequency.MONTHLY)
    if rule.by_month or not rule.by_day or any(ordinal for ordinal, _ in rule.by_day):
        return rule
    return msgspec.structs.replace(rule, freq=Frequency.WEEKLY)


def _by_parts_of_the_year(rule: Rule) -> Rule:
    """Months that BYMONTH names by FREQ=YEARLY; by INTERVAL where they are equally far apart."""
    is_in_months = rule.freq in (Frequency.MONTHLY, Frequency.YEARLY)
    if not is_in_months or not rule.by_month or rule.by_set_pos or rule.interval > 1:
        return rule
    count = len(rule.by_month)
    months = sorted(rule.by_month)
    steps = {later - month for month, later in itertools.pairwise([*months, months[0] + 12])}
    if count == 1 or len(steps) > 1:
        return msgspec.structs.replace(rule, freq=Frequency.YEARLY)
    return msgspec.structs.replace(rule, freq=Frequency.MONTHLY, by_month=(), interval=12 // count)


def _daily(rule: Rule, _: int) -> bool:
    return not rule.names_days


def _weekly(rule: Rule, _: int) -> bool:
    return not rule.by_month


def _monthly(rule: Rule, _: int) -> bool:
    if rule.by_month:
        return False
    if rule.by_set_pos:
        return len(rule.by_set_pos) == 1 and not rule.by_month_day
    if rule.by_month_day and rule.by_day:
        return rule.interval == 1 and _are_in_every_month(rule.by_month_day)
    return rule.interval == 1 or all(day > 0 for day in rule.by_month_day)


def _yearly(rule: Rule, start_day: int) -> bool:
    if rule.by_set_pos or (rule.by_day and rule.by_month_day):
        return False
    if rule.by_day:
        return bool(rule.by_month)
    if not rule.by_month:
        return True
    days = rule.by_month_day or (start_day,)
    is_one = len(rule.by_month) == len(days) == 1
    is_there = is_one and abs(days[0]) <= _shortest(rule.by_month[0])
    return is_there or _are_in_every_month(days)


def _shortest(month: int) -> int:
    """How many days `month` has at least."""
    return calendar.monthrange(COMMON_YEAR, month)[1]


def _are_in_every_month(days: tuple[int, ...]) -> bool:
    return all(1 <= day <= SHORTEST_MONTH for day in days)


_CHECKS = {
    Frequency.DAILY: _daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
    Frequency.YEARLY: _yearly,
}
