"""The VEVENTs of one resource, as lines and as they read, by RECURRENCE-ID. Pure."""

from typing import Any

from msgspec import Struct

from deskcal.ical.fields import fields_of
from deskcal.ical.lines import Part, Problem, raw_lines, read_parts
from deskcal.ical.read import CalendarEvent, read_calendar


class EventComponent(Struct):
    """One VEVENT."""

    part: Part
    event: CalendarEvent

    @property
    def fields(self) -> dict[str, Any]:
        """What a client would send to create it."""
        return fields_of(self.event, 0)


class Components(Struct):
    """A resource."""

    head: list[str]
    """Properties of the VCALENDAR, as content lines."""
    zones: list[Part]
    events: dict[int, EventComponent]
    """By RECURRENCE-ID, Unix seconds; 0: it has none."""
    text: str

    @property
    def master(self) -> EventComponent | None:
        """The VEVENT without RECURRENCE-ID."""
        return self.events.get(0)


def read_components(text: str, default_timezone: str) -> Components:
    """The components of a resource; what cannot be read is left out.

    `default_timezone`: of dates, and of floating times where there is no X-WR-TIMEZONE.
    """
    lines = raw_lines(text)
    problems: list[Problem] = []
    parts = list(read_parts(lines, problems))
    read = read_calendar(lines, default_timezone, dates_by_file=False)
    events = {event.line: event for event in read.events}
    found = {}
    for part in parts:
        event = events.get(part.line) if part.name == "VEVENT" else None
        if event is not None:
            time = event.recurrence_id.time if event.recurrence_id else 0
            found[time] = EventComponent(part, event)
    head = [one.text for part in parts if part.name == "VCALENDAR" for one in part.properties]
    zones = [part for part in parts if part.name == "VTIMEZONE"]
    return Components(head, zones, found, text)
