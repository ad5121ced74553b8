"""Events in the spelling of RFC 5545, used in no other module. Pure but for the zones' files."""

import datetime
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from icalendar import Alarm, Calendar, vCalAddress, vText
from icalendar import Event as Component

from deskcal.core.alarms import reminded_managers, trigger_time
from deskcal.core.event import (
    MAX_TIME,
    Event,
    EventStatus,
    Participant,
    ParticipantRole,
    ParticipantStatus,
    Priority,
)
from deskcal.core.free_busy import makes_busy
from deskcal.core.plain_text import MAX_TEXT, ast_text
from deskcal.core.series import Series
from deskcal.ical.series import Shown, exact_duration, series_components
from deskcal.ical.uids import default_uid
from deskcal.ical.vtimezone import add_vtimezones
from deskcal.limits import DAY_SEC

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//deskcal//deskcal//EN"
REFRESH = datetime.timedelta(minutes=15)
"""How often a calendar app may well ask again. Source: RFC 7986, 5.7."""

ZONE_AHEAD_DAYS = 5 * 366
ZONE_AHEAD = datetime.timedelta(days=ZONE_AHEAD_DAYS)
"""How far behind the last occurrence shown a VTIMEZONE reaches."""
NO_SERIES: Mapping[int, Series] = MappingProxyType({})

