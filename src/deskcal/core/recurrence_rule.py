"""RFC 5545 recurrence rules: the subset that every reader understands alike, checked and written.

Pure. Source: RFC 5545, 3.3.10; contract, section 13.
"""

import datetime as dt
import enum
import functools
import re
from collections.abc import Callable
from typing import NoReturn

import msgspec
from msgspec import Struct

from deskcal.errors import InvalidField

FIELD = "recurrence.rrule"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_INTERVAL = 999
MAX_COUNT = 999_999
MAX_RULE_CHARACTERS = 1000

Days = tuple[tuple[int, int], ...]
"""Ordinal (0: every one) and weekday (0 is Monday) of each."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,6}")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL_DATE = re.compile(r"[0-9]{8}")
_UNTIL_TIME = re.compile(r"[0-9]{8}T[0-9]{6}Z")


class Frequency(enum.IntEnum):
    """The numbers are those of `dateutil.rrule`."""

    YEARLY, MONTHLY, WEEKLY, DAILY = range(4)


class Rule(Struct, frozen=True, kw_only=True):
    """A recurrence rule as RFC 5545 names its parts; empty or 0: the part is absent."""

    freq: Frequency
    interval: int = 1
    count: int = 0
    until: dt.date | dt.datetime | None = None
    """A date: the last local day that counts. A time: UTC, naive."""
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: Days = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    """0 is Monday."""

    @property
    def names_days(self) -> bool:
        """Whether a part of the rule says on which days it falls, other than `start_time`."""
        return bool(self.by_day or self.by_month_day or self.by_month)

    def __str__(self) -> str:
        """The canonical text: RFC 5545's value, parts in one order, defaults left out."""
        parts = {
            "FREQ": self.freq.name,
            "INTERVAL": "" if self.interval == 1 else str(self.interval),
            "COUNT": str(self.count or ""),
            "UNTIL": _until_text(self.until),
            "BYMONTH": _numbers_text(self.by_month),
            "BYMONTHDAY": _numbers_text(self.by_month_day),
            "BYDAY": ",".join(f"{n or ''}{WEEKDAYS[day]}" for n, day in self.by_day),
            "BYSETPOS": _numbers_text(self.by_set_pos),
            "WKST": WEEKDAYS[self.week_start] if self.week_start else "",
        }
        return ";".join(f"{name}={text}" for name, text in parts.items() if text)


@functools.lru_cache(maxsize=1024)
def parse_rule(text: str) -> Rule:
    """The rule that `text` writes; upper and lower case count alike.

    Raises: InvalidField of `recurrence.rrule` that names the part and says what to write instead.
    """
    if len(text) > MAX_RULE_CHARACTERS:
        _refuse(f"has {len(text)} characters; at most {MAX_RULE_CHARACTERS} are allowed")
    parts = _parts(text.strip().upper())
    freq = _frequency(parts)
    rule = Rule(
        freq=freq,
        interval=_one_number(parts, "INTERVAL", MAX_INTERVAL, default=1),
        count=_one_number(parts, "COUNT", MAX_COUNT, default=0),
        until=_until(parts.get("UNTIL")),
        by_month=_numbers(parts, "BYMONTH", 12, may_be_negative=False),
        by_month_day=_numbers(parts, "BYMONTHDAY", 31),
        by_day=_by_day(parts.get("BYDAY")),
        by_set_pos=_numbers(parts, "BYSETPOS", 366),
        week_start=_week_start(parts.get("WKST")),
    )
    _check_ends(rule)
    _check_days(rule)
    return _without_mixed_days(rule)


def fixed_to_start(rule: Rule, start: dt.datetime) -> Rule:
    """`rule` as it is stored for a series that begins on `start` (local).

    Yearly from 29 February gets its BYMONTH and BYMONTHDAY, since readers disagree about the years
    without one. Source: contract, section 13.
    """
    is_plain = rule.freq == Frequency.YEARLY and not rule.by_day and not rule.by_month_day
    if not is_plain or (start.month, start.day) != (2, 29):
        return rule
    return msgspec.structs.replace(rule, by_month=rule.by_month or (2,), by_month_day=(29,))


