"""STANDARD and DAYLIGHT of a VTIMEZONE. Pure. Source: RFC 5545, 3.6.5."""

import datetime as dt
import re

from deskcal.ical.lines import Part, Property
from deskcal.ical.zones import Observance

TIME = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z?)")
_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")


def observance(part: Part) -> Observance:
    """A STANDARD or DAYLIGHT. Raises: ValueError."""
    start, rule = part.first("DTSTART"), part.first("RRULE")
    before, after = part.first("TZOFFSETFROM"), part.first("TZOFFSETTO")
    if start is None or before is None or after is None:
        raise ValueError(f"line {part.line}: DTSTART, TZOFFSETFROM or TZOFFSETTO is missing")
    dates = [_naive(text) for one in part.all("RDATE") for text in one.value.split(",")]
    return Observance(
        _naive(start.value),
        _offset(before),
        _offset(after),
        rule.value.strip().upper() if rule else "",
        tuple(dates[:1000]),
    )


def _naive(text: str) -> dt.datetime:
    found = TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is no time")
    numbers = [int(number or 0) for number in found.groups()[:6]]
    return dt.datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001


def _offset(source: Property) -> int:
    found = _OFFSET.fullmatch(source.value.strip())
    if found is None:
        raise ValueError(f"line {source.line}: {source.value[:20]!r} is no offset")
    hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    return (hours * 3600 + minutes * 60 + seconds) * (-1 if found[1] == "-" else 1)
