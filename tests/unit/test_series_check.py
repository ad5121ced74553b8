"""What a check of a store says of a series and its occurrences."""

import msgspec

from deskcal.core.series_check import missing_series, series_differences
from unit.series_kit import Desk


def weekly() -> Desk:
    return Desk("FREQ=WEEKLY;COUNT=3", "2027-01-04T10:00", "2027-01-04T11:00")


def test_a_series_with_all_its_occurrences_has_no_differences() -> None:
    desk = weekly()
    assert list(series_differences(desk.series[7], desk.events.values())) == []


def test_an_occurrence_without_an_event_is_named_by_its_date() -> None:
    desk = weekly()
    events = list(desk.events.values())
    assert list(series_differences(desk.series[7], [events[0], events[2]])) == [
        "series 7 has no event for its occurrence of 2027-01-11"
    ]


def test_an_occurrence_with_two_events_is_named_by_its_time() -> None:
    desk = weekly()
    events = list(desk.events.values())
    (difference,) = series_differences(desk.series[7], [*events, events[1]])
    time = events[1].original_start_time
    assert difference == f"series 7 has 2 events for its occurrence at {time}"


def test_a_rule_that_can_not_be_read_is_named() -> None:
    desk = weekly()
    broken = msgspec.structs.replace(desk.series[7], rrule="FREQ=NEVER")
    (difference,) = series_differences(broken, desk.events.values())
    assert difference.startswith("series 7 has a rule, start or zone that can't be read: ")


def test_an_event_of_a_series_that_is_not_there_is_named() -> None:
    assert missing_series(5, 7) == "event 5 is an occurrence of series 7, which is not there"
