"""VTIMEZONEs in the form that all readers take alike: a line for each RDATE of an observance.

vobject 0.9.9 (and so Radicale 3.9, which stores what it makes of it) reads the first time alone of
an RDATE with several in a VTIMEZONE: all later years are without daylight saving time. dateutil
and icalendar read both forms. Pure but for the zones' files. Source: RFC 5545, 3.6.5 and 3.8.5.2.
"""

import datetime as dt

from icalendar import Calendar, Component, Timezone


def add_vtimezones(calendar: Calendar, first: dt.date, last: dt.date) -> None:
    """Adds the VTIMEZONEs of the TZIDs that `calendar` has none for, around these dates."""
    calendar.add_missing_timezones(first_date=first, last_date=last)
    for zone in calendar.walk("VTIMEZONE"):
        _separate(zone)


def vtimezone_text(tzid: str, first: dt.date, last: dt.date) -> str:
    """The VTIMEZONE of an IANA zone around these dates."""
    zone = Timezone.from_tzid(tzid, first_date=first, last_date=last)
    _separate(zone)
    text: bytes = zone.to_ical()
    return text.decode()


def _separate(zone: Component) -> None:
    for observance in zone.subcomponents:
        dates = observance.pop("RDATE", None)
        for several in dates if isinstance(dates, list) else [dates] if dates else []:
            for date in several.dts:
                observance.add("RDATE", date.dt)
