"""The columns of the table `event` next to the document: one row for each, and all that follows.

INSERT, UPDATE, COPY, the check, the equalities of a list and the filters on the wire are derived
from `COLUMNS`. A field that lists are to be filtered by takes a row here and a migration of each
backend. No SQL of a backend here.
"""

import enum
from collections.abc import Callable, Mapping
from itertools import compress
from operator import attrgetter, itemgetter, ne

from msgspec import Struct
from msgspec.structs import replace

from deskcal.core.all_day import UTC
from deskcal.core.claims import claim_state, pool_time
from deskcal.core.document import IndexRow, index_values
from deskcal.core.event import Event, EventStatus

Value = int | str


class ColumnType(enum.Enum):
    """What a column holds; each backend has its own name for it."""

    SMALL, BIG, TEXT = range(3)


class Filter(enum.Enum):
    """How a list is filtered by a column."""

    NONE = 0
    EQUAL = 1
    """One of the values that were sent."""
    LINK = 2
    """The same, of a number > 0 that few events share: a partial index finds them."""


class Column(Struct, frozen=True):
    """One column: where its value comes from, and what it is for."""

    name: str
    type: ColumnType
    filter: Filter = Filter.NONE
    attribute: str = ""
    """Of `IndexRow`, else of `Event`; empty: the same as the name."""
    derive: Callable[[Event], Value] | None = None
    """The value, where it is no attribute."""

    @property
    def source(self) -> str:
        """Name of the attribute."""
        return self.attribute or self.name

    @property
    def index(self) -> str:
        """Name of a LINK's partial index."""
        return f"event_by_{self.name.removesuffix('_id')}"


_DONE, _ARCHIVED = EventStatus.DONE, EventStatus.ARCHIVED
_SMALL, _BIG, _TEXT = ColumnType
_NONE, _EQUAL, _LINK = Filter


def done_time_by(event: Event) -> int:
    """When it was completed, if that was its last change; 0: it is not done."""
    return event.updated_time if event.status == _DONE else 0


def may_be_done_time(done_time: int, event: Event) -> bool:
    """Whether it may have been completed then.

    It may have been changed since, also at an earlier time: clocks of nodes differ, and are set.
    One that is archived has the time of its completion, if there was one before.
    """
    return event.status == _ARCHIVED or (done_time > 0) == (event.status == _DONE)


_TABLE: tuple[Column, ...] = (
    Column("duration_class", _SMALL),
    Column("start_time", _BIG),
    Column("end_time", _BIG),
    Column("due_time", _BIG),
    Column("type", _SMALL, _EQUAL),
    Column("status", _SMALL, _EQUAL),
    Column("priority", _SMALL, _EQUAL),
    Column("owner_manager_id", _BIG, _EQUAL),
    Column("customer_id", _BIG, _LINK),
    Column("lead_id", _BIG, _LINK),
    Column("login", _BIG, _LINK),
    Column("series_id", _BIG, _LINK),
    Column("follows_id", _BIG, _LINK),
    Column("outcome", _TEXT, _EQUAL),
    Column("claim_state", _SMALL, derive=claim_state),
    Column("claimed_by", _BIG),
    Column("claim_until", _BIG),
    Column("pool_time", _BIG, derive=pool_time),
    Column("done_time", _BIG, derive=done_time_by),
)


def _is_of_index(column: Column) -> bool:
    return column.source in IndexRow.__struct_fields__


COLUMNS = tuple(sorted(_TABLE, key=lambda c: (c.derive is not None, not _is_of_index(c))))
"""Those of `IndexRow`, then attributes of `Event`, then what is derived: as `event_row` reads."""
NAMES = tuple(column.name for column in COLUMNS)
assert NAMES[-1] == "done_time", "with_done_time replaces the last one"
FILTERS = {column.name: column for column in COLUMNS if column.filter is not Filter.NONE}
"""Columns that lists are filtered by, by name."""

_DERIVED = tuple(column.derive for column in COLUMNS if column.derive is not None)
_STORED = tuple(column for column in COLUMNS if column.derive is None)
_of_index = itemgetter(
    *(IndexRow.__struct_fields__.index(c.source) for c in _STORED if _is_of_index(c))
)
_of_event = attrgetter(*(column.source for column in _STORED if not _is_of_index(column)))


class EventRow(IndexRow, frozen=True, gc=False):
    """All that is stored of an event besides its document."""

    values: tuple[Value, ...]
    """In the order of `COLUMNS`."""


_as_row: Callable[..., EventRow] = EventRow


def event_row(event: Event, default_timezone: str = UTC) -> EventRow:
    """The one derivation of all columns from an event."""
    index = index_values(event, default_timezone)
    derived = tuple([derive(event) for derive in _DERIVED])
    return _as_row(*index, _of_index(index) + _of_event(event) + derived)


AS_STORED = -1
"""The `done_time` of an event that was done before, and is still or archived: the row's stays."""


def with_done_time(row: EventRow, done_time: int) -> EventRow:
    """`row` with the time of the completion, which an event changed since does not tell."""
    return replace(row, values=(*row.values[:-1], done_time))


PLACED = ("collection_id", *NAMES)
"""Columns of the table that are found by name, but for the document."""
_PLACES = tuple(range(1, len(PLACED)))
_DUE_ALONE = (PLACED.index("due_time"),)


def moved_columns(before: EventRow, after: EventRow) -> tuple[int, ...]:
    """Where in `PLACED` the rows differ; empty: in the due time alone, or not at all."""
    found = tuple(compress(_PLACES, map(ne, before.values, after.values)))
    if after.values[-1] == AS_STORED:
        found = found[:-1]
    if before.brand != after.brand or before.desk != after.desk:
        return (0, *found)
    return () if found == _DUE_ALONE else found


def fits(event: Event, equal: Mapping[str, tuple[Value, ...]]) -> bool:
    """Whether the event has one of the wanted values in each of these columns."""
    return all(getattr(event, FILTERS[name].source) in wanted for name, wanted in equal.items())