def _refuse(what: str) -> NoReturn:
    raise InvalidField(f"{FIELD} {what}", field=FIELD)


def _parts(text: str) -> dict[str, str]:
    if text.startswith("RRULE:"):
        _refuse("begins with 'RRULE:'; write the value alone, such as 'FREQ=WEEKLY;BYDAY=MO'")
    parts: dict[str, str] = {}
    for part in text.removesuffix(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            _refuse(f"has {part[:40]!r}, which is no NAME=VALUE; write 'FREQ=WEEKLY;BYDAY=MO'")
        if name in parts:
            _refuse(f"has {name} twice; write it once, its values divided by commas")
        parts[name] = value
    for name in parts:
        if name not in _KNOWN:
            _refuse(_UNSUPPORTED.get(name, f"has {name[:40]}, which RFC 5545 does not know"))
    return parts


_KNOWN = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"),
}
_UNSUPPORTED = {
    "BYWEEKNO": "has BYWEEKNO, which readers count differently; write BYMONTH with BYDAY",
    "BYYEARDAY": "has BYYEARDAY, which is not taken; write BYMONTH and BYMONTHDAY",
    "BYHOUR": "has BYHOUR, which is not taken; the time of day is that of start_time",
    "BYMINUTE": "has BYMINUTE, which is not taken; the time of day is that of start_time",
    "BYSECOND": "has BYSECOND, which is not taken; the time of day is that of start_time",
    "BYEASTER": "has BYEASTER, which is no part of RFC 5545; create these events one by one",
    "RSCALE": "has RSCALE, which few readers know; leave it out: the calendar is Gregorian",
    "SKIP": "has SKIP, which few readers know; write BYMONTHDAY=-1 for the last day of a month",
    "DTSTART": "has DTSTART; send start_time instead",
    "EXDATE": "has EXDATE; send recurrence.exdates instead",
}


