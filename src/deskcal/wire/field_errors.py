"""What a decoder says of a field that it refuses, for people: field, value, rule. Pure."""

import difflib
import enum
import itertools
import re
from collections.abc import Sequence, Set
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Raw, Struct

from deskcal.core.document import wire_safe
from deskcal.core.draft import REQUIRED
from deskcal.core.event import MAX_ID, MAX_TIME
from deskcal.errors import DeskcalError, FieldRequired, InvalidField

MAX_IGNORED = 32
"""Unknown keys that an answer names."""
MAX_KEY = 64
"""Characters of each."""

_decode_keys = msgspec.json.Decoder(dict[str, Raw]).decode
_QUOTED = re.compile(r"`\$?([^`]*)`")
_INT_BOUND = re.compile(r"Expected `int` (>=|<=) (-?\d+)")
_ARRAY = {"array", "null"}
_LENGTH = re.compile(r"Expected `(\w+)` of length (>=|<=) (\d+)")


def field_error(text: str, wanted: Any, data: Raw) -> DeskcalError:
    """What the decoder said, for people: `Expected `int`, got `str` - at `$.login``."""
    rule, _, where = text.rpartition(" - at ")
    if not rule:
        rule, where = text, "`$`"
    field = where.strip("`").removeprefix("$").removeprefix(".")
    if "missing required field" in rule:
        name = _QUOTED.findall(rule)[-1]
        field = f"{field}.{name}" if field else name
        return FieldRequired(f"{field} is required", field=field)
    if not field:
        sent = bytes(data).decode()
        return InvalidField(f"data ({_shown(sent)}) {_people(rule, sent, field)}", field="data")
    steps = re.findall(r"[^.\[\]]+", field)
    sent = _sent_at(data, steps)
    if field in REQUIRED:
        rule = rule.replace(" | null", "")
    people = _of_choices(rule, _choices(wanted, steps)) or _people(rule, sent, field)
    return InvalidField(f"{field} ({_shown(sent)}) {people}", field=field)


def ignored_keys(known: Set[str], data: Raw) -> list[str]:
    """Keys of `data` that are not among the `known` ones: the first 32, cut to 64 characters.

    Those that begin with `_` are left out. Source: contract, section 6.
    """
    if bytes(data) == b"null":
        return []
    unknown = (name for name in _decode_keys(data) if name not in known and name[:1] != "_")
    return [name[:MAX_KEY] for name in itertools.islice(unknown, MAX_IGNORED)]


def ignored_text(known: Set[str], data: Raw) -> bytes:
    """`,"ignored":[...]`, to follow the members of an answer's `data`; empty: nothing is unknown.

    As `ignored_keys`; JSON text that is safe to send. Source: contract, section 6.
    """
    names = ignored_keys(known, data)
    return b',"ignored":' + wire_safe(msgspec.json.encode(names)) if names else b""


def with_suggestion(error: FieldRequired, unknown: Sequence[str]) -> FieldRequired:
    """`error`, naming the one of the `unknown` keys of `data` that is nearest to its field."""
    by_lower = {key.lower(): key for key in unknown}
    near = difflib.get_close_matches((error.field or "").lower(), by_lower, n=1)
    if not near:
        return error
    message = f"{error.message}; did you mean it by {by_lower[near[0]]}?"
    return FieldRequired(message, field=error.field)


def _sent_at(data: Raw, steps: list[str]) -> str:
    """The JSON text at the path that the decoder named, so it is there."""
    for step in steps:
        if step.isdigit():
            data = msgspec.json.decode(data, type=list[Raw])[int(step)]
        else:
            data = msgspec.json.decode(data, type=dict[str, Raw])[step]
    return bytes(data).decode()


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _choices(hint: Any, steps: list[str]) -> str:
    """The values that the path takes, numbers with their names; "" where they are not listed."""
    for step in steps:
        structs = [kind for kind in _kinds_of(hint) if issubclass(kind, Struct)]
        fields = [field for struct in structs for field in msgspec.structs.fields(struct)]
        hint = next((field.type for field in fields if field.encode_name == step), hint)
    names = list(dict.fromkeys(_values_of(hint)))
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _of_choices(rule: str, choices: str) -> str:
    """The rule of a field with a list of values; "" where it has none, or they are not the point.

    An array of them is to be one, also where a single one of them was sent.
    """
    if not choices or _LENGTH.match(rule):
        return ""
    kinds = set(_QUOTED.findall(rule)[0].split(" | ")) if ", got `" in rule else set()
    return f"must be an array of {choices}" if kinds and kinds <= _ARRAY else f"must be {choices}"


def _values_of(hint: Any) -> list[str]:
    """The values of each enumeration and literal in a hint such as `list[Kind] | None`."""
    if get_origin(hint) is Literal:
        return [msgspec.json.encode(value).decode() for value in get_args(hint)]
    if not isinstance(hint, type) or get_args(hint):
        return [value for part in get_args(hint) for value in _values_of(part)]
    if issubclass(hint, enum.IntEnum):
        return [f"{int(n)} ({n.name.lower().replace('_', '-')})" for n in hint]
    return [f'"{n.value}"' for n in hint] if issubclass(hint, enum.Enum) else []


def _kinds_of(hint: Any) -> list[type]:
    """The classes in a hint such as `list[Row] | None`."""
    if isinstance(hint, type) and not get_args(hint):
        return [hint]
    return [kind for part in get_args(hint) for kind in _kinds_of(part)]


def _people(rule: str, sent: str, field: str) -> str:
    length = _LENGTH.match(rule)
    if length:
        unit = {"str": "character", "array": "row"}.get(length[1], "key")
        return f"must have {_side(length[2])} {length[3]} {unit}{'' if length[3] == '1' else 's'}"
    bound = _INT_BOUND.match(rule)
    if bound:
        return _beyond(bound[1], int(bound[2]), is_duration=field.endswith("_sec"))
    if rule.endswith("out of range"):
        return "is beyond the range of every number here"
    if ", got `" in rule:
        return _kinds(_QUOTED.findall(rule)[0], sent)
    return f"is refused: {rule}"


def _beyond(side: str, limit: int, *, is_duration: bool) -> str:
    if side == "<=" and limit == MAX_TIME and is_duration:
        return f"is more than {limit}: it is in seconds, this looks like a shorter unit"
    if side == "<=" and limit == MAX_TIME:
        return (
            f"is more than {limit}, the end of the year 9999: "
            "times are in seconds, this looks like milliseconds"
        )
    if side == "<=" and limit == MAX_ID:
        return f"is more than {limit}, the largest integer that every client can hold"
    return f"must be {_side(side)} {limit}"


def _side(side: str) -> str:
    return "at least" if side == ">=" else "at most"


_KINDS = {
    "int": "an integer",
    "float": "a number",
    "str": "a string",
    "array": "an array",
    "object": "an object",
    "bool": "true or false",
    "null": "null",
}


def _kinds(expected: str, sent: str) -> str:
    """`int | null` as "must be an integer or null"."""
    kinds = [kind.strip() for kind in expected.split("|")]
    people = "must be " + " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    if "int" in kinds and sent[0] in "-0123456789":
        return people + ", written without a fraction or exponent"
    return people
