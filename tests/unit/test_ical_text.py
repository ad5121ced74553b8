"""Content lines in lines of at most 75 octets. Source: RFC 5545, 3.1."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from deskcal.ical.text import MAX_OCTETS, folded

characters = st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])
lines = st.one_of(
    st.integers(0, 400).map(lambda length: "".join(chr(65 + n % 26) for n in range(length))),
    st.text(characters, max_size=200),
)


@given(lines)
def test_a_folded_line_is_the_line_in_pieces_as_long_as_they_may_be(line: str) -> None:
    assert folded(line).endswith("\r\n")
    pieces = folded(line).removesuffix("\r\n").split("\r\n")
    assert "\r\n".join(pieces).replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= MAX_OCTETS for piece in pieces)
    for piece, after in itertools.pairwise(pieces):
        assert len((piece + after[1]).encode()) > MAX_OCTETS


def test_lines_around_the_limit() -> None:
    assert folded("x" * 75) == "x" * 75 + "\r\n"
    assert folded("x" * 76) == "x" * 75 + "\r\n x\r\n"
    assert folded("x" * 149) == "x" * 75 + "\r\n " + "x" * 74 + "\r\n"
    assert folded("x" * 150) == "x" * 75 + "\r\n " + "x" * 74 + "\r\n x\r\n"
    assert folded("x" * 74 + "ü") == "x" * 74 + "\r\n ü\r\n"
