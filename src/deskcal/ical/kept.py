"""What a VEVENT that is put back takes from an event: only what reads otherwise than it was given.

So a rich text, a zone, a reminder or a priority survives an app that knows none of them. Pure.
Source: contract, section 16.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from deskcal.core.alarms import reminded_managers, trigger_time
from deskcal.core.draft import Draft
from deskcal.core.event import Event, EventStatus
from deskcal.core.free_busy import makes_busy
from deskcal.core.plain_text import ast_text
from deskcal.core.wall_clock import day_start, wall_time
from deskcal.errors import InvalidField
from deskcal.ical.read import MAX_DESCRIPTION, CalendarEvent

_DAY = dt.timedelta(days=1)
REMINDERS = ("remind_time", "remind_before_sec")


class TextTooLong(InvalidField):
    """Another text in place of one that is too long to be given whole."""


def kept(sent: Draft, before: Event, event: CalendarEvent, default_timezone: str) -> Draft:
    """`sent` without what would take something away from `before`.

    `default_timezone`: of events that name no zone. Raises: TextTooLong.
    """
    values = dict(sent.values)
    values.pop("type", None)
    shown = ast_text(before.ast_json, MAX_DESCRIPTION + 1)
    if _plain(event.description) == _plain(shown):
        values.pop("ast_json", None)
    elif "ast_json" in values and len(shown) > MAX_DESCRIPTION:
        raise TextTooLong(
            f"the event's text has more than the {MAX_DESCRIPTION} characters that a DESCRIPTION "
            "is given of it, so that the rest would be lost; change it in deskcal",
            field="ics",
        )
    if values.get("status") == EventStatus.OPEN and before.status != EventStatus.CANCELLED:
        values.pop("status", None)
    if event.priority == 0:
        values.pop("priority", None)
    if event.is_transparent is None or event.is_transparent != makes_busy(before):
        values.pop("show_as", None)
    _keep_reminder(values, before, event)
    _keep_times(values, before, event, default_timezone)
    return msgspec.structs.replace(sent, values=values)


def _plain(text: str) -> str:
    lines = text[:MAX_DESCRIPTION].splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _keep_reminder(values: dict[str, Any], before: Event, event: CalendarEvent) -> None:
    """An alarm at the same moment is the same; one that was not shown cannot be taken away."""
    is_shown = before.owner_manager_id in reminded_managers(before)
    wanted = {name: values.get(name) or 0 for name in REMINDERS}
    times = {name: values[name] for name in ("start_time",) if values.get(name)}
    after = msgspec.structs.replace(before, **times, **wanted)
    is_same = trigger_time(after) == trigger_time(
        msgspec.structs.replace(before, **times)
    ) or trigger_time(after) == trigger_time(before)
    if is_same or not (event.alarms or is_shown):
        for name in REMINDERS:
            values.pop(name, None)


def _keep_times(
    values: dict[str, Any], before: Event, event: CalendarEvent, default_timezone: str
) -> None:
    """A zone that the app does not name stays; so do the times of an all-day event's dates."""
    if not event.start.is_date:
        if not before.all_day and values.get("timezone") in ("", "UTC"):
            values.pop("timezone")
        return
    # A date names no zone, and that of X-WR-TIMEZONE may be only where the app is.
    values.pop("timezone")
    zone = ZoneInfo(before.timezone or default_timezone)
    first, end = event.start.local.date(), event.end.local.date()
    if before.all_day:
        last_second = max(before.start_time, before.end_time - 1)
        shown = (wall_time(before.start_time, zone).date(), wall_time(last_second, zone).date())
        if shown == (first, max(first, end - _DAY)):
            for name in ("start_time", "end_time"):
                values.pop(name, None)
            return
    values |= {"start_time": day_start(first, zone), "end_time": day_start(end, zone)}
