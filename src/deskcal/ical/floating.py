"""Floating times of a VEVENT with the zone named that X-WR-TIMEZONE gives to them. Pure.

A component that goes into a calendar of another X-WR-TIMEZONE, or of none, must name it itself.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import msgspec

from deskcal.core.all_day import UTC
from deskcal.core.wall_clock import instant
from deskcal.ical.lines import Part, Property
from deskcal.ical.observances import TIME

_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_UNTIL = re.compile(r"(?<=UNTIL=)\d{8}T\d{6}(?![\dZ])", re.IGNORECASE)


def with_zone(part: Part, timezone: str) -> Part:
    """`part` with `timezone`, an IANA name, at each of its times that is floating."""
    lines = [_with_zone(one, timezone) for one in part.properties]
    return msgspec.structs.replace(part, properties=lines)


def until_in_utc(rule: str, timezone: str) -> str:
    """An RRULE whose UNTIL, if it is floating, is in UTC instead; it is on the clock of DTSTART.

    Source: RFC 5545, 3.3.10.
    """
    return _UNTIL.sub(lambda found: _utc(found[0], timezone), rule)


def _with_zone(one: Property, timezone: str) -> Property:
    if one.name == "RRULE":
        head = one.text.removesuffix(one.value)
        return _with(one, head, until_in_utc(one.value, timezone))
    if one.name not in _TIMES or "TZID" in one.params or not _is_floating(one.value):
        return one
    head = one.text.removesuffix(":" + one.value)
    if timezone == UTC:
        return _with(one, head + ":", ",".join(f"{text}Z" for text in one.value.split(",")))
    return _with(one, f"{head};TZID={timezone}:", one.value)


def _with(one: Property, head: str, value: str) -> Property:
    return msgspec.structs.replace(one, value=value, text=head + value)


def _is_floating(value: str) -> bool:
    found = [TIME.fullmatch(text) for text in value.split(",")]
    return all(time is not None and not time[7] for time in found)


def _utc(text: str, timezone: str) -> str:
    """A local time in UTC; as it stands where it is none."""
    try:
        local = dt.datetime.strptime(text.upper(), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        time = dt.datetime.fromtimestamp(instant(local, ZoneInfo(timezone)), dt.UTC)
    except (ValueError, OverflowError):
        return text
    return f"{time:%Y%m%dT%H%M%SZ}"
