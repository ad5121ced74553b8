"""Which occurrences an update with a scope touches. Source: contract, section 13."""

from typing import Any

import msgspec
import pytest

from deskcal.core.event import Event, EventStatus, ParticipantStatus, Priority
from deskcal.core.series_scope import (
    Scope,
    plan_each,
)
from deskcal.core.series_update import Update, own_fields, plan_update
from deskcal.errors import InvalidField
from unit.series_kit import Desk, at, sent, update

THIS, FOLLOWING, ALL = Scope


def review(rrule: str = "FREQ=WEEKLY;BYDAY=MO", *exdates: str, **fields: Any) -> Desk:
    """Mondays at ten, from 4 January to 22 February: eight."""
    return Desk(rrule, "2027-01-04T10:00", "2027-01-04T11:00", *exdates, **fields)


MONDAYS = ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08", "02-15", "02-22"]


def mondays(time: str, among: slice = slice(None)) -> list[str]:
    return [f"{day} {time}" for day in MONDAYS[among]]


def test_all_at_another_time_keeps_ids_and_length() -> None:
    desk = review()
    ids = list(desk.events)
    plan = desk.apply(plan_update(desk.select(2, ALL), update(start_time=at("2027-01-18T16:00"))))
    assert desk.starts() == mondays("16:00")
    assert list(desk.events) == ids
    assert len(plan.changed) == 8
    assert {e.end_time - e.start_time for e in desk.events.values()} == {3600}
    assert desk.series[7].rrule == "FREQ=WEEKLY;BYDAY=MO"
    assert desk.series[7].start == "2027-01-04T16:00:00"
    assert desk.series[7].version == 2


def test_from_now_on_at_four_splits_the_series() -> None:
    desk = review("FREQ=WEEKLY;BYDAY=MO;COUNT=8", "2027-01-11", "2027-02-08")
    desk.apply(plan_update(desk.select(2, FOLLOWING), update(start_time=at("2027-01-25T16:00"))))
    assert desk.starts() == [
        "01-04 10:00",
        "01-18 10:00",
        "01-25 16:00",
        "02-01 16:00",
        "02-15 16:00",
        "02-22 16:00",
    ]
    head, tail = desk.series[7], next(s for i, s in desk.series.items() if i != 7)
    assert (head.rrule, head.exdates) == ("FREQ=WEEKLY;COUNT=3;BYDAY=MO", ("2027-01-11",))
    assert (tail.rrule, tail.exdates) == ("FREQ=WEEKLY;COUNT=5;BYDAY=MO", ("2027-02-08",))
    assert (head.version, tail.version, head.is_ended, tail.start) == (
        2,
        1,
        1,
        "2027-01-25T16:00:00",
    )
    assert head.horizon == at("2027-01-18T11:00")


def test_a_series_without_end_is_split_by_until() -> None:
    desk = review()
    desk.apply(plan_update(desk.select(3, FOLLOWING), update(title="New")))
    assert desk.series[7].rrule == "FREQ=WEEKLY;UNTIL=20270118;BYDAY=MO"
    assert [e.title for e in desk.events.values()] == ["Review"] * 3 + ["New"] * 5
    assert desk.starts() == mondays("10:00")


def test_following_of_the_first_one_is_all_and_splits_nothing() -> None:
    desk = review()
    desk.apply(plan_update(desk.select(0, FOLLOWING), update(title="New")))
    assert list(desk.series) == [7]
    assert {e.title for e in desk.events.values()} == {"New"}


@pytest.mark.parametrize(
    ("rrule", "start", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", "2027-01-05T10:00", "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=WEEKLY;BYDAY=MO", "2027-01-03T10:00", "FREQ=WEEKLY;BYDAY=SU"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "2027-01-05T10:00", "FREQ=WEEKLY;BYDAY=TU,TH"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
            "2027-01-05T10:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST=TU",
        ),
        (
            "FREQ=WEEKLY;UNTIL=20270201;BYDAY=MO",
            "2027-01-05T10:00",
            "FREQ=WEEKLY;UNTIL=20270202;BYDAY=TU",
        ),
        (
            "FREQ=WEEKLY;UNTIL=20270201T090000Z;BYDAY=MO",
            "2027-01-05T11:00",
            "FREQ=WEEKLY;UNTIL=20270202T100000Z;BYDAY=TU",
        ),
        ("FREQ=DAILY;COUNT=5", "2027-01-07T10:00", "FREQ=DAILY;COUNT=5"),
        ("FREQ=MONTHLY", "2027-01-05T10:00", "FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "2027-01-05T10:00", "FREQ=WEEKLY;BYDAY=TU"),
    ],
)
def test_another_date_turns_the_days_of_the_rule_along(
    rrule: str, start: str, expected: str
) -> None:
    desk = review(rrule)
    count = len(desk.events)
    desk.apply(plan_update(desk.select(0, ALL), update(start_time=at(start))))
    assert desk.series[7].rrule == expected
    assert len(desk.events) == count


