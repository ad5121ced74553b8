"""The members of a JSON object, found without a decoder, at any depth."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskcal.wire.members import members

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def found(text: bytes) -> dict[str, Any]:
    return {one.name: json.loads(text[one.start : one.stop]) for one in members(text)}


@given(st.dictionaries(st.text(), values), st.sampled_from([None, 1]), st.booleans())
def test_members_are_those_of_a_decoder(sent: dict[str, Any], indent: int | None, a: bool) -> None:
    text = json.dumps(sent, indent=indent, ensure_ascii=a).encode()
    assert found(text) == sent


@given(st.lists(st.sampled_from(["[", '{"a":', '{ "]" : [1,']), max_size=60))
def test_depth_does_not_matter(opened: list[str]) -> None:
    closed = [{"[": "]", '{"a":': "}", '{ "]" : [1,': "]}"}[one] for one in reversed(opened)]
    text = ('{"x":' + "".join(opened) + "2" + "".join(closed) + ',"y":1}').encode()
    decoded = msgspec.json.decode(text)
    assert found(text) == decoded


@pytest.mark.parametrize(
    "deep",
    [b"[" * 300_000 + b"]" * 300_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000],
    ids=["arrays", "objects"],
)
def test_what_no_decoder_takes_is_passed_over(deep: bytes) -> None:
    text = b'{"x":' + deep + b',"y":"}"}'
    assert [(one.name, text[one.start : one.stop]) for one in members(text)] == [
        ("x", deep),
        ("y", b'"}"'),
    ]


def test_a_key_with_half_a_character_is_named_by_its_text() -> None:
    assert [one.name for one in members(rb'{"a\ud83d":1,"b\u0062":2}')] == [r'"a\ud83d"', "bb"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"1",
        b'"a"',
        b"{",
        b'{"a"}',
        b'{"a":}',
        b'{"a":1',
        b'{"a":[1}',
        b'{"a":[',
        b"{1:2}",
        b'{"a":1 2}',
        b'{"a":1,}',
        b'{"a":"x}',
    ],
)
def test_what_is_no_object_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"expected|no JSON object|not closed"):
        members(text)
