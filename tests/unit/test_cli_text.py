"""How the command line shows answers and errors."""

import json

import pytest

from deskcal.cli.text import counted, readable_error, readable_json, utc_span
from deskcal.errors import DeskcalError, InvalidField, NotFound


def test_escaped_characters_are_shown_as_themselves() -> None:
    shown = readable_json(
        rb'{"title":"\u0417\u0432\u043e\u043d\u043e\u043a \ud83d\ude00"}', "utf-8"
    )
    assert shown == '{\n  "title": "Звонок 😀"\n}'


def test_characters_that_the_encoding_lacks_stay_escaped() -> None:
    text = rb'{"a":"\u00e9\u0417"}'
    assert readable_json(text, "latin-1") == '{\n  "a": "é\\u0417"\n}'
    assert readable_json(text, "ascii") == '{\n  "a": "\\u00e9\\u0417"\n}'


@pytest.mark.parametrize(
    "escaped", [r"\u001b", r"\u009b", r"\u0022", r"\u005c", r"\u202e", r"\n", r"\\u0041"]
)
def test_what_a_terminal_or_a_parser_would_obey_stays_escaped(escaped: str) -> None:
    text = f'{{"a":"{escaped}"}}'
    shown = readable_json(text.encode(), "utf-8")
    assert json.loads(shown) == json.loads(text)
    assert shown.isascii()
    assert shown.replace("\n", "").isprintable()


def test_numbers_stay_as_they_are_spelled() -> None:
    assert readable_json(b"[1.50,1e5,12345678901234567890]", "utf-8").split() == [
        "[",
        "1.50,",
        "1e5,",
        "12345678901234567890",
        "]",
    ]


def test_an_error_is_one_line_with_status_code_field_and_message() -> None:
    assert readable_error(InvalidField("is wrong", field="id")) == "400 INVALID_FIELD id: is wrong"
    assert readable_error(NotFound("no such event")) == "404 NOT_FOUND: no such event"


def test_an_error_of_an_unknown_code_shows_the_code() -> None:
    error = DeskcalError("short and stout", status=418, code="TEAPOT")
    assert readable_error(error) == "418 TEAPOT: short and stout"


def test_an_error_can_not_write_to_the_terminal_behind_the_line() -> None:
    assert readable_error(NotFound("a\n\x1b[2J")) == r"404 NOT_FOUND: a\n\u001b[2J"


def test_an_end_on_the_same_date_is_shown_without_it() -> None:
    assert utc_span(0, 86_399) == "1970-01-01 00:00-23:59"
    assert utc_span(0, 86_400) == "1970-01-01 00:00 to 1970-01-02 00:00"


def test_one_thing_is_not_many() -> None:
    found = [counted(count, "event") for count in (0, 1, 2)]
    assert found == ["0 events", "1 event", "2 events"]
    assert counted(1, "event or series", "events and series") == "1 event or series"
    assert counted(2, "event or series", "events and series") == "2 events and series"
