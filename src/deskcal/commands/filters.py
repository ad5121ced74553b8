"""What lists of events are filtered by: the keys on the wire, and the checked form of them.

The keys that compare with a field come from `store.columns`, so that one row there is one more.
"""

import enum
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from deskcal.core.alarms import end_of
from deskcal.core.draft import require_no_control
from deskcal.core.event import Event, EventStatus, Flag, Id, managers_of
from deskcal.core.filters import EventFacts
from deskcal.core.masks import desk_mask_of
from deskcal.errors import InvalidField
from deskcal.limits import Limits
from deskcal.store.columns import FILTERS, Value, fits

MAX_MANAGERS = 200
"""Of `manager_ids`."""

_HINTS = get_type_hints(Event)


class CommonFilters(Struct, kw_only=True):
    """The filters that are no equality of one field."""

    desk_filter: str = msgspec.field(name="deskFilter")
    manager_id: Id | None = 0
    manager_ids: list[Id] | None = None
    brand: str | None = None
    overdue: Flag | None = 0


def _key(name: str) -> tuple[str, Any, Any]:
    """One value, or of an enumeration an array of them; null, 0 and "" filter nothing."""
    hint = _HINTS[FILTERS[name].source]
    if isinstance(hint, type) and issubclass(hint, enum.IntEnum):
        return name, hint | list[hint] | None, None  # type: ignore[valid-type]
    return (name, Id | None, 0) if issubclass(hint, int) else (name, str | None, None)


Filters: Any = msgspec.defstruct(
    "Filters", [_key(name) for name in FILTERS], bases=(CommonFilters,), kw_only=True
)
"""What a client may send to name the events that it asks for."""


def event_facts(data: Any, limits: Limits, now: int) -> EventFacts:
    """The checked form of `data` (a `Filters`). Raises: InvalidField.

    `now`: Unix seconds, for `overdue`.
    """
    managers = tuple(dict.fromkeys(data.manager_ids or ()))
    if len(managers) > MAX_MANAGERS:
        raise InvalidField(
            f"manager_ids has {len(managers)} managers; at most {MAX_MANAGERS} are allowed",
            field="manager_ids",
        )
    sent = {name: _values(name, getattr(data, name)) for name in FILTERS}
    return EventFacts(
        desk_filter=desk_mask_of("deskFilter", data.desk_filter, limits),
        manager_id=data.manager_id or 0,
        manager_ids=managers,
        brand=data.brand or None,
        equal={name: values for name, values in sent.items() if values},
        overdue_at=now if data.overdue else 0,
    )


def _values(name: str, sent: Any) -> tuple[Value, ...]:
    """None of null, an empty array, "", and 0 where that is no member of an enumeration.

    Raises: InvalidField for a text that no column holds.
    """
    if isinstance(sent, str):
        require_no_control(name, sent)
    if isinstance(sent, list):
        return tuple(int(one) for one in sent)
    if isinstance(sent, enum.IntEnum):
        return (int(sent),)
    return (sent,) if sent else ()


def has_facts(event: Event, facts: EventFacts, default_timezone: str) -> bool:
    """Whether the event is what was asked for: the list's filters, without its range.

    `default_timezone`: of all-day events that name no zone.
    """
    managers = managers_of(event)
    return (
        facts.desk_filter.matches(event.desk)
        and facts.brand in (None, event.brand)
        and (not facts.manager_id or facts.manager_id in managers)
        and (not facts.manager_ids or not set(managers).isdisjoint(facts.manager_ids))
        and fits(event, facts.equal)
        and (not facts.overdue_at or _is_overdue(event, facts.overdue_at, default_timezone))
    )


def _is_overdue(event: Event, time: int, default_timezone: str) -> bool:
    return event.status == EventStatus.OPEN and end_of(event, default_timezone) <= time


def require_range(since: int, until: int) -> None:
    """Raises: InvalidField if a range has no length."""
    if until <= since:
        raise InvalidField(
            f"to ({until}) is not after from ({since}); a range has a length", field="to"
        )
