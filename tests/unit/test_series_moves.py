"""All of a series moves, beside what stays and where the clock changes. Source: contract, 13."""

import pytest

from deskcal.core.event import EventStatus
from deskcal.core.series_scope import Scope
from deskcal.core.series_update import NewRule, plan_rule, plan_update
from unit.series_kit import HORIZON, Desk, at, update

HOUR = 3600


def move(desk: Desk, start: str, timezone: str = "Europe/Berlin") -> None:
    """All of the series of the first event, which comes to begin then."""
    time = at(start, timezone)
    sent = update(start_time=time, end_time=time + HOUR, timezone=timezone)
    desk.apply(plan_update(desk.select(0, Scope.ALL), sent))


def test_the_date_of_a_done_one_is_free_again_once_another_has_come_to_it() -> None:
    """Two moves later a new rule would have deleted the event of a date that was left out."""
    desk = Desk("FREQ=DAILY;COUNT=6", "2027-01-04T09:00", "2027-01-04T10:00")
    desk.set(3, status=EventStatus.DONE)
    move(desk, "2027-01-05T08:00")
    assert desk.series[7].exdates == ("2027-01-08",)
    move(desk, "2027-01-06T08:00")
    assert desk.series[7].exdates == ("2027-01-09",)
    assert desk.starts()[3:5] == ["01-08 08:00", "01-10 08:00"]


@pytest.mark.parametrize("scope", [Scope.FOLLOWING, Scope.ALL])
def test_a_new_rule_that_begins_earlier_has_nothing_on_the_dates_of_done_ones(
    scope: Scope,
) -> None:
    desk = Desk("FREQ=DAILY;COUNT=6", "2027-01-04T09:00", "2027-01-04T10:00")
    for number in range(3):
        desk.set(number, status=EventStatus.DONE)
    start = at("2027-01-05T09:00")
    sent = update(start_time=start, end_time=start + HOUR)
    desk.apply(plan_rule(desk.select(3, scope), sent, NewRule("FREQ=DAILY", None), HORIZON))
    assert desk.starts()[:4] == [f"01-{day:02} 09:00" for day in (4, 5, 6, 7)]


@pytest.mark.parametrize(
    ("timezone", "start"),
    [("America/New_York", "2027-01-04T00:00"), ("Asia/Tokyo", "2027-01-05T00:00")],
    ids=["west, the dates stay", "east, a day later"],
)
def test_an_all_day_one_that_comes_to_the_date_of_a_done_one_is_of_a_series_of_its_own(
    timezone: str, start: str
) -> None:
    """In the zone of the series, by which calendar apps would know both."""
    desk = Desk("FREQ=DAILY;COUNT=5", "2027-01-04T00:00", "2027-01-05T00:00", all_day=1)
    done = desk.set(2, status=EventStatus.DONE)
    move(desk, start, timezone)
    assert [e.id for e in desk.events.values() if e.series_id == done.series_id] == [done.id]


def test_a_new_rule_of_a_zone_where_done_ones_are_of_other_dates_is_a_series_of_its_own() -> None:
    desk = Desk("FREQ=DAILY;COUNT=5", "2027-01-04T00:00", "2027-01-05T00:00", all_day=1)
    done = desk.set(2, status=EventStatus.DONE)
    new = NewRule("FREQ=DAILY;COUNT=5", None)
    for timezone, is_one in (("Asia/Tokyo", True), ("America/New_York", False)):
        sent = update(timezone=timezone)
        desk.apply(plan_rule(desk.select(0, Scope.ALL), sent, new, HORIZON))
        others = [e for e in desk.events.values() if e.series_id == done.series_id and e != done]
        assert bool(others) == is_one


def test_the_next_occurrence_is_made_where_it_moves_from_a_time_that_the_clock_skips() -> None:
    """On 30 April the clock of Cairo goes from midnight to one o'clock."""
    desk = Desk(
        "FREQ=DAILY", "2027-03-11T00:00", "2027-03-12T00:00", timezone="Africa/Cairo", all_day=1
    )
    assert desk.series[7].horizon == at("2027-04-30T01:00", "Africa/Cairo")
    move(desk, "2027-03-10T00:00", "Africa/Cairo")
    assert desk.series[7].horizon == at("2027-04-29T00:00", "Africa/Cairo")
