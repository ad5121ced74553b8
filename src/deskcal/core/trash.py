"""What becomes of a deleted event that is restored. Pure. Source: contract, section 15."""

import msgspec

from deskcal.core.alarms import trigger_time
from deskcal.core.event import Event


def restored(event: Event, *, actor: int, now: int) -> Event:
    """The event as it was deleted, as its next version; nobody has it claimed.

    A reminder whose time has passed counts as sent, so that it stays silent.
    """
    trigger = trigger_time(event)
    is_past = trigger is not None and trigger <= now
    return msgspec.structs.replace(
        event,
        version=event.version + 1,
        updated_by=actor,
        updated_time=now,
        claimed_by=0,
        claim_until=0,
        reminder_sent_time=event.reminder_sent_time or (now if is_past else 0),
    )


def alone(event: Event) -> Event:
    """The event as one of no series: the rule has given up its date."""
    return msgspec.structs.replace(event, series_id=0, original_start_time=0, own_fields=())
