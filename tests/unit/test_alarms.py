"""When the reminder of an event is due."""

from typing import Any

import msgspec
import pytest

from deskcal.core.alarms import (
    due_time,
    end_of,
    gained_managers,
    reminded_managers,
    still_holds,
    trigger_time,
    would_miss_firing,
)
from deskcal.core.all_day import UTC
from deskcal.core.event import Event, EventStatus
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
    assert due_time(make_event(remind_time=NOW + 60), UTC) == NOW + 60
    assert due_time(make_event(remind_before_sec=60, start_time=NOW + 90), UTC) == NOW + 30


def test_an_event_without_a_reminder_fires_none() -> None:
    assert due_time(make_event(), UTC) == 0


def test_a_reminder_that_was_sent_is_not_fired_again() -> None:
    assert due_time(make_event(remind_time=NOW + 60, reminder_sent_time=NOW + 61), UTC) == 0


@pytest.mark.parametrize("status", [s for s in EventStatus if s != EventStatus.OPEN])
def test_only_an_open_event_fires_its_reminder(status: EventStatus) -> None:
    assert due_time(make_event(remind_time=NOW + 60, status=status), UTC) == 0


@pytest.mark.parametrize(
    ("remind_time", "end_time", "expected"),
    [
        (NOW - 9, NOW + 1, NOW - 9),
        (1, NOW + 1, 1),
        (NOW, NOW + 1, NOW),
        (NOW - 9, NOW, 0),
        (NOW, NOW, 0),
        (NOW + 1, NOW, 0),
    ],
)
def test_a_due_time_past_when_it_is_set_counts_only_while_the_end_is_ahead(
    remind_time: int, end_time: int, expected: int
) -> None:
    event = make_event(start_time=1, end_time=end_time, remind_time=remind_time, updated_time=NOW)
    assert due_time(event, UTC) == expected


def test_a_reminder_is_for_participants_of_an_open_event_who_have_not_declined() -> None:
    rows = (make_row(10), make_row(11, status=2), make_row(12, status=3))
    assert reminded_managers(make_event(participants=rows)) == (10, 12)
    for status in (EventStatus.DONE, EventStatus.CANCELLED, EventStatus.ARCHIVED):
        assert reminded_managers(make_event(participants=rows, status=status)) == ()


def test_a_reminder_holds_while_its_event_is_due_at_the_same_time_and_the_manager_takes_part() -> (
    None
):
    event = make_event(remind_time=NOW + 60, participants=(make_row(10),))
    assert still_holds(event, NOW + 60, 10)
    assert not still_holds(event, NOW + 61, 10)
    assert not still_holds(event, NOW + 60, 11)


def test_a_reminder_after_the_end_of_its_event_is_never_fired() -> None:
    """Issue 12, number 7: the start moved to yesterday, the absolute time still ahead."""
    past = {"start_time": NOW - 90_000, "end_time": NOW - 86_400}
    assert due_time(make_event(remind_time=NOW + 60, **past), UTC) == 0
    at_the_end = make_event(start_time=NOW + 60, end_time=NOW + 60, remind_time=NOW + 60)
    assert due_time(at_the_end, UTC) == NOW + 60


MIDNIGHT = 1_710_028_800
"""2024-03-10 00:00 UTC."""


@pytest.mark.parametrize(
    ("timezone", "start_time", "end_time", "over"),
    [
        # The dates of `default_timezone`, where the event names no zone.
        ("", MIDNIGHT, MIDNIGHT, MIDNIGHT + 15 * 3600),
        ("", MIDNIGHT + 15 * 3600, MIDNIGHT + 15 * 3600, MIDNIGHT + 39 * 3600),
        ("UTC", MIDNIGHT, MIDNIGHT, MIDNIGHT + 86_400),
        ("UTC", MIDNIGHT, MIDNIGHT + 86_400, MIDNIGHT + 86_400),
        ("UTC", MIDNIGHT + 9 * 3600, MIDNIGHT + 17 * 3600, MIDNIGHT + 86_400),
        ("UTC", MIDNIGHT, MIDNIGHT + 86_401, MIDNIGHT + 2 * 86_400),
        # The clock goes forward on this date: 23 hours.
        ("America/New_York", MIDNIGHT + 5 * 3600, MIDNIGHT + 5 * 3600, MIDNIGHT + 28 * 3600),
        ("UTC", 253_402_300_000, 253_402_300_799, 253_402_300_799),
        ("Nowhere/Unknown", MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + 86_400),
    ],
)
def test_an_all_day_event_is_over_with_its_last_date(
    timezone: str, start_time: int, end_time: int, over: int
) -> None:
    event = make_event(all_day=1, timezone=timezone, start_time=start_time, end_time=end_time)
    assert end_of(event, "Asia/Tokyo") == over


def test_a_timed_event_is_over_at_its_end() -> None:
    assert end_of(make_event(end_time=NOW + 7), "Asia/Tokyo") == NOW + 7


def test_managers_who_came_after_the_firing_are_gained_while_the_event_is_ahead() -> None:
    def event(*managers: int, **named: Any) -> Event:
        named = {"remind_time": NOW - 9, "reminder_sent_time": NOW - 8} | named
        return make_event(participants=tuple(map(make_row, managers)), **named)

    assert gained_managers(event(10), event(10, 12, 11), NOW, UTC) == [12, 11]
    assert gained_managers(event(10, 11), event(10), NOW, UTC) == []
    assert gained_managers(event(10), event(11, end_time=NOW), NOW, UTC) == []
    assert gained_managers(event(10, end_time=NOW), event(10, 11), NOW, UTC) == [10, 11]
    assert gained_managers(event(10), event(11, status=EventStatus.DONE), NOW, UTC) == []
    assert gained_managers(event(10, status=EventStatus.DONE), event(10), NOW, UTC) == [10]
    assert gained_managers(event(10), event(11, reminder_sent_time=0), NOW, UTC) == []
    assert gained_managers(event(10), event(11, remind_time=0), NOW, UTC) == []


def test_a_change_after_the_due_time_would_keep_the_reminder_from_firing() -> None:
    due = make_event(remind_time=NOW + 60, updated_time=NOW)
    late = {"updated_time": NOW + 7200, "version": 2}
    assert would_miss_firing(due, msgspec.structs.replace(due, title="new", **late), UTC)
    done = msgspec.structs.replace(due, status=EventStatus.DONE, **late)
    assert not would_miss_firing(due, done, UTC)
    assert not would_miss_firing(due, msgspec.structs.replace(due, title="new"), UTC)
    assert not would_miss_firing(make_event(), make_event(title="new", **late), UTC)
