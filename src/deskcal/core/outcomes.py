"""Outcomes of calls, as the directory lists them, and their rules. Pure.

Source: contract, section 14.
"""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.core.event import EventType
from deskcal.errors import FieldRequired, InvalidField

MAX_SHOWN = 10
"""Codes that an error message names at most."""


class Outcome(Struct, frozen=True, kw_only=True):
    """One outcome; the order of the fields is the order on the wire."""

    code: str
    name: str = ""
    types: tuple[EventType, ...] = ()
    """Types of events that it applies to; empty: all."""
    is_contact: int = 0
    """1: the customer was reached, so the cooldown begins."""
    next_in_sec: int = 0
    """Default start of the follow-up, from now; 0: none."""


def require_outcome(outcomes: Sequence[Outcome], code: str, type_: EventType) -> Outcome | None:
    """The outcome of that code; None: the directory has no outcomes at all, so any code will do.

    Raises: InvalidField if it is none of them, or not for events of `type_`.
    """
    if not outcomes:
        return None
    fitting = outcomes_for(outcomes, type_)
    for outcome in fitting:
        if outcome.code == code:
            return outcome
    codes = ", ".join(one.code for one in fitting[:MAX_SHOWN]) or "none"
    raise InvalidField(
        f"outcome ({code!r}) is no outcome of the directory for events of type {int(type_)}; "
        f"these are: {codes}",
        field="outcome",
    )


def outcomes_for(outcomes: Sequence[Outcome], type_: EventType) -> list[Outcome]:
    """Those of `outcomes` that apply to events of `type_`."""
    return [one for one in outcomes if not one.types or type_ in one.types]


def require_outcome_given(outcomes: Sequence[Outcome], code: str, type_: EventType) -> None:
    """Of a completion of a type of `outcome_required_types`, with the directory's `outcomes`.

    Where the directory has outcomes, but none for `type_`, none can be given, and none is required.

    Raises: FieldRequired where `code` is empty and an outcome could be given.
    """
    if not code and (not outcomes or outcomes_for(outcomes, type_)):
        raise FieldRequired(
            f"outcome is required to complete events of type {int(type_)} "
            "(outcome_required_types); send the code of an outcome of the directory",
            field="outcome",
        )


def is_contact(outcomes: Sequence[Outcome], code: str) -> bool:
    """Whether `code` means that the customer was reached."""
    return any(one.code == code and one.is_contact for one in outcomes)
