"""Time zones: which rules are in use, and how far a zone's clock is from UTC. Pure.

The rules themselves are files that `zoneinfo` reads; `app.zone_data` chooses them at the start.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.limits import DAY_SEC

STEP_SEC = 3 * DAY_SEC
"""Shorter than any time between two changes of a clock that are both to be found."""


class ZoneData(Struct, frozen=True):
    """A release of the time zone database."""

    version: str
    """Such as "2026f"; empty: not known."""
    source: str
    """Where its files are, for people."""


_used = [ZoneData("", "the system")]


def zone_data() -> ZoneData:
    """What this process uses, as given to `set_zone_data`."""
    return _used[0]


def set_zone_data(found: ZoneData) -> None:
    """Takes note of what `zoneinfo` reads from now on."""
    _used[0] = found


def offset_table(zone: ZoneInfo, since: int, until: int) -> list[int]:
    """The offset from UTC at `since`, then each change within [since, until) and the offset after.

    All in seconds: [7200, 1774746000, 10800, ...]. The page reads the same form.
    """
    table = [utc_offset(since, zone)]
    at = since
    while at < until:
        following = min(at + STEP_SEC, until)
        if utc_offset(following, zone) != table[-1]:
            following = first_change(at, following, zone)
            if following < until:
                table += [following, utc_offset(following, zone)]
        at = following
    return table


def first_change(before: int, after: int, zone: ZoneInfo) -> int:
    """The first second whose offset is not that of `before`; that of `after` is not."""
    known = utc_offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if utc_offset(middle, zone) == known:
            before = middle
        else:
            after = middle
    return after


def utc_offset(time: int, zone: ZoneInfo) -> int:
    """Seconds that the clock of `zone` is ahead of UTC at `time` (Unix seconds)."""
    offset = dt.datetime.fromtimestamp(time, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
