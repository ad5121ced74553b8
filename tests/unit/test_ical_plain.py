"""The quick text of an event is the one that icalendar writes."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from deskcal.core.draft import EventFields, create, draft_new
from deskcal.core.event import Event
from deskcal.core.text_search import fold, text_of
from deskcal.ical.export import event_of as vevent_of
from deskcal.ical.export import with_lines
from deskcal.ical.plain import plain_text
from deskcal.ical.read import read_calendar
from deskcal.ical.write import event_component
from helpers import NOW

NAMES = {10: 'Ann "O" Lee; x', 30: "Бо"}
TREE = {"type": "doc", "content": [{"type": "paragraph", "content": [{"text": "a; b,\\c"}]}]}


def event_of(**fields: Any) -> Event:
    times = {"title": "Call", "start_time": NOW, "end_time": NOW + 3600}
    text = msgspec.json.encode(times | fields)
    sent = draft_new(msgspec.json.decode(text, type=EventFields))
    return create(sent, event_id=7, actor=10, now=NOW)


def lines_of(text: str) -> list[str]:
    """The content lines of the VEVENT, in an order of their own."""
    plain = text.replace("\r\n ", "")
    inner = plain.partition("BEGIN:VEVENT\r\n")[2].partition("END:VEVENT")[0]
    return sorted(inner.split("\r\n"))


def test_the_search_looks_in_the_description_that_the_feed_shows() -> None:
    """Issue 16. With where its links lead."""
    link = {"type": "link", "attrs": {"href": "https://meet.example/a-b"}}
    join = {"type": "text", "text": "Join", "marks": [link]}
    paragraph = {"type": "paragraph", "content": [{"text": "Über Gold: "}, join]}
    event = event_of(ast_json={"type": "doc", "content": [paragraph, TREE]})
    shown = Calendar.from_ical(plain_text(event, "", NAMES, 10, is_alone=True) or "")
    description = str(shown.walk("VEVENT")[0]["DESCRIPTION"])
    assert "https://meet.example/a-b" in description
    assert text_of(event) == fold(f"Call\n{description}")


@pytest.mark.parametrize("viewer", [10, 30, 99])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": "Ä; b, c\\d\u0001", "location": "Room, 5"},
        {"ast_json": TREE, "priority": 3},
        {"end_time": NOW, "status": 1},
        {"status": 2, "remind_before_sec": 900},
        {"remind_time": NOW - 60},
        {"remind_before_sec": 90, "show_as": 1},
        {"participants": [{"manager_id": 30, "status": 2}, {"manager_id": 31, "role": 2}]},
        {"title": "long " * 90},
    ],
)
def test_it_says_what_icalendar_says(fields: dict[str, Any], viewer: int) -> None:
    event = event_of(**fields)
    text = plain_text(event, "", NAMES, viewer, is_alone=False)
    calendar = Calendar()
    calendar.add_component(event_component(event, NAMES, viewer, "UTC"))
    assert text is not None
    assert lines_of(text) == lines_of(calendar.to_ical().decode())
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@given(st.text(max_size=200).filter(str.strip))
def test_any_title_is_read_back(title: str) -> None:
    event = event_of(title="x")
    event = msgspec.structs.replace(event, title=title.strip())
    text = plain_text(event, "", {}, 10, is_alone=True)
    assert text is not None
    calendar = Calendar()
    calendar.add_component(event_component(event, {}, 10, "UTC"))
    known = [line for line in lines_of(calendar.to_ical().decode()) if line.startswith("SUMMARY")]
    assert [line for line in lines_of(text) if line.startswith("SUMMARY")] == known


@pytest.mark.parametrize("title", ["C:\\New clients", "\\\\server\\News", "a\\n, b; c\\N", "\\"])
def test_backslashes_are_read_back(title: str) -> None:
    event = msgspec.structs.replace(event_of(title="x", location="y"), title=title, location=title)
    calendar = Calendar()
    calendar.add_component(event_component(event, {}, 10, "UTC"))
    plain = plain_text(event, "", {}, 10, is_alone=True)
    for text in (plain or "", calendar.to_ical().decode()):
        (found,) = read_calendar(text.splitlines(), "UTC").events
        assert (found.title, found.location) == (title, title)


def test_an_event_with_a_zone_is_on_its_clock() -> None:
    text = plain_text(event_of(timezone="Europe/Berlin"), "u", {}, 10, is_alone=True)
    assert text is not None
    (found,) = Calendar.from_ical(text).walk("VEVENT")
    assert "DTSTART;TZID=Europe/Berlin:20240309T170000" in text
    assert int(found.decoded("dtstart").timestamp()) == NOW
    assert text.count("BEGIN:VTIMEZONE") == 1 and "ATTENDEE" not in text


@pytest.mark.parametrize("fields", [{"all_day": 1}, {"end_time": 253_402_300_799, "all_day": 1}])
def test_what_is_not_so_simple_is_left_to_icalendar(fields: dict[str, Any]) -> None:
    assert plain_text(event_of(**fields), "", {}, 10, is_alone=True) is None


def test_a_time_that_the_clock_shows_twice_is_in_utc() -> None:
    start = 1_729_990_800 + 1800
    event = event_of(timezone="Europe/Berlin", start_time=start, end_time=start + 60)
    text = plain_text(event, "", {}, 10, is_alone=True)
    assert text is not None and "TZID" not in text


@pytest.mark.parametrize("fields", [{}, {"remind_before_sec": 900}, {"timezone": "Europe/Berlin"}])
@pytest.mark.parametrize(
    "lines",
    [
        ["CATEGORIES:Calls", "X-COLOUR;X-A=b:" + "red" * 40],
        ["ATTACH:https://example.com/a", *("BEGIN:VALARM", "ACTION:AUDIO", "END:VALARM")],
        ["no property", "X-B:1", "", "  goes on"],
    ],
)
def test_further_lines_are_added_as_they_are_to_a_whole_text(
    fields: dict[str, Any], lines: list[str]
) -> None:
    event = event_of(**fields)
    plain = plain_text(event, "u", {}, 10, is_alone=True)
    assert plain is not None
    text = plain_text(event, "u", {}, 10, is_alone=True, more=vevent_of(lines))
    assert text == with_lines(plain, lines)
