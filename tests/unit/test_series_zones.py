"""Occurrences of a series whose zone has changed its clock. Source: contract, section 13.

A change of the clock is recognised by occurrences that no longer stand where the rule puts them.
"""

import datetime as dt
from typing import Any

import msgspec
import pytest

from deskcal.core.event import Event
from deskcal.core.recurrence import Occurrence
from deskcal.core.series import Series, begin_series, new_occurrence
from deskcal.core.series_scope import first_occurrences
from deskcal.core.series_zones import follow_clock
from unit.series_kit import HORIZON, NOW, at, first_event

HOUR = 3600


def series_with(**named: Any) -> tuple[Series, Event]:
    """A weekly series at 10:00, and its second occurrence an hour early, as by older rules."""
    first = first_event("2027-01-04T10:00", "2027-01-04T11:00", **named)
    series = begin_series(7, first, "FREQ=WEEKLY", (), "Europe/Berlin")
    extended = first_occurrences(series, HORIZON)
    event = new_occurrence(extended.series, extended.occurrences[1], 31, NOW)
    early = msgspec.structs.replace(
        event,
        start_time=event.start_time - HOUR,
        end_time=event.end_time - HOUR,
        original_start_time=event.original_start_time - HOUR,
    )
    return extended.series, early


def test_without_events_nothing_moves() -> None:
    series, _ = series_with()
    assert follow_clock(series, [], NOW) == (series, [])


def test_an_ended_series_without_length_stays_ended() -> None:
    first = first_event("2027-01-04T10:00", "2027-01-04T10:00")
    begun = begin_series(7, first, "FREQ=WEEKLY;COUNT=3", (), "Europe/Berlin")
    extended = first_occurrences(begun, HORIZON)
    events = [
        new_occurrence(extended.series, one, 31 + index, NOW)
        for index, one in enumerate(extended.occurrences)
    ]
    assert extended.series.is_ended
    assert follow_clock(extended.series, events, NOW) == (extended.series, [])


def test_an_occurrence_without_a_reminder_follows_the_clock() -> None:
    series, event = series_with()
    _, moved = follow_clock(series, [event], NOW)
    ((before, after),) = moved
    assert before == event
    assert (after.start_time, after.end_time) == (at("2027-01-11T10:00"), at("2027-01-11T11:00"))
    assert (after.original_start_time, after.version) == (at("2027-01-11T10:00"), 2)


def test_a_reminder_before_the_start_is_armed_again() -> None:
    series, event = series_with(remind_before_sec=60)
    event = msgspec.structs.replace(event, reminder_sent_time=NOW)
    _, moved = follow_clock(series, [event], NOW)
    assert [after.reminder_sent_time for _, after in moved] == [0]


def test_a_length_of_its_own_stays() -> None:
    series, event = series_with()
    longer = msgspec.structs.replace(
        event, end_time=event.end_time + HOUR, own_fields=("end_time",)
    )
    _, moved = follow_clock(series, [longer], NOW)
    assert [after.end_time for _, after in moved] == [at("2027-01-11T12:00")]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_further_date_behind_the_end_of_the_rule_stays(hours: int) -> None:
    """Though the rule, were it not over, had an occurrence near it."""
    first = first_event("2027-01-04T10:00", "2027-01-04T11:00")
    rule = "FREQ=WEEKLY;UNTIL=20270125T070000Z"
    extended = first_occurrences(begin_series(7, first, rule, (), "Europe/Berlin"), HORIZON)
    series, occurrences = extended.series, list(extended.occurrences)
    assert series.is_ended and len(occurrences) == 3
    local = dt.datetime.fromisoformat("2027-01-25T10:00") + dt.timedelta(hours=hours)
    occurrences.append(Occurrence(at(local.isoformat()), local))
    events = [new_occurrence(series, one, 31 + n, NOW) for n, one in enumerate(occurrences)]
    assert follow_clock(series, events, NOW) == (series, [])
