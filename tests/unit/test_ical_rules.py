"""Which rules the feed writes, and how; readers were seen to take these alike."""

import datetime as dt
from collections.abc import Iterable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.recurrence import Recurrence
from deskcal.core.recurrence_rule import WEEKDAYS, Frequency, parse_rule
from deskcal.ical.rules import read_alike

LEAP_DAY = dt.datetime.fromisoformat("2028-02-29T10:00")

ALIKE = [
    "FREQ=DAILY;INTERVAL=3;BYDAY=MO,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYMONTH=1,3;BYDAY=MO,SU;WKST=SU",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=15,-1",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
    "FREQ=MONTHLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=YEARLY;BYMONTH=1,6;BYDAY=1MO,-1FR",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=2,8;BYMONTHDAY=1,28",
]
IN_OTHER_WORDS = {
    "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1": "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    "FREQ=YEARLY;COUNT=9;BYMONTH=2;BYMONTHDAY=29": "FREQ=MONTHLY;COUNT=9;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=DAILY;BYMONTHDAY=1,-1": "FREQ=MONTHLY;BYMONTHDAY=1,-1",
    "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR": "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
}
NEVER = [
    "FREQ=DAILY;INTERVAL=2;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=29,30,31;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5,-1",
    "FREQ=MONTHLY;BYMONTH=1,8;BYDAY=MO",
    "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1;BYDAY=TU",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTH=5,9,11",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=YEARLY;BYDAY=TU;BYSETPOS=3",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=3,5;BYMONTHDAY=-2",
]


@pytest.mark.parametrize("text", ALIKE)
def test_it_is_left_as_it_is(text: str) -> None:
    rule = parse_rule(text)
    assert read_alike(rule) == rule


@pytest.mark.parametrize(("text", "other"), IN_OTHER_WORDS.items())
def test_it_is_written_in_a_form_that_readers_take_alike(text: str, other: str) -> None:
    assert str(read_alike(parse_rule(text))) == other
    assert times(text) == times(other)


@pytest.mark.parametrize("text", NEVER)
def test_it_is_never_written(text: str) -> None:
    assert read_alike(parse_rule(text)) is None


def joined(values: Iterable[object]) -> str:
    return ",".join(map(str, values))


DAY = st.integers(1, 31) | st.integers(-31, -1)
MONTHS = st.sets(st.integers(1, 12), min_size=1).map(joined)
DAYS_OF_THE_MONTH = st.one_of(
    st.sets(DAY, min_size=1, max_size=4).map(joined).map("FREQ=DAILY;BYMONTHDAY={}".format),
    st.builds(
        "FREQ=DAILY;BYMONTHDAY={};BYDAY={}".format,
        st.sets(st.integers(1, 28), min_size=1, max_size=9).map(joined),
        st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(joined),
    ),
    st.builds(
        "FREQ={};BYMONTH={};BYMONTHDAY={}".format, st.sampled_from(["DAILY", "YEARLY"]), MONTHS, DAY
    ),
)
ENDS = st.one_of(
    st.just(""),
    st.integers(1, 40).map(";COUNT={}".format),
    st.dates(dt.date(2027, 1, 1), dt.date(2050, 12, 31)).map(";UNTIL={:%Y%m%d}".format),
    st.dates(dt.date(2027, 1, 1), dt.date(2050, 12, 31)).map(";UNTIL={:%Y%m%d}T090000Z".format),
)


@given(DAYS_OF_THE_MONTH, ENDS, st.dates(dt.date(2027, 1, 1), dt.date(2030, 12, 31)))
def test_by_months_a_rule_has_the_same_occurrences(text: str, end: str, date: dt.date) -> None:
    start = dt.datetime.combine(date, dt.time(10))
    other = read_alike(parse_rule(text + end))
    assert other is not None
    assert other.freq == Frequency.MONTHLY
    assert times(text + end, start, 300) == times(str(other), start, 300)


def times(text: str, start: dt.datetime = LEAP_DAY, most: int = 12) -> list[int]:
    found = Recurrence(parse_rule(text), start, "Europe/Berlin").between(0, 4_000_000_000)
    return [one.time for one in islice(found, most)]
