"""When rules come: published tables, a slow second opinion, clocks that surprise."""

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core import recurrence
from deskcal.core.recurrence import Recurrence, check_start
from deskcal.core.recurrence_rule import Frequency, Rule, fixed_to_start, parse_rule
from deskcal.core.wall_clock import day_start, instant, is_day_start, wall_time
from deskcal.errors import InvalidField
from unit.slow_recurrence import slow_dates

TABLES = Path(__file__).parent / "recurrence_tables"


def published(name: str) -> list[tuple[str, str, list[str]]]:
    """Rule, start and occurrences of each block of a table."""
    text = (TABLES / name).read_text("utf-8")
    blocks = [block.splitlines() for block in text.split("\n\n")[1:]]
    return [(rule, start, times.split()) for rule, start, times in blocks]


def local(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007


def series(rule: str, start: str, timezone: str = "UTC") -> Recurrence:
    return Recurrence(parse_rule(rule), local(start), timezone)


def instants(series: Recurrence, count: int) -> list[str]:
    """The first occurrences, as UTC."""
    since = instant(series.start, series.zone)
    found = itertools.islice(series.between(since, since + 4000 * 86400), count)
    return [dt.datetime.fromtimestamp(o.time, dt.UTC).strftime("%Y%m%dT%H%MZ") for o in found]


@pytest.mark.parametrize(
    ("rule", "start", "expected"), [*published("libical.txt"), *published("rrule_js.txt")]
)
def test_a_rule_comes_when_published_tables_say(rule: str, start: str, expected: list[str]) -> None:
    begin = local(start)
    checked = Recurrence(fixed_to_start(parse_rule(rule), begin), begin, "UTC")
    is_endless = not checked.rule.count and checked.rule.until is None
    beyond = local(expected[-1]) + dt.timedelta(days=1 if is_endless else 3650)
    found = [f"{one:%Y%m%dT%H%M%S}" for one in checked.locals_between(begin, beyond)]
    assert found == expected


numbers = st.integers(1, 31) | st.integers(-31, -1)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    freq = draw(st.sampled_from(Frequency))
    parts = [f"FREQ={freq.name}", f"INTERVAL={draw(st.integers(1, 5))}"]
    ordinals = st.sampled_from(["", "1", "2", "-1", "5", "-5"])
    if freq >= Frequency.WEEKLY:
        ordinals = st.just("")
    days = st.lists(
        st.tuples(ordinals, st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])), max_size=4
    )
    by_day = [n + day for n, day in draw(days)]
    by_month = draw(st.lists(st.integers(1, 12), max_size=3))
    by_month_day = draw(st.lists(numbers, max_size=3))
    if freq == Frequency.WEEKLY or (freq == Frequency.YEARLY and not by_month):
        by_month_day = []
    named: dict[str, list[str] | list[int]]
    named = {"BYDAY": by_day, "BYMONTH": by_month, "BYMONTHDAY": by_month_day}
    if freq <= Frequency.MONTHLY and any(named.values()):
        named["BYSETPOS"] = draw(st.lists(st.integers(1, 4) | st.integers(-4, -1), max_size=2))
    parts += [f"{name}={','.join(map(str, values))}" for name, values in named.items() if values]
    parts += draw(st.sampled_from([[], ["WKST=SU"], ["WKST=WE"]]))
    end = draw(st.sampled_from(["", "COUNT=7", "UNTIL=20280229"]))
    return parse_rule(";".join([*parts, *([end] if end else [])]))


dates = st.dates(dt.date(2027, 1, 1), dt.date(2028, 12, 31))


@given(rules(), dates)
def test_a_rule_comes_when_a_look_at_every_day_says(rule: Rule, day: dt.date) -> None:
    start = dt.datetime.combine(day, dt.time(10, 30))
    until = dt.datetime(2032, 1, 1)
    checked = Recurrence(rule, start, "UTC")
    assert [one.date() for one in checked.locals_between(start, until)] == slow_dates(
        rule, day, until.date()
    )


@given(rules(), dates, st.integers(0, 2000), st.integers(1, 400))
def test_a_window_holds_what_the_whole_holds_there(
    rule: Rule, day: dt.date, ahead: int, length: int
) -> None:
    start = dt.datetime.combine(day, dt.time(10, 30))
    checked = Recurrence(rule, start, "UTC")
    since = start + dt.timedelta(days=ahead)
    until = since + dt.timedelta(days=length)
    whole = [one for one in checked.locals_between(start, until) if one >= since]
    assert list(checked.locals_between(since, until)) == whole


@given(rules())
def test_the_canonical_text_is_read_as_the_same_rule(rule: Rule) -> None:
    assert parse_rule(str(rule)) == rule


