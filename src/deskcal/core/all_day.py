"""All-day events are runs of calendar dates: which instants they occupy. Pure.

Source: contract, section 4; docs/decisions/0015.
"""

import datetime as dt
import functools
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskcal.core.event import Event
from deskcal.core.wall_clock import instant, wall_date, wall_time
from deskcal.limits import DAY_SEC

UTC = "UTC"
BEFORE_ALL = -DAY_SEC
"""Unix seconds, before all events: the date that a zone has at 0 begins up to a day before."""


def span_of(event: Event, default_timezone: str = UTC) -> tuple[int, int]:
    """Start and end by which the event is found, Unix seconds.

    Of an all-day event: from the first instant of its first date to the first instant after its
    last one, in its `timezone`, else in `default_timezone`. Of any other: as it stands.
    """
    if not event.all_day:
        return event.start_time, event.end_time
    return dates_span(event.start_time, event.end_time, event.timezone or default_timezone)


@functools.lru_cache(maxsize=8192)
def dates_span(start_time: int, end_time: int, timezone: str) -> tuple[int, int]:
    """The whole of the dates from that of the start to that of the last second before the end."""
    last_second = max(start_time, end_time - 1)
    try:
        zone = ZoneInfo(timezone)
        first, last = wall_time(start_time, zone).date(), wall_time(last_second, zone).date()
        return first_instant(first, zone), first_instant(last + dt.timedelta(days=1), zone)
    except OverflowError:
        return start_time, last_second + 1
    except (ZoneInfoNotFoundError, ValueError):
        return dates_span(start_time, end_time, UTC)


def first_date(start_time: int, timezone: str) -> dt.date:
    """The first date of an all-day event, of the start and the zone that `dates_span` has."""
    try:
        return wall_date(start_time, ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return wall_date(start_time, ZoneInfo(UTC))


def first_instant(day: dt.date, zone: ZoneInfo) -> int:
    """Unix seconds at which a clock of `zone` shows `day` for the first time, or the next date.

    Where midnight is skipped that is the moment of the skip, also of one that begins before
    midnight; a date that is skipped as a whole takes no time.
    """
    found = instant(dt.datetime.combine(day, dt.time()), zone)
    if wall_time(found - 1, zone).date() < day:
        return found
    before = found - DAY_SEC
    while found - before > 1:
        middle = (before + found) // 2
        if wall_time(middle, zone).date() < day:
            before = middle
        else:
            found = middle
    return found
