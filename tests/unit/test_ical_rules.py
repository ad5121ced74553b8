"""Which rules the feed writes, and how; readers were seen to take these alike."""

import datetime as dt
from collections.abc import Iterable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.recurrence import Recurrence
from deskcal.core.recurrence_rule import WEEKDAYS, parse_rule
from deskcal.ical.rules import feed_text, read_alike

LEAP_DAY = dt.datetime.fromisoformat("2028-02-29T10:00")

ALIKE = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
    "FREQ=MONTHLY;BYMONTHDAY=15,-1",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15,31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=YEARLY;BYMONTH=1,6;BYDAY=1MO,-1FR",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=-1",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=2,8;BYMONTHDAY=1,28",
]
IN_OTHER_WORDS = {
    "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=1": "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
    "FREQ=YEARLY;BYMONTH=2,8;BYMONTHDAY=31": "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=31",
    "FREQ=YEARLY;BYMONTH=2,6,10;BYDAY=1MO": "FREQ=MONTHLY;INTERVAL=4;BYDAY=1MO",
    "FREQ=YEARLY;BYMONTH=2,8": "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=29",
    "FREQ=MONTHLY;COUNT=9;BYMONTH=2;BYMONTHDAY=-1": "FREQ=YEARLY;COUNT=9;BYMONTH=2;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTH=3,10;BYDAY=-1SU": "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTH=1,8;BYDAY=MO": "FREQ=YEARLY;BYMONTH=1,8;BYDAY=MO",
    "FREQ=MONTHLY;INTERVAL=2": "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=29",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5,-1": "FREQ=MONTHLY;BYDAY=5MO,-1MO",
    "FREQ=DAILY;BYMONTHDAY=1,-1": "FREQ=MONTHLY;BYMONTHDAY=1,-1",
    "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR": "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
    "FREQ=DAILY;BYDAY=MO,TU": "FREQ=WEEKLY;BYDAY=MO,TU",
    "FREQ=YEARLY;BYDAY=MO,TU": "FREQ=WEEKLY;BYDAY=MO,TU",
}
NEVER = [
    "FREQ=DAILY;INTERVAL=2;BYMONTHDAY=-1",
    "FREQ=DAILY;INTERVAL=3;BYDAY=MO,FR",
    "FREQ=DAILY;BYMONTH=2,3",
    "FREQ=WEEKLY;BYMONTH=2,3",
    "FREQ=MONTHLY;BYMONTHDAY=29,30,31;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=5,-1",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1;BYDAY=TU",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTH=5,9,11",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15,-1",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;INTERVAL=2;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=TU;BYSETPOS=3",
    "FREQ=YEARLY;BYMONTH=2",
    "FREQ=MONTHLY;BYMONTH=2",
    "FREQ=YEARLY;BYMONTH=2,3",
    "FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=-1",
    "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=3,5;BYMONTHDAY=-2",
]


@pytest.mark.parametrize("text", ALIKE)
def test_it_is_left_as_it_is(text: str) -> None:
    rule = parse_rule(text)
    assert read_alike(rule, LEAP_DAY) == rule


@pytest.mark.parametrize(("text", "other"), IN_OTHER_WORDS.items())
def test_it_is_written_in_a_form_that_readers_take_alike(text: str, other: str) -> None:
    first = first_of(text, LEAP_DAY)
    assert str(read_alike(parse_rule(text), first)) == other
    assert times(text, first) == times(other, first)


@pytest.mark.parametrize("text", NEVER)
def test_it_is_never_written(text: str) -> None:
    assert read_alike(parse_rule(text), LEAP_DAY) is None


def joined(values: Iterable[object]) -> str:
    return ",".join(map(str, values))


DAY = st.integers(1, 31) | st.integers(-31, -1)
MONTHS = st.sampled_from([(2,), (1, 7), (3, 6, 9, 12), (2, 3), (4, 8, 12), (1, 6, 9)]).map(joined)
WEEKDAY = st.sampled_from(WEEKDAYS)
SOME_WEEKDAYS = st.sets(WEEKDAY, min_size=1, max_size=3).map(joined)
RULES = st.one_of(
    st.sets(DAY, min_size=1, max_size=4).map(joined).map("FREQ=DAILY;BYMONTHDAY={}".format),
    st.builds(
        "FREQ=DAILY;BYMONTHDAY={};BYDAY={}".format,
        st.sets(st.integers(1, 28), min_size=1, max_size=9).map(joined),
        SOME_WEEKDAYS,
    ),
    st.builds("FREQ={};BYDAY={}".format, st.sampled_from(["DAILY", "YEARLY"]), SOME_WEEKDAYS),
    st.builds(
        "FREQ={};BYMONTH={};BYMONTHDAY={}".format,
        st.sampled_from(["DAILY", "MONTHLY", "YEARLY"]),
        MONTHS,
        DAY,
    ),
    st.builds(
        "FREQ={};BYMONTH={}{}".format,
        st.sampled_from(["MONTHLY", "YEARLY"]),
        MONTHS,
        st.just("") | SOME_WEEKDAYS.map(";BYDAY={}".format) | WEEKDAY.map(";BYDAY=-1{}".format),
    ),
    st.builds(
        "FREQ=MONTHLY;INTERVAL={};BYDAY={};BYSETPOS={}".format,
        st.integers(1, 3),
        WEEKDAY,
        st.integers(1, 4) | st.integers(-4, -1),
    ),
    st.integers(1, 5).map("FREQ=MONTHLY;INTERVAL={}".format),
)
ENDS = st.one_of(
    st.just(""),
    st.integers(1, 40).map(";COUNT={}".format),
    st.dates(dt.date(2027, 1, 1), dt.date(2050, 12, 31)).map(";UNTIL={:%Y%m%d}".format),
    st.dates(dt.date(2027, 1, 1), dt.date(2050, 12, 31)).map(";UNTIL={:%Y%m%d}T090000Z".format),
)


@given(RULES, ENDS, st.dates(dt.date(2027, 1, 1), dt.date(2030, 12, 31)))
def test_in_other_words_a_rule_has_the_same_occurrences(text: str, end: str, date: dt.date) -> None:
    start = first_of(text, dt.datetime.combine(date, dt.time(10)))
    other = read_alike(parse_rule(text + end), start)
    if other is not None:
        assert times(text + end, start, 300) == times(feed_text(other), start, 300)


def test_the_first_day_of_the_week_is_written_where_it_counts() -> None:
    """ice_cube 0.16.4 begins a week on Sunday where the rule does not say."""
    every_second = parse_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU")
    assert feed_text(every_second) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;WKST=MO"
    for text in ("FREQ=WEEKLY;BYDAY=WE,SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;WKST=SU"):
        assert feed_text(parse_rule(text)) == text


def first_of(text: str, start: dt.datetime) -> dt.datetime:
    """The first occurrence of a rule from `start` on, local; `start` where it has none."""
    found = Recurrence(parse_rule(text), start, "Europe/Berlin").between(0, 4_000_000_000)
    return next((one.local for one in found), start)


def times(text: str, start: dt.datetime = LEAP_DAY, most: int = 12) -> list[int]:
    found = Recurrence(parse_rule(text), start, "Europe/Berlin").between(0, 4_000_000_000)
    return [one.time for one in islice(found, most)]
