"""What a client sends of an event, its checks, and the event made from it. Pure."""

import functools
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from deskcal.core.alarms import trigger_time
from deskcal.core.document import canonical_ast
from deskcal.core.event import (
    CONTROL,
    DEFAULT_BRAND,
    MASK_CHARACTER,
    MAX_CODE,
    MAX_LOCATION,
    MAX_OUTCOME_NOTE,
    MAX_PARTICIPANTS,
    MAX_TITLE,
    WRITABLE,
    Event,
    Id,
    default_of,
)
from deskcal.core.participants import (
    ParticipantFields,
    asked_again,
    check_count,
    merged_rows,
    new_rows,
    sent_participants,
)
from deskcal.errors import FieldRequired, InvalidField
from deskcal.limits import DEFAULT_LIMITS, Limits

REQUIRED = ("title", "start_time", "end_time")
_REQUIRED = frozenset(REQUIRED)

_NO_ZONES = {"Factory", "localtime"}
"""Files in the zone database that are not zones of a place; browsers do not know them."""
_left_out: set[str] = set()

_HINTS = get_type_hints(Event, include_extras=True)
_DEFAULTS = {
    field.name: default_of(field) for field in msgspec.structs.fields(Event) if not field.required
}

NEW = Event(
    id=0,
    owner_manager_id=0,
    created_by=0,
    title="",
    start_time=0,
    end_time=0,
    created_time=0,
    updated_time=0,
)
"""All defaults; to replace some is half the work of `Event(...)`, which calls for each of them."""


def _optional(name: str) -> tuple[str, Any, Any]:
    """The field as a client may send it: UNSET where absent. (A `Raw` holds null itself.)"""
    hint = _HINTS[name]
    return (name, hint if hint is Raw else hint | None | UnsetType, UNSET)


INPUT: list[tuple[str, Any, Any]] = [
    *map(_optional, WRITABLE),
    ("participants", list[ParticipantFields] | None, None),
    ("participant_manager_ids", list[Id] | None, None),
]
"""Name, type and default of every field that a client may send; commands add their own."""
EventFields: Any = msgspec.defstruct(
    "EventFields", INPUT, kw_only=True, frozen=True, module=__name__
)
"""What a client may send of an event: every writable field, UNSET where absent, None where null."""


class Draft(Struct, frozen=True):
    """What a client sent of an event, checked as far as the data alone allows."""

    values: dict[str, Any]
    """Writable fields by name, in their stored form; None where null was sent."""
    participants: tuple[ParticipantFields, ...] | None
    """The list that was sent, each manager once; None where none was."""
    max_participants: int = MAX_PARTICIPANTS
    """Rows that the event may have, the owner's too."""
    resets_answers: bool = False
    """Whether all answers but the owner's are reset. Source: contract, section 12."""


def draft(fields: Any, limits: Limits = DEFAULT_LIMITS) -> Draft:
    """The checked form of `fields` (an `EventFields`).

    Raises: InvalidField, or FieldRequired for a null where an event always has a value.
    Source: seed 000, "Defaults And Validation"; contract, sections 4 and 5.
    """
    for name in REQUIRED:
        if getattr(fields, name) is None:
            raise FieldRequired(f"{name} can't be null: an event always has one", field=name)
    values: dict[str, Any] = {}
    for name, check, value in zip(WRITABLE, _CHECK_OF, _writable_values(fields), strict=False):
        if value is not UNSET:
            values[name] = value if check is None or value is None else check(name, value)
    if "ast_json" in values:
        values["ast_json"] = canonical_ast(values["ast_json"], limits.max_json_depth)
    start, end = values.get("start_time"), values.get("end_time")
    if start is not None and end is not None:
        check_times(start, end)
    most = limits.max_participants
    return Draft(values, sent_participants(fields, most), most)


def _writable_values(fields: Any) -> tuple[Any, ...]:
    """Of `WRITABLE`, in this order, and then others; far quicker than to ask for each by name."""
    return msgspec.structs.astuple(fields)[_first_writable(fields.__struct_fields__) :]


@functools.cache
def _first_writable(names: tuple[str, ...]) -> int:
    """Where the fields of `INPUT` begin; commands put theirs before and after them."""
    return names.index(WRITABLE[0])


def draft_new(fields: Any, limits: Limits = DEFAULT_LIMITS) -> Draft:
    """`draft`, for a create. Raises: InvalidField, or FieldRequired for what every event needs."""
    sent = draft(fields, limits)
    if not sent.values.keys() >= _REQUIRED:
        name = next(name for name in REQUIRED if name not in sent.values)
        raise FieldRequired(f"{name} is required to create an event", field=name)
    return sent


def create(sent: Draft, *, event_id: int, actor: int, now: int) -> Event:
    """The event of a checked draft, defaults filled in; `actor` is the session's manager.

    Raises: InvalidField if the owner's row is one participant too many.
    Source: seed 001, "Defaults" and "Validation".
    """
    values = dict(sent.values)
    if None in values.values():
        values = {name: value for name, value in values.items() if value is not None}
    created_by = values.pop("created_by", 0) or actor
    owner = values.pop("owner_manager_id", 0) or created_by
    rows = new_rows(event_id, owner, sent.participants or (), now)
    check_count(rows, sent.max_participants)
    return msgspec.structs.replace(
        NEW,
        id=event_id,
        owner_manager_id=owner,
        created_by=created_by,
        created_time=now,
        updated_time=now,
        participants=rows,
        **values,
    )


