"""Which filters of a calendar-query need a look at the text of a resource."""

import datetime as dt

import pytest

from deskcal.ical.components import read_components
from deskcal.ical.filters import CompFilter, PropFilter, Range, asks_for_all, fits

EVENT = CompFilter("VEVENT")


@pytest.mark.parametrize(
    ("wanted", "is_all"),
    [
        (CompFilter("VCALENDAR"), True),
        (CompFilter("VCALENDAR", comps=[EVENT]), True),
        (CompFilter("VCALENDAR", props=[], comps=[CompFilter("VEVENT", props=[], comps=[])]), True),
        (CompFilter("VCALENDAR", is_absent=True), False),
        (CompFilter("VCALENDAR", range=Range(1, 2)), False),
        (CompFilter("VCALENDAR", props=[PropFilter("X-A")], comps=[EVENT]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", is_absent=True)]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", range=Range(1, 2))]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", props=[PropFilter("UID")])]), False),
        (
            CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", comps=[CompFilter("VALARM")])]),
            False,
        ),
        (CompFilter("VCALENDAR", comps=[EVENT, CompFilter("VTIMEZONE")]), False),
        (CompFilter("VCALENDAR", comps=[CompFilter("VTODO")]), False),
        (CompFilter("VTODO"), False),
    ],
)
def test_a_filter_of_all_events_needs_none(wanted: CompFilter, is_all: bool) -> None:
    assert asks_for_all(wanted) is is_all


TEN = 1_804_000_000
"""Start of the event."""
AGAIN = "REPEAT:2\r\nDURATION:PT10M\r\n"


@pytest.mark.parametrize(
    ("alarm", "minute", "goes_off"),
    [
        (AGAIN, -60, True),
        (AGAIN, -50, True),
        (AGAIN, -40, True),
        (AGAIN, -45, False),
        (AGAIN, -30, False),
        (AGAIN, -70, False),
        ("REPEAT:2\r\n", -50, False),
        ("DURATION:PT10M\r\n", -50, False),
        ("REPEAT:two\r\nDURATION:PT10M\r\n", -50, False),
        ("REPEAT:2\r\nDURATION:PT0S\r\n", -50, False),
        ("REPEAT:2\r\nDURATION:soon\r\n", -50, False),
    ],
)
def test_an_alarm_is_found_each_time_it_goes_off(alarm: str, minute: int, goes_off: bool) -> None:
    """RFC 4791, 9.9: at least one of its triggers. Radicale 3.9 and Xandikos 0.4.10 know one."""
    start = dt.datetime.fromtimestamp(TEN, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        f"DTSTAMP:{start}\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nBEGIN:VALARM\r\n"
        f"ACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT1H\r\n{alarm}END:VALARM\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    time = TEN + minute * 60
    within = CompFilter("VALARM", range=Range(time - 30, time + 30))
    wanted = CompFilter("VCALENDAR", comps=[CompFilter("VEVENT", comps=[within])])
    assert fits(read_components(text, "UTC"), wanted, "UTC") is goes_off
