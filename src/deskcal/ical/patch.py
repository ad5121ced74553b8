"""A resource as a client put it, with what has been changed in deskcal since. Pure.

What deskcal has no field for stays as it was put, and so does what reads the same.
Source: contract, section 16.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from deskcal.core.recurrence import Recurrence
from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.errors import InvalidField
from deskcal.ical.components import EventComponent, read_components
from deskcal.ical.fields import fields_of, manager_of
from deskcal.ical.lines import Part, Property
from deskcal.ical.read import MAX_DESCRIPTION, CalendarEvent, Moment
from deskcal.ical.text import calendar_lines

STAMPS = ("SEQUENCE", "LAST-MODIFIED", "DTSTAMP")
SIMPLE: Mapping[str, tuple[str, ...]] = {
    "title": ("SUMMARY",),
    "location": ("LOCATION",),
    "status": ("STATUS",),
    "priority": ("PRIORITY",),
}
"""Fields that one property has."""
DESCRIPTIONS = ("DESCRIPTION", "X-ALT-DESC")
TIMES = ("DTSTART", "DTEND", "DURATION")
RULES = ("RRULE", "RDATE", "EXDATE")


def patched(source: str, generated: str, kept: frozenset[str], default_timezone: str) -> str:
    """`source` with what differs in `generated`; `kept`: `alarms` and `transp` stay."""
    theirs, ours = (read_components(text, default_timezone) for text in (source, generated))
    parts = []
    for key, found in ours.events.items():
        known = theirs.events.get(key)
        parts.append(found.part if known is None else _merged(known, found, kept))
    zones = {_tzid(zone): zone for zone in (*ours.zones, *theirs.zones)}
    return calendar_lines(theirs.head, [*zones.values(), *parts])


def without_owners(text: str, default_timezone: str) -> str:
    """`text` of a participant without the long parts that are the owner's; `patched` adds them."""
    theirs = read_components(text, default_timezone)
    parts = [_without_owners(found) for found in theirs.events.values()]
    return calendar_lines(theirs.head, [*theirs.zones, *parts])


def _without_owners(found: EventComponent) -> Part:
    foreign = _foreign(found.event)
    lines = [
        one
        for one in found.part.properties
        if one.name not in DESCRIPTIONS and (one.name != "ATTENDEE" or one.value.strip() in foreign)
    ]
    return msgspec.structs.replace(found.part, properties=lines)


def _foreign(event: CalendarEvent) -> set[str]:
    """Addresses of attendees who are no managers."""
    return {one.address for one in event.attendees if manager_of(one) is None}


def _tzid(zone: Part) -> str:
    found = zone.first("TZID")
    return found.value if found else ""


def _merged(theirs: EventComponent, ours: EventComponent, kept: frozenset[str]) -> Part:
    lines = [one for one in theirs.part.properties if one.name not in STAMPS]
    lines += [one for one in ours.part.properties if one.name in STAMPS]
    for field, names in SIMPLE.items():
        if theirs.fields[field] != ours.fields[field]:
            lines = _replaced(lines, ours.part, names)
    if _taken(theirs.event.description) != _taken(ours.event.description):
        lines = _replaced(lines, ours.part, DESCRIPTIONS)
    if "transp" not in kept and _is_free(theirs.event) != _is_free(ours.event):
        lines = _replaced(lines, ours.part, ("TRANSP",))
    lines = _with_times(lines, theirs, ours)
    lines = _with_people(lines, theirs, ours)
    parts = theirs.part.parts
    if "alarms" not in kept and _alarm(theirs) != _alarm(ours):
        parts = [one for one in parts if one.name != "VALARM"] + ours.part.parts
    return msgspec.structs.replace(theirs.part, properties=lines, parts=parts)


def _replaced(lines: list[Property], ours: Part, names: Iterable[str]) -> list[Property]:
    found = [one for one in lines if one.name not in names]
    return found + [one for one in ours.properties if one.name in names]


def _taken(text: str) -> str:
    """The part of a DESCRIPTION that deskcal has a field for, as it reads."""
    lines = text[:MAX_DESCRIPTION].splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _is_free(event: CalendarEvent) -> bool:
    return bool(event.is_transparent)


