"""Summaries: how many events there are of each kind, and how many are late. Pure.

Source: contract, section 14, MngGetCalendarSummary.
"""

import enum
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from deskcal.core.all_day import first_date
from deskcal.core.wall_clock import wall_date

SLOT_SEC = 900
"""Every zone's days begin and end at a multiple of it, counted from 1970 in UTC."""
SHORTEST_DAY_SEC = 20 * 3600
"""No date of a zone is shorter, but one that is skipped as a whole."""


class GroupBy(enum.Enum):
    """What events are counted by."""

    DAY = "day"
    """The date of `start_time`; of an all-day event its first one, in its own zone."""
    MANAGER = "manager"
    """The owner."""
    DESK = "desk"
    TYPE = "type"
    OUTCOME = "outcome"


class SummaryGroup(Struct, frozen=True):
    """One group; the order of the fields is the order on the wire."""

    key: int | str
    open: int
    done: int
    cancelled: int
    overdue: int
    """Open and over."""
    oldest_overdue_sec: int
    """How long the oldest of them has been over; 0: none is."""
    on_time: int
    """Done by their end."""


def merged(groups: Iterable[SummaryGroup]) -> list[SummaryGroup]:
    """The groups by key, those of equal keys as one."""
    found: dict[int | str, SummaryGroup] = {}
    for group in groups:
        known = found.get(group.key)
        found[group.key] = group if known is None else _sum(known, group)
    return [found[key] for key in sorted(found, key=lambda key: (isinstance(key, str), key))]


def _sum(one: SummaryGroup, other: SummaryGroup) -> SummaryGroup:
    return SummaryGroup(
        one.key,
        one.open + other.open,
        one.done + other.done,
        one.cancelled + other.cancelled,
        one.overdue + other.overdue,
        max(one.oldest_overdue_sec, other.oldest_overdue_sec),
        one.on_time + other.on_time,
    )


def by_day(
    groups: Iterable[SummaryGroup], timezone: str, default_timezone: str
) -> list[SummaryGroup]:
    """Groups as the stores count days, as days of a zone: keys such as `2026-11-27`.

    Their keys are slots of SLOT_SEC as digits, "1890111"; of all-day events the first instant in
    Unix seconds and the zone of the event, "1701100800 Asia/Tokyo", which may be empty. What begins
    after the last day of the year 9999 on a zone's clock is of this day.
    """
    days = [
        msgspec.structs.replace(group, key=_day(str(group.key), timezone, default_timezone))
        for group in groups
    ]
    return merged(days)


def _day(key: str, timezone: str, default_timezone: str) -> str:
    number, is_all_day, own = key.partition(" ")
    if is_all_day:
        return first_date(int(number), own or default_timezone).isoformat()
    return wall_date(int(number) * SLOT_SEC, ZoneInfo(timezone)).isoformat()
