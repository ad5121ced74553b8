"""The members of a JSON object, found without decoding them: nesting of any depth, no recursion.

For messages that a decoder refuses, so that the answer still names the request and the field.
The values are not checked: what stands between two brackets is passed over.
"""

import re

import msgspec
from msgspec import Struct

_SPACE = rb"[ \t\r\n]*+"
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_LEAF = rb'[^\[\]{}"]++|' + _STRING


def _nested(levels: int) -> bytes:
    """A pattern of a container that is at most `levels` deep."""
    inner = b"|" + _nested(levels - 1) if levels > 1 else b""
    return rb"[\[{](?:" + _LEAF + inner + rb")*+[\]}]"


_FLAT = _nested(3)
"""What needs no count of its levels."""
_open = re.compile(_SPACE + rb"\{" + _SPACE + rb"(\}?)").match
_member = re.compile(
    rb"(" + _STRING + rb")" + _SPACE + rb":" + _SPACE + rb"()"
    rb"(?:(" + _STRING + rb'|[^\[\]{}",:\s]++|' + _FLAT + rb"))?",
    re.DOTALL,
).match
_after = re.compile(_SPACE + rb"(?:(,)" + _SPACE + rb"|\})").match
_flat = re.compile(rb"(?:" + _LEAF + rb"|" + _FLAT + rb")*+", re.DOTALL).match
_opening = re.compile(
    rb"(?:[\[{]" + _SPACE + rb"(?:" + _STRING + _SPACE + rb":" + _SPACE + rb")?)++", re.DOTALL
).match
"""Containers that begin one in the other, with the keys between them."""
_closing = re.compile(rb"[\]}]++").match
_remove_strings = re.compile(_STRING, re.DOTALL).sub


class Member(Struct, frozen=True):
    """One member of an object, and where it stands in the text."""

    name: str
    """The key; as JSON text where it holds a lone surrogate."""
    key_start: int
    start: int
    """Of the value."""
    stop: int
    """The first byte after the value."""


def members(text: bytes) -> list[Member]:
    """The members of the object in `text` (UTF-8), in order, also where a key comes twice.

    Raises: ValueError if it is no object, or not closed.
    """
    opened = _open(text)
    if opened is None:
        raise ValueError("no JSON object")
    found: list[Member] = []
    at, more = opened.end(), not opened[1]
    while more:
        member = _member(text, at)
        if member is None:
            raise ValueError("a key and a value are expected")
        stop = member.end() if member[3] else _skip_container(text, member.end())
        found.append(Member(_name(member[1]), at, member.start(2), stop))
        after = _after(text, stop)
        if after is None:
            raise ValueError("a comma or a closing brace is expected")
        at, more = after.end(), after[1] is not None
    return found


def _skip_container(text: bytes, at: int) -> int:
    """Where the container ends that begins at `at`, however deep. Raises: ValueError."""
    if text[at : at + 1] not in (b"[", b"{"):
        raise ValueError("a value is expected")
    depth = 0
    while True:
        if opening := _opening(text, at):
            run = _remove_strings(b"", opening[0])
            depth += run.count(b"[") + run.count(b"{")
            at = opening.end()
        elif closing := _closing(text, at):
            if closing.end() - at >= depth:
                return at + depth
            depth -= closing.end() - at
            at = closing.end()
        else:
            raise ValueError("a container is not closed")
        flat = _flat(text, at)
        at = flat.end() if flat else at


def _name(key: bytes) -> str:
    try:
        return msgspec.json.decode(key, type=str)
    except ValueError:
        return key.decode(errors="replace")
