"""Intervals, hours and slots against slow models that go through every minute."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.event import MAX_TIME
from deskcal.core.free_busy import (
    Hours,
    Interval,
    Slot,
    SlotSearch,
    earliest_slots,
    merged,
    working_times,
)

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


def is_working(hours: Hours, second: int) -> bool:
    """Whether the clock on the wall shows working hours."""
    clock = dt.datetime.fromtimestamp(second, ZoneInfo(hours.timezone))
    minutes = clock.hour * 60 + clock.minute
    return clock.isoweekday() in hours.weekdays and hours.start_min <= minutes < hours.end_min


@given(
    zone=st.sampled_from(ZONES),
    around=st.sampled_from(CHANGES),
    start=st.integers(5 * 60, 23 * 60),
    length=st.integers(1, 19 * 60),
    weekdays=st.frozensets(st.integers(1, 7)),
    shift=st.integers(-3 * DAY, DAY),
)
def test_working_times_are_the_minutes_at_which_the_clock_shows_them(
    zone: str, around: dt.datetime, start: int, length: int, weekdays: frozenset[int], shift: int
) -> None:
    """From 05:00 on, when all the clocks have changed."""
    end = min(start + length, 24 * 60)
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


def slowly_found(busy: dict[int, list[Interval]], wanted: SlotSearch) -> list[Slot]:
    """What the contract says, point for point."""
    slots = []
    for start in range(wanted.since, wanted.until, wanted.step_sec):
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
    return [slot for slot in slots if len(slot.busy) == fewest][: wanted.limit]


@given(
    raw=st.dictionaries(st.integers(1, 5), intervals, max_size=5),
    since=st.integers(0, 20),
    length=st.integers(1, 50),
    duration=st.integers(1, 20),
    step=st.integers(1, 15),
    limit=st.integers(1, 8),
)
def test_slots_are_those_that_the_contract_names(
    raw: dict[int, list[Interval]], since: int, length: int, duration: int, step: int, limit: int
) -> None:
    until = since + length
    busy = {who: merged(times, since, until) for who, times in raw.items()}
    wanted = SlotSearch(since=since, until=until, duration_sec=duration, step_sec=step, limit=limit)
    assert earliest_slots(busy, wanted) == slowly_found(busy, wanted)


@given(
    zone=st.sampled_from(ZONES),
    around=st.sampled_from(CHANGES),
    shift_min=st.integers(-2 * 1440, 1440),
    step_min=st.integers(1, 90),
    duration_min=st.integers(1, 300),
    start=st.integers(5 * 60, 23 * 60),
    length=st.integers(1, 19 * 60),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
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
    raw: dict[int, list[Interval]],
) -> None:
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
            end_min=min(start + length, 1440),
            timezone=zone,
            weekdays=weekdays,
        ),
    )
    assert earliest_slots(busy, wanted) == slowly_found(busy, wanted)


def test_a_slot_that_begins_when_another_ends_is_free() -> None:
    wanted = SlotSearch(since=0, until=9 * HOUR, duration_sec=HOUR, step_sec=HOUR, limit=2)
    busy = {10: [(0, HOUR)], 11: [(2 * HOUR, 3 * HOUR)]}
    found = [(slot.start_time, slot.busy) for slot in earliest_slots(busy, wanted)]
    assert found == [(HOUR, []), (3 * HOUR, [])]
