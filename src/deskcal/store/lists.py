"""What every backend's lists have in common: what a list is about, and what is too long. No SQL."""

from collections.abc import Mapping

from msgspec import Struct

from deskcal.core.document import DURATION_LIMITS_SEC
from deskcal.core.filters import EventFilter
from deskcal.core.visibility import Visibility
from deskcal.errors import InvalidField

PIECE_ROWS = 250
"""Documents that the database joins to one piece."""
CLASSES = range(len(DURATION_LIMITS_SEC) + 1)
"""Duration classes: within one a range has to look back by no more than the class's limit."""
LINKS = ("customer_id", "lead_id", "login")
"""Columns of which an equality alone finds few rows."""


class Places(Struct, frozen=True):
    """Numbers of the collections that a list is about, by what the session may see there."""

    open_ids: list[int]
    """Every event."""
    guest_ids: list[int]
    """Those with the session's manager in them."""
    are_all: bool
    """Whether `open_ids` are all that there are."""


def places_of(
    wanted: EventFilter, visibility: Visibility, collections: Mapping[tuple[str, str], int]
) -> Places | None:
    """Where `wanted` may be found by `visibility`; None: nowhere."""
    asked = {
        number: visibility.in_scope(brand, desk)
        for (brand, desk), number in collections.items()
        if wanted.brand in (None, brand)
        and visibility.brands.matches(brand)
        and wanted.desk_filter.matches(desk)
    }
    if not asked:
        return None
    own = wanted.manager_id == visibility.manager_id
    open_ids = [number for number, in_scope in asked.items() if in_scope or own]
    guest_ids = [number for number, in_scope in asked.items() if not (in_scope or own)]
    return Places(open_ids, guest_ids, len(open_ids) == len(collections))


def look_back_sec(duration_class: int) -> int | None:
    """How long before a range an event of that class may start; None: without limit."""
    if duration_class < len(DURATION_LIMITS_SEC):
        return DURATION_LIMITS_SEC[duration_class]
    return None


def too_large(max_answer_bytes: int) -> InvalidField:
    """A list is longer than an answer may be."""
    return InvalidField(
        f"the rows come to more than {max_answer_bytes} bytes; "
        "ask for fewer with limit, or for a shorter range",
        field="limit",
    )


def too_many_busy(most: int) -> InvalidField:
    """Managers are busy more often than an answer may tell."""
    return InvalidField(
        f"from .. to holds more than {most} events of these managers; "
        "ask for a shorter range, or for fewer managers",
        field="to",
    )
