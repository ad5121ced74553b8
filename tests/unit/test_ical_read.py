"""iCalendar files as they come: zones, times, overrides, cut files. Contract, section 16."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.draft import timezones
from deskcal.ical.read import CalendarEvent, CalendarFile, read_calendar
from deskcal.ical.zones import WINDOWS, Observance, RuleZone, same_zone, zone_name

DAY_SEC = 86_400
BERLIN = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


def file_of(*parts: str, zone: str = "Europe/Nicosia") -> CalendarFile:
    text = "BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(parts) + "END:VCALENDAR\n"
    return read_calendar(text.splitlines(), zone)


def vevent(*lines: str, uid: str = "a@b") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def event_of(*lines: str, before: str = "") -> CalendarEvent:
    found = file_of(before, vevent(*lines))
    assert found.skipped == [], found.skipped
    return found.events[0]


def seconds(text: str, zone: str = "UTC") -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("Europe/Kiev", "Europe/Kiev"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("FLE Standard Time", "Europe/Kiev"),
        ("Manitoba Standard Time", "America/Winnipeg"),
        ("Alberta Standard Time", "America/Edmonton"),
        ("british columbia standard time", "America/Vancouver"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        (
            "/mozilla.org/20070129_1/America/Argentina/Buenos_Aires",
            "America/Argentina/Buenos_Aires",
        ),
        ("tzone://Microsoft/Utc", "UTC"),
        ("GMT", "UTC"),
        ("Customized Time Zone", None),
        ("/somewhere/EST", None),
        ("", None),
    ],
)
def test_a_tzid_means_the_zone_that_it_names(tzid: str, zone: str | None) -> None:
    assert zone_name(tzid) == zone


def test_every_windows_name_leads_to_a_zone_that_there_is() -> None:
    assert set(WINDOWS.values()) <= timezones()


def test_an_iana_name_counts_also_where_the_vtimezone_contradicts_it() -> None:
    found = event_of(
        "DTSTART;TZID=Asia/Tokyo:20270701T090000", before=BERLIN.format(tzid="Asia/Tokyo")
    )
    assert (found.start.zone, found.start.time) == ("Asia/Tokyo", seconds("2027-07-01T00:00"))


@pytest.mark.parametrize("local", ["20270701T090000", "20270110T090000", "20271031T023000"])
def test_another_tzid_means_what_its_vtimezone_says(local: str) -> None:
    found = event_of(f"DTSTART;TZID=Mine:{local}", before=BERLIN.format(tzid="Mine"))
    wanted = dt.datetime.strptime(local, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert (found.start.zone, found.start.time) == ("Europe/Berlin", int(wanted.timestamp()))


def test_one_tzid_in_two_files_means_two_zones_in_one_process() -> None:
    for before, zone in ((BERLIN, "Europe/Berlin"), (BERLIN.replace("+0", "+1"), None)):
        found = file_of(before.format(tzid="X"), vevent("DTSTART;TZID=X:20270110T120000"))
        assert found.events[0].start.zone == (zone or "UTC")
        hour = 11 if zone else 1
        assert found.events[0].start.time == seconds(f"2027-01-10T{hour:02}:00")


def test_a_clock_that_no_zone_has_is_kept_in_utc_and_reported() -> None:
    odd = BERLIN.replace("+0100", "+0117").format(tzid="Odd")
    found = file_of(odd, vevent("DTSTART;TZID=Odd:20270110T120000"))
    assert found.events[0].start.time == seconds("2027-01-10T10:43")
    (warning,) = found.warnings
    assert "no IANA zone has the clock of 'Odd'" in warning.why


def test_a_tzid_without_vtimezone_is_read_in_the_default_zone_and_reported() -> None:
    found = file_of(vevent("DTSTART;TZID=Nowhere:20270110T120000"))
    assert found.events[0].start.time == seconds("2027-01-10T12:00", "Europe/Nicosia")
    assert "no VTIMEZONE for 'Nowhere'" in found.warnings[0].why


def test_floating_times_and_dates_are_read_in_the_default_zone() -> None:
    found = event_of("DTSTART:20270110T120000")
    assert (found.start.zone, found.start.time) == (
        "",
        seconds("2027-01-10T12:00", "Europe/Nicosia"),
    )
    found = event_of("DTSTART;VALUE=DATE:20270110")
    assert found.start.is_date and found.start.time == seconds("2027-01-10", "Europe/Nicosia")
    assert found.end.time - found.start.time == DAY_SEC


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        (["DURATION:P1D"], 23),
        (["DURATION:PT24H"], 24),
        (["DURATION:P1W"], 7 * 24 - 1),
        (["DURATION:P1DT1H"], 24),
        (["DTEND;TZID=Europe/Berlin:20270328T120000"], 23),
        (["DTEND;TZID=Europe/Berlin:20270326T120000"], 0),
        ([], 0),
    ],
)
def test_a_day_is_one_by_the_clock_and_24_hours_are_exact(lines: list[str], hours: int) -> None:
    """Clocks in Berlin go forward in the night after 27 March."""
    found = event_of("DTSTART;TZID=Europe/Berlin:20270327T120000", *lines)
    assert found.end.time - found.start.time == hours * 3600


def test_texts_are_unfolded_and_unescaped() -> None:
    text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20270110T120000Z\r\n"
    text += 'SUMMARY;LANGUAGE="a;b:c":One\\, two\\; th\r\n ree\\nfour \\\\ five\r\nEND:VEVENT\r\n'
    (found,) = read_calendar(text.splitlines(keepends=True), "UTC").events
    assert found.title == "One, two; three\nfour \\ five"
    assert found.line == 2


def test_a_repeating_event_has_its_rule_and_dates() -> None:
    found = event_of(
        "DTSTART;TZID=Europe/Berlin:20270104T090000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "EXDATE;TZID=Europe/Berlin:20270111T090000,20270118T090000",
        "EXDATE;VALUE=DATE:20270125",
        "RDATE;TZID=Europe/Berlin:20270105T090000",
    )
    assert found.rrule == "FREQ=WEEKLY;BYDAY=MO"
    assert [one.local.day for one in found.exdates] == [11, 18, 25]
    assert [one.is_date for one in found.exdates] == [False, False, True]
    assert found.rdates[0].time == seconds("2027-01-05T08:00")


def test_excluded_days_without_a_type_are_days() -> None:
    """npm's ics 3.12.0 writes them so (`findings/ics_excluded_days_without_a_type.sh`)."""
    found = event_of("DTSTART;VALUE=DATE:20270301", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20270302")
    assert [(one.local.day, one.is_date) for one in found.exdates] == [(2, True)]


def test_texts_without_escapes_and_a_day_without_a_type_are_read() -> None:
    """calendar-link 2.11.5 writes them so (`findings/calendar_link_cuts_titles_at_commas.sh`)."""
    found = event_of("SUMMARY:Lunch; Ann, Bob", "DTSTART:20270301", "DTEND:20270302")
    assert found.title == "Lunch; Ann, Bob"
    assert (found.start.local.day, found.start.is_date) == (1, True)


def test_an_override_names_the_occurrence_and_whether_the_later_ones_too() -> None:
    found = event_of(
        "DTSTART:20270104T100000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270104T090000Z"
    )
    assert found.recurrence_id is not None and found.is_this_and_future
    assert found.recurrence_id.time == seconds("2027-01-04T09:00")


MANY_DATES = ",".join(["20270101T000000Z"] * 10_001)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["SUMMARY:x"], "without DTSTART"),
        (["DTSTART:yesterday"], "'yesterday' is no date and no time"),
        (["DTSTART:20271301T000000"], "month must be in"),
        (["DTSTART:20270101T000000Z", "RRULE:A", "RRULE:B"], "several RRULEs"),
        (["DTSTART:20270101T000000Z", "RDATE;VALUE=PERIOD:20270101T000000Z/PT1H"], "periods"),
        (["DTSTART:15821231T000000Z", "RRULE:FREQ=DAILY"], "DTSTART is before 1583"),
        (["DTSTART:20270101T000000Z", "EXDATE:" + MANY_DATES], "more than 10000 of EXDATE"),
        (["DTSTART:20270101T000000Z", "DURATION:P"], "no duration"),
        (["DTSTART:20270101T000000Z", "DTEND;VALUE=DATE:20270102"], "not of one kind"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_line(lines: list[str], why: str) -> None:
    found = file_of(vevent(*lines, uid="bad"), vevent("DTSTART:20270101T000000Z", uid="good"))
    assert [event.uid for event in found.events] == ["good"]
    (skipped,) = found.skipped
    assert skipped.uid == "bad" and skipped.why.startswith("line ") and why in skipped.why


def test_a_cut_file_gives_what_is_whole_and_names_what_is_not() -> None:
    whole = "BEGIN:VCALENDAR\n" + vevent("DTSTART:20270101T000000Z", uid="1")
    whole += vevent("DTSTART:20270102T000000Z", "BEGIN:VALARM", "TRIGGER:-PT5M", uid="2")
    cut = whole[: whole.index("TRIGGER")]
    found = read_calendar(cut.splitlines(), "UTC")
    assert found.is_cut and [event.uid for event in found.events] == ["1"]
    assert found.skipped[0].uid == "2"
    assert "ends in the middle" in found.skipped[0].why and "line 6" in found.skipped[0].why


def test_what_is_no_calendar_says_so() -> None:
    found = read_calendar(["hello", "world"], "UTC")
    assert not found.is_calendar and found.events == []


def test_what_has_no_field_is_kept_as_it_stands() -> None:
    found = event_of(
        "DTSTART:20270101T000000Z",
        "X-COLOR;A=b:red\\, blue",
        "CATEGORIES:x,y",
        "BEGIN:VALARM",
        "ACTION:AUDIO",
        "TRIGGER:-PT15M",
        "END:VALARM",
    )
    assert found.extras == (
        *("X-COLOR;A=b:red\\, blue", "CATEGORIES:x,y"),
        *("BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT15M", "END:VALARM"),
    )
    assert [alarm.before_sec for alarm in found.alarms] == [900]


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=YEARLY;BYSECOND=1", "FREQ=DAILY;COUNT=9", "nothing"]
)
def test_a_vtimezone_of_another_rule_than_a_yearly_one_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="not a plain yearly one"):
        RuleZone([Observance(dt.datetime(2000, 1, 1), 0, 3600, rule)])  # noqa: DTZ001


