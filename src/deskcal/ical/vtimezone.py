"""VTIMEZONEs in the form that all readers take alike: a line for each RDATE of an observance.

vobject 0.9.9 (and so Radicale 3.9, which stores what it makes of it) reads the first time alone of
an RDATE with several in a VTIMEZONE: all later years are without daylight saving time. dateutil
and icalendar read both forms. ical.js 2.2.1 leaves DTSTART out where there is an RDATE (RFC 5545,
3.8.5.2, counts it in), so that its clock can be an hour off until the next onset; here DTSTART is
among the RDATEs, too. icalendar 7.3 writes an onset that skips an hour by the offset after
it, an hour late (`findings/icalendar_onset_after_the_gap.sh`); here it is by the offset before it.
Pure but for the zones' files. Source: RFC 5545, 3.6.5 and 3.8.5.2.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Timezone, TimezoneDaylight, TimezoneStandard

from deskcal.core.wall_clock import instant, wall_time


def add_vtimezones(calendar: Calendar, first: dt.date, last: dt.date) -> None:
    """Adds the VTIMEZONEs of the TZIDs that `calendar` has none for, around these dates."""
    calendar.add_missing_timezones(first_date=first, last_date=last)
    for zone in calendar.walk("VTIMEZONE"):
        _repair(zone)


def vtimezone_text(tzid: str, first: dt.date, last: dt.date) -> str:
    """The VTIMEZONE of an IANA zone around these dates."""
    zone = Timezone.from_tzid(tzid, first_date=first, last_date=last)
    _repair(zone)
    text: bytes = zone.to_ical()
    return text.decode()


def _repair(zone: Component) -> None:
    place = ZoneInfo(str(zone["TZID"]))
    for observance in zone.subcomponents:
        assert isinstance(observance, TimezoneStandard | TimezoneDaylight)
        skipped = max(observance.TZOFFSETTO - observance.TZOFFSETFROM, dt.timedelta())
        observance.DTSTART = _onset(observance.DTSTART, skipped, place)
        dates = observance.pop("RDATE", None)
        if dates:
            observance.add("RDATE", observance.DTSTART)
        for several in dates if isinstance(dates, list) else [dates] if dates else []:
            for date in several.dts:
                observance.add("RDATE", _onset(date.dt, skipped, place))


def _onset(local: dt.datetime, skipped: dt.timedelta, zone: ZoneInfo) -> dt.datetime:
    """An onset by the offset before it: where time is skipped, one that the clock never shows."""
    is_shown = wall_time(instant(local, zone), zone) == local
    return local - skipped if is_shown else local
