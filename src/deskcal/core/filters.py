"""What a list asks for: the time range and equalities. Pure."""

from typing import Protocol

import msgspec

from deskcal.core.masks import DeskMask


class TimeSpan(Protocol):
    """Anything with a start and an end, in Unix seconds."""

    @property
    def start_time(self) -> int: ...

    @property
    def end_time(self) -> int: ...


def overlaps(span: TimeSpan, since: int, until: int) -> bool:
    """Whether `span` overlaps [since, until); one without length, when it starts inside.

    Source: RFC 4791, section 9.9; contract, section 6.
    """
    if span.start_time >= until:
        return False
    return span.end_time > since or span.start_time >= since


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an event must be, wherever it is asked for. Source: contract, section 6."""

    desk_filter: DeskMask
    manager_id: int = 0
    """Owner, creator or participant; 0: any."""
    brand: str | None = None
    customer_id: int = 0
    lead_id: int = 0
    login: int = 0
    status: tuple[int, ...] = ()
    """One of these; empty: any."""
    type: tuple[int, ...] = ()


class EventFilter(EventFacts, frozen=True, kw_only=True):
    """What MngGetCalendarEventsByFilter asks for. Source: contract, section 6."""

    since: int
    """Unix seconds; the wire's `from`."""
    until: int
    """Unix seconds, > since; the wire's `to`."""
    limit: int
    offset: int = 0