def _alarm(component: EventComponent) -> tuple[int, int]:
    fields = component.fields
    return fields.get("remind_time", 0), fields.get("remind_before_sec", 0)


def _with_times(
    lines: list[Property], theirs: EventComponent, ours: EventComponent
) -> list[Property]:
    if theirs.event.rrule and ours.event.rrule:
        return _with_rule(lines, theirs, ours)
    names = ("start_time", "end_time", "all_day")
    is_same = all(theirs.fields[name] == ours.fields[name] for name in names)
    if theirs.event.rrule or ours.event.rrule:
        return _replaced(lines, ours.part, (*TIMES, *RULES))
    return lines if is_same else _replaced(lines, ours.part, TIMES)


def _with_rule(
    lines: list[Property], theirs: EventComponent, ours: EventComponent
) -> list[Property]:
    """The rule as it was put where deskcal's begins later and is the same from there on."""
    if not _is_same_rule(theirs.event, ours.event):
        return _replaced(lines, ours.part, (*TIMES, *RULES))
    first = ours.event.start.time
    for name, put, now in (
        ("EXDATE", theirs.event.exdates, ours.event.exdates),
        ("RDATE", theirs.event.rdates, ours.event.rdates),
    ):
        if {one.time for one in put if one.time >= first} == {one.time for one in now}:
            continue
        past = list(_past(lines, name, put, first))
        lines = [one for one in lines if one.name != name] + past
        lines += [one for one in ours.part.properties if one.name == name]
    return lines


def _past(
    lines: Iterable[Property], name: str, moments: Iterable[Moment], first: int
) -> Iterator[Property]:
    """The lines of that name with what is before `first`; `moments`: what they say, in order."""
    left = iter(moments)
    for line in lines:
        if line.name != name:
            continue
        texts = [text for text in line.value.split(",") if text]
        before = [text for text in texts if next(left).time < first]
        if before:
            value = ",".join(before)
            head = line.text.removesuffix(line.value)
            yield msgspec.structs.replace(line, value=value, text=head + value)


def _is_same_rule(theirs: CalendarEvent, ours: CalendarEvent) -> bool:
    """Whether the rule of `ours` is what `theirs` has from its start on."""
    if (theirs.start.is_date, theirs.start.zone) != (ours.start.is_date, ours.start.zone):
        return False
    if theirs.end.local - theirs.start.local != ours.end.local - ours.start.local:
        return False
    try:
        put = fixed_to_start(parse_rule(theirs.rrule), theirs.start.local)
        rule = parse_rule(ours.rrule)
    except InvalidField:
        return False
    recurrence = Recurrence(put, theirs.start.local, theirs.start.zone or "UTC")
    if theirs.start.local > ours.start.local or not recurrence.has(ours.start.local):
        return False
    if put.count:
        put = msgspec.structs.replace(
            put, count=put.count - recurrence.count_before(ours.start.local)
        )
    return _until(put.until) == _until(rule.until) and str(
        msgspec.structs.replace(put, until=None)
    ) == str(msgspec.structs.replace(rule, until=None))


def _until(until: dt.date | dt.datetime | None) -> str:
    return str(until)[:10] if until else ""


def _with_people(
    lines: list[Property], theirs: EventComponent, ours: EventComponent
) -> list[Property]:
    """Answers as they are now; who is no manager stays as put."""
    owner = manager_of(ours.event.organizer) if ours.event.organizer else None
    put, now = _answers(theirs.event), _answers(ours.event)
    if put == now or {owner: 1} | put == now:
        return lines
    foreign = _foreign(theirs.event)
    organizer = theirs.event.organizer
    keeps_organizer = organizer is not None and manager_of(organizer) is None
    kept = [
        one
        for one in lines
        if one.name not in ("ATTENDEE", "ORGANIZER")
        or (one.name == "ATTENDEE" and one.value.strip() in foreign)
        or (one.name == "ORGANIZER" and keeps_organizer)
    ]
    names = ("ATTENDEE",) if keeps_organizer else ("ATTENDEE", "ORGANIZER")
    return kept + [one for one in ours.part.properties if one.name in names]


def _answers(event: CalendarEvent) -> dict[int | None, int]:
    rows = fields_of(event, 0).get("participants", [])
    return {row["manager_id"]: row["status"] for row in rows}
