"""Masks against a slow but obvious matcher."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.core.masks import REMEMBERED, BadMask, DeskMask, Mask, desk_mask_of
from deskcal.errors import InvalidField
from deskcal.limits import Limits

patterns = st.text("AB*", max_size=8)
codes = st.text("AB", max_size=10)


def slowly_fits(pattern: str, code: str) -> bool:
    """What `*` means, word for word: any run of characters, also none."""

    @functools.cache
    def fits(p: int, c: int) -> bool:
        if p == len(pattern):
            return c == len(code)
        if pattern[p] == "*":
            return any(fits(p + 1, after) for after in range(c, len(code) + 1))
        return c < len(code) and pattern[p] == code[c] and fits(p + 1, c + 1)

    return fits(0, 0)


@given(patterns.filter(bool), codes)
def test_a_pattern_fits_as_its_definition_says(pattern: str, code: str) -> None:
    assert Mask(pattern).matches(code) == slowly_fits(pattern, code)


@given(st.lists(patterns.filter(bool), min_size=1), st.lists(patterns), codes)
def test_a_mask_matches_when_one_includes_and_none_excludes(
    includes: list[str], excludes: list[str], code: str
) -> None:
    mask = Mask(",".join([*includes, *("!" + pattern for pattern in excludes)][:32]))
    kept = excludes[: max(32 - len(includes), 0)]
    expected = any(slowly_fits(p, code) for p in includes[:32])
    assert mask.matches(code) == (expected and not any(slowly_fits(p, code) for p in kept))


@given(st.permutations(["DESK_*", "!DESK_EU*", "DESK_EU_VIP", "!*_TEST"]), codes)
def test_the_order_of_patterns_does_not_matter(order: list[str], code: str) -> None:
    first = DeskMask("DESK_*,!DESK_EU*,DESK_EU_VIP,!*_TEST")
    for desk in ("DESK_" + code, code, "DESK_EU_VIP", "DESK_A_TEST"):
        assert DeskMask(",".join(order)).matches(desk) == first.matches(desk)


@pytest.mark.parametrize(
    ("mask", "desk", "expected"),
    [
        ("*", "", True),
        ("*", "DESK_EU", True),
        ("DESK_*", "", False),
        ("DESK_*", "DESK_", True),
        ("DESK_*", "DESKXEU", False),
        ("DESK_*", "MY_DESK_EU", False),
        ("DESK_EU*,!DESK_EU_TEST", "DESK_EU", True),
        ("DESK_EU*,!DESK_EU_TEST", "DESK_EU_VIP", True),
        ("DESK_EU*,!DESK_EU_TEST", "DESK_EU_TEST", False),
        ("DESK_EU*,!DESK_EU_TEST", "DESK_EU_TEST2", True),
        ("!DESK_EU_TEST,DESK_EU*", "DESK_EU_TEST", False),
        (" DESK_EU , ! DESK_EU_TEST ", "DESK_EU", True),
        (" * , ! DESK_EU_TEST ", "DESK_EU_TEST", False),
        ("*,!", "", False),
        ("*,!", "DESK_EU", True),
        (",DESK_EU,,", "", False),
        ("AB*BA", "ABA", False),
        ("AB*BA", "ABBA", True),
        ("*_*_*", "A_B", False),
        ("DESK_[A-Z]?", "DESK_AB", False),
        ("DESK.EU", "DESK_EU", False),
        ("DESK_%", "DESK_EU", False),
    ],
)
def test_a_desk_mask_reads_as_the_seed_says(mask: str, desk: str, expected: bool) -> None:
    assert DeskMask(mask).matches(desk) is expected


@pytest.mark.parametrize("mask", ["desk_eu*", "DESK_EU*", "Desk_Eu*", "*,!desk_us"])
@pytest.mark.parametrize("desk", ["DESK_EU_1", "desk_eu_1"])
def test_a_desk_mask_ignores_case(mask: str, desk: str) -> None:
    assert DeskMask(mask).matches(desk)


def test_an_excluding_pattern_ignores_case_too() -> None:
    assert not DeskMask("*,!desk_us").matches("DESK_US")


def test_a_desk_mask_folds_letters_that_grow_as_desks_do_when_stored() -> None:
    assert DeskMask("straße*").matches("STRASSE_1")


def test_a_mask_over_brands_compares_exactly() -> None:
    assert Mask("Alpha*").matches("Alpha1")
    assert not Mask("Alpha*").matches("alpha1")


@pytest.mark.parametrize("text", ["", " ", ",", ", ,", "!DESK_EU", "!*", "! A, !B"])
def test_a_mask_without_an_including_pattern_is_refused(text: str) -> None:
    with pytest.raises(BadMask, match="no including pattern"):
        DeskMask(text)


def test_a_mask_may_have_1024_bytes_and_not_one_more() -> None:
    assert Mask("é" * 512).matches("é" * 512)
    with pytest.raises(BadMask, match="longer than 1024 bytes"):
        Mask("é" * 512 + "A")


def test_a_mask_may_have_32_patterns_and_not_one_more() -> None:
    assert Mask(",".join(["A"] * 31 + ["B"])).matches("B")
    with pytest.raises(BadMask, match="has 33 patterns; at most 32 are allowed"):
        Mask(",".join("A" * 33))


def test_a_lone_surrogate_in_a_mask_matches_only_itself() -> None:
    assert Mask("\ud800*").matches("\ud800x")
    assert not Mask("\ud800").matches("?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("*", True), ("***", True), ("A,*", True), ("*,!A", False), ("A*", False), ("*,!", False)],
)
def test_a_mask_knows_whether_it_matches_everything(text: str, expected: bool) -> None:
    assert Mask(text).matches_all is expected


def test_a_mask_of_many_stars_over_a_huge_code_does_not_explode() -> None:
    """A backtracking matcher would take longer than the universe has existed."""
    mask = Mask("A*" * 500 + "B")
    assert not mask.matches("A" * 1_000_000 + "C")
    assert not mask.matches("A" * 1_000_000)
    assert mask.matches("A" * 1_000_000 + "B")


def test_all_patterns_at_their_worst_over_a_huge_code_do_not_explode() -> None:
    mask = Mask(",".join(["*" + "A*" * 14 + "B"] * 32))
    assert not mask.matches("A" * 200_000 + "C")


def test_answers_stay_right_when_more_codes_are_asked_than_are_remembered() -> None:
    mask = DeskMask("*7")
    wanted = [str(n).endswith("7") for n in range(3 * REMEMBERED)]
    assert [mask.matches(str(n)) for n in range(3 * REMEMBERED)] == wanted
    assert [mask.matches(str(n)) for n in range(3 * REMEMBERED)] == wanted


def test_a_mask_keeps_no_more_answers_than_it_says() -> None:
    mask = Mask("*")
    for number in range(3 * REMEMBERED):
        mask.matches(str(number))
        assert len(mask.known) <= REMEMBERED


def test_a_mask_shows_its_text() -> None:
    assert (repr(DeskMask("DESK_*")), DeskMask("DESK_*").text) == ("DeskMask('DESK_*')", "DESK_*")


def test_a_mask_of_a_field_is_refused_by_that_field() -> None:
    assert desk_mask_of("deskFilter", "DESK_*", Limits()).text == "DESK_*"
    with pytest.raises(InvalidField, match=r"^deskFilter ") as caught:
        desk_mask_of("deskFilter", "!X", Limits())
    assert caught.value.field == "deskFilter"
