"""What becomes of a series when a batch that changed it is undone."""

import msgspec

from deskcal.core.event import Event
from deskcal.core.series import Series
from deskcal.core.series_undo import (
    as_before,
    ended,
    is_conflict,
    is_structural,
    made_since,
    put_back,
    without_held,
    without_missing,
)
from deskcal.core.undo import Step
from unit.series_kit import Desk

WEEKLY = "FREQ=WEEKLY;BYDAY=MO"


def desk(rrule: str = WEEKLY, *exdates: str) -> Desk:
    return Desk(rrule, "2027-01-04T10:00", "2027-01-04T11:00", *exdates)


def series(rrule: str = WEEKLY, *exdates: str) -> Series:
    return desk(rrule, *exdates).series[7]


def events() -> list[Event]:
    return sorted(desk().events.values(), key=lambda event: event.start_time)


def changed(one: Series, **fields: object) -> Series:
    return msgspec.structs.replace(one, **fields)


def test_a_rule_that_was_changed_again_is_a_conflict() -> None:
    before, after = series(), series("FREQ=DAILY")
    assert not is_conflict(before, after, after)
    assert not is_conflict(before, after, changed(after, exdates=("2027-01-05",), version=9))
    assert is_conflict(before, after, series("FREQ=DAILY;COUNT=4"))
    assert is_conflict(before, after, None) and is_conflict(None, after, None)
    assert not is_conflict(before, changed(before, exdates=("2027-01-05",)), after)
    assert not is_conflict(before, None, None)


def test_what_is_made_deleted_or_moved_goes_with_the_rule() -> None:
    first, second = events()[:2]
    assert is_structural(Step(1, None, first)) and is_structural(Step(1, first, None))
    assert is_structural(Step(1, first, second))
    assert not is_structural(Step(1, first, changed_title(first)))


def changed_title(event: Event) -> Event:
    return msgspec.structs.replace(event, title="New")


def test_dates_that_others_left_out_since_stay_left_out() -> None:
    before, after = series(), series(WEEKLY, "2027-01-11")
    current = changed(after, exdates=("2027-01-11", "2027-01-18"), version=5)
    found = put_back(before, after, current)
    assert found == changed(before, exdates=("2027-01-18",), version=6)


def test_dates_that_others_left_out_since_stay_so_where_a_rule_of_the_same_days_goes_back() -> None:
    before = series()
    after = changed(before, start="2027-01-04T11:00:00", length_sec=1800)
    current = changed(after, exdates=("2027-01-18",), version=3)
    found = put_back(before, after, current)
    assert found == changed(before, exdates=("2027-01-18",), version=4)
    later = changed(after, start="2027-01-05T11:00:00", rrule="FREQ=WEEKLY;BYDAY=TU")
    current = changed(later, exdates=("2027-01-19",), version=3)
    assert put_back(before, later, current) == changed(before, version=4)


def test_nothing_is_made_again_where_a_later_event_stays() -> None:
    made = events()
    one = changed(series(), horizon=made[3].start_time)
    assert without_held(one, made[:3]) == one
    assert without_held(one, made[:5]).exdates == ("2027-01-25", "2027-02-01")
    assert without_held(changed(one, is_ended=1), made).exdates == ()


def test_the_horizon_goes_back_with_the_same_rule_unless_the_server_went_on() -> None:
    before, after = series(), changed(series(), horizon=series().horizon - 7 * 86_400)
    assert put_back(before, after, after) == changed(before, version=2)
    assert put_back(after, before, before) == changed(after, version=2)
    later = changed(before, horizon=before.horizon + 7 * 86_400)
    assert put_back(before, after, later) == changed(later, version=2)


def test_what_others_wrote_to_all_since_stays() -> None:
    before, after = series(), series("FREQ=DAILY")
    current = changed(after, template=changed_title(after.template), version=3)
    found = put_back(before, after, current)
    assert found == changed(before, template=current.template, version=4)


def test_of_a_series_that_was_moved_since_the_rule_stays() -> None:
    before, after = series(), series(WEEKLY, "2027-01-11")
    current = series("FREQ=DAILY", "2027-01-11")
    assert put_back(before, after, current) == changed(current, version=2)


def test_a_series_that_the_batch_deleted_comes_back_and_one_that_is_gone_does_not() -> None:
    before = series()
    assert put_back(before, None, None) == changed(before, version=2)
    assert put_back(before, changed(before, exdates=("2027-01-11",)), None) is None


def test_a_date_without_an_event_is_left_out() -> None:
    left = events()
    del left[2]
    assert without_missing(series(), left).exdates == ("2027-01-18",)


def test_what_the_server_has_made_since_is_what_nobody_has_touched() -> None:
    made = events()
    after = changed(series(), horizon=made[3].start_time)
    touched = msgspec.structs.replace(made[5], version=2)
    now = [*made[:5], touched, *made[6:]]
    found = made_since(after, now, {made[4].id})
    assert [event.id for event in found] == [event.id for event in (made[3], *made[6:])]
    assert made_since(changed(after, is_ended=1), now, set()) == made_since(None, now, set()) == []


def test_a_series_that_is_ended_has_no_date() -> None:
    one = ended(series())
    assert one.is_ended and without_missing(one, []).exdates == ()


def test_an_occurrence_that_somebody_touched_keeps_the_template_that_was_undone() -> None:
    before, made = series(), events()[3]
    after = changed(before, template=changed_title(before.template))
    made_later = changed_title(made)
    back = as_before(made_later, before, after, actor=9, now=1)
    assert back is not None and (back.title, back.version) == (made.title, made.version + 1)
    touched = msgspec.structs.replace(made_later, location="Room 2")
    assert as_before(touched, before, after, actor=9, now=1) is None
