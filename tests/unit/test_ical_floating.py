"""Floating times and dates in a file that has X-WR-TIMEZONE. Contract, section 16."""

import io

import pytest

from deskcal.ical.components import read_components
from deskcal.ical.export import joined
from deskcal.ical.floating import with_usual_zone
from deskcal.ical.patch import patched
from deskcal.ical.read import CalendarFile, read_calendar
from deskcal.ical.split import MAX_HEAD_BYTES, find_places, parts_of

TOKYO = "X-WR-TIMEZONE:Asia/Tokyo"
OFFICE = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE"""
NINE = 1_799_193_600
"""9:00 of Wednesday 2027-01-06 in Tokyo, and midnight in UTC."""


def text_of(*lines: str, head: str = TOKYO) -> str:
    inner = "\n".join(["BEGIN:VEVENT", "UID:a@b", *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}\n{inner}\nEND:VCALENDAR\n"


def file_of(*lines: str, head: str = TOKYO) -> CalendarFile:
    found = read_calendar(text_of(*lines, head=head).splitlines(), "Europe/Nicosia")
    assert found.skipped == []
    return found


@pytest.mark.parametrize(
    "head",
    [
        TOKYO,
        "x-wr-timezone:asia/tokyo",
        "X-WR-TIMEZONE;VALUE=TEXT:Asia/Tokyo ",
        "X-WR-TIMEZONE:Tokyo Standard Time",
        "X-WR-TIMEZONE:/freeassociation.sourceforge.net/Asia/Tokyo",
        "X-WR-TIMEZONE:Asia/\n Tokyo",
        f"{TOKYO}\n{TOKYO}\nX-WR-TIMEZONE:",
    ],
)
def test_floating_times_are_in_the_zone_of_the_calendar(head: str) -> None:
    found = file_of("DTSTART:20270106T090000", "DURATION:PT1H", head=head)
    (event,) = found.events
    assert (event.start.time, event.start.zone) == (NINE, "Asia/Tokyo")
    assert (event.end.time, found.warnings) == (NINE + 3600, [])


def test_the_name_of_a_vtimezone_counts_too() -> None:
    found = file_of("DTSTART:20270106T090000", head=f"X-WR-TIMEZONE:Office\n{OFFICE}")
    assert (found.events[0].start.time, found.warnings) == (NINE, [])


def test_it_counts_where_it_stands_behind_the_events() -> None:
    text = text_of("DTSTART:20270106T090000", head="X-A:1")
    text = text.replace("END:VCALENDAR", f"{TOKYO}\nEND:VCALENDAR")
    assert read_calendar(text.splitlines(), "UTC").events[0].start.time == NINE


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("X-WR-TIMEZONE:Nowhere", "X-WR-TIMEZONE is 'Nowhere', which is no known zone"),
        (f"{TOKYO}\nX-WR-TIMEZONE:Europe/Berlin", "is 'Asia/Tokyo' and 'Europe/Berlin'"),
    ],
)
def test_one_that_is_not_known_is_named_and_does_not_count(head: str, why: str) -> None:
    found = file_of("DTSTART:20270106T090000", "DTEND:20270106T100000", head=head)
    assert (found.events[0].start.time, found.events[0].start.zone) == (NINE + 7 * 3600, "")
    (warning,) = found.warnings
    assert warning.why.startswith("line") and why in warning.why
    assert file_of("DTSTART:20270106T090000Z", head=head).warnings == []


def test_times_with_a_zone_stay_in_it() -> None:
    (event,) = file_of(
        "DTSTART;TZID=Europe/Berlin:20270106T090000", "DTEND:20270106T083000Z"
    ).events
    assert (event.start.time, event.start.zone) == (NINE + 8 * 3600, "Europe/Berlin")
    assert (event.end.time, event.end.zone) == (NINE + 8 * 3600 + 1800, "UTC")


def test_all_floating_times_of_a_series_are_in_it() -> None:
    (event,) = file_of(
        "DTSTART:20270106T090000",
        "RRULE:FREQ=DAILY;UNTIL=20270110T090000",
        "EXDATE:20270107T090000,20270108T090000",
        "RDATE:20270120T090000",
        "RECURRENCE-ID:20270106T090000",
    ).events
    days = [(one.time - NINE) / 86_400 for one in (*event.exdates, *event.rdates)]
    assert days == [1, 2, 14]
    assert event.rrule == "FREQ=DAILY;UNTIL=20270110T000000Z"
    assert event.recurrence_id and event.recurrence_id.time == NINE


def test_dates_are_of_that_zone_but_not_of_utc() -> None:
    (event,) = file_of("DTSTART;VALUE=DATE:20270106", "EXDATE;VALUE=DATE:20270107").events
    assert (event.start.time, event.start.zone) == (NINE - 9 * 3600, "Asia/Tokyo")
    assert event.exdates[0].time == NINE + 15 * 3600
    (event,) = file_of("DTSTART;VALUE=DATE:20270106", head="X-WR-TIMEZONE:Etc/UTC").events
    assert (event.start.time, event.start.zone) == (NINE - 2 * 3600, "")
    (event,) = file_of("DTSTART:20270106T000000", head="X-WR-TIMEZONE:UTC").events
    assert (event.start.time, event.start.zone) == (NINE, "UTC")


def test_of_a_resource_dates_are_in_the_zone_of_its_event() -> None:
    """It can be another than X-WR-TIMEZONE, once it was changed in deskcal."""
    found = read_components(text_of("DTSTART;VALUE=DATE:20270106"), "Europe/Nicosia")
    assert found.events[0].event.start.time == NINE - 2 * 3600


def test_every_part_of_a_file_has_it() -> None:
    body = "".join(
        f"BEGIN:VEVENT\nUID:{uid}\nX-WR-TIMEZONE:Asia/Dubai\nDTSTART:20270106T090000\nEND:VEVENT\n"
        for uid in "abc"
    )
    long = "X-WR-RELCALID:" + "A" * 40_000 + "\nX-WR-TIMEZONE:" + "B" * 40_000
    text = f"BEGIN:VCALENDAR\n{long}\n{body}X-WR-TIMEZONE:Asia/\n Tokyo"
    file = io.BytesIO(text.encode())
    parts = list(parts_of(file, find_places(file), 1))
    assert len(parts) == 3 and max(len(part.text) for part in parts) < MAX_HEAD_BYTES
    for part in parts:
        read = read_calendar(part.text.decode().splitlines(), "UTC")
        (event,) = read.events
        assert (event.start.time, read.warnings) == (NINE, [])
        assert text.splitlines()[part.line_of(event.line) - 1] == "BEGIN:VEVENT"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC"])
def test_an_export_names_the_zone_of_each_floating_time(zone: str) -> None:
    lines = [
        "DTSTART:20270106T090000",
        "DTEND;X-A=1:20270106T100000",
        "RRULE:FREQ=DAILY;UNTIL=20270110T090000",
        "EXDATE:20270107T090000,20270108T090000",
        "RDATE:20270106T090000Z",
        "X-TIME:20270106T090000",
    ]
    text = text_of(*lines, head=f"X-WR-TIMEZONE:{zone}")
    dated = text_of("DTSTART;VALUE=DATE:20270106", "DTEND;TZID=Europe/Berlin:20270107T000000")
    found = joined([text, dated, text_of(*lines, head="X-A:1")], NINE, NINE).splitlines()
    mark = {"Asia/Tokyo": (";TZID=Asia/Tokyo", "", "20270110T000000Z")}
    name, end, until = mark.get(zone, ("", "Z", "20270110T090000Z"))
    assert [line for line in found if "20270" in line and "Z" not in line[:3]][:10] == [
        f"DTSTART{name}:20270106T090000{end}",
        f"DTEND;X-A=1{name}:20270106T100000{end}",
        f"RRULE:FREQ=DAILY;UNTIL={until}",
        f"EXDATE{name}:20270107T090000{end},20270108T090000{end}",
        "RDATE:20270106T090000Z",
        "X-TIME:20270106T090000",
        "DTSTART;VALUE=DATE:20270106",
        "DTEND;TZID=Europe/Berlin:20270107T000000",
        "DTSTART:20270106T090000",
        "DTEND;X-A=1:20270106T100000",
    ]
    assert [line for line in found if line.startswith(("TZID", "X-WR"))] == ["TZID:Asia/Tokyo"]
    assert found[-1] == "END:VCALENDAR"


@pytest.mark.parametrize(
    "start", ["DTSTART;TZID=Europe/Berlin:20270106T090000", "DTSTART;VALUE=DATE:20270106"]
)
def test_an_export_leaves_an_until_that_is_not_on_the_clock_of_the_file(start: str) -> None:
    rule = "RRULE:FREQ=DAILY;UNTIL=20270110T090000"
    text = text_of(start, rule, head=TOKYO)
    assert rule in joined([text], NINE, NINE).splitlines()


def test_a_resource_keeps_floating_times_that_say_the_same() -> None:
    put = text_of("DTSTART:20270106T090000", "DURATION:PT1H", "SUMMARY:one")
    times = ["DTSTART;TZID=Asia/Tokyo:20270106T090000", "DTEND:20270106T010000Z"]
    now = text_of(*times, "SUMMARY:two", head="X-A:1")
    lines = patched(put, now, frozenset(), "Europe/Nicosia").splitlines()
    assert {TOKYO, "DTSTART:20270106T090000", "DURATION:PT1H", "SUMMARY:two"} <= set(lines)


@pytest.mark.parametrize(
    ("until", "read"),
    [
        ("20270110T240000", "20270110T240000"),
        ("20270110T093000Z", "20270110T093000Z"),
        ("20270110", "20270110"),
        ("20270110T090000", "20270110T080000Z"),
        ("99991231T235959", "99991231T225959Z"),
    ],
)
def test_an_until_without_a_zone_is_on_the_clock_of_the_start(until: str, read: str) -> None:
    (event,) = file_of(
        "DTSTART;TZID=Europe/Berlin:20270106T090000", f"RRULE:UNTIL={until};FREQ=DAILY"
    ).events
    assert event.rrule == f"UNTIL={read};FREQ=DAILY"


def test_an_until_at_the_end_of_the_calendar_stays_in_it() -> None:
    start = "DTSTART;TZID=America/New_York:20270106T090000"
    (event,) = file_of(start, "RRULE:FREQ=DAILY;UNTIL=99991231T235959").events
    assert event.rrule == "FREQ=DAILY;UNTIL=99991231T235959Z"


FLOATING = "DTSTART:20270106T090000"


@pytest.mark.parametrize(
    ("line", "head", "is_added"),
    [
        (FLOATING, "X-A:1", True),
        (FLOATING, "X-WR-TIMEZONE:Europe/Berlin", False),
        (FLOATING, "X-WR-TIMEZONE:Nowhere", False),
        ("DTSTART:20270106T090000Z", "X-A:1", False),
        ("DTSTART;VALUE=DATE:20270106", "X-A:1", False),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_text_takes_the_zone_of_the_one_before(
    line: str, head: str, is_added: bool, end: str
) -> None:
    text = end.join(text_of(line, head=head).splitlines())
    found = with_usual_zone(text, text_of(FLOATING, head=TOKYO))
    assert (f"BEGIN:VCALENDAR{end}{TOKYO}{end}" in found) == is_added
    assert found.replace(f"{TOKYO}{end}", "") == text
    assert with_usual_zone(text, text_of(FLOATING, head="X-A:1")) == text
