"""When the reminder of an event is due, its recipients, and whether it is still valid. Pure."""

from deskcal.core.all_day import span_of
from deskcal.core.event import Event, EventStatus, ParticipantStatus

_OPEN, _DECLINED = EventStatus.OPEN, ParticipantStatus.DECLINED
"""A look-up in an enumeration takes as long as the rest of a comparison."""


def trigger_time(event: Event) -> int | None:
    """When the reminder is due, Unix seconds; None: no reminder. Source: contract, section 7."""
    if event.remind_time:
        return event.remind_time
    if event.remind_before_sec:
        time = event.start_time - event.remind_before_sec
        return time if time > 0 else 1
    return None


def due_time(event: Event, default_timezone: str) -> int:
    """When the reminder is to be fired, Unix seconds; 0: never, or it has been.

    Never where that is after the event's end. A time that was already past when it was set counts
    only while the end was ahead. `default_timezone`: as for `end_of`.
    Source: contract, section 7, "Reminders".
    """
    return due_before(event, end_of(event, default_timezone))


def due_before(event: Event, end: int) -> int:
    """`due_time` of an event that is over at `end`."""
    if event.reminder_sent_time or event.status != _OPEN:
        return 0
    trigger = trigger_time(event)
    if trigger is None:
        return 0
    set_at = event.updated_time
    return trigger if trigger <= end and (trigger > set_at or end > set_at) else 0


def end_of(event: Event, default_timezone: str) -> int:
    """When the event is over, Unix seconds; of an all-day event: when its last date is.

    `default_timezone`: of all-day events that name no zone. Source: contract, section 4.
    """
    return span_of(event, default_timezone)[1]


def is_coming(event: Event, now: int, default_timezone: str) -> bool:
    """Whether the event is open and not over. `default_timezone`: as for `end_of`."""
    return event.status == _OPEN and end_of(event, default_timezone) > now


def reminded_managers(event: Event) -> tuple[int, ...]:
    """Participants who have not declined, in order; empty while the event is not open."""
    if event.status != _OPEN:
        return ()
    return tuple([row.manager_id for row in event.participants if row.status != _DECLINED])


def armed_at(event: Event) -> int | None:
    """When the reminder of an open event is due; None: it has none, or is not open."""
    return trigger_time(event) if event.status == _OPEN else None


def is_armed(event: Event, armed_time: int) -> bool:
    """Whether the event is open, and its reminder due at `armed_time`."""
    return armed_at(event) == armed_time


def still_holds(event: Event, armed_time: int, manager_id: int) -> bool:
    """Whether a reminder of the event's due time `armed_time` is still to reach this manager.

    Not once the event is no longer open, is due at another time, or the manager takes no part.
    Source: contract, section 7, "Reminders".
    """
    return is_armed(event, armed_time) and manager_id in reminded_managers(event)


def gained_managers(before: Event, after: Event, now: int, default_timezone: str) -> list[int]:
    """Managers who came to take part by a change, once the reminder of the event had fired.

    They get it as well, while the event is open and its end ahead; in the order of the rows.
    Empty: nobody, or the reminder has not fired. `default_timezone`: as for `end_of`.
    Source: contract, section 7, "Reminders".
    """
    if not after.reminder_sent_time or trigger_time(after) is None:
        return []
    known = set(_reminded_at(before, now, default_timezone))
    managers = _reminded_at(after, now, default_timezone)
    return [manager_id for manager_id in managers if manager_id not in known]


def _reminded_at(event: Event, now: int, default_timezone: str) -> tuple[int, ...]:
    return reminded_managers(event) if end_of(event, default_timezone) > now else ()


def would_miss_firing(before: Event, after: Event, default_timezone: str) -> bool:
    """Whether a change between the due time and the firing would keep the reminder from firing.

    It was due, and is still the same, within the event; only that the end of the event is past
    when it is changed. `default_timezone`: as for `end_of`.
    """
    due = due_time(before, default_timezone)
    if not due or due_time(after, default_timezone) or after.reminder_sent_time:
        return False
    is_same = trigger_time(after) == due and due <= end_of(after, default_timezone)
    return after.status == _OPEN and is_same