def merge(event: Event, sent: Draft, *, now: int) -> Event:
    """`event` with the fields that were sent replaced; not yet a new version.

    None (JSON null) puts a field back to its default. The end is not compared with the stored
    start: the caller does (`check_times`), after its other checks.
    Raises: InvalidField if the owner's row is one too many; an event from before a lower limit may
    keep its rows. Source: contract, sections 4 and 5.
    """
    values = dict(sent.values)
    values.pop("created_by", None)
    for name, value in values.items():
        if value is None:
            values[name] = _DEFAULTS.get(name, 0)
    if values.get("owner_manager_id") == 0:
        values["owner_manager_id"] = event.created_by
    merged = msgspec.structs.replace(event, **values)
    rows = merged_rows(event, merged, sent.participants, now)
    check_count(rows, max(sent.max_participants, len(event.participants)))
    if sent.resets_answers:
        rows = tuple(asked_again(row, merged.owner_manager_id, now) for row in rows)
    merged = msgspec.structs.replace(merged, participants=rows)
    if trigger_time(merged) != trigger_time(event):
        return msgspec.structs.replace(merged, reminder_sent_time=0)
    return merged


def check_times(start_time: int, end_time: int) -> None:
    """Raises: InvalidField if the end is before the start. Source: seed 000, "Time validation"."""
    if end_time < start_time:
        raise InvalidField(
            f"end_time ({end_time}) is before start_time ({start_time}); "
            "an event ends when it starts, or later",
            field="end_time",
        )


def checked_code(name: str, value: str) -> str:
    """A `brand`, or a `desk` trimmed and in upper case. Raises: InvalidField."""
    code = value.strip().upper() if name == "desk" else value
    if len(code) > MAX_CODE:
        raise InvalidField(
            f"{name} has {len(code)} characters; at most {MAX_CODE} are allowed", field=name
        )
    found = MASK_CHARACTER.search(code)
    if found:
        raise InvalidField(
            f"{name} contains {found[0]!r}; commas, asterisks, exclamation marks and "
            "control characters are not allowed, since masks give them a meaning",
            field=name,
        )
    return code


def checked_brand(name: str, value: str) -> str:
    """A `brand`; the default for an empty one. Raises: InvalidField."""
    return checked_code(name, value) or DEFAULT_BRAND


def checked_title(name: str, value: str) -> str:
    """`value` trimmed. Raises: InvalidField if it is empty or too long."""
    title = value.strip()
    if not title:
        raise InvalidField(f"{name} is empty; give it 1 to {MAX_TITLE} characters", field=name)
    return _short_text(name, title, MAX_TITLE)


def _start_time(name: str, value: int) -> int:
    if value == 0:
        raise InvalidField(f"{name} (0) must be greater than 0", field=name)
    return value


@functools.cache
def timezones() -> frozenset[str]:
    """IANA names that an event may carry."""
    return frozenset(zoneinfo.available_timezones() - _NO_ZONES - _left_out)


def leave_out_timezones(names: Iterable[str]) -> None:
    """Takes zones out of `timezones`, as their files can't be read."""
    _left_out.update(names)
    timezones.cache_clear()


def _timezone(name: str, value: str) -> str:
    if value and value not in timezones():
        empty = "the server's own" if name == "timezone" else "a zone that is not known"
        raise InvalidField(
            f"{name} ({value[:64]!r}) is no IANA time zone such as 'Europe/Nicosia'; "
            f"an empty string stands for {empty}",
            field=name,
        )
    return value


def _location(name: str, value: str) -> str:
    return _short_text(name, value.strip(), MAX_LOCATION)


def checked_outcome(name: str, value: str) -> str:
    """The code of an outcome, as the directory may have it. Raises: InvalidField."""
    require_no_control(name, value)
    return _short_text(name, value, MAX_CODE)


def require_no_control(name: str, value: str) -> None:
    """Raises: InvalidField for a code with a control character; PostgreSQL stores no U+0000."""
    found = CONTROL.search(value)
    if found:
        raise InvalidField(
            f"{name} contains {found[0]!r}; a code has no control characters", field=name
        )


def checked_outcome_note(name: str, value: str) -> str:
    """A note. Raises: InvalidField if it is too long."""
    return _short_text(name, value, MAX_OUTCOME_NOTE)


def _short_text(name: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidField(
            f"{name} has {len(text)} characters; at most {most} are allowed", field=name
        )
    return text


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "brand": checked_brand,
    "desk": checked_code,
    "title": checked_title,
    "start_time": _start_time,
    "timezone": _timezone,
    "location": _location,
    "customer_timezone": _timezone,
    "outcome": checked_outcome,
    "outcome_note": checked_outcome_note,
}
_CHECK_OF = tuple(map(_CHECKS.get, WRITABLE))
"""The check of each of `WRITABLE`; None: it has none."""
