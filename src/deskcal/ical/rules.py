"""Recurrence rules as the feed writes them: those that readers take alike, in that form. Pure.

ical.js 2.2.1 reads a quarter of the rules that deskcal takes otherwise than python-dateutil,
rrule-rust and RFC 5545, 3.3.10: days from the end of several months of a year, days of the month
with FREQ=DAILY, BYSETPOS with FREQ=YEARLY or BYMONTHDAY, weeks of the year in BYDAY.
Source: contract, section 13.
"""

import msgspec

from deskcal.core.recurrence_rule import Frequency, Rule

SHORTEST_MONTH = 28


def read_alike(rule: Rule) -> Rule | None:
    """`rule`, or the same in another form, as all readers take it; None: there is no such form."""
    rule = _by_months(rule)
    return rule if _CHECKS[rule.freq](rule) else None


def _by_months(rule: Rule) -> Rule:
    """Days of the month by FREQ=MONTHLY, where that says the same: every day or every year."""
    is_other = rule.freq in (Frequency.DAILY, Frequency.YEARLY)
    if not is_other or not rule.by_month_day or rule.by_set_pos or rule.interval > 1:
        return rule
    return msgspec.structs.replace(rule, freq=Frequency.MONTHLY)


def _daily(rule: Rule) -> bool:
    return not rule.by_month_day


def _weekly(_: Rule) -> bool:
    return True


def _monthly(rule: Rule) -> bool:
    if rule.by_set_pos:
        return len(rule.by_set_pos) == 1 and not rule.by_month and not rule.by_month_day
    if rule.by_month_day and rule.by_day:
        return rule.interval == 1 and not rule.by_month and _are_in_every_month(rule)
    if not rule.by_month:
        return True
    is_one = len(rule.by_month_day) + len(rule.by_day) <= 1
    return rule.interval == 1 and is_one and all(ordinal for ordinal, _ in rule.by_day)


def _yearly(rule: Rule) -> bool:
    if rule.by_set_pos:
        return False
    if not rule.by_month_day:
        return bool(rule.by_month) or not any(ordinal for ordinal, _ in rule.by_day)
    is_one = len(rule.by_month) == len(rule.by_month_day) == 1
    return not rule.by_day and (is_one or _are_in_every_month(rule))


def _are_in_every_month(rule: Rule) -> bool:
    return all(1 <= day <= SHORTEST_MONTH for day in rule.by_month_day)


_CHECKS = {
    Frequency.DAILY: _daily,
    Frequency.WEEKLY: _weekly,
    Frequency.MONTHLY: _monthly,
    Frequency.YEARLY: _yearly,
}
