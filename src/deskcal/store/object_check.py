"""What every backend's check has in common for calendar objects and pending escalations.

No SQL but what both databases read alike.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from deskcal.store.batch.objects import (
    MAX_EXTRAS,
    MAX_SOURCE,
    MAX_VALUE,
    PROPERTIES,
    CalendarObject,
)

ESCALATIONS = """
    SELECT x.event_id, x.due_time, x.escalate_time,
        EXISTS (SELECT 1 FROM event WHERE id = x.event_id)
            OR EXISTS (SELECT 1 FROM trash WHERE event_id = x.event_id)
            OR EXISTS (SELECT 1 FROM change WHERE event_id = x.event_id),
        EXISTS (SELECT 1 FROM notification WHERE event_id = x.event_id AND due_time = x.due_time)
    FROM escalation AS x ORDER BY x.event_id, x.due_time"""
OBJECTS = """
    SELECT o.owner_id, o.uid, o.name, o.event_id, o.series_id, o.document,
        o.event_id = 0
            OR EXISTS (SELECT 1 FROM event WHERE id = o.event_id)
            OR EXISTS (SELECT 1 FROM trash WHERE event_id = o.event_id)
            OR EXISTS (SELECT 1 FROM change WHERE event_id = o.event_id)
    FROM calendar_object AS o ORDER BY o.owner_id, o.uid"""

_decode = msgspec.json.Decoder(CalendarObject).decode
_decode_properties = msgspec.json.Decoder(dict[str, str]).decode


class Given(Struct, frozen=True):
    """Which ids of events were given so far, and whether some of these events were forgotten."""

    last_event_id: int
    """Series have their ids from the same numbers."""
    floor_seq: int
    """The newest change that was pruned; 0: none was, so every event has changes."""

    def is_stray(self, event_id: int, *, is_known: bool) -> bool:
        """Whether there has never been such an event. `is_known`: it is here or has changes."""
        return not is_known and (event_id > self.last_event_id or self.floor_seq == 0)


def of_escalation(row: Any, given: Given) -> Iterator[str]:
    """Differences of one row of `ESCALATIONS`.

    The row of a deleted event stays until its time has come.
    """
    event_id, due_time, escalate_time, is_known, is_fired = row
    name = f"the pending escalation of event {event_id} for its reminder at {due_time}"
    if given.is_stray(event_id, is_known=is_known):
        yield f"{name} has no event: there has never been one"
    elif not is_fired and given.floor_seq == 0:
        yield f"{name} has no reminder that fired"
    if escalate_time <= due_time:
        yield f"{name} is due at {escalate_time}, which is not after the reminder"


def of_object(row: Any, given: Given) -> Iterator[str]:
    """Differences of one row of `OBJECTS`, whose UID and name are str.

    The row of a deleted event may stay after the event has left the trash, see `keeps_objects`.
    """
    owner_id, uid, name, event_id, series_id, document, is_known = row
    what = f"calendar object {uid!r} of manager {owner_id}"
    try:
        found = _decode(document)
    except msgspec.DecodeError as exc:
        yield f"{what} has an unreadable document: {exc}"
        return
    stored = (owner_id, uid, name, event_id, series_id)
    if stored != (*found.key, found.name, found.event_id, found.series_id):
        yield f"{what} has columns that are not those of its document"
    if given.is_stray(event_id, is_known=is_known):
        yield f"{what} names event {event_id}: there has never been one"
    for number in (series_id, *found.overrides.values()):
        if number > given.last_event_id:
            yield f"{what} names {number}, an id that was never given"
    yield from (f"{what} {problem}" for problem in _kept_problems(found))


def _kept_problems(found: CalendarObject) -> Iterator[str]:
    """What is kept beyond its limit, or can't be read."""
    if len(found.extras) > MAX_EXTRAS:
        yield f"keeps {len(found.extras)} characters without a field; at most {MAX_EXTRAS} may be"
    if not found.uid.startswith(PROPERTIES):
        if len(found.source) > MAX_SOURCE:
            yield f"keeps a text of {len(found.source)} characters; at most {MAX_SOURCE} may be"
        return
    try:
        properties = _decode_properties(found.source or "{}")
    except msgspec.DecodeError as exc:
        yield f"has unreadable properties: {exc}"
        return
    for name, value in properties.items():
        if len(value) > MAX_VALUE:
            yield f"keeps {len(value)} characters of {name}; at most {MAX_VALUE} may be"
