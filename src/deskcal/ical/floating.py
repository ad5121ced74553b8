"""Floating times, with the zone named that X-WR-TIMEZONE gives to them. Pure.

A component that goes into a calendar of another X-WR-TIMEZONE, or of none, must name it itself.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import msgspec

from deskcal.core.all_day import UTC
from deskcal.core.wall_clock import instant, utc_time
from deskcal.ical.file_zones import USUAL_ZONE, FileZones
from deskcal.ical.lines import Part, Property, raw_lines, read_parts
from deskcal.ical.observances import TIME

_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_BEGIN = re.compile(r"BEGIN:VCALENDAR\s*?(\r\n|\n|\r)", re.IGNORECASE)
_UNTIL = re.compile(r"(?<=UNTIL=)\d{8}T\d{6}(?![\dZ])", re.IGNORECASE)


def with_zone(part: Part, timezone: str) -> Part:
    """`part` with `timezone`, an IANA name, at each of its times that is floating."""
    lines = [_with_zone(one, timezone) for one in part.properties]
    start = part.first("DTSTART")
    if start is not None and _is_floating(start):
        lines = [_with_until(one, timezone) for one in lines]
    return msgspec.structs.replace(part, properties=lines)


def with_usual_zone(text: str, before: str) -> str:
    """`text` with the X-WR-TIMEZONE of `before`, if it has floating times and no such line."""
    zone = FileZones(list(read_parts(raw_lines(before), [])), []).floating
    parts = list(read_parts(raw_lines(text), []))
    own = FileZones(parts, [])
    is_needed = zone and not own.floating and not own.why_not
    if not is_needed or all(with_zone(part, zone) == part for part in parts):
        return text
    return _BEGIN.sub(lambda found: f"{found[0]}{USUAL_ZONE}:{zone}{found[1]}", text, count=1)


def until_in_utc(rule: str, timezone: str) -> str:
    """An RRULE whose UNTIL, if it is floating, is in UTC instead; it is on the clock of DTSTART.

    Source: RFC 5545, 3.3.10.
    """
    return _UNTIL.sub(lambda found: _utc(found[0], timezone), rule)


def _with_zone(one: Property, timezone: str) -> Property:
    if one.name not in _TIMES or not _is_floating(one):
        return one
    head = one.text.removesuffix(":" + one.value)
    if timezone == UTC:
        return _with(one, head + ":", ",".join(f"{text}Z" for text in one.value.split(",")))
    return _with(one, f"{head};TZID={timezone}:", one.value)


def _with_until(one: Property, timezone: str) -> Property:
    if one.name != "RRULE":
        return one
    return _with(one, one.text.removesuffix(one.value), until_in_utc(one.value, timezone))


def _with(one: Property, head: str, value: str) -> Property:
    return msgspec.structs.replace(one, value=value, text=head + value)


def _is_floating(one: Property) -> bool:
    if "TZID" in one.params:
        return False
    found = [TIME.fullmatch(text) for text in one.value.split(",")]
    return all(time is not None and not time[7] for time in found)


def _utc(text: str, timezone: str) -> str:
    """A local time in UTC; as it stands where it is none."""
    try:
        local = dt.datetime.strptime(text.upper(), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        time = utc_time(instant(local, ZoneInfo(timezone)))
    except (ValueError, OverflowError):
        return text
    return f"{time:%Y%m%dT%H%M%SZ}"
