"""The forms of the texts of a draft: brand, desk, title, timezone, `ast_json`."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.errors import InvalidField
from helpers import make_draft


def form(name: str, value: Any) -> Any:
    """The value as it would be stored."""
    return make_draft(**{name: value}).values[name]


def complaint(name: str, value: Any) -> str:
    with pytest.raises(InvalidField) as caught:
        make_draft(**{name: value})
    assert caught.value.field == name
    return str(caught.value)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("DESK_EU", "DESK_EU"),
        (" desk_eu\t", "DESK_EU"),
        ("straße", "STRASSE"),
        ("  ", ""),
        ("", ""),
        ("Desk of a b", "DESK OF A B"),
    ],
)
def test_a_desk_is_stored_trimmed_in_upper_case(sent: str, stored: str) -> None:
    assert form("desk", sent) == stored


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=",*!")))
def test_a_desk_as_stored_is_stored_as_it_is(text: str) -> None:
    stored = form("desk", text[:20])
    assert form("desk", stored) == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("", "default"), ("default", "default"), ("Alpha", "Alpha"), ("alpha beta", "alpha beta")],
)
def test_a_brand_is_stored_as_sent_and_an_empty_one_as_the_default(sent: str, stored: str) -> None:
    assert form("brand", sent) == stored


@pytest.mark.parametrize("name", ["brand", "desk"])
def test_a_code_may_have_64_characters_and_not_one_more(name: str) -> None:
    assert form(name, "É" * 64) == "É" * 64
    assert complaint(name, "É" * 65) == f"{name} has 65 characters; at most 64 are allowed"


def test_the_length_of_a_desk_is_that_of_its_stored_form() -> None:
    assert form("desk", " " * 50 + "A" * 64 + " " * 50) == "A" * 64
    assert "has 66 characters" in complaint("desk", "ß" * 33)


@pytest.mark.parametrize("name", ["brand", "desk"])
@pytest.mark.parametrize("character", [",", "*", "!", "\x00", "\n", "\x1f", "\x7f", "\x85", "\x9f"])
def test_a_code_with_a_character_of_masks_or_a_control_character_is_refused(
    name: str, character: str
) -> None:
    message = complaint(name, f"A{character}B")
    assert message.startswith(f"{name} contains {character!r}; commas, asterisks, exclamation")


@pytest.mark.parametrize("character", list(" ~\xa0é']}\"\\[?"))
def test_any_other_character_may_stand_in_a_brand(character: str) -> None:
    assert form("brand", f"a{character}b") == f"a{character}b"


def test_a_title_is_stored_trimmed() -> None:
    assert form("title", " \t\nRetention  sync\u3000") == "Retention  sync"


@pytest.mark.parametrize("title", ["", " ", "\r\n\t\u2003"])
def test_a_title_of_blanks_is_refused(title: str) -> None:
    assert complaint("title", title) == "title is empty; give it 1 to 500 characters"


def test_a_title_may_have_1_to_500_characters_after_trimming() -> None:
    assert form("title", "x") == "x"
    assert form("title", " " + "😀" * 500 + " ") == "😀" * 500
    assert complaint("title", "x" * 501) == "title has 501 characters; at most 500 are allowed"


@pytest.mark.parametrize("zone", ["", "UTC", "Europe/Nicosia", "America/Argentina/Buenos_Aires"])
def test_a_zone_is_an_iana_name_or_empty(zone: str) -> None:
    assert form("timezone", zone) == zone


@pytest.mark.parametrize(
    "zone",
    ["Nowhere", "europe/nicosia", "UTC+3", " UTC", "../UTC", "/etc/passwd", "localtime", "UTC\x00"],
)
def test_a_zone_that_is_no_iana_name_is_refused_with_an_example(zone: str) -> None:
    assert complaint("timezone", zone) == (
        f"timezone ({zone!r}) is no IANA time zone such as 'Europe/Nicosia'; "
        "an empty string stands for the server's own"
    )


def test_a_long_zone_is_shown_cut() -> None:
    assert len(complaint("timezone", "x" * 100_000)) < 250


def test_ast_json_is_stored_compact_and_safe_to_send() -> None:
    assert bytes(form("ast_json", {"text": "it's é]"})) == rb'{"text":"it\u0027s \u00e9\u005d"}'


@pytest.mark.parametrize("value", [1, 1.5, True, False])
def test_a_number_or_boolean_is_no_ast_json(value: Any) -> None:
    assert "an object, an array, a string or null" in complaint("ast_json", value)


@pytest.mark.parametrize(
    ("name", "most"), [("location", 500), ("outcome", 64), ("outcome_note", 2000)]
)
def test_a_short_text_has_a_limit_of_characters(name: str, most: int) -> None:
    assert form(name, "é" * most) == "é" * most
    assert str(most) in complaint(name, "é" * (most + 1))


def test_a_location_is_stored_trimmed() -> None:
    assert form("location", " Room 2\t") == "Room 2"
