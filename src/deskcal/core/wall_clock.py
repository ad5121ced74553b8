"""Wall clock time of a zone to instants and back. Pure: a zone's rules come from `zoneinfo`."""

import datetime as dt
from zoneinfo import ZoneInfo

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 (naive, as what it is compared with)
_LAST = dt.datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001


def instant(local: dt.datetime, zone: ZoneInfo) -> int:
    """Unix seconds at which a clock of `zone` shows `local` (naive).

    A time that the clock skips is read with the offset before the gap; of a time that it shows
    twice the first counts. Source: contract, section 13.
    """
    if local.fold:
        local = local.replace(fold=0)
    offset = zone.utcoffset(local)
    assert offset is not None  # A zone of the database has one at any time.
    return int((local - _EPOCH - offset).total_seconds())


def wall_time(time: int, zone: ZoneInfo) -> dt.datetime:
    """What a clock of `zone` shows at `time` (Unix seconds), naive.

    Raises: OverflowError where that is beyond the year 9999.
    """
    try:
        return dt.datetime.fromtimestamp(time, zone).replace(tzinfo=None, fold=0)
    except ValueError as exc:  # Of a time that is so in UTC, too.
        raise OverflowError(str(exc)) from exc


def wall_date(time: int, zone: ZoneInfo) -> dt.date:
    """The date on a clock of `zone` at `time`; the last of the year 9999 where it is later."""
    try:
        return wall_time(time, zone).date()
    except OverflowError:
        return _LAST.date()


def utc_time(time: int) -> dt.datetime:
    """`time` in UTC, naive; the last second of the year 9999 where it is later."""
    return _EPOCH + min(dt.timedelta(seconds=time), _LAST - _EPOCH)


def day_start(day: dt.date, zone: ZoneInfo) -> int:
    """Unix seconds of the first instant of `day`, which is not midnight where that is skipped."""
    return instant(dt.datetime.combine(day, dt.time()), zone)


def is_day_start(time: int, zone: ZoneInfo) -> bool:
    """Whether `time` is the first instant of a date in `zone`."""
    return day_start(wall_time(time, zone).date(), zone) == time