@pytest.mark.parametrize(("text", "times"), [("FREQ=DAILY", 7), ("FREQ=WEEKLY;BYDAY=MO,WE", 2)])
def test_a_week_of_an_old_series_costs_what_the_week_costs(
    text: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six years are jumped over: of 2,200 days some ten alone are looked at."""
    old = series(text, "20201123T100000")
    since = dt.datetime(2026, 11, 23)
    expand = recurrence._EXPAND[old.rule.freq]
    looked_at: list[dt.datetime] = []

    def counted(*arguments: Any) -> Iterator[dt.datetime]:
        for local in expand(*arguments):
            looked_at.append(local)
            yield local

    monkeypatch.setitem(recurrence._EXPAND, old.rule.freq, counted)
    assert len(list(old.locals_between(since, since + dt.timedelta(days=7)))) == times
    assert times <= len(looked_at) <= 10


@pytest.mark.parametrize(
    ("timezone", "rule", "start", "expected"),
    [
        # 02:30 is skipped on 28 March: the offset before the gap, this occurrence alone.
        (
            "Europe/Berlin",
            "FREQ=DAILY",
            "20270327T023000",
            ["20270327T0130Z", "20270328T0130Z", "20270329T0030Z"],
        ),
        # 02:30 comes twice on 31 October: the first.
        (
            "Europe/Berlin",
            "FREQ=DAILY",
            "20271030T023000",
            ["20271030T0030Z", "20271031T0030Z", "20271101T0130Z"],
        ),
        # Negative daylight saving time: summer is the standard time.
        (
            "Europe/Dublin",
            "FREQ=WEEKLY",
            "20270321T100000",
            ["20270321T1000Z", "20270328T0900Z"],
        ),
        # Half an hour.
        (
            "Australia/Lord_Howe",
            "FREQ=DAILY",
            "20271002T021500",
            ["20271001T1545Z", "20271002T1545Z", "20271003T1515Z"],
        ),
        # Midnight is skipped on 12 March 2028; Cuba keeps its summer time all through 2026/27.
        (
            "America/Havana",
            "FREQ=DAILY",
            "20280311T000000",
            ["20280311T0500Z", "20280312T0500Z", "20280313T0400Z"],
        ),
        # Midnight comes twice on 7 November.
        (
            "America/Havana",
            "FREQ=DAILY",
            "20271106T003000",
            ["20271106T0430Z", "20271107T0430Z", "20271108T0530Z"],
        ),
        (
            "Asia/Beirut",
            "FREQ=DAILY",
            "20270327T000000",
            ["20270326T2200Z", "20270327T2200Z", "20270328T2100Z"],
        ),
        # The gap reaches over midnight: 23:30 of Saturday is 00:30 of Sunday.
        (
            "America/Nuuk",
            "FREQ=DAILY",
            "20270326T233000",
            ["20270327T0130Z", "20270328T0130Z", "20270329T0030Z"],
        ),
    ],
)
def test_an_occurrence_stays_at_its_time_of_the_wall_clock(
    timezone: str, rule: str, start: str, expected: list[str]
) -> None:
    assert instants(series(rule, start, timezone), len(expected)) == expected


@pytest.mark.parametrize("timezone", ["Africa/Casablanca", "Africa/El_Aaiun", "Europe/Dublin"])
@pytest.mark.parametrize("timezone_year", [2024, 2027, 2030])
def test_ten_o_clock_stays_ten_o_clock_the_whole_year(timezone: str, timezone_year: int) -> None:
    daily = series("FREQ=DAILY", f"{timezone_year}0101T100000", timezone)
    since = instant(daily.start, daily.zone)
    found = [wall_time(o.time, daily.zone) for o in daily.between(since, since + 360 * 86400)]
    assert {one.time() for one in found} == {dt.time(10)}
    assert len({one.date() for one in found}) == 360


def test_a_gap_over_midnight_leaves_the_date_that_the_rule_says() -> None:
    daily = series("FREQ=DAILY", "20270326T233000", "America/Nuuk")
    since = instant(daily.start, daily.zone)
    found = list(daily.between(since, since + 3 * 86400 - 3600))
    assert [o.date.day for o in found] == [26, 27, 28]


def test_a_day_begins_after_a_skipped_midnight() -> None:
    zone = ZoneInfo("Asia/Beirut")
    begin = day_start(dt.date(2027, 3, 28), zone)
    assert wall_time(begin, zone) == dt.datetime(2027, 3, 28, 1)
    assert is_day_start(begin, zone)
    assert not is_day_start(begin + 60, zone)


@pytest.mark.parametrize(
    ("rule", "start", "message"),
    [
        (
            "FREQ=WEEKLY;BYDAY=MO",
            "20270105T100000",
            "start_time (2027-01-05T10:00:00 in Europe/Berlin) is no occurrence of "
            "FREQ=WEEKLY;BYDAY=MO; the first one is 1799658000 (2027-01-11T10:00:00)",
        ),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "20270105T100000",
            "recurrence.rrule (FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30) names days that no month has",
        ),
        (
            "FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31,-31",
            "20270105T100000",
            "recurrence.rrule (FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31,-31) names days that no month "
            "has",
        ),
        (
            "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
            "20270104T100000",
            "recurrence.rrule (FREQ=DAILY;INTERVAL=7;BYDAY=TU) does not come within 50 years of "
            "start_time",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
            "20270401T100000",
            "recurrence.rrule (FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31) does not come within 50 "
            "years of start_time",
        ),
        (
            "FREQ=DAILY;UNTIL=20270104",
            "20270105T100000",
            "recurrence.rrule (FREQ=DAILY;UNTIL=20270104) ends before it comes: UNTIL is before "
            "start_time, or before the first time that the rule comes; write a later UNTIL",
        ),
        (
            "FREQ=DAILY",
            "99010105T100000",
            "start_time is in the year 9901; a series begins before 9900",
        ),
    ],
)
def test_a_rule_that_does_not_come_at_its_start_is_refused(
    rule: str, start: str, message: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        check_start(series(rule, start, "Europe/Berlin"))
    assert caught.value.message == message
    assert caught.value.field == message.split(" ")[0]


@pytest.mark.parametrize("freq", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_a_start_that_the_rule_has_is_taken(freq: str) -> None:
    check_start(series(f"FREQ={freq};COUNT=2", "20280229T100000"))


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20270105", "20270105T0000Z"),  # The whole local day: 19:00 in New York.
        ("20270105T000000Z", "20270105T0000Z"),
        ("20270104T235959Z", "20270104T0000Z"),
    ],
)
def test_until_is_a_local_day_or_an_instant(until: str, last: str) -> None:
    daily = series(f"FREQ=DAILY;UNTIL={until}", "20270101T190000", "America/New_York")
    expected = last if until != "20270105" else "20270106T0000Z"
    assert instants(daily, 100)[-1] == expected


def test_until_ends_by_the_instant_where_the_clock_skips_the_time() -> None:
    """02:30 of 28 March is 01:30 in UTC, though its clock shows three o'clock at 01:00."""
    rule = "FREQ=DAILY;UNTIL=20270328T010000Z"
    assert instants(series(rule, "20270327T023000", "Europe/Berlin"), 9) == ["20270327T0130Z"]


def test_times_before_a_local_time_are_counted_and_the_last_of_them_found() -> None:
    weekly = series("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", "20270104T100000")
    wednesday = dt.datetime(2027, 1, 13, 10)
    assert weekly.count_before(wednesday) == 3
    assert weekly.last_before(wednesday) == dt.datetime(2027, 1, 11, 10)
    assert weekly.last_before(weekly.start) is None
    assert weekly.has(wednesday)
    assert not weekly.has(wednesday + dt.timedelta(hours=1))


def test_nothing_comes_before_the_start_nor_beyond_the_calendar() -> None:
    daily = series("FREQ=DAILY", "98990101T100000")
    assert list(daily.locals_between(dt.datetime(2020, 1, 1), daily.start)) == []
    assert (
        len(list(daily.locals_between(dt.datetime(9999, 12, 28), dt.datetime(9999, 12, 31)))) == 2
    )


def test_a_search_for_a_rule_that_never_comes_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """dateutil alone would look at every day up to the year 9999."""
    looked_at: list[dt.datetime] = []
    period = recurrence._period

    def counted(rule: Rule, first: dt.datetime, *others: Any) -> Iterator[dt.datetime]:
        looked_at.append(first)
        return period(rule, first, *others)

    monkeypatch.setattr(recurrence, "_period", counted)
    with pytest.raises(InvalidField):
        check_start(series("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "20270401T100000"))
    assert recurrence.SEARCH_YEARS == 50
    # Of each year its April; that of the first one is looked at twice.
    assert recurrence.SEARCH_YEARS <= len(looked_at) <= recurrence.SEARCH_YEARS + 2


@given(
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9999, 12, 30)),
    st.sampled_from(["UTC", "Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe"]),
    st.sampled_from([0, 1]),
)
def test_an_instant_is_that_of_a_datetime_in_the_zone(
    local: dt.datetime, name: str, fold: int
) -> None:
    zone = ZoneInfo(name)
    expected = local.replace(tzinfo=zone, fold=0).timestamp()
    assert instant(local.replace(fold=fold), zone) == int(expected)


@pytest.mark.parametrize("name", ["Europe/Berlin", "Australia/Lord_Howe", "America/Havana"])
def test_each_minute_around_a_change_of_the_clock_is_that_of_a_datetime(name: str) -> None:
    zone = ZoneInfo(name)
    for day in (dt.datetime(2027, 3, 14), dt.datetime(2027, 3, 28), dt.datetime(2027, 10, 31)):
        for minute in range(-60, 6 * 60):
            local = day + dt.timedelta(minutes=minute)
            expected = int(local.replace(tzinfo=zone, fold=0).timestamp())
            assert instant(local.replace(fold=1), zone) == expected
