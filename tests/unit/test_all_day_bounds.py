"""All-day events at the ends of the calendar."""

from deskcal.core.all_day import dates_span
from deskcal.core.event import MAX_TIME


def test_the_last_day_of_the_calendar_ends_with_its_event() -> None:
    assert dates_span(MAX_TIME - 10, MAX_TIME, "America/New_York")[1] > MAX_TIME - 10
    assert dates_span(MAX_TIME - 10, MAX_TIME, "UTC") == (MAX_TIME - 10, MAX_TIME)


def test_a_zone_that_is_not_known_is_read_as_utc() -> None:
    assert dates_span(86_400, 90_000, "No/Zone") == (86_400, 172_800)
