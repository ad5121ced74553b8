"""Imports of series that begin in an hour that the clock skips, or at an event that is over."""

import datetime as dt

import pytest

from commands.test_calendar_import import DAY, HOUR, TEN, counts, imported, rows, vevent
from harness import Desk, open_desk
from places import Place

SKIPPED = int(dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC).timestamp())
"""02:30 in Berlin, read with the offset before the gap. Source: contract, section 13."""
BEGIN = ["DTSTART;TZID=Europe/Berlin:20270328T023000", "DURATION:PT30M", "SUMMARY:Call"]
RULE = "RRULE:FREQ=DAILY;COUNT=3"
DAYS = [SKIPPED, SKIPPED + DAY - HOUR, SKIPPED + 2 * DAY - HOUR]
"""A day later the clock shows 02:30, which is an hour earlier."""


async def starts(desk: Desk) -> list[int]:
    return [row["start_time"] for row in await rows(desk)]


@pytest.mark.parametrize("before", [[], [vevent(*BEGIN, "SEQUENCE:1")]], ids=["new", "single"])
async def test_a_series_begins_in_the_hour_that_the_clock_skips(
    place: Place, before: list[str]
) -> None:
    async with open_desk(place) as desk:
        desk.clock.time = SKIPPED - 10 * DAY
        for one in before:
            await imported(desk, one)
        await imported(desk, vevent(*BEGIN, RULE, "SEQUENCE:2"))
        assert await starts(desk) == DAYS
        exported = await desk.call(TEN, "MngExportCalendarEvents")
    assert "DTSTART;TZID=Europe/Berlin:20270328T023000\r\n" in exported["data"]["ics"]
    assert (await place.check()).differences == []


async def test_a_further_date_in_a_skipped_hour_is_not_added_to_the_rule_s_own(
    place: Place,
) -> None:
    begin = [BEGIN[0].replace("0328", "0327"), *BEGIN[1:], RULE]
    async with open_desk(place) as desk:
        desk.clock.time = SKIPPED - 10 * DAY
        await imported(desk, vevent(*begin, "RDATE;TZID=Europe/Berlin:20270328T023000"))
        assert await starts(desk) == [SKIPPED - DAY, *DAYS[:2]]
    assert (await place.check()).differences == []


async def test_a_single_event_that_is_over_stays_as_the_first_of_its_series(place: Place) -> None:
    async with open_desk(place) as desk:
        desk.clock.time = SKIPPED - 10 * DAY
        await imported(desk, vevent(*BEGIN, "SEQUENCE:1"))
        (single,) = await rows(desk)
        desk.clock.time = SKIPPED + HOUR
        found = await imported(desk, vevent(*BEGIN, RULE, "SEQUENCE:2"))
        first, *later = await rows(desk)
    assert counts(found) == (0, 1, 0)
    kept = ("id", "title", "start_time", "end_time", "status", "participants")
    assert [first[name] for name in kept] == [single[name] for name in kept]
    assert [first["original_start_time"], *(row["start_time"] for row in later)] == DAYS
    assert {first["series_id"]} == {row["series_id"] for row in later}
    assert (await place.check()).differences == []