def _frequency(parts: dict[str, str]) -> Frequency:
    name = parts.get("FREQ")
    if name is None:
        _refuse("has no FREQ; begin it with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    if name in ("HOURLY", "MINUTELY", "SECONDLY"):
        _refuse(f"has FREQ={name}, which is not taken; write FREQ=DAILY, one series a time of day")
    if name not in Frequency.__members__:
        _refuse(f"has FREQ={name[:40]}; write DAILY, WEEKLY, MONTHLY or YEARLY")
    return Frequency[name]


def _one_number(parts: dict[str, str], name: str, most: int, *, default: int) -> int:
    text = parts.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= most:
        _refuse(f"has {name}={text[:40]}; write a whole number from 1 to {most}")
    return int(text)


def _numbers(
    parts: dict[str, str], name: str, most: int, *, may_be_negative: bool = True
) -> tuple[int, ...]:
    """The values, each once, from the beginning on, then those from the end."""
    found = set()
    for text in _values(parts.get(name)):
        number = int(text) if _INTEGER.fullmatch(text) else 0
        if not 1 <= abs(number) <= most or (number < 0 and not may_be_negative):
            below = f" or -1 to -{most}" if may_be_negative else ""
            _refuse(f"has {name}={text[:40]}; write whole numbers from 1 to {most}{below}")
        found.add(number)
    return tuple(sorted(found, key=_from_the_beginning))


def _from_the_beginning(number: int) -> tuple[bool, int]:
    return number < 0, number


def _values(text: str | None) -> list[str]:
    return text.split(",") if text else []


def _by_day(text: str | None) -> Days:
    found = set()
    for value in _values(text):
        match = _BY_DAY.fullmatch(value)
        if not match or (match[1] and not 1 <= abs(int(match[1])) <= 53):
            _refuse(
                f"has BYDAY={value[:40]}; write MO, TU, WE, TH, FR, SA or SU, as in 2MO or -1FR"
            )
        found.add((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return tuple(sorted(found, key=lambda day: (_from_the_beginning(day[0]), day[1])))


def _week_start(text: str | None) -> int:
    if text is None:
        return 0
    if text not in WEEKDAYS:
        _refuse(f"has WKST={text[:40]}; write MO, TU, WE, TH, FR, SA or SU")
    return WEEKDAYS.index(text)


def _until(text: str | None) -> dt.date | dt.datetime | None:
    if text is None:
        return None
    try:
        if _UNTIL_DATE.fullmatch(text):
            return _read_date(text)
        if _UNTIL_TIME.fullmatch(text):
            time = dt.time(int(text[9:11]), int(text[11:13]), int(text[13:15]))
            return dt.datetime.combine(_read_date(text), time)
    except ValueError:
        _refuse(f"has UNTIL={text}, which is no date of the calendar")
    return _refuse(
        f"has UNTIL={text[:40]}; write a date (UNTIL=20261231: that local day is the last one) "
        "or a time in UTC (UNTIL=20261231T170000Z)"
    )


def _read_date(text: str) -> dt.date:
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _until_text(until: dt.date | dt.datetime | None) -> str:
    if until is None:
        return ""
    text = f"{until.year:04d}{until.month:02d}{until.day:02d}"
    if isinstance(until, dt.datetime):
        return f"{text}T{until:%H%M%S}Z"
    return text


def _numbers_text(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))


def _check_ends(rule: Rule) -> None:
    if rule.count and rule.until is not None:
        _refuse("has COUNT and UNTIL; write one of them: after so many, or until then")


def _check_days(rule: Rule) -> None:
    for is_wrong, what in _DAY_CHECKS:
        if is_wrong(rule):
            _refuse(what)


def _has_ordinals(rule: Rule) -> bool:
    return any(ordinal for ordinal, _ in rule.by_day)


def _has_by_part(rule: Rule) -> bool:
    return bool(rule.by_day or rule.by_month_day or rule.by_month)


def _is_monthly_ordinal(rule: Rule) -> bool:
    return rule.freq == Frequency.MONTHLY or bool(rule.by_month)


_DAY_CHECKS: tuple[tuple[Callable[[Rule], bool], str], ...] = (
    (
        lambda rule: rule.freq == Frequency.WEEKLY and bool(rule.by_month_day),
        "has BYMONTHDAY with FREQ=WEEKLY; write FREQ=MONTHLY for days of the month, "
        "or BYDAY for days of the week",
    ),
    (
        lambda rule: (
            rule.freq == Frequency.YEARLY and bool(rule.by_month_day) and not rule.by_month
        ),
        "has BYMONTHDAY with FREQ=YEARLY but no BYMONTH; add BYMONTH, or write FREQ=MONTHLY for "
        "every month",
    ),
    (
        lambda rule: rule.freq >= Frequency.WEEKLY and _has_ordinals(rule),
        "has an ordinal in BYDAY (such as 2MO), which FREQ=MONTHLY and FREQ=YEARLY alone can have; "
        "write MO, or change FREQ",
    ),
    (
        lambda rule: _is_monthly_ordinal(rule) and any(abs(n) > 5 for n, _ in rule.by_day),
        "has an ordinal above 5 in BYDAY within a month; a month has five of a weekday at most",
    ),
    (
        lambda rule: rule.freq >= Frequency.WEEKLY and bool(rule.by_set_pos),
        "has BYSETPOS, which is taken with FREQ=MONTHLY and FREQ=YEARLY alone, since readers "
        "disagree elsewhere; name the days in BYDAY",
    ),
    (
        lambda rule: bool(rule.by_set_pos) and not _has_by_part(rule),
        "has BYSETPOS without another BY part; add BYDAY, BYMONTHDAY or BYMONTH",
    ),
)


def _without_mixed_days(rule: Rule) -> Rule:
    """Every WE next to a 1MO becomes 1WE to 5WE: readers take such a mixture differently."""
    if not _has_ordinals(rule) or all(ordinal for ordinal, _ in rule.by_day):
        return rule
    last = 5 if _is_monthly_ordinal(rule) else 53
    days = {
        (number, day)
        for ordinal, day in rule.by_day
        for number in ((ordinal,) if ordinal else range(1, last + 1))
    }
    by_day = sorted(days, key=lambda day: (_from_the_beginning(day[0]), day[1]))
    return msgspec.structs.replace(rule, by_day=tuple(by_day))