def test_dates_that_are_left_out_turn_along() -> None:
    desk = review("FREQ=WEEKLY;BYDAY=MO", "2027-01-11")
    desk.apply(plan_update(desk.select(0, ALL), update(start_time=at("2027-01-05T10:00"))))
    assert desk.series[7].exdates == ("2027-01-12",)


@pytest.mark.parametrize(
    ("rrule", "start"),
    [
        ("FREQ=MONTHLY;BYDAY=1MO", "2027-01-11T10:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=4", "2027-01-05T10:00"),
        ("FREQ=DAILY;BYDAY=MO,TU", "2027-01-05T10:00"),
        ("FREQ=DAILY;BYDAY=MO,TU", "2027-01-11T10:00"),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=1,2", "2027-01-05T10:00"),
        ("FREQ=MONTHLY", "2027-01-31T10:00"),
    ],
)
def test_a_rule_that_can_not_follow_wants_a_new_one(rrule: str, start: str) -> None:
    desk = review(rrule)
    with pytest.raises(InvalidField) as caught:
        plan_update(desk.select(0, ALL), update(start_time=at(start)))
    assert caught.value.field == "start_time"
    assert "send recurrence" in caught.value.message


def test_own_fields_win_until_they_are_reset() -> None:
    desk = review()
    own = {
        "title": "Mine",
        "start_time": at("2027-01-12T09:00"),
        "end_time": at("2027-01-12T12:00"),
    }
    desk.set(1, **own, own_fields=("title", "start_time", "end_time"))
    desk.apply(
        plan_update(desk.select(0, ALL), update(title="New", start_time=at("2027-01-04T16:00")))
    )
    mine = list(desk.events.values())[1]
    assert (mine.title, mine.start_time, mine.end_time) == tuple(own.values())
    assert mine.original_start_time == at("2027-01-11T16:00")
    changed = update(reset_own=True, title="Again", start_time=at("2027-01-04T17:00"))
    desk.apply(plan_update(desk.select(0, ALL), changed))
    mine = list(desk.events.values())[1]
    assert (mine.title, mine.start_time) == ("Again", at("2027-01-11T17:00"))
    assert mine.end_time == mine.start_time + 3 * 3600
    assert mine.own_fields == ("end_time",)


def test_the_distance_is_that_of_the_named_one() -> None:
    desk = review()
    desk.set(1, start_time=at("2027-01-12T09:00"), end_time=at("2027-01-12T10:00"))
    desk.apply(plan_update(desk.select(1, ALL), update(start_time=at("2027-01-12T10:30"))))
    assert desk.series[7].start == "2027-01-04T11:30:00"


def test_a_new_length_is_that_of_all() -> None:
    desk = review()
    desk.apply(plan_update(desk.select(3, ALL), update(end_time=at("2027-01-25T12:30"))))
    assert {e.end_time - e.start_time for e in desk.events.values()} == {9000}
    assert desk.series[7].length_sec == 9000


def test_an_end_before_the_start_is_refused() -> None:
    desk = review()
    with pytest.raises(InvalidField, match="is before start_time"):
        plan_update(desk.select(3, ALL), update(end_time=at("2027-01-25T09:30")))


def test_another_zone_keeps_the_wall_clock() -> None:
    desk = review()
    desk.set(1, start_time=at("2027-01-11T12:00"), end_time=at("2027-01-11T13:00"))
    desk.set(1, own_fields=("start_time", "end_time"))
    desk.apply(plan_update(desk.select(0, ALL), update(timezone="Asia/Dubai")))
    starts = [e.start_time for e in desk.events.values()]
    assert starts[:2] == [
        at("2027-01-04T10:00", "Asia/Dubai"),
        at("2027-01-11T12:00", "Asia/Dubai"),
    ]
    assert desk.series[7].start == "2027-01-04T10:00:00"
    assert {e.timezone for e in desk.events.values()} == {"Asia/Dubai"}


def test_a_start_beside_another_zone_is_read_on_its_wall() -> None:
    desk = review()
    start = at("2027-01-04T11:00", "Asia/Dubai")
    desk.apply(plan_update(desk.select(0, ALL), update(timezone="Asia/Dubai", start_time=start)))
    assert [e.start_time for e in desk.events.values()][1] == at("2027-01-11T11:00", "Asia/Dubai")


def test_over_the_change_of_the_clock_the_call_stays_at_ten() -> None:
    desk = Desk("FREQ=DAILY;COUNT=5", "2027-03-26T10:00", "2027-03-26T11:00")
    desk.now = at("2027-03-25T00:00")
    desk.apply(plan_update(desk.select(0, ALL), update(start_time=at("2027-03-26T12:00"))))
    assert [start[-5:] for start in desk.starts()] == ["12:00"] * len(desk.events)


def test_only_what_is_open_not_over_and_allowed_is_touched() -> None:
    desk = review()
    desk.now = at("2027-01-11T11:00")
    desk.set(3, status=EventStatus.DONE)
    out_of_scope = desk.set(4, desk="OTHER")
    desk.may_change = lambda event: event.desk != "OTHER"
    plan = desk.apply(
        plan_update(desk.select(5, ALL), update(start_time=at("2027-02-08T16:00"), title="New"))
    )
    assert desk.starts() == [
        "01-04 10:00",
        "01-11 10:00",
        "01-18 16:00",
        "01-25 10:00",
        "02-01 10:00",
        "02-08 16:00",
        "02-15 16:00",
        "02-22 16:00",
    ]
    assert len(plan.changed) == 4
    assert desk.events[out_of_scope.id] is out_of_scope
    assert desk.series[7].exdates == ("2027-01-25", "2027-02-01")
    assert desk.series[7].start == "2027-01-18T16:00:00"


