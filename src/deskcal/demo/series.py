"""The recurring events of the demo: four series of the retention desk. Pure."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from deskcal.core.event import EventType
from deskcal.demo import texts
from deskcal.demo.desks import DESKS, DemoEvent, links_of
from deskcal.limits import DAY_SEC

DESK = DESKS[0]
WEEKS_BACK = 2
"""Series begin so long before the current week."""
CHECK_IN = texts.CUSTOMERS[6]


class _Series(Struct, frozen=True):
    manager_id: int
    title: str
    type: EventType
    rrule: str
    is_first: Callable[[dt.date], bool]
    """Whether the series can begin on that date."""
    start: dt.time
    minutes: int
    more: dict[str, Any]


_LEAD, *_TEAM = DESK.manager_ids
SERIES = (
    _Series(
        _LEAD,
        f"{DESK.title}: week review",
        EventType.MEETING,
        "FREQ=WEEKLY;BYDAY=FR",
        lambda day: day.weekday() == 4,
        dt.time(13, 0),
        30,
        {"participant_manager_ids": _TEAM, "remind_before_sec": 600},
    ),
    _Series(
        _LEAD,
        f"Check-in with {CHECK_IN[0]}",
        EventType.CALL,
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        lambda day: day.weekday() == 1,
        dt.time(13, 15),
        15,
        links_of(6),
    ),
    _Series(
        _TEAM[0],
        "Call list of the day",
        EventType.TASK,
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        lambda day: day.weekday() < 5,
        dt.time(8, 45),
        15,
        {},
    ),
    _Series(
        _LEAD,
        "Month-end numbers to compliance",
        EventType.DEADLINE,
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        lambda day: (day + dt.timedelta(days=1)).day == 1,
        dt.time(17, 30),
        0,
        {"remind_before_sec": DAY_SEC},
    ),
)


def demo_series(now: int) -> list[DemoEvent]:
    """The series around `now` (Unix seconds), each as its first occurrence with a `recurrence`."""
    zone = ZoneInfo(DESK.timezone)
    today = dt.datetime.fromtimestamp(now, zone).date()
    monday = today - dt.timedelta(days=today.weekday(), weeks=WEEKS_BACK)
    return [_event(series, _first(series, monday), zone) for series in SERIES]


def _first(series: _Series, since: dt.date) -> dt.date:
    days = (since + dt.timedelta(days=number) for number in range(31))
    return next(day for day in days if series.is_first(day))


def _event(series: _Series, day: dt.date, zone: ZoneInfo) -> DemoEvent:
    start = int(dt.datetime.combine(day, series.start, zone).timestamp())
    data = {
        "brand": DESK.brand,
        "desk": DESK.code,
        "title": series.title,
        "type": int(series.type),
        "start_time": start,
        "end_time": start + series.minutes * 60,
        "timezone": DESK.timezone,
        "recurrence": {"rrule": series.rrule},
    }
    return DemoEvent(series.manager_id, data | series.more)
