"""A VEVENT in the fields of an event. Pure. Source: contract, section 16."""

import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from deskcal.core.event import MAX_LOCATION, MAX_TITLE, EventStatus, EventType, Priority
from deskcal.core.recurrence import Recurrence
from deskcal.core.wall_clock import wall_time
from deskcal.ical.read import MAX_DESCRIPTION, Attendee, CalendarEvent, Moment
from deskcal.ical.write import PARTSTAT, ROLE

NO_TITLE = "(no title)"

_MANAGER = re.compile(r"mailto:manager-([1-9][0-9]{0,15})@deskcal\.invalid", re.IGNORECASE)
STATUS_OF = {text: status for status, text in PARTSTAT.items()}
_ROLE_OF = {text: role for role, text in ROLE.items()}


def fields_of(event: CalendarEvent, owner_manager_id: int) -> dict[str, Any]:
    """What a client would send to create the event, in JSON's types; times included."""
    fields: dict[str, Any] = {
        "title": " ".join(event.title.split())[:MAX_TITLE].strip() or NO_TITLE,
        "location": event.location[:MAX_LOCATION].strip(),
        "start_time": event.start.time,
        "end_time": max(event.end.time, event.start.time),
        "all_day": int(event.start.is_date),
        "timezone": event.start.zone,
        "owner_manager_id": owner_manager_id,
        "type": _type_of(event),
        "status": EventStatus.CANCELLED if event.status == "CANCELLED" else EventStatus.OPEN,
        "priority": priority_of(event.priority),
        "show_as": _show_as(event),
    }
    if event.description:
        fields["ast_json"] = document_of(event.description)
    if event.alarms:
        alarm = event.alarms[0]
        fields["remind_time" if alarm.time and not event.rrule else "remind_before_sec"] = (
            alarm.time
            if alarm.time and not event.rrule
            else alarm.before_sec or max(event.start.time - alarm.time, 0)
        )
    rows = list(_participants(event.attendees))
    if rows:
        fields["participants"] = rows
    return fields


def _type_of(event: CalendarEvent) -> EventType:
    if event.start.is_date and not event.attendees:
        return EventType.TASK
    return EventType.MEETING


def _show_as(event: CalendarEvent) -> int | None:
    """None where it is what the type says by itself."""
    is_free = event.start.is_date and not event.attendees
    if event.is_transparent is None or event.is_transparent == is_free:
        return None
    return int(event.is_transparent)


def priority_of(number: int) -> Priority:
    """1 is the highest there, 9 the lowest, 0 none. Source: RFC 5545, 3.8.1.9."""
    if number == 0:
        return Priority.NORMAL
    if number <= 2:
        return Priority.URGENT
    return Priority.HIGH if number <= 4 else Priority.NORMAL if number == 5 else Priority.LOW


def document_of(text: str) -> dict[str, Any]:
    """A text as an `ast_json`: a paragraph for each line."""
    paragraphs = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}]}
        if line
        else {"type": "paragraph"}
        for line in text[:MAX_DESCRIPTION].splitlines()
    ]
    return {"type": "doc", "content": paragraphs}


def manager_of(attendee: Attendee) -> int | None:
    """The manager that an address of ours names; None: it is of somebody else."""
    found = _MANAGER.fullmatch(attendee.address)
    return int(found[1]) if found and int(found[1]) < 2**53 else None


def _participants(attendees: Iterable[Attendee]) -> Iterable[dict[str, int]]:
    known = set()
    for one in attendees:
        manager_id = manager_of(one)
        if manager_id is not None and manager_id not in known:
            known.add(manager_id)
            row = {"manager_id": manager_id, "status": int(STATUS_OF.get(one.partstat, 0))}
            yield row | {"role": int(_ROLE_OF.get(one.role, 1))}


def exdates_of(exdates: Iterable[Moment], recurrence: Recurrence) -> tuple[str, ...]:
    """Local dates that are left out: a time counts where an occurrence is at that instant."""
    zone: ZoneInfo = recurrence.zone
    found = set()
    for one in exdates:
        if one.is_date:
            found.add(one.local.date())
        elif next(recurrence.between(one.time, one.time + 1), None) is not None:
            found.add(wall_time(one.time, zone).date())
    return tuple(sorted(day.isoformat() for day in found))


def encoded(fields: dict[str, Any]) -> bytes:
    """The fields as JSON text, without those that are absent."""
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
