"""Calendar objects as apps put them, for the tests of CalDAV."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from dav import Dav
from harness import token
from helpers import NOW

TEN, THIRTY = token(10), token(30)


DAY = 86_400


RICH = {"type": "doc", "content": [{"type": "image", "attrs": {"src": "a.png"}}]}


EXTRAS = [
    "X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:1,2",
    "CATEGORIES:Work,Calls",
    "ATTACH:https://example.com/a.pdf",
    "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.com/x",
    "RELATED-TO:other@example.com",
    "CLASS:PRIVATE",
]


ALARMS = [
    *("BEGIN:VALARM", "UID:alarm-1", "ACTION:DISPLAY", "DESCRIPTION:one", "TRIGGER:-PT15M"),
    *("END:VALARM", "BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-P1D", "END:VALARM"),
]


def utc(time: int) -> str:
    return f"{dt.datetime.fromtimestamp(time, dt.UTC):%Y%m%dT%H%M%SZ}"


def local(time: int) -> str:
    """On the clock of Nicosia."""
    return f"{dt.datetime.fromtimestamp(time, ZoneInfo('Europe/Nicosia')):%Y%m%dT%H%M%S}"


def vevent(*lines: str, uid: str = "a@b", start: int = NOW, summary: str = "Call") -> list[str]:
    times = [f"DTSTART:{utc(start)}", f"DTEND:{utc(start + 3600)}"]
    times = [] if any(line.startswith("DTSTART") for line in lines) else times
    head = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20240101T000000Z", f"SUMMARY:{summary}"]
    return [*head, *times, *lines, "END:VEVENT"]


def calendar(*parts: list[str]) -> str:
    lines = [line for part in parts for line in part]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *lines, "END:VCALENDAR", ""]
    )


def without(text: str, *names: str) -> str:
    """`text` without the content lines of these names."""
    lines = text.splitlines()
    return "\r\n".join([one for one in lines if not one.startswith(names)]) + "\r\n"


async def rows(dav: Dav) -> list[dict[str, Any]]:
    data = {"from": 0, "to": NOW + 1000 * DAY, "limit": 1000, "offset": 0, "deskFilter": "*"}
    answered = await dav.desk.call(TEN, "MngGetCalendarEventsByFilter", **data)
    found: list[dict[str, Any]] = answered["data"]["rows"]
    return found


WEEKLY = ["RRULE:FREQ=WEEKLY;COUNT=4", *EXTRAS]


def override(week: int, *lines: str, start: int = 0, summary: str = "Moved") -> list[str]:
    time = NOW + week * 7 * DAY
    recurrence = f"RECURRENCE-ID:{utc(time)}"
    return vevent(recurrence, *lines, start=start or time, summary=summary)
