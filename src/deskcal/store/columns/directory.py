"""Rows of the directory, as both databases have them. No SQL here."""

from collections.abc import Sequence
from typing import Any, TypeVar

from msgspec import Struct

from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome

_Row = TypeVar("_Row", bound=Struct)


def row_of(kind: type[_Row], row: Sequence[Any]) -> _Row:
    """A `kind` of the values of its fields, in their order."""
    return kind(**dict(zip(kind.__struct_fields__, row, strict=True)))


def outcome_of(row: Sequence[Any]) -> Outcome:
    """The outcome of a row; its types are numbers with commas."""
    code, name, types, is_contact, next_in_sec = row
    return Outcome(
        code=code,
        name=name,
        types=tuple(EventType(int(number)) for number in types.split(",") if number),
        is_contact=is_contact,
        next_in_sec=next_in_sec,
    )


def outcome_row(outcome: Outcome) -> tuple[str, str, str, int, int]:
    """The row of an outcome."""
    types = ",".join(str(int(type_)) for type_ in outcome.types)
    return (outcome.code, outcome.name, types, outcome.is_contact, outcome.next_in_sec)
