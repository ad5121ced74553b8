"""The dates of an all-day event as instants: zones where midnight, or a whole date, is skipped."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from deskcal.core.all_day import first_date, first_instant, span_of
from deskcal.core.document import index_row
from helpers import make_event

DAY = 86_400


def at(text: str, zone: str) -> int:
    """The instant of a wall clock time that exists once."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize(
    ("zone", "start", "end", "first", "after"),
    [
        ("UTC", "2026-11-27T09:00", "2026-11-27T17:00", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("UTC", "2026-11-27T00:00", "2026-11-27T00:00", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("UTC", "2026-11-27T00:00", "2026-11-28T00:00", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("UTC", "2026-11-27T00:00", "2026-11-28T00:01", "2026-11-27T00:00", "2026-11-29T00:00"),
        ("Asia/Tokyo", "2026-11-27T09:00", "2026-11-28T01:00", "2026-11-27T00:00",
         "2026-11-29T00:00"),
        ("Asia/Beirut", "2022-03-27T12:00", "2022-03-27T12:00", "2022-03-27T01:00",
         "2022-03-28T00:00"),
        ("America/Havana", "2024-03-10T12:00", "2024-03-10T13:00", "2024-03-10T01:00",
         "2024-03-11T00:00"),
        ("Africa/Cairo", "2026-04-24T12:00", "2026-04-24T12:00", "2026-04-24T01:00",
         "2026-04-25T00:00"),
        ("Africa/Cairo", "2026-04-23T12:00", "2026-04-23T12:00", "2026-04-23T00:00",
         "2026-04-24T01:00"),
        ("Pacific/Apia", "2011-12-29T12:00", "2011-12-29T12:00", "2011-12-29T00:00",
         "2011-12-31T00:00"),
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-31T12:00", "2011-12-31T00:00",
         "2012-01-01T00:00"),
    ],
)  # fmt: skip
def test_an_all_day_event_occupies_the_whole_of_its_dates(
    zone: str, start: str, end: str, first: str, after: str
) -> None:
    event = make_event(all_day=1, timezone=zone, start_time=at(start, zone), end_time=at(end, zone))
    assert span_of(event) == (at(first, zone), at(after, zone))


def test_an_event_without_a_zone_goes_by_the_default_one() -> None:
    event = make_event(all_day=1, start_time=at("2026-11-27T00:00", "UTC"), end_time=0)
    start = at("2026-11-27T00:00", "Asia/Tokyo")
    assert span_of(event, "Asia/Tokyo") == (start, start + DAY)
    row = index_row(event, "Asia/Tokyo")
    assert (row.duration_class, row.start_time, row.end_time) == (1, start, start + DAY)


def test_a_timed_event_stays_as_it_is() -> None:
    event = make_event(start_time=5, end_time=9, timezone="Asia/Tokyo")
    assert span_of(event, "Asia/Tokyo") == (5, 9)


def test_a_gap_that_begins_before_midnight_ends_the_date_where_it_begins() -> None:
    """Toronto, 1919-03-30: at 23:30 the clocks went to 00:30."""
    zone = ZoneInfo("America/Toronto")
    start = first_instant(dt.date(1919, 3, 31), zone)
    assert dt.datetime.fromtimestamp(start, zone).strftime("%d %H:%M") == "31 00:30"
    assert dt.datetime.fromtimestamp(start - 1, zone).strftime("%d %H:%M") == "30 23:29"


def test_the_last_date_there_is_has_an_end() -> None:
    event = make_event(all_day=1, start_time=253_402_300_799, end_time=253_402_300_799)
    assert span_of(event) == (253_402_300_799, 253_402_300_800)


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Asia/Tokyo", "2026-11-28"), ("UTC", "2026-11-27"), ("Mars/Phobos", "2026-11-27")],
)
def test_the_first_date_is_read_in_the_zone_and_in_utc_where_it_is_unknown(
    zone: str, first: str
) -> None:
    start = at("2026-11-28T00:00", "Asia/Tokyo")
    assert first_date(start, zone).isoformat() == first
