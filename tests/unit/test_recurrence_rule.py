"""Recurrence rules as texts: what is taken, how it is written, what is refused in which words."""

import datetime as dt

import pytest

from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.errors import InvalidField


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("freq=weekly;byday=we,mo,mo", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("BYDAY=MO;FREQ=WEEKLY;INTERVAL=1;WKST=MO;", "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15,1", "FREQ=MONTHLY;BYMONTHDAY=1,15,-1"),
        ("FREQ=MONTHLY;BYDAY=-1FR,+2MO", "FREQ=MONTHLY;BYDAY=2MO,-1FR"),
        ("FREQ=MONTHLY;BYDAY=1MO,WE", "FREQ=MONTHLY;BYDAY=1MO,1WE,2WE,3WE,4WE,5WE"),
        (
            "FREQ=YEARLY;INTERVAL=02;COUNT=010;BYMONTH=3,2;WKST=SU",
            "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=2,3;WKST=SU",
        ),
        ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
        ("FREQ=DAILY;UNTIL=20261231T170000Z", "FREQ=DAILY;UNTIL=20261231T170000Z"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,1",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        ),
    ],
)
def test_a_rule_is_written_in_one_way(sent: str, canonical: str) -> None:
    assert str(parse_rule(sent)) == canonical
    assert parse_rule(canonical) == parse_rule(sent)


