"""One calendar object resource: the iCalendar text of an event or a whole series. Pure.

Source: RFC 4791, 4.1; contract, section 16.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Component
from msgspec import Struct

from deskcal.core.event import MAX_TIME, Event, ParticipantStatus
from deskcal.core.series import Series
from deskcal.core.wall_clock import instant, wall_time
from deskcal.ical.export import event_of, with_lines
from deskcal.ical.lines import raw_lines
from deskcal.ical.patch import patched
from deskcal.ical.plain import plain_text
from deskcal.ical.read import MAX_DESCRIPTION
from deskcal.ical.series import Shown, series_components
from deskcal.ical.vtimezone import add_vtimezones
from deskcal.ical.write import PRODUCT, add_zones, event_component
from deskcal.limits import DAY_SEC

ALARMS, TRANSP = "alarms", "transp"
ROOM = dt.timedelta(days=366)


class Resource(Struct, frozen=True, kw_only=True):
    """What a resource is made of."""

    events: Sequence[Event]
    """One event, or the occurrences of `series` that the viewer sees."""
    series: Series | None
    uid: str
    """Empty: the one that deskcal gives."""
    viewer: int
    """The manager whose TRANSP and VALARM it has."""
    names: Mapping[int, str]
    """Managers by id, as far as they are known."""
    default_timezone: str
    source: str = ""
    """The text as a client put it; empty: none did."""
    extras: str = ""
    """Content lines of an import that deskcal has no field for, where there is no `source`."""
    is_source: bool = False
    """Whether nothing has changed since it was put."""


def resource_text(resource: Resource) -> str:
    """The text: as it was put while it is as it was, else with what has changed since."""
    if resource.source and resource.is_source:
        return resource.source
    if not resource.source:
        return _plain(resource, resource.extras) or _with_extras(resource)
    text = _plain(resource) or _generated(resource)
    own = resource.viewer not in {event.owner_manager_id for event in resource.events}
    kept = frozenset((ALARMS, TRANSP)) if own else frozenset[str]()
    return patched(resource.source, text, kept, resource.default_timezone)


def _with_extras(resource: Resource) -> str:
    text = _generated(resource)
    return with_lines(text, raw_lines(resource.extras)) if resource.extras else text


def _plain(resource: Resource, extras: str = "") -> str | None:
    """The text of a single event, with further lines, by a quicker way; None: it has none."""
    if resource.series is not None or len(resource.events) != 1:
        return None
    event, viewer = resource.events[0], resource.viewer
    alone = is_alone(event, viewer)
    more = event_of(raw_lines(extras)) if extras else None
    return plain_text(event, resource.uid, resource.names, viewer, is_alone=alone, more=more)


def _generated(resource: Resource) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for component in _components(resource):
        if resource.uid:
            component.pop("uid", None)
            component.add("uid", resource.uid)
        calendar.add_component(component)
    if resource.series is not None:
        add_zones(calendar, [list(resource.events)])
    else:
        add_vtimezones(calendar, *_zone_range(resource.events))
    text: bytes = calendar.to_ical()
    return text.decode()


def _zone_range(events: Sequence[Event]) -> tuple[dt.date, dt.date]:
    """As far as `icalendar` goes, which looks a year ahead."""
    first = min(event.start_time for event in events)
    last = max(event.start_time for event in events)
    low, high = (
        dt.datetime.fromtimestamp(min(time, MAX_TIME - 2 * 366 * DAY_SEC), dt.UTC).date()
        for time in (max(first, DAY_SEC), last)
    )
    return low - ROOM, high + ROOM


def _components(resource: Resource) -> list[Component]:
    def render(event: Event) -> Component:
        zone = resource.default_timezone
        found = event_component(event, resource.names, resource.viewer, zone, MAX_DESCRIPTION)
        if is_alone(event, resource.viewer):
            found.pop("organizer", None)
            found.pop("attendee", None)
        return found

    series = resource.series
    if series is not None:
        viewer = series.template.owner_manager_id
        shown = Shown(series, list(resource.events), viewer, MAX_TIME, is_one_uid=True)
        return series_components(shown, render)
    found = []
    for event in resource.events:
        component = render(event)
        _add_zone(component, event)
        if len(resource.events) > 1 or event.original_start_time:
            original = event.original_start_time or event.start_time
            component.add("recurrence-id", dt.datetime.fromtimestamp(original, dt.UTC))
        found.append(component)
    return found


def is_alone(event: Event, viewer: int) -> bool:
    """Whether it is the viewer's own event without other participants, which is no meeting."""
    rows = [(row.manager_id, row.status) for row in event.participants]
    return event.owner_manager_id == viewer and rows == [(viewer, ParticipantStatus.ACCEPTED)]


def _is_on_clock(time: int, zone: ZoneInfo) -> bool:
    """Whether what the zone's clock shows at `time` means that time, within the calendar."""
    try:
        return instant(wall_time(time, zone), zone) == time
    except OverflowError:
        return False


def _add_zone(component: Component, event: Event) -> None:
    """Start and end on the clock of the event's zone, where that says the same."""
    if event.all_day or event.timezone in ("", "UTC"):
        return
    zone = ZoneInfo(event.timezone)
    times = {"dtstart": event.start_time, "dtend": event.end_time}
    if not all(_is_on_clock(time, zone) for time in times.values()):
        return
    for name, time in times.items():
        if component.pop(name, None) is not None:
            component.add(name, wall_time(time, zone).replace(tzinfo=zone))
