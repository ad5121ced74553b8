"""The iCalendar feed, read back by foreign readers equal to the list of events.

Source: contract, section 13.
"""

import ctypes.util
import datetime as dt
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from compat.foreign import HERE, run_foreign
from harness import Desk, token
from http_get import get, serving
from places import SqlitePlace

MORE = {
    "icalevents": ["doubled hour", "skipped hour", "skipped midnight"],
    "node-ical": ["doubled hour", "skipped hour", "skipped midnight"],
    "libical": ["skipped hour", "skipped hour", "skipped midnight", "skipped midnight"],
    "rrule-temporal": ["skipped hour", "skipped midnight"],
}
"""Where a reader shows one more instance than there is: it does not match the RECURRENCE-ID of an
hour that the clock skips or shows twice with the instance that it has made of the rule. libical
3.0.16 also has the next day's an hour late. For rrule-temporal a skipped time is no instance, so
that a COUNT goes on for one more."""
READERS = {
    name: HERE / "readers" / file
    for name, file in (
        ("recurring-ical-events", "recurring_ical_events_reader.py"),
        ("icalevents", "icalevents_reader.py"),
        ("ical.js", "ical_js.mjs"),
        ("node-ical", "node_ical.mjs"),
        ("ical-expander", "ical_expander.mjs"),
        ("rrule-temporal", "rrule_temporal.mjs"),
        ("libical", "libical_reader.py"),
    )
}
BERLIN, BEIRUT = "Europe/Berlin", "Asia/Beirut"
NOW = int(dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC).timestamp())
UNTIL = NOW + 300 * 86_400
TEN = token(10, exp=4e9)
Row = tuple[str, int | str, int | str]
"""Title, start and end: Unix seconds, or dates."""


class Wanted(NamedTuple):
    """A series, and how long each occurrence is."""

    title: str
    start: str
    rrule: str
    zone: str = BERLIN
    length_sec: int = 3600
    all_day: int = 0


SERIES = [
    Wanted("weekly over both changes of the clock", "2027-03-02T09:00", "FREQ=WEEKLY"),
    Wanted(
        "every second week from a Sunday",
        "2027-03-07T10:00",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,WE",
    ),
    Wanted("first and last Monday", "2027-03-29T10:00", "FREQ=MONTHLY;BYDAY=1MO,-1MO"),
    Wanted("last day of the month", "2027-03-31T16:00", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    Wanted("last working day", "2027-03-31T17:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    Wanted("all day", "2027-03-04", "FREQ=WEEKLY;COUNT=9", length_sec=86_400, all_day=1),
    Wanted("skipped hour", "2027-03-25T02:30", "FREQ=DAILY;COUNT=9"),
    Wanted("doubled hour", "2027-10-28T02:30", "FREQ=DAILY;COUNT=9"),
    Wanted("skipped midnight", "2027-03-25T00:30", "FREQ=DAILY;COUNT=9", BEIRUT),
    Wanted(
        "through the night of a change", "2027-03-25T22:00", "FREQ=DAILY;COUNT=9", BERLIN, 8 * 3600
    ),
    Wanted("day before a leap day", "2027-02-28T08:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
    Wanted("ends of quarters", "2027-03-31T18:00", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    Wanted("first of some months", "2027-03-01T18:00", "FREQ=MONTHLY;BYMONTH=3,4,9;BYMONTHDAY=1"),
    Wanted("monthly from the 31st", "2027-03-31T19:00", "FREQ=MONTHLY"),
    Wanted("two weekdays", "2027-03-01T07:00", "FREQ=DAILY;BYDAY=MO,TH;COUNT=30"),
]
"""What readers disagree about where it is written in another way."""


def seconds(text: str, zone: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


async def add(desk: Desk, wanted: Wanted) -> None:
    """The series, with a moved occurrence, a cancelled one and one that is left out."""
    start = seconds(wanted.start, wanted.zone)
    first = await desk.event(
        TEN,
        "MngAddCalendarEvent",
        title=wanted.title,
        start_time=start,
        end_time=start + wanted.length_sec,
        timezone=wanted.zone,
        all_day=wanted.all_day,
        recurrence={"rrule": wanted.rrule},
    )
    rows = await listed(desk, series_id=first["series_id"])
    if len(rows) < 6:
        return
    day = 86_400
    moved = {name: rows[2][name] + day * 2 for name in ("start_time", "end_time")}
    await desk.event(
        TEN, "MngUpdateCalendarEvent", id=rows[2]["id"], title=f"{wanted.title}, moved", **moved
    )
    answered = await desk.call(TEN, "MngDeleteCalendarEvent", id=rows[4]["id"])
    assert answered["status"] == 200, answered


async def listed(desk: Desk, **filters: Any) -> list[dict[str, Any]]:
    data = {"from": 0, "to": UNTIL, "limit": 1000, "offset": 0, "deskFilter": "*"}
    answered = await desk.call(TEN, "MngGetCalendarEventsByFilter", **data, **filters)
    rows: list[dict[str, Any]] = answered["data"]["rows"]
    assert len(rows) == answered["data"]["count"]
    return rows


def as_row(event: dict[str, Any]) -> Row:
    times = (event["start_time"], event["end_time"])
    if event["all_day"]:
        zone = ZoneInfo(event["timezone"])
        dates = [dt.datetime.fromtimestamp(time, zone).date().isoformat() for time in times]
        return event["title"], dates[0], dates[1]
    return event["title"], *times


@pytest.fixture
async def calendar(tmp_path: Path) -> AsyncIterator[tuple[bytes, list[Row]]]:
    """The feed of manager 10, and what the list has until `UNTIL`."""
    async with serving(SqlitePlace(tmp_path)) as (desk, address):
        desk.clock.time = NOW
        for wanted in SERIES:
            await add(desk, wanted)
        got = await get(address, f"/ics/{token(10, exp=4e9, use='ics')}.ics")
        assert got.status == 200
        yield got.body, sorted(map(as_row, await listed(desk)), key=str)


@pytest.mark.parametrize("name", READERS)
async def test_a_reader_sees_the_same_occurrences_as_the_list(
    name: str, calendar: tuple[bytes, list[Row]]
) -> None:
    text, wanted = calendar
    found = await read(READERS[name], text)
    assert titles(Counter(wanted) - Counter(found)) == []
    assert titles(Counter(found) - Counter(wanted)) == MORE.get(name, [])


def titles(rows: Counter[Row]) -> list[str]:
    return sorted(title for title, *_ in rows.elements())


async def read(script: Path, text: bytes) -> list[Row]:
    """What a reader makes of a calendar until `UNTIL`."""
    arguments = ["0", str(UNTIL)]
    if "libical" in script.name:
        library = ctypes.util.find_library("ical")
        if library is None:
            pytest.skip("libical is not installed: apt-get install libical3")
        arguments.append(library)
    status, out, err = await run_foreign(script, *arguments, stdin=text)
    assert status == 0, err
    return [(title, start, end) for title, start, end in json.loads(out)]
