"""What a participant's text changes, and what is the same in another form. Contract, section 16."""

import pytest

from deskcal.errors import InvalidField
from deskcal.ical.components import Components, read_components
from deskcal.ical.participant_put import forbidden_change

ZONE = "Europe/Nicosia"
TIMED = [
    "UID:a@b",
    "DTSTART;TZID=Europe/Nicosia:20270104T090000",
    "DTEND;TZID=Europe/Nicosia:20270104T100000",
    "SUMMARY:Café",
    "DESCRIPTION:One\\n\\nTwo",
    "LOCATION:Room 1",
    "STATUS:CONFIRMED",
    "PRIORITY:3",
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:manager-10@deskcal.invalid",
    "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:manager-30@deskcal.invalid",
]
WEEKLY = [
    *TIMED,
    "RRULE:FREQ=WEEKLY;COUNT=5",
    "EXDATE;TZID=Europe/Nicosia:20270111T090000",
    "RDATE;TZID=Europe/Nicosia:20270106T090000",
]
DAILY = [
    "UID:a@b",
    "DTSTART;VALUE=DATE:20270104",
    "SUMMARY:Stand",
    "RRULE:FREQ=DAILY;COUNT=5",
    "EXDATE;VALUE=DATE:20270105",
]


def read(*events: list[str]) -> Components:
    lines = [line for one in events for line in ("BEGIN:VEVENT", *one, "END:VEVENT")]
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])
    found = read_components(text, ZONE)
    assert len(found.events) == len(events)
    return found


def with_line(lines: list[str], line: str) -> list[str]:
    """`lines` with that one in place of those of its name; a mere name takes them away."""
    name = line.partition(":")[0].partition(";")[0]
    kept = [one for one in lines if one.partition(":")[0].partition(";")[0] != name]
    return [*kept, line] if ":" in line else kept


def change(given: list[str], *put: list[str]) -> str:
    return forbidden_change(read(*put), read(given), ZONE)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("SUMMARY:Coffee", "title"),
        ("LOCATION:Room 2", "location"),
        ("LOCATION", "location"),
        ("DESCRIPTION:One\\nThree", "its description"),
        ("DESCRIPTION", "its description"),
        ("DTSTART:20270104T071000Z", "start_time"),
        ("DTEND:20270104T081000Z", "end_time"),
        ("STATUS:CANCELLED", "its status"),
        ("PRIORITY:9", "its priority"),
        ("RRULE:FREQ=DAILY", "its recurrence"),
    ],
)
def test_another_value_is_a_change(line: str, what: str) -> None:
    assert change(TIMED, with_line(TIMED, line)) == what


def test_who_is_added_is_a_change_and_who_is_no_manager_is_not() -> None:
    assert change(TIMED, [*TIMED, "ATTENDEE:mailto:manager-31@deskcal.invalid"]) == "who takes part"
    assert change(TIMED, [*TIMED, "ATTENDEE:mailto:me@phone.example"]) == ""
    assert change(TIMED, with_line(TIMED, "ATTENDEE:mailto:manager-30@deskcal.invalid")) == ""


@pytest.mark.parametrize(
    "line",
    [
        "SUMMARY: Cafe\u0301 ",
        "DESCRIPTION: One \\nTwo\\n",
        "LOCATION:Room\u00a01",
        "DTSTART:20270104T070000Z",
        "DTEND;TZID=Europe/Athens:20270104T100000",
        "STATUS:TENTATIVE",
        "STATUS",
        "PRIORITY",
        "PRIORITY:0",
        "PRIORITY:4",
    ],
)
def test_another_form_is_no_change(line: str) -> None:
    assert change(TIMED, with_line(TIMED, line)) == ""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=6", "its recurrence"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=5", "its recurrence"),
        ("RRULE", "its recurrence"),
        ("EXDATE", "which dates the series has"),
        ("EXDATE:20270111T070000Z,20270118T070000Z", "which dates the series has"),
        ("EXDATE;VALUE=DATE:20270106,20270111", "which dates the series has"),
        ("RDATE", "which dates the series has"),
        ("RDATE:20270106T070000Z,20270107T070000Z", "which dates the series has"),
    ],
)
def test_other_dates_are_a_change(line: str, what: str) -> None:
    put = with_line(WEEKLY, line)
    assert change(WEEKLY, put) == what
    assert change(put, put) == ""


@pytest.mark.parametrize(
    "line",
    [
        "RRULE:FREQ=WEEKLY;WKST=MO;BYDAY=MO;COUNT=5;INTERVAL=1",
        "RRULE:FREQ=WEEKLY;UNTIL=20270201T070000Z",
        "EXDATE:20270111T070000Z",
        "EXDATE;VALUE=DATE:20270111",
        "EXDATE:20270111T070000Z,20270112T070000Z",
        "RDATE:20270106T070000Z",
        "RDATE:20270104T070000Z,20270106T070000Z,20270118T070000Z",
    ],
)
def test_the_same_dates_in_another_form_are_no_change(line: str) -> None:
    assert change(WEEKLY, with_line(WEEKLY, line)) == ""


def test_an_exdate_of_a_day_may_be_a_time_where_the_event_has_none() -> None:
    assert change(DAILY, with_line(DAILY, "EXDATE:20270105T000000Z")) == ""
    assert (
        change(DAILY, with_line(DAILY, "EXDATE:20270106T000000Z")) == "which dates the series has"
    )


def test_dates_alone_need_no_rule() -> None:
    given = with_line(WEEKLY, "RRULE:FREQ=DAILY;COUNT=1")
    assert change(given, with_line(with_line(given, "RRULE"), "EXDATE")) == ""


def test_a_rule_that_is_not_taken_is_refused() -> None:
    with pytest.raises(InvalidField):
        change(WEEKLY, with_line(WEEKLY, "RRULE:FREQ=HOURLY"))


OVERRIDE = [
    *with_line(with_line(TIMED, "DTSTART:20270118T070000Z"), "DTEND:20270118T080000Z"),
    "RECURRENCE-ID:20270118T070000Z",
]


def test_an_answer_to_one_occurrence_may_come_as_an_override() -> None:
    assert change(WEEKLY, WEEKLY, OVERRIDE) == ""
    assert change(WEEKLY, OVERRIDE) == ""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("SUMMARY:Coffee", "title"),
        ("DESCRIPTION:Three", "its description"),
        ("DTSTART:20270118T073000Z", "start_time"),
        ("DTEND:20270118T090000Z", "end_time"),
        ("STATUS:CANCELLED", "its status"),
        ("PRIORITY:1", "its priority"),
    ],
)
def test_an_override_that_is_added_must_be_as_the_rule_has_it(line: str, what: str) -> None:
    assert change(WEEKLY, WEEKLY, with_line(OVERRIDE, line)) == what


def test_who_is_added_to_an_occurrence_is_a_change() -> None:
    more = [*OVERRIDE, "ATTENDEE:mailto:manager-31@deskcal.invalid"]
    assert change(WEEKLY, WEEKLY, more) == "who takes part"
    assert change(WEEKLY, WEEKLY, with_line(OVERRIDE, "ATTENDEE")) == ""


def test_an_override_of_what_was_not_given_is_a_change() -> None:
    master_of_none = read(OVERRIDE)
    other = with_line(OVERRIDE, "RECURRENCE-ID:20270125T070000Z")
    assert forbidden_change(read(other), master_of_none, ZONE) == "an occurrence that is not there"
