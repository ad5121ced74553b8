"""Series in the iCalendar feed, read back occurrence by occurrence."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from deskcal.core.event import EventStatus
from deskcal.core.recurrence import Recurrence
from deskcal.core.recurrence_rule import parse_rule
from deskcal.core.series_scope import Scope, plan_delete_one
from deskcal.core.series_update import plan_update
from deskcal.core.wall_clock import instant
from deskcal.ical.write import calendar_text
from unit.series_kit import BERLIN, Desk, at, update

WEEKLY = "FREQ=WEEKLY;BYDAY=MO"


def review(rrule: str = WEEKLY, *exdates: str, **fields: Any) -> Desk:
    return Desk(rrule, "2027-01-04T10:00", "2027-01-04T11:00", *exdates, **fields)


def text_of(desk: Desk, viewer: int = 10, until: int = at("2027-03-01T00:00")) -> str:
    events = sorted(desk.events.values(), key=lambda event: event.start_time)
    return calendar_text(
        events,
        {},
        viewer=viewer,
        title="Desk",
        default_timezone="UTC",
        series=desk.series,
        until=until,
    ).decode()


def read(text: str, until: str = "2027-03-01T00:00") -> list[tuple[int, int, str]]:
    """Start, end and title of each instance: a reader of RRULE, EXDATE and RECURRENCE-ID."""
    found: dict[tuple[str, int], tuple[int, int, str]] = {}
    for component in sorted(Calendar.from_ical(text).walk("VEVENT"), key=is_override):
        for key, start, end in instances(component, at(until)):
            found[str(component["uid"]), key] = (start, end, str(component["summary"]))
    return sorted(found.values())


def is_override(component: Any) -> bool:
    return "recurrence-id" in component


def instances(component: Any, until: int) -> list[tuple[int, int, int]]:
    start = component.decoded("dtstart")
    begin = moment(start)
    if "duration" in component:
        length = int(component.decoded("duration").total_seconds())
    elif "dtend" in component:
        length = moment(component.decoded("dtend")) - begin
    else:
        length = 0
    if "rrule" not in component:
        key = moment(component.decoded("recurrence-id")) if is_override(component) else begin
        return [(key, begin, begin + length)]
    zone = str(start.tzinfo) if isinstance(start, dt.datetime) else BERLIN
    local = start.replace(tzinfo=None) if isinstance(start, dt.datetime) else midnight(start)
    rule = Recurrence(parse_rule(component["rrule"].to_ical().decode()), local, zone)
    left_out = component.get("exdate", [])
    lists = left_out if isinstance(left_out, list) else [left_out]
    dates = {moment(one.dt) for each in lists for one in each.dts}
    times = [o.time for o in rule.between(begin, until)]
    return [(time, time, time + length) for time in times if time not in dates]


def midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time())


def moment(value: dt.date | dt.datetime) -> int:
    if isinstance(value, dt.datetime):
        zone = value.tzinfo
        assert zone is not None
        if isinstance(zone, ZoneInfo):
            return instant(value.replace(tzinfo=None), zone)
        return int(value.timestamp())
    return instant(midnight(value), ZoneInfo(BERLIN))


def listed(desk: Desk) -> list[tuple[int, int, str]]:
    return sorted((e.start_time, e.end_time, e.title) for e in desk.events.values())


def test_a_series_is_one_component_with_its_zone() -> None:
    text = text_of(review())
    assert text.count("BEGIN:VEVENT") == 1
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "DTSTART;TZID=Europe/Berlin:20270104T100000" in text
    assert "RRULE:FREQ=WEEKLY;BYDAY=MO" in text
    assert "DURATION:PT1H" in text
    assert "EXDATE" not in text


def test_until_has_the_type_of_the_start() -> None:
    assert "UNTIL=20270201T225959Z" in text_of(review("FREQ=WEEKLY;UNTIL=20270201"))
    desk = Desk(
        "FREQ=DAILY;UNTIL=20270110T100000Z", "2027-01-04T00:00", "2027-01-05T00:00", all_day=1
    )
    text = text_of(desk)
    assert "UNTIL=20270110\r\n" in text
    assert "DTSTART;VALUE=DATE:20270104" in text


@pytest.mark.parametrize(
    ("rrule", "start", "end"),
    [
        (WEEKLY, "2027-01-04T10:00", "2027-01-04T11:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=7", "2027-01-04T10:00", "2027-01-04T10:00"),
        ("FREQ=MONTHLY;BYDAY=-1MO,1MO", "2027-01-04T10:00", "2027-01-05T10:00"),
        ("FREQ=DAILY;UNTIL=20270120", "2027-01-04T23:30", "2027-01-05T01:00"),
    ],
)
def test_it_reads_back_as_it_is_listed(rrule: str, start: str, end: str) -> None:
    desk = Desk(rrule, start, end)
    events = list(desk.events.values())
    desk.set(1, title="Moved", start_time=events[1].start_time + 7200)
    desk.set(1, end_time=events[1].end_time + 10800)
    desk.apply(plan_delete_one(desk.select(2, Scope.THIS)))
    assert read(text_of(desk)) == listed(desk)


def test_over_a_change_of_the_clock_it_reads_back_as_it_is_listed() -> None:
    """The skipped and the doubled hour, and a night over the change, are written in UTC."""
    for start, end in (
        ("2027-03-20T02:30", "2027-03-20T03:00"),
        ("2027-03-20T23:00", "2027-03-21T04:00"),
        ("2027-10-20T02:30", "2027-10-20T02:45"),
    ):
        desk = Desk("FREQ=DAILY;COUNT=20", start, end)
        text = text_of(desk, until=at("2028-01-01T00:00"))
        assert read(text, "2028-01-01T00:00") == listed(desk)
        assert text.count("RECURRENCE-ID;TZID=Europe/Berlin:") == 1


def test_what_is_left_out_is_in_the_form_of_the_start() -> None:
    text = text_of(review(WEEKLY, "2027-01-11", "2027-06-07"))
    assert "EXDATE;TZID=Europe/Berlin:20270111T100000,20270607T100000" in text
    desk = Desk("FREQ=DAILY", "2027-01-04T00:00", "2027-01-05T00:00", "2027-01-06", all_day=1)
    assert "EXDATE;VALUE=DATE:20270106" in text_of(desk)


def test_the_start_is_the_first_that_is_there() -> None:
    desk = review("FREQ=WEEKLY;COUNT=6", "2027-01-04")
    text = text_of(desk)
    assert "DTSTART;TZID=Europe/Berlin:20270111T100000" in text
    assert "COUNT=5" in text
    assert "EXDATE" not in text


def test_an_archived_one_is_left_out_and_a_done_one_written() -> None:
    desk = review()
    desk.set(1, status=EventStatus.ARCHIVED)
    desk.set(2, status=EventStatus.DONE)
    desk.set(3, status=EventStatus.CANCELLED)
    text = text_of(desk)
    assert "EXDATE;TZID=Europe/Berlin:20270111T100000\r\n" in text
    assert text.count("RECURRENCE-ID") == 2
    assert "STATUS:CANCELLED" in text


def test_what_the_rule_does_not_have_stands_alone() -> None:
    desk = review()
    done = desk.set(5, status=EventStatus.DONE)
    desk.apply(
        plan_update(desk.select(3, Scope.FOLLOWING), update(start_time=at("2027-01-25T16:00")))
    )
    text = text_of(desk)
    assert f"UID:deskcal-{done.id}@" in text
    assert text.count("RRULE") == 2
    assert read(text) == listed(desk)


def test_a_participant_of_one_occurrence_has_no_rule() -> None:
    text = text_of(review(), viewer=99)
    assert "RRULE" not in text
    assert text.count("BEGIN:VEVENT") == 8


def test_each_change_of_the_clock_is_a_line_of_its_own() -> None:
    """vobject 0.9.9 reads the first time alone of an RDATE of a VTIMEZONE."""
    zone = text_of(review()).partition("BEGIN:VTIMEZONE")[2].partition("END:VTIMEZONE")[0]
    lines = [line for line in zone.replace("\r\n ", "").split("\r\n") if "RDATE" in line]
    assert len(lines) > 4 and not [line for line in lines if "," in line]


def test_a_rule_that_readers_take_otherwise_is_left_out() -> None:
    """ical.js 2.2.1 reads days from the end of several months of a year as days after them."""
    until = at("2030-01-01T00:00")
    quarters = review("FREQ=YEARLY;BYMONTH=1,4,7;BYMONTHDAY=4")
    assert "RRULE:FREQ=YEARLY;BYMONTHDAY=4;BYMONTH=1,4,7" in text_of(quarters, until=until)
    months = review("FREQ=WEEKLY;BYMONTH=1,2;BYDAY=MO")
    text = text_of(months, until=until)
    assert "RRULE:FREQ=WEEKLY" not in text and text.count("BEGIN:VEVENT") == len(months.events) > 4
    assert read(text, "2030-01-01T00:00") == listed(months)
