"""The events that CalDAV servers are compared on, as iCalendar. Measures nothing."""

import datetime as dt
import random
from collections.abc import Iterator

DAY_SEC = 86_400
WEEK_SEC = 7 * DAY_SEC
WEEKS = 104
"""Over which the events lie, half of them over."""
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:20201025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20200329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def first_monday(now: int) -> int:
    """Where the events begin: a Monday 00:00 UTC, half of `WEEKS` before `now`."""
    monday = now - (now // DAY_SEC + 3) % 7 * DAY_SEC - now % DAY_SEC
    return monday - WEEKS // 2 * WEEK_SEC


def events(count: int, now: int) -> Iterator[tuple[str, str]]:
    """UID and VEVENT of each, spread evenly; every other one on the clock of a zone."""
    rng = random.Random(17)
    begin = first_monday(now)
    for number in range(count):
        start = begin + WEEKS * WEEK_SEC * number // count // 900 * 900
        uid = f"{rng.getrandbits(64):016x}@bench.example"
        yield uid, vevent(uid, f"Call customer {number}", start, has_zone=number % 2 == 1)


def vevent(uid: str, title: str, start: int, *, has_zone: bool = False) -> str:
    """A VEVENT of half an hour with a place, a text and an alarm; lines end with LF."""
    time = f"{dt.datetime.fromtimestamp(start, dt.UTC):%Y%m%dT%H%M%S}"
    end = f"{dt.datetime.fromtimestamp(start + 1800, dt.UTC):%Y%m%dT%H%M%S}"
    head, tail = (";TZID=Europe/Berlin:", "") if has_zone else (":", "Z")
    return (
        f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\n"
        f"DTSTART{head}{time}{tail}\nDTEND{head}{end}{tail}\nSUMMARY:{title}\n"
        "LOCATION:Desk 4\nDESCRIPTION:Asked for a call about the new terms of the account\\, \n"
        "  and about what became of the transfer of last week.\nCATEGORIES:Calls\n"
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Call\nTRIGGER:-PT10M\nEND:VALARM\n"
        "END:VEVENT\n"
    )


def calendar(vevents: str) -> str:
    """A whole VCALENDAR of them; lines end with CRLF."""
    zone = ZONE if "TZID" in vevents else ""
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//bench//EN\n"
    return f"{head}{zone}{vevents}END:VCALENDAR\n".replace("\n", "\r\n")
