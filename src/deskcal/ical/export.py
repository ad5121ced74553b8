"""Resources of a calendar in one iCalendar text. Pure but for the zones' files."""

from collections.abc import Iterable, Mapping, Sequence

from deskcal.core.all_day import UTC
from deskcal.ical.file_zones import FileZones, has_usual_zone
from deskcal.ical.floating import with_zone
from deskcal.ical.lines import Part, Problem, raw_lines, read_parts
from deskcal.ical.text import calendar_lines
from deskcal.ical.vtimezone import vtimezone_text
from deskcal.ical.write import PRODUCT, shown_dates
from deskcal.ical.zones import zone_name


def joined(texts: Iterable[str], first: int, last: int) -> str:
    """One VCALENDAR of the components of all `texts`, with the zone of each X-WR-TIMEZONE named.

    `first`, `last`: the earliest and the latest start, Unix seconds: a VTIMEZONE of an IANA zone is
    written again for these years.
    """
    zones: dict[str, Part] = {}
    events: list[Part] = []
    names: dict[str, None] = {}
    for text in texts:
        parts = list(_parts(text))
        floating = FileZones(parts, []).floating if has_usual_zone(text) else ""
        for part in parts:
            if part.name == "VTIMEZONE":
                zones.setdefault(_tzid(part), part)
            elif part.name != "VCALENDAR":
                events.append(with_zone(part, floating) if floating else part)
        if floating not in ("", UTC):
            names[floating] = None
    for tzid in [*zones, *names]:
        if zone_name(tzid) == tzid:
            zones[tzid] = _zone(tzid, first, last)
    head = ["VERSION:2.0", f"PRODID:{PRODUCT}"]
    return calendar_lines(head, [*zones.values(), *events])


def with_lines(text: str, lines: Sequence[str]) -> str:
    """`text` with further content lines in its first VEVENT, but no VALARM where it has one."""
    parts = list(_parts(text))
    _add_lines(next(part for part in parts if part.name == "VEVENT"), lines)
    return _text(parts)


def with_lines_of(text: str, lines: Mapping[str, Sequence[str]]) -> str:
    """`text` likewise with further content lines in the first VEVENT of each UID of `lines`."""
    parts = list(_parts(text))
    left = dict(lines)
    for part in parts:
        uid = part.first("UID") if part.name == "VEVENT" else None
        if uid is not None:
            _add_lines(part, left.pop(uid.value, ()))
    return _text(parts)


def event_of(lines: Sequence[str]) -> Part:
    """A VEVENT of content lines."""
    wrapped = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    return next(part for part in _parts("\r\n".join(wrapped)) if part.name == "VEVENT")


def _add_lines(event: Part, lines: Sequence[str]) -> None:
    more = event_of(lines)
    event.properties += more.properties
    event.parts += [] if event.parts else more.parts


def _text(parts: Sequence[Part]) -> str:
    head = [one.text for part in parts if part.name == "VCALENDAR" for one in part.properties]
    return calendar_lines(head, [part for part in parts if part.name != "VCALENDAR"])


def _parts(text: str) -> Iterable[Part]:
    problems: list[Problem] = []
    return read_parts(raw_lines(text), problems)


def _tzid(zone: Part) -> str:
    found = zone.first("TZID")
    return found.value if found else ""


def _zone(tzid: str, first: int, last: int) -> Part:
    text = vtimezone_text(tzid, *shown_dates(first, last))
    return next(part for part in _parts(text) if part.name == "VTIMEZONE")
