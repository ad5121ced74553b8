"""Series: how they begin, how far their occurrences are made, which dates are left out."""

import msgspec
import pytest

from deskcal.core.event import EventStatus
from deskcal.core.series import (
    MAX_EXDATES,
    MAX_PAST,
    Series,
    begin_series,
    checked_exdates,
    extend,
    new_occurrence,
    next_occurrence,
    with_horizon,
)
from deskcal.core.series_scope import Horizon, first_occurrences
from deskcal.errors import InvalidField
from unit.series_kit import HORIZON, NOW, at, first_event


def weekly(rrule: str = "FREQ=WEEKLY", *exdates: str) -> Series:
    event = first_event("2027-01-04T10:00", "2027-01-04T11:00")
    return begin_series(7, event, rrule, exdates, "Europe/Berlin")


def test_a_series_begins_with_its_event() -> None:
    series = weekly("freq=weekly")
    assert (series.rrule, series.start, series.length_sec) == (
        "FREQ=WEEKLY",
        "2027-01-04T10:00:00",
        3600,
    )
    assert (series.horizon, series.is_ended, series.version) == (at("2027-01-04T10:00"), 0, 1)


def test_the_template_has_nothing_of_the_first_event_s_own() -> None:
    event = first_event("2027-01-04T10:00", "2027-01-04T11:00", status=EventStatus.DONE)
    event = msgspec.structs.replace(event, outcome="SOLD", version=4, timezone="")
    template = begin_series(7, event, "FREQ=WEEKLY", (), "Europe/Berlin").template
    assert (template.id, template.version, template.outcome) == (0, 1, "")
    assert template.status == EventStatus.OPEN
    assert template.timezone == "Europe/Berlin"
    assert [row.event_id for row in template.participants] == [0, 0]


def test_an_occurrence_is_an_event_of_its_own() -> None:
    extended = first_occurrences(weekly(), HORIZON)
    event = new_occurrence(extended.series, extended.occurrences[1], 31, NOW)
    assert (event.id, event.series_id, event.title) == (31, 7, "Review")
    assert event.start_time == event.original_start_time == at("2027-01-11T10:00")
    assert event.end_time == at("2027-01-11T11:00")
    assert [row.event_id for row in event.participants] == [31, 31]


def test_an_absolute_reminder_can_not_repeat() -> None:
    event = first_event("2027-01-04T10:00", "2027-01-04T11:00", remind_time=NOW)
    with pytest.raises(InvalidField, match="takes remind_before_sec") as caught:
        begin_series(7, event, "FREQ=WEEKLY", (), "Europe/Berlin")
    assert caught.value.field == "remind_time"


def test_the_second_of_a_doubled_time_is_no_start() -> None:
    event = first_event("2027-10-31T02:30", "2027-10-31T03:30")
    second = msgspec.structs.replace(event, start_time=event.start_time + 3600)
    with pytest.raises(InvalidField, match=f"takes the first: {event.start_time}"):
        begin_series(7, second, "FREQ=DAILY", (), "Europe/Berlin")


def test_exdates_are_sorted_and_each_there_once() -> None:
    assert checked_exdates(["2027-02-01", "2026-12-25", "2027-02-01"]) == (
        "2026-12-25",
        "2027-02-01",
    )


@pytest.mark.parametrize("text", ["2027-02-30", "20270201", "2027-2-1", "", "2027-02-01T10:00"])
def test_an_exdate_is_a_date(text: str) -> None:
    with pytest.raises(InvalidField) as caught:
        checked_exdates(["2027-02-01", text])
    assert caught.value.field == "recurrence.exdates[1]"
    assert caught.value.message.endswith("is no date of the calendar such as '2026-12-25'")


def test_there_are_not_too_many_exdates() -> None:
    with pytest.raises(InvalidField, match="has 1001 dates; at most 1000 are allowed"):
        checked_exdates(["2027-02-01"] * (MAX_EXDATES + 1))


