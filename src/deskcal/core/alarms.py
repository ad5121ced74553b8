"""When the reminder of an event is due, whom it is for, and whether it still holds. Pure."""

from deskcal.core.event import Event, EventStatus, ParticipantStatus


def trigger_time(event: Event) -> int | None:
    """When the reminder is due, Unix seconds; None: no reminder. Source: contract, section 7."""
    if event.remind_time:
        return event.remind_time
    if event.remind_before_sec:
        return max(event.start_time - event.remind_before_sec, 1)
    return None


def due_time(event: Event) -> int:
    """When the reminder is to be fired, Unix seconds; 0: never, or it has been.

    A time that was already past when it was set counts only while the event's end was ahead.
    Source: contract, section 7, "Reminders".
    """
    trigger = trigger_time(event)
    if trigger is None or event.reminder_sent_time or event.status != EventStatus.OPEN:
        return 0
    set_at = event.updated_time
    return trigger if trigger > set_at or event.end_time > set_at else 0


def reminded_managers(event: Event) -> frozenset[int]:
    """Participants who have not declined; empty while the event is not open."""
    if event.status != EventStatus.OPEN:
        return frozenset()
    return frozenset(
        row.manager_id for row in event.participants if row.status != ParticipantStatus.DECLINED
    )


def still_holds(event: Event, armed_time: int, manager_id: int) -> bool:
    """Whether a reminder of the event's due time `armed_time` is still to reach this manager.

    Not once the event is no longer open, is due at another time, or the manager takes no part.
    Source: contract, section 7, "Reminders".
    """
    return trigger_time(event) == armed_time and manager_id in reminded_managers(event)
