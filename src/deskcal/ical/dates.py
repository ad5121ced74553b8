"""Dates of a VEVENT in the zone that they are meant in, which no date names itself. Pure."""

from zoneinfo import ZoneInfo

import msgspec

from deskcal.core.wall_clock import day_start
from deskcal.ical.read import CalendarEvent, Moment


def with_dates_in(event: CalendarEvent, timezone: str) -> CalendarEvent:
    """`event` with its dates in that zone, an IANA name; times stay as they are."""
    zone = ZoneInfo(timezone)

    def moved(one: Moment) -> Moment:
        if not one.is_date:
            return one
        return Moment(day_start(one.local.date(), zone), one.local, timezone, True)

    recurrence = event.recurrence_id
    return msgspec.structs.replace(
        event,
        start=moved(event.start),
        end=moved(event.end),
        recurrence_id=moved(recurrence) if recurrence else None,
        exdates=tuple(map(moved, event.exdates)),
        rdates=tuple(map(moved, event.rdates)),
    )
