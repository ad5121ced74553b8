"""MngImportCalendarEvents: files with X-WR-TIMEZONE. Contract, section 16."""

import datetime as dt
from typing import Any

import pytest

from harness import Desk, token

TEN = token(10, exp=4e9)
NOON = int(dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC).timestamp())
HOUR, DAY = 3600, 86_400
TOKYO, BERLIN = "X-WR-TIMEZONE:Asia/Tokyo", "X-WR-TIMEZONE:Europe/Berlin"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.clock.time = NOON
    return desk


async def imported(desk_: Desk, *lines: str) -> dict[str, Any]:
    head, *event = lines
    inner = ["BEGIN:VEVENT", "UID:a@b", *event, "END:VEVENT", "END:VCALENDAR", ""]
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", head, *inner])
    answered = await desk_.call(TEN, "MngImportCalendarEvents", ics=text)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


async def rows(desk_: Desk) -> list[dict[str, Any]]:
    data = {"from": 0, "to": NOON + 1000 * DAY, "limit": 1000, "offset": 0, "deskFilter": "*"}
    answered = await desk_.call(TEN, "MngGetCalendarEventsByFilter", **data)
    found: list[dict[str, Any]] = answered["data"]["rows"]
    return found


async def test_floating_times_are_kept_in_its_zone(desk: Desk) -> None:
    lines = ["DTSTART:20270105T210000", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20270107T210000"]
    assert (await imported(desk, TOKYO, *lines))["skipped"] == []
    starts = [(one["start_time"], one["timezone"]) for one in await rows(desk)]
    assert starts == [(NOON + day * DAY, "Asia/Tokyo") for day in (1, 2, 3)]


async def test_one_that_is_not_known_is_reported(desk: Desk) -> None:
    found = await imported(desk, "X-WR-TIMEZONE:Nowhere", "DTSTART:20270105T120000")
    assert [one["start_time"] for one in await rows(desk)] == [NOON + DAY]
    assert "line 6: X-WR-TIMEZONE is 'Nowhere'" in found["skipped"][0]["why"]


@pytest.mark.parametrize("lines", [[], ["RRULE:FREQ=DAILY;COUNT=3"]])
async def test_dates_of_a_newer_file_stay_in_the_zone_of_the_event(
    desk: Desk, lines: list[str]
) -> None:
    dated = ["DTSTART;VALUE=DATE:20270105", *lines]
    assert (await imported(desk, TOKYO, *dated))["created"] == 1
    before = [(one["id"], one["start_time"], one["timezone"]) for one in await rows(desk)]
    assert before[0][1:] == (NOON + 3 * HOUR, "Asia/Tokyo")
    assert (await imported(desk, BERLIN, *dated, "SEQUENCE:2", "SUMMARY:New"))["updated"] == 1
    found = await rows(desk)
    assert [(one["id"], one["start_time"], one["timezone"]) for one in found] == before
    assert {one["title"] for one in found} == {"New"}
