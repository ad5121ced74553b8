"""Folding, words and grams of the search. Source: contract, section 15."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from deskcal.core import text_search
from deskcal.core.text_search import (
    fold,
    for_each_word,
    grams_of,
    grams_of_word,
    matches,
    number_of,
    text_of,
    words_of,
)
from deskcal.errors import InvalidField
from helpers import make_event

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zieliński", "ZIELINSKI"),
        ("Łódź", "lodz"),
        ("Ελένη", "ΕΛΕΝΗ"),
        ("Νίκος", "ΝΙΚΟΣ"),
        ("Пётр", "ПЕТР"),
        ("Straße", "STRASSE"),
        ("Ørsted", "orsted"),
        ("İstanbul", "istanbul"),
        ("ﬁn", "FIN"),
        ("Anna", "anna"),
    ],
)
def test_case_and_accents_do_not_count(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["100%", "a_b", "it's", '"q"', "a\\b", "[x]*"])
def test_signs_stay_what_they_are(text: str) -> None:
    assert fold(text) == text


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_are_split_at_white_space_and_looked_for_once() -> None:
    assert words_of("  Anna\tÉté  anna %_ x ") == ["anna", "ete", "%_"]


@pytest.mark.parametrize("query", ["", " ", "x", "x y z", "\n"])
def test_a_query_without_a_word_of_two_letters_is_refused(query: str) -> None:
    with pytest.raises(InvalidField) as refused:
        words_of(query)
    assert refused.value.field == "q"


def test_more_than_16_words_are_refused() -> None:
    with pytest.raises(InvalidField, match="17 words"):
        words_of(" ".join(f"w{n}" for n in range(17)))


def test_the_text_is_that_of_title_body_location_and_note() -> None:
    ast = Raw(b'{"type":"doc","content":[{"type":"paragraph","content":[{"text":"Caf\\u00e9"}]}]}')
    event = make_event(title="Call ANNA", ast_json=ast, location="Zürich", outcome_note="später")
    assert text_of(event) == "call anna\ncafe\nzurich\nspater"


@pytest.mark.parametrize(
    ("query", "expected"),
    [("anna", True), ("nn", True), ("ann call", True), ("doc", False), ("anna bob", False)],
)
def test_every_word_must_be_in_it_also_as_a_part_of_a_word(query: str, expected: bool) -> None:
    event = make_event(title="Call Anna", ast_json=Raw(b'{"type":"doc","content":[]}'))
    assert matches(event, words_of(query)) is expected


def test_a_word_does_not_go_over_two_fields() -> None:
    event = make_event(title="Call", location="Anna")
    assert not matches(event, ["callanna"])


@given(TEXTS, st.integers(0, 40), st.integers(3, 10))
def test_the_grams_of_a_part_of_a_word_are_among_those_of_the_text(
    text: str, start: int, length: int
) -> None:
    folded = fold(text)
    part = folded[start : start + length]
    if not part or part.split() != [part]:
        return
    assert grams_of([part]) <= grams_of(folded.split())


def test_short_words_have_no_grams() -> None:
    assert grams_of(["ab", "c", ""]) == set()
    assert grams_of(["abcd", "ab"]) == {"abc", "bcd"}


def test_what_is_remembered_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_search, "_MOST_WORDS", 2)
    asked = list[str]()

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    lengths = for_each_word(length)
    words = ["a", "bb", "a", "x" * 33, "x" * 33, "bb", "ccc", "bb"]
    assert lengths(words) == list(map(len, words))
    assert asked == ["a", "bb", "x" * 33, "x" * 33, "ccc", "bb"]


@given(st.lists(st.text(max_size=40), max_size=5))
def test_what_is_remembered_of_words_is_what_the_function_returns(words: list[str]) -> None:
    grams = for_each_word(grams_of_word)
    assert grams(words) == grams(words) == [grams_of_word(word) for word in words]


@given(st.text(min_size=3, max_size=3), st.text(min_size=3, max_size=3))
def test_no_two_grams_have_the_same_number(one: str, other: str) -> None:
    assert (number_of(one) == number_of(other)) == (one == other)
    assert 0 <= number_of(one) < 2**63
