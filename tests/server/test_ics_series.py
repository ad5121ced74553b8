"""Series in the iCalendar feed: once, with what differs. Source: contract, section 13."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from harness import ADMIN, Desk, token
from http_get import get, serving
from places import Place

ZONE = "Europe/Berlin"
NOW = int(dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC).timestamp())
TEN, ALL = token(10, exp=4e9), token(1, ADMIN, exp=4e9)


def seconds(text: str, zone: str = ZONE) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


async def add_series(desk: Desk, start: str, rrule: str, **named: Any) -> list[dict[str, Any]]:
    """The occurrences of a new series of manager 10, an hour each."""
    desk.clock.time = NOW
    exdates = named.pop("exdates", [])
    fields = {
        "title": "Weekly",
        "start_time": seconds(start),
        "end_time": seconds(start) + 3600,
        "timezone": ZONE,
        "recurrence": {"rrule": rrule, "exdates": exdates},
    }
    first = await desk.event(TEN, "MngAddCalendarEvent", **(fields | named))
    data = {"from": 0, "to": NOW * 2, "limit": 1000, "offset": 0, "deskFilter": "*"}
    answered = await desk.call(ALL, "MngGetCalendarEventsByFilter", **data)
    rows: list[dict[str, Any]] = answered["data"]["rows"]
    return [row for row in rows if row["series_id"] == first["series_id"]]


async def feed_of(address: str, manager_id: int = 10) -> icalendar.Calendar:
    got = await get(address, f"/ics/{token(manager_id, exp=4e9, use='ics')}.ics")
    assert got.status == 200
    return icalendar.Calendar.from_ical(got.body)


def text_of(calendar: icalendar.Calendar) -> str:
    text: str = calendar.to_ical().decode()
    return text.replace("\r\n ", "")


async def test_a_series_is_one_event_with_its_rule_and_zone(place: Place) -> None:
    async with serving(place) as (desk, address):
        await add_series(desk, "2027-03-02T09:00", "FREQ=WEEKLY;COUNT=6", exdates=["2027-03-16"])
        calendar = await feed_of(address)
    (event,) = calendar.walk("VEVENT")
    text = text_of(calendar)
    assert "DTSTART;TZID=Europe/Berlin:20270302T090000" in text
    assert "DURATION:PT1H" in text
    assert "RRULE:FREQ=WEEKLY;COUNT=6" in text
    assert "EXDATE;TZID=Europe/Berlin:20270316T090000" in text
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == [ZONE]
    assert str(event["uid"]).startswith("deskcal-series-")


async def test_what_differs_is_an_override_in_the_form_of_dtstart(place: Place) -> None:
    async with serving(place) as (desk, address):
        rows = await add_series(desk, "2027-03-02T09:00", "FREQ=WEEKLY;COUNT=4")
        moved = {"start_time": seconds("2027-03-10T15:00"), "end_time": seconds("2027-03-10T16:30")}
        await desk.event(TEN, "MngUpdateCalendarEvent", id=rows[1]["id"], title="Moved", **moved)
        await desk.event(TEN, "MngUpdateCalendarEvent", id=rows[2]["id"], status=2)
        await desk.call(TEN, "MngDeleteCalendarEvent", id=rows[3]["id"])
        calendar = await feed_of(address)
    master, *overrides = calendar.walk("VEVENT")
    text = text_of(calendar)
    assert "EXDATE;TZID=Europe/Berlin:20270323T090000" in text
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20270309T090000" in text
    assert "RECURRENCE-ID;TZID=Europe/Berlin:20270316T090000" in text
    assert [str(one["summary"]) for one in overrides] == ["Moved", "Weekly"]
    assert [one["status"] for one in overrides] == ["CONFIRMED", "CANCELLED"]
    assert {str(one["uid"]) for one in overrides} == {str(master["uid"])}
    assert overrides[0].decoded("dtstart") == dt.datetime(2027, 3, 10, 15, tzinfo=ZoneInfo(ZONE))


async def test_a_first_date_that_is_left_out_is_not_dtstart(place: Place) -> None:
    async with serving(place) as (desk, address):
        rows = await add_series(desk, "2027-03-02T09:00", "FREQ=WEEKLY;COUNT=4")
        await desk.call(TEN, "MngDeleteCalendarEvent", id=rows[0]["id"])
        text = text_of(await feed_of(address))
    assert "DTSTART;TZID=Europe/Berlin:20270309T090000" in text
    assert "RRULE:FREQ=WEEKLY;COUNT=3" in text and "EXDATE" not in text


async def test_an_all_day_series_has_dates_everywhere(place: Place) -> None:
    async with serving(place) as (desk, address):
        start = seconds("2027-03-02")
        day = {"start_time": start, "end_time": start + 86_400, "all_day": 1}
        await add_series(
            desk, "2027-03-02", "FREQ=DAILY;UNTIL=20270305", exdates=["2027-03-03"], **day
        )
        calendar = await feed_of(address)
    text = text_of(calendar)
    assert "DTSTART;VALUE=DATE:20270302" in text and "DTEND;VALUE=DATE:20270303" in text
    assert "EXDATE;VALUE=DATE:20270303" in text and "UNTIL=20270305" in text
    assert calendar.walk("VTIMEZONE") == []


async def test_until_as_a_date_is_reported_in_utc_where_dtstart_has_a_zone(place: Place) -> None:
    async with serving(place) as (desk, address):
        await add_series(desk, "2027-03-02T09:00", "FREQ=WEEKLY;UNTIL=20270406")
        text = text_of(await feed_of(address))
    assert "RRULE:FREQ=WEEKLY;UNTIL=20270406T215959Z" in text


async def test_who_declined_one_occurrence_has_that_one_as_an_override(place: Place) -> None:
    async with serving(place) as (desk, address):
        rows = await add_series(
            desk,
            "2027-03-02T09:00",
            "FREQ=WEEKLY;COUNT=3",
            participant_manager_ids=[11],
            remind_before_sec=86_400,
        )
        eleven = token(11, exp=4e9)
        await desk.event(eleven, "MngRespondCalendarEvent", id=rows[1]["id"], status=2)
        calendar = await feed_of(address, 11)
        got = await get(address, f"/ics/{token(11, exp=4e9, use='ics')}.ics")
    master, override = calendar.walk("VEVENT")
    assert (master["transp"], override["transp"]) == ("OPAQUE", "TRANSPARENT")
    assert (len(master.walk("VALARM")), len(override.walk("VALARM"))) == (1, 0)
    assert b"\r\nTRIGGER:-PT24H\r\n" in got.body


async def test_an_occurrence_of_which_the_manager_is_no_part_is_left_out(place: Place) -> None:
    async with serving(place) as (desk, address):
        rows = await add_series(
            desk, "2027-03-02T09:00", "FREQ=WEEKLY;COUNT=3", participant_manager_ids=[11]
        )
        gone = {"id": rows[1]["id"], "participant_manager_ids": []}
        await desk.event(TEN, "MngUpdateCalendarEvent", **gone)
        text = text_of(await feed_of(address, 11))
    assert "EXDATE;TZID=Europe/Berlin:20270309T090000" in text


@pytest.mark.parametrize("rrule", ["FREQ=WEEKLY;COUNT=12", "FREQ=MONTHLY;BYDAY=-1TU;COUNT=8"])
async def test_what_the_feed_gives_an_import_takes(place: Place, rrule: str) -> None:
    """Over the clock change of 28 March."""
    async with serving(place) as (desk, address):
        start = "2027-03-30T09:00" if "MONTHLY" in rrule else "2027-03-02T09:00"
        rows = await add_series(desk, start, rrule)
        moved = {"start_time": rows[2]["start_time"] + 7200, "end_time": rows[2]["end_time"] + 7200}
        await desk.event(TEN, "MngUpdateCalendarEvent", id=rows[2]["id"], **moved)
        await desk.call(TEN, "MngDeleteCalendarEvent", id=rows[4]["id"])
        got = await get(address, f"/ics/{token(10, exp=4e9, use='ics')}.ics")
        data = {"ics": got.body.decode(), "owner_manager_id": 12}
        answered = await desk.call(ALL, "MngImportCalendarEvents", **data)
        assert answered["data"]["created"] == 1, answered
        times = {}
        for manager_id in (10, 12):
            data = {"from": 0, "to": NOW * 2, "limit": 99, "offset": 0, "deskFilter": "*"}
            listed = await desk.call(
                ALL, "MngGetCalendarEventsByFilter", **data, owner_manager_id=manager_id
            )
            found = listed["data"]["rows"]
            times[manager_id] = [(row["start_time"], row["end_time"]) for row in found]
    assert len(times[10]) == len(rows) - 1
    assert times[12] == times[10]
