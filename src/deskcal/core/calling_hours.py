"""When a customer may be called: by brand, on the customer's own wall clock. Pure.

Source: contract, section 14, "Calling hours".
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from deskcal.core.draft import timezones
from deskcal.core.event import MAX_TIME
from deskcal.core.zones import first_change, utc_offset
from deskcal.limits import DAY_SEC

HOUR_MIN, DAY_MIN = 60, 24 * 60
LOOK_AHEAD_DAYS = 800
"""After so many days without an allowed minute the search for one ends."""
REMEMBERED = 10_000
"""Answers that are kept; then all are dropped."""

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


class BadHours(ValueError):
    """Calling hours that can't be used; str() names the key, its value and the rule."""


class HoursTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one brand, as a table of the TOML file has them."""

    hours: str
    """From one clock time to another: `09:00-20:00`; `22:00-02:00` ends on the next day."""
    weekdays: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = _EVERY_DAY
    """ISO numbers, 1 is Monday."""
    holidays: tuple[dt.date, ...] = ()
    timezone: str = ""
    """IANA name, for customers whose zone is not known; empty: the server's default_timezone."""


class _Hours(Struct, frozen=True):
    """One brand's hours; over midnight they belong to the day of their start."""

    start_min: int
    """Minutes after midnight."""
    end_min: int
    """Minutes after the midnight before `start_min`, up to 48 hours."""
    weekdays: frozenset[int]
    holidays: frozenset[dt.date]
    timezone: str

    def allow(self, clock: dt.datetime) -> bool:
        """Whether a customer whose clock shows `clock` may be called."""
        minute = clock.hour * HOUR_MIN + clock.minute
        day = clock.date()
        if self.start_min <= minute < self.end_min and self._is_day(day):
            return True
        return minute + DAY_MIN < self.end_min and self._is_day(day - dt.timedelta(days=1))

    def _is_day(self, day: dt.date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays


class CallingHours:
    """The hours of every brand that has some; the others may always be called."""

    def __init__(self, tables: Mapping[str, HoursTable], default_timezone: str) -> None:
        """`tables` by brand. Raises: BadHours."""
        self._by_brand = {brand: _checked(brand, table) for brand, table in tables.items()}
        self._tables = dict(tables)
        self._default_timezone = default_timezone
        self._known: dict[tuple[str, str, int], int] = {}

    def tables(self) -> dict[str, HoursTable]:
        """The tables by brand, each with the zone of customers whose own is not known."""
        return {
            brand: msgspec.structs.replace(table, timezone=table.timezone or self._default_timezone)
            for brand, table in self._tables.items()
        }

    def next_allowed(self, brand: str, customer_timezone: str, time: int) -> int:
        """The first second from `time` (Unix seconds) on at which the customer may be called.

        `time` itself where that is allowed, else the begin of a minute. `customer_timezone` ""
        means the brand's zone, else the server's default_timezone. Where LOOK_AHEAD_DAYS have no
        allowed minute, the time after them. The clock on the customer's wall decides, in a doubled
        hour both times; the last years before 10000 are always allowed.
        """
        hours = self._by_brand.get(brand)
        if hours is None or time > MAX_TIME - (LOOK_AHEAD_DAYS + 2) * DAY_SEC:
            return time
        zone = customer_timezone or hours.timezone or self._default_timezone
        key = (brand, zone, time // 60)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[key] = _next_allowed(hours, ZoneInfo(zone), time // 60 * 60)
        return max(found, time)


def _checked(brand: str, table: HoursTable) -> _Hours:
    found = _HOURS.fullmatch(table.hours)
    start, end = _minutes(found, 1), _minutes(found, 3)
    if found is None or end > DAY_MIN:
        raise BadHours(
            f"{brand}.hours ({table.hours!r}) must be two clock times from 00:00 to 24:00, such "
            "as '09:00-20:00'"
        )
    if not table.weekdays:
        raise BadHours(f"{brand}.weekdays is empty; name the days, 1 is Monday")
    if table.timezone and table.timezone not in timezones():
        raise BadHours(
            f"{brand}.timezone ({table.timezone!r}) is no IANA time zone such as 'Europe/Nicosia'"
        )
    return _Hours(
        start,
        end if end > start else end + DAY_MIN,
        frozenset(table.weekdays),
        frozenset(table.holidays),
        table.timezone,
    )


def _minutes(found: re.Match[str] | None, group: int) -> int:
    return int(found[group]) * HOUR_MIN + int(found[group + 1]) if found else 0


def _next_allowed(hours: _Hours, zone: ZoneInfo, time: int) -> int:
    """The first allowed minute from `time` on; `time` is the begin of one."""
    if hours.allow(dt.datetime.fromtimestamp(time, zone)):
        return time
    for since in range(time, time + LOOK_AHEAD_DAYS * DAY_SEC, DAY_SEC):
        for moment in sorted(_openings(hours, zone, since)):
            if moment > time and hours.allow(dt.datetime.fromtimestamp(moment, zone)):
                return moment
    return time + LOOK_AHEAD_DAYS * DAY_SEC


def _openings(hours: _Hours, zone: ZoneInfo, since: int) -> Iterator[int]:
    """Moments of the 24 hours from `since` on at which hours may begin.

    That is when the clock shows their start, and when it is changed.
    """
    until = since + DAY_SEC
    day = dt.datetime.fromtimestamp(since, zone).date()
    for later in range(3):
        midnight = dt.datetime.combine(day + dt.timedelta(days=later), dt.time(), zone)
        clock = midnight + dt.timedelta(minutes=hours.start_min)
        for fold in (0, 1):
            moment = int(clock.replace(fold=fold).timestamp())
            if since <= moment < until:
                yield moment
    if utc_offset(since, zone) != utc_offset(until, zone):
        yield first_change(since, until, zone)