def test_after_a_split_what_is_done_stays_with_the_old_series() -> None:
    desk = review()
    done = desk.set(5, status=EventStatus.DONE)
    desk.apply(plan_update(desk.select(3, FOLLOWING), update(title="New")))
    tail = next(series for series_id, series in desk.series.items() if series_id != 7)
    assert desk.events[done.id].series_id == 7
    assert tail.exdates == ("2027-02-08",)
    assert len([e for e in desk.events.values() if e.series_id == tail.series_id]) == 4


def test_an_update_that_changes_nothing_leaves_nothing() -> None:
    desk = review()
    plan = plan_update(desk.select(3, ALL), update(title="Review"))
    assert (plan.series, plan.changed) == ({}, [])
    desk.now = at("2027-12-01T00:00")
    plan = plan_update(desk.select(3, ALL), update(title="New"))
    assert (plan.series, plan.changed) == ({}, [])


def test_what_is_new_gets_what_was_sent() -> None:
    desk = review()
    desk.apply(plan_update(desk.select(0, ALL), update(title="New", priority=3)))
    template = desk.series[7].template
    assert (template.title, template.priority, template.status) == ("New", 3, EventStatus.OPEN)


def test_a_new_participant_is_added_to_all_but_those_with_own_participants() -> None:
    desk = review()
    desk.set(1, own_fields=("participants",))
    desk.apply(plan_update(desk.select(0, ALL), update(participant_manager_ids=[11, 12])))
    guests = [len(e.participants) for e in desk.events.values()]
    assert guests == [3, 2, 3, 3, 3, 3, 3, 3]
    reset = update(reset_own=True, participant_manager_ids=[11, 12])
    desk.apply(plan_update(desk.select(0, ALL), reset))
    mine = list(desk.events.values())[1]
    assert (len(mine.participants), mine.own_fields) == (3, ())


def test_a_place_that_is_not_allowed_is_refused() -> None:
    desk = review()

    def allow(_: object, __: object) -> None:
        raise InvalidField("no")

    with pytest.raises(InvalidField, match="no"):
        plan_update(
            desk.select(0, ALL),
            Update(sent(desk="OTHER"), False, allow),
        )


def test_a_change_of_each_leaves_what_is_the_same_already() -> None:
    desk = review()
    desk.set(1, priority=Priority.HIGH)

    def urgent(event: Event) -> Event:
        return msgspec.structs.replace(event, priority=Priority.HIGH)

    plan = desk.apply(plan_each(desk.select(0, ALL), urgent, desk.series[7]))
    assert len(plan.changed) == 7
    assert plan.series == {7: desk.series[7]}


def test_what_was_changed_alone_is_an_own_field_but_never_an_answer() -> None:
    desk = review()
    event = desk.set(1)
    answered = tuple(
        msgspec.structs.replace(row, status=ParticipantStatus.TENTATIVE)
        for row in event.participants
    )
    changed = desk.set(1, title="Mine", priority=2, participants=answered)
    assert own_fields(event, changed) == ("priority", "title")
    changed = desk.set(1, own_fields=("title",))
    fewer = desk.set(1, participants=answered[:1])
    assert own_fields(changed, fewer) == ("title", "participants")


def test_an_all_day_series_goes_by_dates() -> None:
    desk = Desk("FREQ=DAILY;COUNT=4", "2027-03-26T00:00", "2027-03-28T00:00", all_day=1)
    ends = [e.end_time for e in desk.events.values()]
    assert ends[:1] == [at("2027-03-28T00:00")]
    assert desk.series[7].length_sec == 2 * 86400


def test_an_all_day_series_of_a_zone_without_that_midnight() -> None:
    desk = Desk(
        "FREQ=DAILY;COUNT=4",
        "2027-03-27T00:00",
        "2027-03-28T01:00",
        all_day=1,
        timezone="Asia/Beirut",
    )
    assert desk.series[7].length_sec == 86400
    spans = [(e.start_time, e.end_time) for e in desk.events.values()]
    assert spans[:1] == [
        (at("2027-03-27T00:00", "Asia/Beirut"), at("2027-03-28T01:00", "Asia/Beirut"))
    ]


def test_a_start_of_its_own_takes_a_new_length() -> None:
    desk = review()
    desk.set(1, start_time=at("2027-01-12T09:00"), end_time=at("2027-01-12T10:00"))
    own = desk.set(1, own_fields=("start_time",))
    desk.apply(plan_update(desk.select(0, ALL), update(end_time=at("2027-01-04T13:00"))))
    assert desk.events[own.id].start_time == own.start_time
    assert desk.events[own.id].end_time == own.start_time + 3 * 3600
