"""Wall clock time of a zone to instants and back. Pure: a zone's rules come from `zoneinfo`."""

import datetime as dt
from zoneinfo import ZoneInfo


def instant(local: dt.datetime, zone: ZoneInfo) -> int:
    """Unix seconds at which a clock of `zone` shows `local` (naive).

    A time that the clock skips is read with the offset before the gap; of a time that it shows
    twice the first counts. Source: contract, section 13.
    """
    return int(local.replace(tzinfo=zone, fold=0).timestamp())


def wall_time(time: int, zone: ZoneInfo) -> dt.datetime:
    """What a clock of `zone` shows at `time` (Unix seconds), naive.

    Raises: OverflowError where that is beyond the year 9999.
    """
    return dt.datetime.fromtimestamp(time, zone).replace(tzinfo=None, fold=0)


def day_start(day: dt.date, zone: ZoneInfo) -> int:
    """Unix seconds of the first instant of `day`, which is not midnight where that is skipped."""
    return instant(dt.datetime.combine(day, dt.time()), zone)


def is_day_start(time: int, zone: ZoneInfo) -> bool:
    """Whether `time` is the first instant of a date in `zone`."""
    return day_start(wall_time(time, zone).date(), zone) == time