def test_the_first_occurrence_is_the_first_that_is_left() -> None:
    extended = first_occurrences(weekly("FREQ=WEEKLY", "2027-01-04"), HORIZON)
    assert extended.occurrences[0].time == at("2027-01-11T10:00")


def test_exdates_leave_something() -> None:
    with pytest.raises(InvalidField, match="leave out every occurrence") as caught:
        first_occurrences(weekly("FREQ=WEEKLY;COUNT=1", "2027-01-04"), HORIZON)
    assert caught.value.field == "recurrence.exdates"


def test_exdates_leave_the_event_that_begins_the_series() -> None:
    event = first_event("2027-01-04T10:00", "2027-01-04T11:00")
    with pytest.raises(InvalidField, match="leave out the event itself"):
        first_occurrences(weekly("FREQ=WEEKLY", "2027-01-04"), HORIZON, event)


def test_a_series_that_begins_behind_the_horizon_has_its_first_occurrence() -> None:
    extended = first_occurrences(weekly(), Horizon(NOW, 1000, NOW))
    assert [o.time for o in extended.occurrences] == [at("2027-01-04T10:00")]
    assert extended.series.horizon == at("2027-01-11T10:00")


def test_more_than_the_limit_is_refused() -> None:
    first_occurrences(weekly("FREQ=WEEKLY;COUNT=8"), Horizon(at("2028-01-01T00:00"), 8, NOW))
    with pytest.raises(InvalidField, match="needs more than 7 occurrences") as caught:
        first_occurrences(weekly("FREQ=WEEKLY;COUNT=8"), Horizon(at("2028-01-01T00:00"), 7, NOW))
    assert caught.value.field == "recurrence.rrule"


def test_occurrences_that_are_over_have_a_limit_of_their_own() -> None:
    event = first_event("2015-01-05T10:00", "2015-01-05T11:00")
    daily = begin_series(7, event, f"FREQ=DAILY;COUNT={MAX_PAST + 3}", (), "Europe/Berlin")
    *_, last_allowed, first_too_many, _, last = daily.occurrences(0, at("2028-01-01T00:00"))
    until, over = last.time + 1, last_allowed.time + event.end_time - event.start_time
    assert len(extend(daily, until, now=over, limit=3).occurrences) == MAX_PAST + 3
    with pytest.raises(InvalidField, match="needs more than 2 occurrences that are not over"):
        extend(daily, until, now=over, limit=2)
    over += first_too_many.time - last_allowed.time
    with pytest.raises(InvalidField, match=f"needs more than {MAX_PAST} .* begin it later"):
        extend(daily, until, now=over, limit=3)


def test_a_series_is_extended_from_its_horizon_on() -> None:
    first = first_occurrences(weekly(), HORIZON).series
    assert (first.horizon, first.is_ended) == (at("2027-03-01T10:00"), 0)
    more = extend(first, at("2027-03-09T00:00"), now=NOW, limit=10)
    assert [o.time for o in more.occurrences] == [at("2027-03-01T10:00"), at("2027-03-08T10:00")]
    assert more.series.horizon == at("2027-03-15T10:00")
    assert extend(first, NOW, now=NOW, limit=10).occurrences == []


def test_the_horizon_of_a_series_that_has_ended_is_the_end_of_the_last_one() -> None:
    series = first_occurrences(weekly("FREQ=WEEKLY;COUNT=3", "2027-01-18"), HORIZON).series
    assert (series.horizon, series.is_ended) == (at("2027-01-11T11:00"), 1)
    assert next_occurrence(series, at("2027-01-12T00:00")) is None
    assert with_horizon(series, series.horizon) == series, "the last one is looked for"


def test_a_rare_occurrence_is_found_years_ahead() -> None:
    event = first_event("2028-02-29T10:00", "2028-02-29T11:00")
    series = begin_series(7, event, "FREQ=YEARLY", (), "Europe/Berlin")
    assert series.rrule == "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
    assert with_horizon(series, at("2028-03-01T00:00")).horizon == at("2032-02-29T10:00")
    assert with_horizon(series, at("2096-03-01T00:00")).horizon == at("2104-02-29T10:00")
