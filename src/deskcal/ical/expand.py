"""The instances of a resource within a range, and resources that show them singly. Pure.

Source: RFC 4791, 9.6.5, 9.6.6 and 9.9; contract, section 16.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from deskcal.core.filters import overlaps
from deskcal.core.recurrence import Recurrence
from deskcal.core.recurrence_rule import fixed_to_start, parse_rule
from deskcal.core.wall_clock import instant
from deskcal.errors import InvalidField
from deskcal.ical.components import Components, EventComponent
from deskcal.ical.lines import Part, Property
from deskcal.ical.text import calendar_lines
from deskcal.limits import DAY_SEC

MAX_INSTANCES = 10_000
"""Of one resource, within one range."""
REPEATS = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
TIMES = ("DTSTART", "DTEND", "DURATION")


class Instance(Struct, frozen=True):
    """One occurrence."""

    part: Part
    """The VEVENT that it is of."""
    start_time: int
    end_time: int
    recurrence_time: int
    """RECURRENCE-ID, Unix seconds; 0: it does not repeat."""
    dates: tuple[dt.date, dt.date] | None = None
    """Of an all-day one the first day, and the first that is no part of it."""


def instances(found: Components, since: int, until: int, default_timezone: str) -> list[Instance]:
    """What overlaps [since, until), by start; at most `MAX_INSTANCES`."""
    every: Iterator[Instance] = itertools.chain(
        *(
            [_one(component, time)]
            for time, component in found.events.items()
            if time or not _repeats(component)
        )
    )
    master = found.master
    if master is not None and _repeats(master):
        every = itertools.chain(
            every, _of_master(master, set(found.events), since, until, default_timezone)
        )
    fits = (one for one in every if overlaps(one, since, until))
    return sorted(itertools.islice(fits, MAX_INSTANCES), key=lambda one: one.start_time)


def expanded(found: Components, since: int, until: int, default_timezone: str) -> str:
    """The instances as events of their own, in UTC, without rules and zones."""
    parts = [_alone(one) for one in instances(found, since, until, default_timezone)]
    return calendar_lines(found.head, parts)


def limited(found: Components, since: int, until: int) -> str:
    """The master, and the overrides that overlap the range or are of an occurrence in it."""
    parts = [
        component.part
        for time, component in found.events.items()
        if not time or since <= time < until or overlaps(_one(component, time), since, until)
    ]
    return calendar_lines(found.head, [*found.zones, *parts])


def _repeats(component: EventComponent) -> bool:
    return bool(component.event.rrule or component.event.rdates)


def _one(component: EventComponent, recurrence_time: int) -> Instance:
    event = component.event
    dates = (event.start.local.date(), event.end.local.date()) if event.start.is_date else None
    return Instance(component.part, event.start.time, event.end.time, recurrence_time, dates)


def _of_master(
    master: EventComponent, overridden: set[int], since: int, until: int, default_timezone: str
) -> Iterator[Instance]:
    event = master.event
    timezone = event.start.zone or default_timezone
    length = event.end.time - event.start.time
    days = event.end.local - event.start.local
    left_out = {one.time for one in event.exdates}
    dates = {one.local.date() for one in event.exdates if one.is_date}
    for local, time in _times(master, timezone, since - length - DAY_SEC, until):
        if time in left_out or time in overridden or local.date() in dates:
            continue
        if not event.start.is_date:
            yield Instance(master.part, time, time + length, time)
            continue
        end = local + days
        zone = Recurrence(parse_rule("FREQ=DAILY"), local, timezone).zone
        span = (local.date(), end.date())
        yield Instance(master.part, time, instant(end, zone), time, span)


def _times(
    master: EventComponent, timezone: str, since: int, until: int
) -> Iterator[tuple[dt.datetime, int]]:
    """Local time and instant of what the rule and its further dates say."""
    event = master.event
    seen = set()
    for one in (event.start, *event.rdates):
        if one.time not in seen:
            seen.add(one.time)
            yield one.local, one.time
    if not event.rrule:
        return
    try:
        rule = fixed_to_start(parse_rule(event.rrule), event.start.local)
    except InvalidField:
        return
    recurrence = Recurrence(rule, event.start.local, timezone)
    low = max(since, event.start.time)
    for found in recurrence.between(low, max(min(until, low + 200 * 366 * DAY_SEC), low)):
        if found.time not in seen:
            yield found.local, found.time


def _alone(one: Instance) -> Part:
    lines = [line for line in one.part.properties if line.name not in (*REPEATS, *TIMES)]
    if one.dates is not None:
        lines.append(_line("DTSTART;VALUE=DATE", f"{one.dates[0]:%Y%m%d}"))
        lines.append(_line("DTEND;VALUE=DATE", f"{one.dates[1]:%Y%m%d}"))
    else:
        lines.append(_line("DTSTART", utc_text(one.start_time)))
        if one.end_time > one.start_time:
            lines.append(_line("DTEND", utc_text(one.end_time)))
    if one.recurrence_time and one.dates is not None:
        day = one.dates[0] if not one.part.first("RECURRENCE-ID") else None
        lines.append(_recurrence_date(one, day))
    elif one.recurrence_time:
        lines.append(_line("RECURRENCE-ID", utc_text(one.recurrence_time)))
    return msgspec.structs.replace(one.part, properties=lines)


def _recurrence_date(one: Instance, day: dt.date | None) -> Property:
    own = one.part.first("RECURRENCE-ID")
    if own is not None and day is None:
        return own
    return _line("RECURRENCE-ID;VALUE=DATE", f"{day:%Y%m%d}")


def _line(name: str, value: str) -> Property:
    return Property(name.partition(";")[0], {}, value, 0, f"{name}:{value}")


def utc_text(time: int) -> str:
    """A DATE-TIME in UTC."""
    return f"{dt.datetime.fromtimestamp(time, dt.UTC):%Y%m%dT%H%M%SZ}"