@pytest.mark.parametrize("name", ["America/New_York", "Asia/Kolkata", "Europe/London"])
def test_the_same_clock_is_the_same_zone(name: str) -> None:
    rules = {
        "America/New_York": [
            (dt.datetime(2007, 3, 11, 2), -18000, -14400, "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),  # noqa: DTZ001
            (dt.datetime(2007, 11, 4, 2), -14400, -18000, "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),  # noqa: DTZ001
        ],
        "Asia/Kolkata": [(dt.datetime(1970, 1, 1), 19800, 19800, "")],  # noqa: DTZ001
        "Europe/London": [
            (dt.datetime(1970, 3, 29, 1), 0, 3600, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),  # noqa: DTZ001
            (dt.datetime(1970, 10, 25, 2), 3600, 0, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),  # noqa: DTZ001
        ],
    }
    assert same_zone(RuleZone([Observance(*one) for one in rules[name]])) == name


PIECES = """
BEGIN:VEVENT|END:VEVENT|BEGIN:VALARM|END:VALARM|BEGIN:VTIMEZONE|END:VTIMEZONE|UID:1|TZID:X
DTSTART;TZID=X:20270101T000000|DTSTART:99991231|DTSTART;VALUE=DATE:00010101|RRULE:|ATTENDEE:x
DURATION:P9999999D|TRIGGER:-P9999999D|TZOFFSETTO:+9999|TZOFFSETFROM:-9999|BEGIN:STANDARD
END:STANDARD|RECURRENCE-ID:20270101| folded|EXDATE:1,2,|DTSTART:00010101T000000Z
DTEND:20270101T000060Z"""
lines = st.sampled_from(PIECES.strip().replace("\n", "|").split("|")) | st.text(max_size=20)


@given(st.lists(lines, max_size=40))
def test_any_text_is_read_to_its_end(sent: list[str]) -> None:
    found = read_calendar(["BEGIN:VCALENDAR", *sent], "Europe/Nicosia")
    assert all(one.why.startswith("line ") for one in (*found.skipped, *found.warnings))
    assert all(event.end.time >= event.start.time for event in found.events)
