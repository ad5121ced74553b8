"""TZIDs of iCalendar files to zones: IANA names, Windows names, vendors' names, VTIMEZONEs. Pure.

Source: contract, section 16.
"""

import calendar
import datetime as dt
import functools
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from msgspec import Struct

from deskcal.core.draft import timezones
from deskcal.core.zones import utc_offset
from deskcal.limits import DAY_SEC

WINDOWS = WINDOWS_TO_OLSON | {
    "British Columbia Standard Time": "America/Vancouver",
    "Alberta Standard Time": "America/Edmonton",
    "Manitoba Standard Time": "America/Winnipeg",
}
"""Windows names by CLDR (windowsZones.xml), and those of 2026 that it does not have yet."""
UTC_NAMES = frozenset(
    {"utc", "gmt", "z", "etc/utc", "tzone://microsoft/utc", "coordinated universal time"}
)
FIRST_YEAR, LAST_YEAR = 1970, 2060
"""Between them the yearly rules of a VTIMEZONE are followed."""
_PARTS = {"BYMONTH", "BYMONTHDAY", "BYDAY", "UNTIL", "COUNT", "INTERVAL", "WKST"}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_COMPARED = tuple(
    int(dt.datetime(year, month, 15, 12, tzinfo=dt.UTC).timestamp())
    for year in range(2024, 2030)
    for month in range(1, 13)
)
"""Moments at which a zone must have the offset of a VTIMEZONE to be the same."""
_USUAL = (
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Asia/Dubai"),
    *("Asia/Kolkata", "America/New_York", "America/Chicago", "America/Denver"),
    "America/Los_Angeles",
)
"""Compared before all others, since many zones have the same clock."""


class Observance(Struct, frozen=True):
    """STANDARD or DAYLIGHT of a VTIMEZONE."""

    start: dt.datetime
    """Local time of its first onset, by the offset before it."""
    offset_from_sec: int
    offset_to_sec: int
    rule: str = ""
    """RRULE, which has to be yearly; empty: only `start` and `dates`."""
    dates: tuple[dt.datetime, ...] = ()


class RuleZone:
    """A zone that only its VTIMEZONE describes."""

    def __init__(self, observances: Sequence[Observance]) -> None:
        """Raises: ValueError where there is none, or a rule that is not yearly."""
        onsets = [onset for one in observances for onset in _onsets(one)]
        if not onsets:
            raise ValueError("the VTIMEZONE has no STANDARD and no DAYLIGHT")
        onsets.sort()
        self._times = [time for time, _ in onsets]
        self._offsets = [offset for _, offset in onsets]
        first = min(observances, key=lambda one: one.start)
        self._before = first.offset_from_sec

    def offset_at(self, time: int) -> int:
        """Seconds ahead of UTC at `time` (Unix seconds)."""
        number = bisect_right(self._times, time)
        return self._offsets[number - 1] if number else self._before

    def instant(self, local: dt.datetime) -> int:
        """Unix seconds of a local time: skipped, by the offset before the gap; twice, the first."""
        naive = int(local.replace(tzinfo=dt.UTC).timestamp())
        before, after = self.offset_at(naive - DAY_SEC), self.offset_at(naive + DAY_SEC)
        for offset in (before, after):
            if self.offset_at(naive - offset) == offset:
                return naive - offset
        return naive - before


def _onsets(one: Observance) -> list[tuple[int, int]]:
    """Unix seconds and the offset from then on."""
    locals_ = {one.start, *one.dates, *(_yearly(one.rule, one.start) if one.rule else ())}
    return [
        (int(local.replace(tzinfo=dt.UTC).timestamp()) - one.offset_from_sec, one.offset_to_sec)
        for local in locals_
    ]


def _yearly(rule: str, start: dt.datetime) -> Iterator[dt.datetime]:
    """What a yearly rule gives from 1970 to 2060. Raises: ValueError for any other rule."""
    parts = {name: value for name, _, value in (p.partition("=") for p in rule.split(";"))}
    if parts.pop("FREQ", "") != "YEARLY" or not parts.keys() <= _PARTS:
        raise ValueError(f"the rule of a VTIMEZONE is not a plain yearly one: {rule[:80]}")
    last = dt.date.fromisoformat(parts.get("UNTIL", "99991231")[:8])
    until = dt.datetime.combine(last, dt.time.max)
    step = max(int(parts.get("INTERVAL", 1)), 1)
    years = range(start.year, LAST_YEAR + 1, step)
    if "COUNT" in parts:
        years = years[: int(parts["COUNT"])]
    for year in years:
        if FIRST_YEAR <= year <= until.year:
            yield from (
                local
                for day in _days(parts, year, start)
                if start <= (local := dt.datetime.combine(day, start.time())) <= until
            )


def _days(parts: Mapping[str, str], year: int, start: dt.datetime) -> Iterator[dt.date]:
    for month in _numbers(parts.get("BYMONTH")) or [start.month]:
        days = calendar.monthrange(year, month)[1]
        wanted = [n if n > 0 else days + 1 + n for n in _numbers(parts.get("BYMONTHDAY"))]
        weekdays = parts.get("BYDAY", "").split(",") if parts.get("BYDAY") else []
        for number in range(1, days + 1):
            day = dt.date(year, month, number)
            if wanted or weekdays:
                is_meant = not wanted or number in wanted
                is_meant = is_meant and (not weekdays or _is_one(day, days, weekdays))
            else:
                is_meant = number == min(start.day, days)
            if is_meant:
                yield day


def _is_one(day: dt.date, days: int, weekdays: Sequence[str]) -> bool:
    """Whether the day is one of `-1SU`, `2SU`, `SU` of its month, which has `days`."""
    nth, nth_last = (day.day - 1) // 7 + 1, -((days - day.day) // 7 + 1)
    name = _WEEKDAYS[day.weekday()]
    return any(
        text[-2:] == name and (text[:-2] in ("", "+") or int(text[:-2]) in (nth, nth_last))
        for text in weekdays
    )


def _numbers(text: str | None) -> list[int]:
    return [int(number) for number in text.split(",")] if text else []


def zone_name(tzid: str) -> str | None:
    """The IANA name that a TZID means by itself; None: only its VTIMEZONE can say.

    An IANA name counts also where a VTIMEZONE contradicts it, and so do old names and those that
    vendors put a prefix to.
    """
    text = tzid.strip().strip('"')
    if text.lower() in UTC_NAMES:
        return "UTC"
    if text in timezones():
        return text
    windows = _WINDOWS_LOWER.get(text.lower())
    if windows is not None:
        return windows
    parts = text.split("/")
    for start in range(len(parts)):
        found = _by_lower().get("/".join(parts[start:]).lower())
        if found is not None and (start == 0 or "/" in found):
            return found
    return None


_WINDOWS_LOWER = {name.lower(): zone for name, zone in WINDOWS.items()}


@functools.cache
def _by_lower() -> dict[str, str]:
    return {name.lower(): name for name in timezones()}


def same_zone(zone: RuleZone) -> str | None:
    """An IANA zone with the clock of `zone` from 2024 to 2029; None: there is none."""
    wanted = tuple(map(zone.offset_at, _COMPARED))
    return _zones_by_offsets().get(wanted)


@functools.cache
def _zones_by_offsets() -> dict[tuple[int, ...], str]:
    others: Iterable[str] = sorted(name for name in timezones() if "/" in name)
    found: dict[tuple[int, ...], str] = {}
    for name in (*_USUAL, *others):
        found.setdefault(tuple(utc_offset(time, ZoneInfo(name)) for time in _COMPARED), name)
    return found
