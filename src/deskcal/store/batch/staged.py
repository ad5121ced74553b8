"""What a group holds in memory of one event, and of itself before a part of it. No SQL."""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.core.alarms import trigger_time
from deskcal.core.event import Event, EventStatus
from deskcal.store.columns import AS_STORED, done_time_by
from deskcal.store.ports.reminders import Notification, NotificationKey

_DONE = EventStatus.DONE


class StagedEvent(Struct, frozen=True):
    """One event in the group: as it was before the group, as it is now."""

    before: Event | None
    after: Event | None
    document: bytes
    done_time: int = AS_STORED
    """When the group completed it, Unix seconds; AS_STORED: it was done before, or is not done.

    0: the group deleted it when it was not done.
    """

    def changed(self, after: Event | None, document: bytes) -> "StagedEvent":
        """It after one more change of the group."""
        was_done = self.after is not None and self.after.status == _DONE
        done_time = self.done_time
        if after is None:
            done_time = done_time if was_done else 0
        elif after.status == _DONE and not was_done:
            done_time = done_time_by(after)
        return StagedEvent(self.before, after, document, done_time)


NEW_EVENT = StagedEvent(None, None, b"")
"""One that is not there so far."""


class Savepoint(Struct, frozen=True):
    """Where the group was before a transaction, or a part of one."""

    place: int
    """In its `Undo`."""
    ids_used: int
    changes: int
    series_changes: int


def notifications_of(
    event: Event, managers: Sequence[int], document: bytes, now: int
) -> list[Notification]:
    """The reminders of an event that fire at `now` (Unix seconds) for these managers.

    `event`, `document`: as it is then.
    """
    due = trigger_time(event) or 0
    return [
        Notification(NotificationKey(event.id, due, manager_id), due, now, document, event)
        for manager_id in managers
    ]
