"""Which VEVENTs of one UID are taken together. Pure."""

from collections.abc import Sequence

from deskcal.errors import InvalidField
from deskcal.ical.read import CalendarEvent


def check_supported(events: Sequence[CalendarEvent]) -> None:
    """Raises: InvalidField for what an app could not be given back as it put it."""
    for event in events:
        if event.is_this_and_future:
            raise InvalidField(
                f"line {event.line}: RANGE=THISANDFUTURE is not taken; import the two halves as "
                "two series",
                field="ics",
            )
    require_one_master(events)


def require_one_master(events: Sequence[CalendarEvent]) -> None:
    """Raises: InvalidField for a second event with the UID that is no override."""
    masters = [event for event in events if event.recurrence_id is None]
    if len(masters) > 1:
        raise InvalidField(
            f"line {masters[1].line}: a second event with this UID and no RECURRENCE-ID; give "
            "it another UID, or the RECURRENCE-ID of the occurrence that it stands for",
            field="ics",
        )
