"""Another rule, an end or a deletion with a scope. Source: contract, section 13."""

import datetime as dt
from typing import Any

import pytest

from deskcal.core.event import EventStatus
from deskcal.core.series_rules import cut
from deskcal.core.series_scope import (
    Scope,
    plan_delete,
    plan_delete_one,
    plan_end,
)
from deskcal.core.series_update import NewRule, plan_rule
from deskcal.errors import InvalidField
from unit.series_kit import HORIZON, Desk, at, update

THIS, FOLLOWING, ALL = Scope


def review(rrule: str = "FREQ=WEEKLY;BYDAY=MO", *exdates: str, **fields: Any) -> Desk:
    """Mondays at ten, from 4 January to 22 February: eight."""
    return Desk(rrule, "2027-01-04T10:00", "2027-01-04T11:00", *exdates, **fields)


MONDAYS = ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08", "02-15", "02-22"]


def mondays(time: str, among: slice = slice(None)) -> list[str]:
    return [f"{day} {time}" for day in MONDAYS[among]]


def test_another_rule_keeps_the_events_of_dates_that_both_have() -> None:
    desk = review()
    desk.set(1, title="Mine", own_fields=("title",))
    before = {e.original_start_time: e.id for e in desk.events.values()}
    rule = NewRule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", None)
    desk.apply(plan_rule(desk.select(0, ALL), update(), rule, HORIZON))
    assert desk.starts() == [
        f"{day} 10:00"
        for day in (
            *("01-04", "01-07", "01-18", "01-21", "02-01"),
            *("02-04", "02-15", "02-18"),
        )
    ]
    kept = {e.original_start_time: e.id for e in desk.events.values()}
    assert all(before[time] == kept[time] for time in before.keys() & kept.keys())
    assert "Mine" not in {e.title for e in desk.events.values()}


def test_another_rule_from_here_on_splits() -> None:
    desk = review("FREQ=WEEKLY;BYDAY=MO", "2027-01-11", "2027-02-08")
    done = desk.set(5, status=EventStatus.DONE)
    rule = NewRule("FREQ=DAILY;INTERVAL=7;COUNT=5", None)
    desk.apply(plan_rule(desk.select(2, FOLLOWING), update(), rule, HORIZON))
    tail = next(series for series_id, series in desk.series.items() if series_id != 7)
    assert (tail.rrule, tail.start) == ("FREQ=DAILY;INTERVAL=7;COUNT=5", "2027-01-25T10:00:00")
    assert tail.exdates == ("2027-02-08", "2027-02-22")
    assert desk.events[done.id].series_id == 7
    assert desk.series[7].rrule == "FREQ=WEEKLY;UNTIL=20270118;BYDAY=MO"


def test_another_rule_with_another_start_moves_the_events() -> None:
    desk = review()
    ids = list(desk.events)
    rule = NewRule("FREQ=WEEKLY;BYDAY=TU", None)
    moved = update(start_time=at("2027-01-05T12:00"))
    desk.apply(plan_rule(desk.select(0, ALL), moved, rule, HORIZON))
    assert list(desk.events) == ids
    assert {start[-5:] for start in desk.starts()} == {"12:00"}


def test_a_new_rule_has_to_come_at_the_named_one() -> None:
    desk = review()
    with pytest.raises(InvalidField) as caught:
        rule = NewRule("FREQ=WEEKLY;BYDAY=TU", None)
        plan_rule(desk.select(2, FOLLOWING), update(), rule, HORIZON)
    assert caught.value.field == "start_time"


def test_a_new_rule_of_all_begins_when_it_comes_first() -> None:
    desk = review()
    rule = NewRule("FREQ=WEEKLY;BYDAY=TU", ())
    desk.apply(plan_rule(desk.select(2, ALL), update(), rule, HORIZON))
    assert desk.starts()[0] == "01-05 10:00"
    assert desk.series[7].start == "2027-01-05T10:00:00"


def test_a_new_rule_of_a_series_that_is_over_is_refused() -> None:
    desk = review()
    desk.now = at("2027-12-01T00:00")
    with pytest.raises(InvalidField, match="create a new series"):
        plan_rule(desk.select(2, ALL), update(), NewRule("FREQ=DAILY", None), HORIZON)