STATUS = {status: "CONFIRMED" for status in EventStatus} | {EventStatus.CANCELLED: "CANCELLED"}
PRIORITY = {Priority.URGENT: 1, Priority.HIGH: 3, Priority.NORMAL: 5, Priority.LOW: 9}
"""1 is the highest there, 9 the lowest. Source: RFC 5545, 3.8.1.9."""
ROLE = {
    ParticipantRole.ORGANIZER: "CHAIR",
    ParticipantRole.REQUIRED: "REQ-PARTICIPANT",
    ParticipantRole.OPTIONAL: "OPT-PARTICIPANT",
}
PARTSTAT = {
    ParticipantStatus.INVITED: "NEEDS-ACTION",
    ParticipantStatus.ACCEPTED: "ACCEPTED",
    ParticipantStatus.DECLINED: "DECLINED",
    ParticipantStatus.TENTATIVE: "TENTATIVE",
}

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar_text(
    events: Iterable[Event],
    names: Mapping[int, str],
    *,
    viewer: int,
    title: str,
    default_timezone: str,
    series: Mapping[int, Series] = NO_SERIES,
    until: int = MAX_TIME,
) -> bytes:
    """A VCALENDAR of the events but the archived ones, as the manager `viewer` has them.

    `names` are managers by id, as far as they are known. TRANSP and VALARM are the viewer's own.
    `series` by id: their occurrences before `until` become one VEVENT with a rule, and one for each
    that differs. Source: contract, sections 13 and 16.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", Text(clean_text(title)))
    calendar.add("x-wr-calname", Text(clean_text(title)))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})

    def render(event: Event) -> Component:
        return event_component(event, names, viewer, default_timezone)

    of_series: dict[int, list[Event]] = {}
    for event in events:
        if event.status == EventStatus.ARCHIVED:
            continue
        if event.series_id in series:
            of_series.setdefault(event.series_id, []).append(event)
        else:
            calendar.add_component(render(event))
    for series_id, found in of_series.items():
        shown = Shown(series[series_id], found, viewer, until)
        for component in series_components(shown, render):
            calendar.add_component(component)
    add_zones(calendar, of_series.values())
    text: bytes = calendar.to_ical()
    return text


def add_zones(calendar: Calendar, of_series: Iterable[list[Event]]) -> None:
    """One VTIMEZONE for each zone of a rule, around what is shown."""
    times = [event.start_time for events in of_series for event in events]
    if times:
        add_vtimezones(calendar, *shown_dates(min(times), max(times)))


def shown_dates(first: int, last: int) -> tuple[datetime.date, datetime.date]:
    """The dates that the VTIMEZONEs of events are written for. Unix seconds of their starts.

    As far as Python's calendar and `icalendar`, which looks a year ahead, go.
    """
    most = MAX_TIME - (ZONE_AHEAD_DAYS + 366) * DAY_SEC
    begin, end = (_moment(min(time, most)).date() for time in (first, last))
    return begin - datetime.timedelta(days=366), end + ZONE_AHEAD


def event_component(
    event: Event,
    names: Mapping[int, str],
    viewer: int,
    default_timezone: str,
    most_text: int = MAX_TEXT,
) -> Component:
    """One VEVENT; `most_text`: characters of its DESCRIPTION."""
    found = Component()
    found.add("uid", default_uid(event))
    found.add("dtstamp", _moment(event.updated_time))
    found.add("created", _moment(event.created_time))
    found.add("last-modified", _moment(event.updated_time))
    found.add("sequence", event.version - 1)
    found.add("summary", Text(clean_text(event.title)))
    description = clean_text(ast_text(event.ast_json, most_text))
    if description:
        found.add("description", Text(description))
    _add_times(found, event, default_timezone)
    found.add("status", STATUS[event.status])
    if event.location:
        found.add("location", Text(clean_text(event.location)))
    takes_part = viewer in reminded_managers(event)
    found.add("transp", "OPAQUE" if takes_part and makes_busy(event) else "TRANSPARENT")
    found.add("priority", PRIORITY[event.priority])
    found.add("organizer", address_of(event.owner_manager_id, names))
    for row in event.participants:
        found.add("attendee", _attendee(row, names))
    due = trigger_time(event)
    if due is not None and takes_part:
        found.add_component(_alarm(event, due))
    return found


def _add_times(found: Component, event: Event, default_timezone: str) -> None:
    """Start and end: moments in UTC, or dates, of which the end is the first not part of it.

    An event without length has no end: one must be after the start. Source: RFC 5545, 3.6.1.
    """
    if event.all_day:
        first, last = _dates(event, event.timezone or default_timezone)
        found.add("dtstart", first)
        if last < datetime.date.max:
            found.add("dtend", last + datetime.timedelta(days=1))
        return
    found.add("dtstart", _moment(event.start_time))
    if event.end_time > event.start_time:
        found.add("dtend", _moment(event.end_time))


def _dates(event: Event, zone_name: str) -> tuple[datetime.date, datetime.date]:
    """First and last day, in that zone; in UTC where the zone or the calendar gives out.

    Source: contract, section 4.
    """
    last_second = max(event.start_time, event.end_time - 1)
    try:
        zone = zoneinfo.ZoneInfo(zone_name)
        first = datetime.datetime.fromtimestamp(event.start_time, zone)
        last = datetime.datetime.fromtimestamp(last_second, zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OverflowError):
        first, last = _moment(event.start_time), _moment(last_second)
    return first.date(), last.date()


def _attendee(row: Participant, names: Mapping[int, str]) -> vCalAddress:
    address = address_of(row.manager_id, names)
    address.params["ROLE"] = ROLE[row.role]
    address.params["PARTSTAT"] = PARTSTAT[row.status]
    return address


def address_of(manager_id: int, names: Mapping[int, str]) -> vCalAddress:
    """A calendar address must look like one, and nothing must ever be sent to this."""
    address = vCalAddress(f"mailto:manager-{manager_id}@deskcal.invalid")
    address.params["CN"] = " ".join(
        clean_text(names.get(manager_id, f"Manager {manager_id}")).split()
    )
    return address


def _alarm(event: Event, due: int) -> Alarm:
    """Relative to the start where it was asked for so; a date has no start to count from.

    Of a series it is relative also to a date: a moment would come once, not for each occurrence.
    """
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", Text(clean_text(event.title)))
    has_start = not event.all_day or event.series_id > 0
    if has_start and not event.remind_time and due > 1:
        alarm.add("trigger", vText(f"-{exact_duration(event.start_time - due)}"))
    else:
        alarm.add("trigger", _moment(due), parameters={"VALUE": "DATE-TIME"})
    return alarm


def _moment(time: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(time, datetime.UTC)


class Text(vText):
    r"""A TEXT as it is: icalendar 7.3 writes `\N` in it, such as in C:\New, as a line break."""

    def to_ical(self) -> bytes:
        """Its value in a content line."""
        return escaped(self).encode()


def escaped(text: str) -> str:
    """A TEXT in a content line. Source: RFC 5545, 3.3.11."""
    text = text.replace("\\", "\\\\").replace(";", "\\;")
    return text.replace(",", "\\,").replace("\n", "\\n")


def clean_text(text: str) -> str:
    """`text` without control characters, which TEXT can't hold. Source: RFC 5545, 3.3.11."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
