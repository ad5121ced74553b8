"""When a customer may be called: hours, days, zones and changes of the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.calling_hours import BadHours, CallingHours, HoursTable
from deskcal.core.event import MAX_TIME

ZONES = (
    "Europe/Nicosia",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/St_Johns",
    "Africa/Casablanca",
)


def hours(
    text: str = "09:00-20:00", default_timezone: str = "UTC", **named: object
) -> CallingHours:
    table = HoursTable(hours=text, **named)  # type: ignore[arg-type]
    return CallingHours({"default": table}, default_timezone)


def at(text: str, zone: str = "UTC", fold: int = 0) -> int:
    return int(
        dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()
    )


def test_a_brand_without_hours_may_be_called_at_any_time() -> None:
    assert hours().next_allowed("other", "Asia/Kolkata", 1_710_000_000) == 1_710_000_000


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-11-27T08:59:59", "2026-11-27T09:00:00"),
        ("2026-11-27T09:00:00", "2026-11-27T09:00:00"),
        ("2026-11-27T19:59:59", "2026-11-27T19:59:59"),
        ("2026-11-27T20:00:00", "2026-11-30T09:00:00"),
    ],
)
def test_the_end_is_no_longer_allowed_and_days_off_are_skipped(time: str, expected: str) -> None:
    weekdays = hours(weekdays=(1, 2, 3, 4, 5))
    assert weekdays.next_allowed("default", "", at(time)) == at(expected)


def test_five_days_off_are_skipped() -> None:
    off = tuple(dt.date(2026, 12, day) for day in range(24, 29))
    found = hours(holidays=off).next_allowed("default", "", at("2026-12-23T20:00"))
    assert found == at("2026-12-29T09:00")


def test_hours_over_midnight_belong_to_the_day_of_their_start() -> None:
    night = hours("22:00-02:00", weekdays=(5,), holidays=(dt.date(2026, 12, 4),))
    saturday = at("2026-11-28T01:59:59")
    assert night.next_allowed("default", "", saturday) == saturday
    assert night.next_allowed("default", "", at("2026-11-28T02:00")) == at("2026-12-11T22:00")
    assert night.next_allowed("default", "", at("2026-11-27T01:00")) == at("2026-11-27T22:00")


def test_equal_times_are_a_whole_day_and_24_00_is_its_end() -> None:
    assert hours("09:00-09:00", weekdays=(1,)).next_allowed(
        "default", "", at("2026-12-01T08:59")
    ) == at("2026-12-01T08:59")
    late = hours("09:00-24:00").next_allowed("default", "", at("2026-12-01T23:59"))
    assert late == at("2026-12-01T23:59")


def test_the_customers_zone_goes_before_the_brands_and_that_before_the_servers() -> None:
    night = at("2026-11-27T03:00")
    kolkata, nicosia = (
        at("2026-11-27T09:00", "Asia/Kolkata"),
        at("2026-11-27T09:00", "Asia/Nicosia"),
    )
    own = hours(timezone="Asia/Nicosia")
    assert own.next_allowed("default", "Asia/Kolkata", night) == kolkata
    assert own.next_allowed("default", "", night) == nicosia
    servers = hours(default_timezone="Asia/Kathmandu")
    assert servers.next_allowed("default", "", night) == at("2026-11-27T09:00", "Asia/Kathmandu")


def test_a_start_that_the_clock_skips_is_the_moment_after_the_gap() -> None:
    night = hours("02:30-05:00")
    found = night.next_allowed("default", "Europe/Berlin", at("2027-03-28T01:00", "Europe/Berlin"))
    assert found == at("2027-03-28T03:00", "Europe/Berlin")


def test_a_clock_that_is_put_back_into_the_hours_allows_them_again() -> None:
    night = hours("22:00-02:30")
    first = at("2026-10-25T02:29", "Europe/Berlin")
    between = at("2026-10-25T02:30", "Europe/Berlin")
    again = at("2026-10-25T02:00", "Europe/Berlin", fold=1)
    assert night.next_allowed("default", "Europe/Berlin", first) == first
    assert night.next_allowed("default", "Europe/Berlin", between) == again


def test_a_year_of_holidays_ends_the_search() -> None:
    start = dt.date(2026, 1, 1)
    off = tuple(start + dt.timedelta(days=n) for n in range(900))
    time = at("2026-01-01T10:00")
    assert hours(holidays=off).next_allowed("default", "", time) > time + 700 * 86_400


def test_the_end_of_time_may_be_called() -> None:
    assert hours().next_allowed("default", "", MAX_TIME) == MAX_TIME


@given(
    time=st.integers(at("2026-01-01T00:00") // 60, at("2028-01-01T00:00") // 60),
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 1439),
    length=st.integers(30, 1440),
    weekdays=st.sets(st.integers(1, 7), min_size=5),
)
def test_the_answer_is_the_first_minute_whose_wall_clock_is_allowed(
    time: int, zone: str, start: int, length: int, weekdays: set[int]
) -> None:
    end = (start + length) % 1440
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    found = hours(text, weekdays=tuple(weekdays)).next_allowed("default", zone, time * 60)

    def is_allowed(moment: int) -> bool:
        local = dt.datetime.fromtimestamp(moment, ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        today = local.isoweekday() in weekdays and start <= minute < start + length
        eve = (local.date() - dt.timedelta(days=1)).isoweekday() in weekdays
        return today or (eve and minute + 1440 < start + length)

    assert found == next(m for m in range(time * 60, time * 60 + 5 * 86_400, 60) if is_allowed(m))


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (HoursTable(hours="9-20"), "hours"),
        (HoursTable(hours="09:00-24:30"), "hours"),
        (HoursTable(hours="09:00-20:00", weekdays=()), "weekdays"),
        (HoursTable(hours="09:00-20:00", timezone="Mars/Base"), "timezone"),
    ],
)
def test_unusable_hours_are_reported_by_brand_and_key(table: HoursTable, key: str) -> None:
    with pytest.raises(BadHours, match=rf"^default\.{key} "):
        CallingHours({"default": table}, "UTC")


def test_no_more_answers_are_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deskcal.core.calling_hours.REMEMBERED", 2)
    kept = hours()
    times = [at("2026-11-27T03:00") + 60 * minute for minute in range(3)]
    for time in [*times, *times[::-1]]:
        assert kept.next_allowed("default", "", time) == at("2026-11-27T09:00")
        assert len(kept._known) <= 2