def test_a_new_rule_that_never_comes_is_refused() -> None:
    desk = review()
    rule = NewRule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None)
    with pytest.raises(InvalidField, match="no month has"):
        plan_rule(desk.select(2, ALL), update(), rule, HORIZON)


def test_not_on_that_day_deletes_one_and_leaves_its_date_out() -> None:
    desk = review()
    desk.set(2, start_time=at("2027-01-19T10:00"), own_fields=("start_time",))
    desk.apply(plan_delete_one(desk.select(2, THIS)))
    assert desk.series[7].exdates == ("2027-01-18",)
    assert desk.series[7].version == 2
    assert desk.starts() == [f"{day} 10:00" for day in MONDAYS if day != "01-18"]


def test_the_last_one_of_a_series_that_has_ended_takes_it_along() -> None:
    desk = review("FREQ=WEEKLY;COUNT=1")
    desk.apply(plan_delete_one(desk.select(0, THIS)))
    assert (desk.series, desk.events) == ({}, {})


def test_a_series_ends_with_the_one_before() -> None:
    desk = review()
    done = desk.set(5, status=EventStatus.DONE)
    plan = desk.apply(plan_delete(desk.select(3, FOLLOWING)))
    assert desk.starts() == [*mondays("10:00", slice(3)), "02-08 10:00"]
    assert len(plan.changed) == 4
    assert desk.series[7].rrule == "FREQ=WEEKLY;UNTIL=20270118;BYDAY=MO"
    assert desk.events[done.id] is done


def test_all_are_deleted_with_their_series() -> None:
    desk = review()
    desk.apply(plan_delete(desk.select(3, ALL)))
    assert (desk.series, desk.events) == ({}, {})


def test_what_is_done_keeps_a_series_that_has_nothing_else() -> None:
    desk = review()
    desk.set(0, status=EventStatus.DONE)
    desk.apply(plan_delete(desk.select(1, FOLLOWING)))
    assert desk.series[7].rrule == "FREQ=WEEKLY;UNTIL=20270104;BYDAY=MO"
    desk.apply(plan_delete(desk.select(0, FOLLOWING)))
    assert (desk.series, desk.events) == ({}, {})


def test_a_rule_that_ends_at_a_done_event_makes_no_earlier_one_of_its_date() -> None:
    desk = review()
    done = desk.set(2, status=EventStatus.DONE)
    earlier, rule = at("2027-01-04T08:00"), NewRule("FREQ=WEEKLY;BYDAY=MO", None)
    desk.apply(plan_rule(desk.select(0, ALL), update(start_time=earlier), rule, HORIZON))
    desk.apply(plan_delete(desk.select(list(desk.events).index(done.id), FOLLOWING)))
    assert desk.series[7].exdates == ("2027-01-18",)
    assert desk.series[7].horizon == at("2027-01-11T09:00")
    assert desk.starts() == mondays("08:00", slice(2))


def test_the_named_one_stays_alone_when_the_rule_ends() -> None:
    desk = review()
    named = desk.set(3, title="Mine", own_fields=("title",))
    desk.apply(plan_end(desk.select(3, FOLLOWING)))
    assert desk.starts() == mondays("10:00", slice(4))
    single = desk.events[named.id]
    assert (single.series_id, single.original_start_time, single.own_fields) == (0, 0, ())
    assert (single.title, single.version) == ("Mine", 2)


def test_all_others_go_when_the_rule_ends_for_all() -> None:
    desk = review()
    desk.apply(plan_end(desk.select(3, ALL)))
    assert desk.starts() == ["01-25 10:00"]
    assert desk.series == {}


def test_a_series_cut_at_a_further_date_behind_its_end_leaves_no_rule_for_the_rest() -> None:
    series = review("FREQ=WEEKLY;COUNT=2").series[7]
    parts = cut(series, dt.datetime.fromisoformat("2027-01-13T10:00"))
    assert parts.head is not None
    assert parts.head.rrule == "FREQ=WEEKLY;COUNT=2"
    assert parts.tail.start_local == dt.datetime.fromisoformat("2027-01-13T10:00")
    assert parts.tail.version == series.version
    assert list(parts.tail.recurrence.between(1, HORIZON.until)) == []
