"""Series over the wire, for the tests of their commands."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from harness import Desk, token
from helpers import NOW

LATER = NOW + 10**9


TEN, ELEVEN = token(10, exp=LATER), token(11, exp=LATER)


OUTSIDE = token(12, desks="OTHER")


ADD, UPDATE, DELETE = "MngAddCalendarEvent", "MngUpdateCalendarEvent", "MngDeleteCalendarEvent"


SERIES, RESPOND, ARCHIVE = (
    "MngGetCalendarSeries",
    "MngRespondCalendarEvent",
    "MngArchiveCalendarEvent",
)


BERLIN = "Europe/Berlin"


DAY = 86_400


async def ask(desk: Desk, command: str, data: dict[str, Any], auth: str) -> Any:
    return await desk.call(auth, command, **data)


async def ok(desk: Desk, command: str, data: dict[str, Any], auth: str) -> Any:
    """The answer's data."""
    answer = await ask(desk, command, data, auth)
    assert answer["status"] == 200, answer
    return answer["data"]


def error_of(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer["error"]
    return error


def first_monday() -> dt.datetime:
    """The first Monday at ten in Berlin after `NOW`."""
    day = dt.datetime.fromtimestamp(NOW, ZoneInfo(BERLIN)) + dt.timedelta(days=1)
    while day.weekday():
        day += dt.timedelta(days=1)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def monday(week: int, hour: int = 10, days: int = 0) -> int:
    """The Monday so many weeks after the first one, Unix seconds; days later."""
    day = first_monday().replace(tzinfo=None, hour=hour) + dt.timedelta(weeks=week, days=days)
    return int(day.replace(tzinfo=ZoneInfo(BERLIN)).timestamp())


def date(week: int) -> str:
    return (first_monday() + dt.timedelta(weeks=week)).date().isoformat()


def review(rrule: str = "FREQ=WEEKLY;BYDAY=MO;COUNT=6", **fields: Any) -> dict[str, Any]:
    """The Monday review of managers 10 and 11; a reminder would fire where a clock is stepped."""
    recurrence = {"rrule": rrule, "exdates": fields.pop("exdates", [])}
    return {
        "title": "Review",
        "desk": "DESK",
        "start_time": monday(0),
        "end_time": monday(0) + 3600,
        "timezone": BERLIN,
        "remind_before_sec": 0,
        "participant_manager_ids": [11],
        "recurrence": recurrence,
    } | fields


async def add(desk: Desk, *args: Any, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await ok(desk, ADD, review(*args, **fields), TEN)
    return answer


async def rows(desk: Desk, auth: str = TEN, **fields: Any) -> list[dict[str, Any]]:
    """What a list has, up to two years ahead."""
    wanted = {"from": NOW - 365 * DAY, "to": NOW + 730 * DAY, "limit": 5000, "offset": 0}
    answer = await ok(
        desk, "MngGetCalendarEventsByFilter", wanted | {"deskFilter": "*"} | fields, auth
    )
    found: list[dict[str, Any]] = answer["rows"]
    return found


async def starts(desk: Desk) -> list[int]:
    return [row["start_time"] for row in await rows(desk)]
