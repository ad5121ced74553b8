"""The filters of a list: time range and equalities. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec

from deskcal.core.masks import DeskMask

NO_EQUALITIES: Mapping[str, tuple[int | str, ...]] = MappingProxyType({})


class TimeSpan(Protocol):
    """Anything with a start and an end, in Unix seconds."""

    @property
    def start_time(self) -> int:
        """Unix seconds."""

    @property
    def end_time(self) -> int:
        """Unix seconds; the first instant after it."""


def overlaps(span: TimeSpan, since: int, until: int) -> bool:
    """Whether `span` overlaps [since, until); one without length, when it starts inside.

    Source: RFC 4791, section 9.9; contract, section 6.
    """
    if span.start_time >= until:
        return False
    return span.end_time > since or span.start_time >= since


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The equality filters of lists and changes. Source: contract, section 6."""

    desk_filter: DeskMask
    manager_id: int = 0
    """Owner, creator or participant; 0: any."""
    manager_ids: tuple[int, ...] = ()
    """At least one of these is owner, creator or participant; empty: any."""
    brand: str | None = None
    equal: Mapping[str, tuple[int | str, ...]] = NO_EQUALITIES
    """By column (`store.columns.FILTERS`): the event's value is one of these, never of none."""
    overdue_at: int = 0
    """Open and over by then, Unix seconds; 0: any."""


class EventFilter(EventFacts, frozen=True, kw_only=True):
    """What MngGetCalendarEventsByFilter asks for. Source: contract, section 6."""

    since: int
    """Unix seconds; the wire's `from`."""
    until: int
    """Unix seconds, > since; the wire's `to`."""
    limit: int
    offset: int = 0


Position = tuple[int, int]
"""Start and id of an event in a list that is sorted by them."""


class SearchFilter(EventFilter, frozen=True, kw_only=True):
    """What MngSearchCalendarEvents asks for. Source: contract, section 15."""

    words: tuple[str, ...]
    """Folded; an event must have each of them (`text_search.matches`)."""
    after: Position | None = None
    """The last event of the page before; None: the first page."""