def test_a_weekday_beside_an_ordinal_in_a_year_is_each_week_of_it() -> None:
    rule = parse_rule("FREQ=YEARLY;BYDAY=1MO,FR")
    assert len(rule.by_day) == 54


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("", "has '', which is no NAME=VALUE; write 'FREQ=WEEKLY;BYDAY=MO'"),
        ("FREQ", "has 'FREQ', which is no NAME=VALUE; write 'FREQ=WEEKLY;BYDAY=MO'"),
        ("FREQ=", "has 'FREQ=', which is no NAME=VALUE; write 'FREQ=WEEKLY;BYDAY=MO'"),
        (
            "RRULE:FREQ=DAILY",
            "begins with 'RRULE:'; write the value alone, such as 'FREQ=WEEKLY;BYDAY=MO'",
        ),
        (
            "FREQ=DAILY;FREQ=DAILY",
            "has FREQ twice; write it once, its values divided by commas",
        ),
        ("BYDAY=MO", "has no FREQ; begin it with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=FORTNIGHTLY", "has FREQ=FORTNIGHTLY; write DAILY, WEEKLY, MONTHLY or YEARLY"),
        (
            "FREQ=HOURLY",
            "has FREQ=HOURLY, which is not taken; write FREQ=DAILY, one series a time of day",
        ),
        ("FREQ=DAILY;INTERVAL=0", "has INTERVAL=0; write a whole number from 1 to 999"),
        ("FREQ=DAILY;INTERVAL=1000", "has INTERVAL=1000; write a whole number from 1 to 999"),
        ("FREQ=DAILY;COUNT=0", "has COUNT=0; write a whole number from 1 to 999999"),
        ("FREQ=DAILY;COUNT=-1", "has COUNT=-1; write a whole number from 1 to 999999"),
        ("FREQ=DAILY;COUNT=٣", "has COUNT=٣; write a whole number from 1 to 999999"),
        (
            "FREQ=DAILY;COUNT=3;UNTIL=20270101",
            "has COUNT and UNTIL; write one of them: after so many, or until then",
        ),
        (
            "FREQ=DAILY;UNTIL=20270101T100000",
            "has UNTIL=20270101T100000; write a date (UNTIL=20261231: that local day is the last "
            "one) or a time in UTC (UNTIL=20261231T170000Z)",
        ),
        ("FREQ=DAILY;UNTIL=20270230", "has UNTIL=20270230, which is no date of the calendar"),
        (
            "FREQ=DAILY;UNTIL=20270228T250000Z",
            "has UNTIL=20270228T250000Z, which is no date of the calendar",
        ),
        (
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "has BYMONTHDAY with FREQ=WEEKLY; write FREQ=MONTHLY for days of the month, or BYDAY "
            "for days of the week",
        ),
        (
            "FREQ=YEARLY;BYMONTHDAY=1",
            "has BYMONTHDAY with FREQ=YEARLY but no BYMONTH; add BYMONTH, or write FREQ=MONTHLY "
            "for every month",
        ),
        (
            "FREQ=WEEKLY;BYDAY=2MO",
            "has an ordinal in BYDAY (such as 2MO), which FREQ=MONTHLY and FREQ=YEARLY alone can "
            "have; write MO, or change FREQ",
        ),
        (
            "FREQ=MONTHLY;BYDAY=6MO",
            "has an ordinal above 5 in BYDAY within a month; a month has five of a weekday at most",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1",
            "has BYSETPOS, which is taken with FREQ=MONTHLY and FREQ=YEARLY alone, since readers "
            "disagree elsewhere; name the days in BYDAY",
        ),
        (
            "FREQ=MONTHLY;BYSETPOS=1",
            "has BYSETPOS without another BY part; add BYDAY, BYMONTHDAY or BYMONTH",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "has BYMONTHDAY=0; write whole numbers from 1 to 31 or -1 to -31",
        ),
        ("FREQ=YEARLY;BYMONTH=-1", "has BYMONTH=-1; write whole numbers from 1 to 12"),
        (
            "FREQ=WEEKLY;BYDAY=MON",
            "has BYDAY=MON; write MO, TU, WE, TH, FR, SA or SU, as in 2MO or -1FR",
        ),
        (
            "FREQ=YEARLY;BYDAY=54MO",
            "has BYDAY=54MO; write MO, TU, WE, TH, FR, SA or SU, as in 2MO or -1FR",
        ),
        ("FREQ=WEEKLY;WKST=1", "has WKST=1; write MO, TU, WE, TH, FR, SA or SU"),
        (
            "FREQ=YEARLY;BYWEEKNO=20",
            "has BYWEEKNO, which readers count differently; write BYMONTH with BYDAY",
        ),
        (
            "FREQ=YEARLY;BYYEARDAY=1",
            "has BYYEARDAY, which is not taken; write BYMONTH and BYMONTHDAY",
        ),
        (
            "FREQ=DAILY;BYHOUR=9",
            "has BYHOUR, which is not taken; the time of day is that of start_time",
        ),
        (
            "RSCALE=GREGORIAN;FREQ=YEARLY",
            "has RSCALE, which few readers know; leave it out: the calendar is Gregorian",
        ),
        ("FREQ=DAILY;X-A=1", "has X-A, which RFC 5545 does not know"),
        ("FREQ=DAILY;" + "X" * 1000, "has 1011 characters; at most 1000 are allowed"),
    ],
)
def test_an_unsupported_rule_says_which_part_and_what_to_write_instead(
    sent: str, message: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        parse_rule(sent)
    assert caught.value.message == f"recurrence.rrule {message}"
    assert caught.value.field == "recurrence.rrule"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("FREQ=YEARLY;BYMONTH=2,3", "FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=29"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=-1TU", "FREQ=YEARLY;BYMONTH=2;BYDAY=-1TU"),
        ("FREQ=MONTHLY", "FREQ=MONTHLY"),
    ],
)
def test_yearly_from_29_february_is_stored_with_month_and_day(sent: str, stored: str) -> None:
    assert str(fixed_to_start(parse_rule(sent), dt.datetime(2028, 2, 29, 10))) == stored
    assert str(fixed_to_start(parse_rule(sent), dt.datetime(2028, 2, 28, 10))) == sent


def test_a_rule_says_whether_it_names_days() -> None:
    assert not parse_rule("FREQ=MONTHLY").names_days
    assert parse_rule("FREQ=WEEKLY;BYDAY=MO").names_days
