"""Times at the ends of the calendar: nothing is stored that could not be read. Contract, 4."""

from typing import Any

import pytest

from commands.series_calls import ADD, DAY, TEN, UPDATE, ask, ok
from deskcal.core.event import MAX_TIME
from harness import Desk, error_of, open_desk
from helpers import NOW
from places import Place

RULE = {"rrule": "FREQ=DAILY;COUNT=3"}
ALL = {"from": 0, "to": MAX_TIME}


def series(**named: Any) -> dict[str, Any]:
    event = {"title": "Series", "start_time": NOW, "end_time": NOW + 60, "timezone": "UTC"}
    return event | {"recurrence": RULE} | named


@pytest.mark.parametrize("all_day", [0, 1])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
async def test_a_series_whose_occurrences_would_end_after_9999_is_refused(
    place: Place, zone: str, all_day: int
) -> None:
    """They were stored with an end that no reader takes: their events could never be changed."""
    async with open_desk(place) as desk:
        sent = series(end_time=MAX_TIME, all_day=all_day, timezone=zone)
        answered = await desk.call(TEN, ADD, **sent)
        assert error_of(answered) == (400, "INVALID_FIELD", "end_time")
        first = (await ok(desk, ADD, series(timezone=zone), TEN))["event"]["id"]
        data = {"id": first, "scope": 2, "end_time": MAX_TIME, "all_day": all_day}
        answered = await desk.call(TEN, UPDATE, **data)
        assert error_of(answered) == (400, "INVALID_FIELD", "end_time")
    assert (await place.check()).differences == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
async def test_a_series_begins_before_9900_also_after_it_was_moved(desk: Desk, zone: str) -> None:
    last = {"start_time": MAX_TIME - 100, "end_time": MAX_TIME}
    answered = await desk.call(TEN, ADD, **series(timezone=zone, **last))
    assert error_of(answered) == (400, "INVALID_FIELD", "start_time")
    first = (await ok(desk, ADD, series(timezone=zone), TEN))["event"]["id"]
    answered = await desk.call(TEN, UPDATE, id=first, scope=2, **last)
    assert error_of(answered) == (400, "INVALID_FIELD", "start_time")


@pytest.mark.parametrize(
    ("moved", "zone"),
    [
        ({"start_time": MAX_TIME - 100, "end_time": MAX_TIME}, "America/Los_Angeles"),
        ({"start_time": MAX_TIME - 100, "end_time": MAX_TIME}, "Pacific/Kiritimati"),
        ({"start_time": 100, "end_time": 200}, "Pacific/Kiritimati"),
    ],
)
async def test_an_occurrence_at_the_end_of_the_calendar_does_not_leave_it_with_another_zone(
    place: Place, moved: dict[str, Any], zone: str
) -> None:
    async with open_desk(place) as desk:
        first = (await ok(desk, ADD, series(), TEN))["event"]["id"]
        own = await ok(desk, UPDATE, {"id": first + 1} | moved, TEN)
        desk.clock.time = 1
        answered = await ask(desk, UPDATE, {"id": first, "scope": 2, "timezone": zone}, TEN)
        assert answered["status"] in (200, 400), answered
        assert (await desk.call(TEN, "MngGetCalendarEvent", id=first + 1))["status"] == 200
        assert own["event"]["start_time"] == moved["start_time"]
    assert (await place.check()).differences == []


async def test_days_of_a_summary_end_with_the_calendar(desk: Desk) -> None:
    await desk.add(TEN, start_time=MAX_TIME - 1, end_time=MAX_TIME)
    wanted = {"deskFilter": "*", "group_by": "day", "timezone": "Asia/Tokyo"}
    found = await ok(desk, "MngGetCalendarSummary", wanted | ALL, TEN)
    assert [group["key"] for group in found["groups"]] == ["9999-12-31"]


async def test_a_calendar_with_an_event_of_the_last_day_is_exported(desk: Desk) -> None:
    await desk.add(TEN, start_time=MAX_TIME - DAY, end_time=MAX_TIME)
    await desk.add(TEN, start_time=MAX_TIME - 1, end_time=MAX_TIME, timezone="Asia/Tokyo")
    await desk.add(TEN, start_time=MAX_TIME - DAY, end_time=MAX_TIME - DAY, timezone="Asia/Tokyo")
    await ok(desk, ADD, series(timezone="Europe/Nicosia"), TEN)
    exported = await ok(desk, "MngExportCalendarEvents", {}, TEN)
    assert exported["count"] == 4
    assert "TZOFFSETTO:+0900" in exported["ics"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART;VALUE=DATE:20200101", "DTEND;VALUE=DATE:99991231", "RRULE:FREQ=DAILY"],
        ["DTSTART:99990101T100000", "RRULE:FREQ=DAILY"],
        ["DTSTART:99991231T100000", "DTEND:99991231T100100", "RRULE:FREQ=DAILY;COUNT=3"],
        [
            "DTSTART;VALUE=DATE:20270105",
            "DURATION:P30000D",
            "RRULE:FREQ=DAILY;COUNT=3",
            "RDATE;VALUE=DATE:99990101",
        ],
        [
            "DTSTART:20270105T100000",
            "DURATION:P50W",
            "RRULE:FREQ=DAILY;COUNT=3",
            "RDATE:99991231T235959Z",
        ],
    ],
)
async def test_a_series_of_a_file_that_leaves_the_calendar_is_skipped_with_the_reason(
    place: Place, zone: str, lines: list[str]
) -> None:
    event = ["BEGIN:VEVENT", "UID:a@b", *lines, "END:VEVENT"]
    text = ["BEGIN:VCALENDAR", f"X-WR-TIMEZONE:{zone}", *event, "END:VCALENDAR", ""]
    async with open_desk(place) as desk:
        found = await ok(desk, "MngImportCalendarEvents", {"ics": "\r\n".join(text)}, TEN)
        (skipped,) = found["skipped"]
        assert found["created"] == 0
        assert "incident" not in skipped["why"]
    assert (await place.check()).differences == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("all_day", [0, 1])
@pytest.mark.parametrize("until", ["99991231", "99991231T235959Z"])
async def test_a_rule_that_ends_with_the_calendar_is_exported_and_moved(
    desk: Desk, zone: str, all_day: int, until: str
) -> None:
    """As some programs write a rule without an end."""
    rule = {"rrule": f"FREQ=WEEKLY;UNTIL={until}"}
    sent = series(timezone=zone, all_day=all_day, recurrence=rule)
    first = (await ok(desk, ADD, sent, TEN))["event"]["id"]
    for days in (1, 2, 1):
        exported = await ok(desk, "MngExportCalendarEvents", {}, TEN)
        assert "RRULE:FREQ=WEEKLY;UNTIL=99991" in exported["ics"]
        moved = {"id": first, "scope": 2, "start_time": NOW + days * DAY}
        found = await ok(desk, UPDATE, moved, TEN)
        assert found["event"]["start_time"] == NOW + days * DAY
