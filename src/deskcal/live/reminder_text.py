"""What a reminder is called: its token, and for people when its event is. Pure."""

import datetime
import functools
import zoneinfo

from deskcal.core.event import Event
from deskcal.store.ports.reminders import Level, NotificationKey


def token_of(key: NotificationKey) -> str:
    """The token of a reminder: stable for (event, due time, manager); an escalation has its own."""
    token = f"{key.event_id}-{key.due_time}-{key.manager_id}"
    return token if key.level == Level.REMINDER else f"{token}-{key.level}"


def key_of(token: str) -> NotificationKey | None:
    """The reminder that `token` names; None: it names none."""
    parts = token.split("-")
    if len(parts) not in (3, 4) or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if any(len(part) > 16 for part in parts):
        return None
    key = NotificationKey(*map(int, parts))
    return key if token_of(key) == token else None


def when(event: Event, default_timezone: str) -> str:
    """Start and end for people, in the event's own time zone: `2026-03-09 15:30-16:00 UTC`.

    In UTC where this machine does not know the zone, or its calendar ends before.
    """
    zone = event.timezone or default_timezone
    return _when(event.start_time, event.end_time, bool(event.all_day), zone)


@functools.lru_cache(maxsize=4096)
def _when(start_time: int, end_time: int, is_all_day: bool, zone_name: str) -> str:
    try:
        zone = zoneinfo.ZoneInfo(zone_name)
        start = datetime.datetime.fromtimestamp(start_time, zone)
        end = datetime.datetime.fromtimestamp(end_time, zone)
        last = datetime.datetime.fromtimestamp(max(start_time, end_time - 1), zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OverflowError):
        return _when(start_time, end_time, is_all_day, "UTC")
    if is_all_day:
        return f"{start:%Y-%m-%d}" + (f" to {last:%Y-%m-%d}" if last.date() > start.date() else "")
    if end.date() == start.date():
        return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M} {zone.key}"
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {zone.key}"
