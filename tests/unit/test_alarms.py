"""When the reminder of an event is due."""

import pytest

from deskcal.core.alarms import due_time, reminded_managers, still_holds, trigger_time
from deskcal.core.event import EventStatus
from helpers import NOW, make_event, make_row


@pytest.mark.parametrize(
    ("remind_time", "remind_before_sec", "expected"),
    [
        (0, 0, None),
        (NOW - 7, 0, NOW - 7),
        (0, 600, NOW - 600),
        (NOW - 7, 600, NOW - 7),
        (NOW + 99_999, 0, NOW + 99_999),
        (0, NOW - 1, 1),
        (0, NOW, 1),
        (0, NOW + 1, 1),
    ],
)
def test_a_reminder_is_due_at_its_time_else_before_the_start_and_never_before_1(
    remind_time: int, remind_before_sec: int, expected: int | None
) -> None:
    event = make_event(remind_time=remind_time, remind_before_sec=remind_before_sec)
    assert trigger_time(event) == expected


def test_a_reminder_is_fired_at_its_due_time() -> None:
    assert due_time(make_event(remind_time=NOW + 60)) == NOW + 60
    assert due_time(make_event(remind_before_sec=60, start_time=NOW + 90)) == NOW + 30


def test_an_event_without_a_reminder_fires_none() -> None:
    assert due_time(make_event()) == 0


def test_a_reminder_that_was_sent_is_not_fired_again() -> None:
    assert due_time(make_event(remind_time=NOW + 60, reminder_sent_time=NOW + 61)) == 0


@pytest.mark.parametrize("status", [s for s in EventStatus if s != EventStatus.OPEN])
def test_only_an_open_event_fires_its_reminder(status: EventStatus) -> None:
    assert due_time(make_event(remind_time=NOW + 60, status=status)) == 0


@pytest.mark.parametrize(
    ("remind_time", "end_time", "expected"),
    [
        (NOW - 9, NOW + 1, NOW - 9),
        (1, NOW + 1, 1),
        (NOW, NOW + 1, NOW),
        (NOW - 9, NOW, 0),
        (NOW, NOW, 0),
        (NOW + 1, NOW, NOW + 1),
    ],
)
def test_a_due_time_past_when_it_is_set_counts_only_while_the_end_is_ahead(
    remind_time: int, end_time: int, expected: int
) -> None:
    event = make_event(start_time=1, end_time=end_time, remind_time=remind_time, updated_time=NOW)
    assert due_time(event) == expected


def test_a_reminder_is_for_participants_of_an_open_event_who_have_not_declined() -> None:
    rows = (make_row(10), make_row(11, status=2), make_row(12, status=3))
    assert reminded_managers(make_event(participants=rows)) == {10, 12}
    for status in (EventStatus.DONE, EventStatus.CANCELLED, EventStatus.ARCHIVED):
        assert reminded_managers(make_event(participants=rows, status=status)) == set()


def test_a_reminder_holds_while_its_event_is_due_at_the_same_time_and_the_manager_takes_part() -> (
    None
):
    event = make_event(remind_time=NOW + 60, participants=(make_row(10),))
    assert still_holds(event, NOW + 60, 10)
    assert not still_holds(event, NOW + 61, 10)
    assert not still_holds(event, NOW + 60, 11)
