"""Intervals, hours and slots against slow models that go through every minute."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskcal.core.event import MAX_TIME, EventStatus, EventType
from deskcal.core.free_busy import (
    BusyTimes,
    Hours,
    Interval,
    Slot,
    SlotSearch,
    TooManyPoints,
    earliest_slots,
    makes_busy,
    merged,
    working_times,
)
from helpers import make_event

MINUTE, HOUR, DAY = 60, 3600, 86_400
ZONES = ["UTC", "Europe/Nicosia", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
CHANGES = [
    dt.datetime(2027, 3, 28, tzinfo=dt.UTC),
    dt.datetime(2027, 10, 31, tzinfo=dt.UTC),
    dt.datetime(2027, 3, 14, tzinfo=dt.UTC),
    dt.datetime(2027, 4, 4, tzinfo=dt.UTC),
]
"""Days on which one of the zones has a clock change."""

small = st.integers(0, 60)
intervals = st.lists(st.tuples(small, small), max_size=12)


@given(intervals, small, small)
def test_merged_intervals_hold_every_second_of_the_window_and_no_other(
    all_: list[Interval], since: int, until: int
) -> None:
    found = merged(all_, since, until)
    wanted = {s for start, end in all_ for s in range(start, end) if since <= s < until}
    assert [s for start, end in found for s in range(start, end)] == sorted(wanted)
    ends_and_starts = [time for interval in found for time in interval]
    assert ends_and_starts == sorted(set(ends_and_starts)), "some touch"


@given(intervals, intervals)
def test_what_is_tentative_is_busy_and_nothing_of_it_is_accepted(
    accepted: list[Interval], unanswered: list[Interval]
) -> None:
    times = BusyTimes(merged(accepted, 0, 99), merged(unanswered, 0, 99))
    taken = {s for start, end in accepted for s in range(start, end)}
    open_ = {s for start, end in unanswered for s in range(start, end)}
    assert {s for start, end in times.all() for s in range(start, end)} == taken | open_
    tentative = times.tentative()
    assert [s for start, end in tentative for s in range(start, end)] == sorted(open_ - taken)
    assert all(start < end for start, end in tentative)


def test_intervals_without_length_or_outside_the_window_are_left_out() -> None:
    assert merged([(5, 5), (1, 3), (8, 12), (12, 20), (30, 40)], 10, 30) == [(10, 20)]


def test_an_interval_between_two_points_of_the_grid_makes_nobody_busy() -> None:
    wanted = SlotSearch(since=0, until=100, duration_sec=10, step_sec=50, limit=5)
    assert [slot.busy for slot in earliest_slots({1: [(20, 30)]}, wanted)] == [[], []]


def test_what_is_tentative_is_cut_around_what_is_accepted() -> None:
    times = BusyTimes(accepted=[(10, 20), (30, 40), (60, 70)], unanswered=[(5, 35), (50, 60)])
    assert times.tentative() == [(5, 10), (20, 30), (50, 60)]


@pytest.mark.parametrize(
    ("named", "busy"),
    [
        ({}, True),
        ({"show_as": 1}, False),
        ({"show_as": 0}, True),
        ({"status": EventStatus.DONE}, False),
        ({"status": EventStatus.CANCELLED, "show_as": 0}, False),
        ({"all_day": 1, "type": EventType.TASK}, False),
        ({"all_day": 1, "type": EventType.REMINDER}, False),
        ({"all_day": 1, "type": EventType.DEADLINE}, False),
        ({"all_day": 1, "type": EventType.CALL}, True),
        ({"all_day": 1, "type": EventType.MEETING}, True),
        ({"all_day": 1, "type": EventType.TASK, "show_as": 0}, True),
        ({"all_day": 1, "type": EventType.MEETING, "show_as": 1}, False),
    ],
)
def test_an_event_makes_busy_unless_it_is_shown_as_free(named: dict[str, int], busy: bool) -> None:
    assert makes_busy(make_event(**named)) is busy


def is_working(hours: Hours, second: int) -> bool:
    """Whether the clock on the wall shows working hours."""
    clock = dt.datetime.fromtimestamp(second, ZoneInfo(hours.timezone))
    minutes = clock.hour * 60 + clock.minute
    if clock.isoweekday() in hours.weekdays and hours.start_min <= minutes < hours.end_min:
        return True
    is_after = (clock.isoweekday() - 2) % 7 + 1 in hours.weekdays
    return is_after and minutes + 1440 < hours.end_min


@given(
    zone=st.sampled_from(ZONES),
    around=st.sampled_from(CHANGES),
    start=st.integers(5 * 60, 23 * 60),
    length=st.integers(1, 24 * 60),
    weekdays=st.frozensets(st.integers(1, 7)),
    shift=st.integers(-3 * DAY, DAY),
)
def test_working_times_are_the_minutes_at_which_the_clock_shows_them(
    zone: str, around: dt.datetime, start: int, length: int, weekdays: frozenset[int], shift: int
) -> None:
    """From 05:00 on, when all the clocks have changed; to 23:00 or, over midnight, 05:00 on."""
    end = start + length
    assume(end <= 24 * 60 or end >= 29 * 60)
    hours = Hours(start_min=start, end_min=end, timezone=zone, weekdays=weekdays)
    since = int(around.timestamp()) + shift // MINUTE * MINUTE
    until = since + 2 * DAY
    found = working_times(hours, since, until)
    minutes = {m for opened, closed in found for m in range(opened, closed, MINUTE)}
    assert minutes == {m for m in range(since, until, MINUTE) if is_working(hours, m)}


@pytest.mark.parametrize(("date", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
def test_a_whole_day_is_as_long_as_the_change_of_the_clock_makes_it(date: str, hours: int) -> None:
    day = dt.datetime.fromisoformat(date).replace(tzinfo=ZoneInfo("Europe/Nicosia"))
    since = int(day.timestamp())
    all_week = frozenset(range(1, 8))
    whole = Hours(start_min=0, end_min=1440, timezone="Europe/Nicosia", weekdays=all_week)
    assert working_times(whole, since - 5 * DAY, since + 5 * DAY) == [
        (since - 5 * DAY, since + 5 * DAY)
    ]
    sunday = Hours(start_min=0, end_min=1440, timezone="Europe/Nicosia", weekdays=frozenset({7}))
    assert working_times(sunday, since - 3 * DAY, since + 3 * DAY) == [
        (since, since + hours * HOUR)
    ]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_ends_of_time_have_hours_too(zone: str) -> None:
    hours = Hours(start_min=0, end_min=1440, timezone=zone, weekdays=frozenset(range(1, 8)))
    assert working_times(hours, 0, DAY) == [(0, DAY)]
    assert working_times(hours, MAX_TIME - 9 * DAY, MAX_TIME)[0][0] == MAX_TIME - 9 * DAY
    assert working_times(hours, MAX_TIME - HOUR, MAX_TIME) == []


def slowly_gridded(wanted: SlotSearch) -> list[int]:
    """The points of the grid as the contract says, minute for minute where there are hours."""
    if wanted.hours is None:
        return list(range(wanted.since, wanted.until, wanted.step_sec))
    points: list[int] = []
    was_open = False
    for minute in range(wanted.since, wanted.until, MINUTE):
        is_open = is_working(wanted.hours, minute)
        if is_open and (not was_open or begins(wanted.hours, minute)):
            opened = minute
        if is_open and (minute - opened) % wanted.step_sec == 0:
            points.append(minute)
        was_open = is_open
    return points


def begins(hours: Hours, second: int) -> bool:
    """Whether the hours of a day begin then."""
    clock = dt.datetime.fromtimestamp(second, ZoneInfo(hours.timezone))
    return (
        clock.hour * 60 + clock.minute == hours.start_min and clock.isoweekday() in hours.weekdays
    )


def slowly_found(busy: dict[int, list[Interval]], wanted: SlotSearch) -> list[Slot]:
    """What the contract says, point for point."""
    slots = []
    for start in slowly_gridded(wanted):
        end = start + wanted.duration_sec
        is_open = wanted.hours is None or all(
            is_working(wanted.hours, minute) for minute in range(start, end, MINUTE)
        )
        if end <= wanted.until and is_open:
            hindered = [
                who
                for who, times in busy.items()
                if any(since < end and until > start for since, until in times)
            ]
            slots.append(Slot(start, end, hindered))
    fewest = min((len(slot.busy) for slot in slots), default=0)
    if wanted.is_any_enough and fewest < len(busy):
        return [slot for slot in slots if len(slot.busy) < len(busy)][: wanted.limit]
    return [slot for slot in slots if len(slot.busy) == fewest][: wanted.limit]


@given(
    raw=st.dictionaries(st.integers(1, 5), intervals, max_size=5),
    since=st.integers(0, 20),
    length=st.integers(1, 50),
    duration=st.integers(1, 20),
    step=st.integers(1, 15),
    limit=st.integers(1, 8),
    is_any_enough=st.booleans(),
)
def test_slots_are_those_that_the_contract_names(
    raw: dict[int, list[Interval]],
    since: int,
    length: int,
    duration: int,
    step: int,
    limit: int,
    is_any_enough: bool,
) -> None:
    until = since + length
    busy = {who: merged(times, since, until) for who, times in raw.items()}
    wanted = SlotSearch(
        since=since,
        until=until,
        duration_sec=duration,
        step_sec=step,
        limit=limit,
        is_any_enough=is_any_enough,
    )
    assert earliest_slots(busy, wanted) == slowly_found(busy, wanted)


@given(
    zone=st.sampled_from(ZONES),
    around=st.sampled_from(CHANGES),
    shift_min=st.integers(-2 * 1440, 1440),
    step_min=st.integers(1, 90),
    duration_min=st.integers(1, 300),
    start=st.integers(5 * 60, 23 * 60),
    length=st.integers(1, 24 * 60),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    is_any_enough=st.booleans(),
    raw=st.dictionaries(
        st.integers(1, 4),
        st.lists(st.tuples(st.integers(0, 2880), st.integers(0, 600)), max_size=5),
        max_size=4,
    ),
)
def test_slots_lie_within_the_hours_whatever_the_clock_does(
    zone: str,
    around: dt.datetime,
    shift_min: int,
    step_min: int,
    duration_min: int,
    start: int,
    length: int,
    weekdays: frozenset[int],
    is_any_enough: bool,
    raw: dict[int, list[Interval]],
) -> None:
    assume(start + length <= 24 * 60 or start + length >= 29 * 60)
    since = int(around.timestamp()) + shift_min * MINUTE
    until = since + 2 * DAY
    busy = {
        who: merged(((since + s * 60, since + (s + n) * 60) for s, n in times), since, until)
        for who, times in raw.items()
    }
    wanted = SlotSearch(
        since=since,
        until=until,
        duration_sec=duration_min * MINUTE,
        step_sec=step_min * MINUTE,
        limit=5,
        hours=Hours(
            start_min=start,
            end_min=start + length,
            timezone=zone,
            weekdays=weekdays,
        ),
        is_any_enough=is_any_enough,
    )
    assert earliest_slots(busy, wanted) == slowly_found(busy, wanted)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday = int(dt.datetime(2027, 3, 19, tzinfo=dt.UTC).timestamp())
    night = Hours(start_min=22 * 60, end_min=30 * 60, timezone="UTC", weekdays=frozenset({5}))
    wanted = [(friday + 22 * HOUR, friday + 30 * HOUR)]
    assert working_times(night, friday - 5 * DAY, friday + 5 * DAY) == wanted
    assert working_times(night, friday + 25 * HOUR, friday + 26 * HOUR) == [
        (friday + 25 * HOUR, friday + 26 * HOUR)
    ]
    search = SlotSearch(
        since=friday + 23 * HOUR + 600,
        until=friday + 5 * DAY,
        duration_sec=2 * HOUR,
        step_sec=3 * HOUR,
        limit=9,
        hours=night,
    )
    starts = [slot.start_time - friday for slot in earliest_slots({}, search)]
    assert starts == [23 * HOUR + 600, 26 * HOUR + 600]


def test_the_grid_begins_again_at_the_start_of_each_day() -> None:
    monday = int(dt.datetime(2027, 3, 22, 9, 7, tzinfo=dt.UTC).timestamp())
    hours = Hours(start_min=545, end_min=600, timezone="UTC", weekdays=frozenset(range(1, 8)))
    search = SlotSearch(
        since=monday, until=monday + 2 * DAY, duration_sec=60, step_sec=1800, limit=9, hours=hours
    )
    starts = [slot.start_time - monday for slot in earliest_slots({}, search)]
    again = DAY - 2 * MINUTE
    assert starts == [0, 1800, again, again + 1800, again + DAY]


def test_days_that_touch_are_one_and_each_has_its_own_grid() -> None:
    midnight = int(dt.datetime(2027, 3, 22, tzinfo=dt.UTC).timestamp())
    hours = Hours(start_min=0, end_min=1440, timezone="UTC", weekdays=frozenset(range(1, 8)))
    search = SlotSearch(
        since=midnight + 22 * HOUR,
        until=midnight + 30 * HOUR,
        duration_sec=3 * HOUR,
        step_sec=90 * MINUTE,
        limit=9,
        hours=hours,
    )
    starts = [(slot.start_time - midnight) / HOUR for slot in earliest_slots({}, search)]
    assert starts == [22, 23.5, 24, 25.5, 27]


def test_a_grid_of_too_many_points_is_refused() -> None:
    search = SlotSearch(since=0, until=1001, duration_sec=1, step_sec=1, limit=1)
    with pytest.raises(TooManyPoints):
        earliest_slots({}, search, 1000)
    assert earliest_slots({}, msgspec.structs.replace(search, until=1000), 1000)


def test_a_slot_that_begins_when_another_ends_is_free() -> None:
    wanted = SlotSearch(since=0, until=9 * HOUR, duration_sec=HOUR, step_sec=HOUR, limit=2)
    busy = {10: [(0, HOUR)], 11: [(2 * HOUR, 3 * HOUR)]}
    found = [(slot.start_time, slot.busy) for slot in earliest_slots(busy, wanted)]
    assert found == [(HOUR, []), (3 * HOUR, [])]
