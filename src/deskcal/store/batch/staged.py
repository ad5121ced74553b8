"""What a group holds in memory of one event, and of itself before a part of it. No SQL."""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.core.alarms import trigger_time
from deskcal.core.document import encode_event
from deskcal.core.event import MAX_TIME, ChangeType, Event, EventStatus
from deskcal.errors import InvalidField
from deskcal.store.columns import AS_STORED, done_time_by
from deskcal.store.ports.reminders import Notification, NotificationKey

_DONE, _RESTORED = EventStatus.DONE, ChangeType.RESTORED


class StagedEvent(Struct, frozen=True):
    """One event in the group: as it was before the group, as it is now."""

    before: Event | None
    after: Event | None
    document: bytes
    done_time: int = AS_STORED
    """When it was completed, Unix seconds, if the group has done so, or says it.

    AS_STORED: it was done before, or is not done; where the group restored it, as the trash has it.
    0: the group deleted it when it was not done.
    """

    @property
    def is_done(self) -> bool:
        """Whether it is there and done."""
        return self.after is not None and self.after.status == _DONE

    def changed(
        self, after: Event | None, document: bytes, type_: ChangeType, done_time: int | None = None
    ) -> "StagedEvent":
        """It after one more change of the group, which may say when it was completed."""
        time = self.done_time
        if after is None:
            time = time if self.is_done else 0
        elif after.status != _DONE:
            pass
        elif done_time is not None:
            time = done_time
        elif not self.is_done and type_ is not _RESTORED:
            time = done_time_by(after)
        return StagedEvent(self.before, after, document, time)

    def ended_version(self, after: Event | None, done_time: int | None) -> int:
        """The version that was done last, of a change that takes its completion back; else 0.

        A deletion does not: the trash keeps it. A completion at another time does.
        """
        if self.after is None or after is None or not self.is_done:
            return 0
        is_still_done = after.status == _DONE and done_time is None
        return 0 if is_still_done else self.after.version


def document_of(event: Event) -> bytes:
    """The document of an event that is to be stored.

    Raises: InvalidField for times beyond the calendar, as nobody could read the document any more.
    Occurrences get such times from a rule, a length or a zone, which a check of what was sent
    does not see.
    """
    if event.end_time > MAX_TIME or event.start_time < 0 or event.original_start_time < 0:
        raise InvalidField(
            f"start_time and end_time would be {event.start_time} and {event.end_time}; all "
            f"occurrences must be within the years 1970 to 9999 (0 to {MAX_TIME})",
            field="end_time" if event.end_time > MAX_TIME else "start_time",
        )
    return encode_event(event)


NEW_EVENT = StagedEvent(None, None, b"")
"""One that is not there so far."""


def added_event(event: Event, type_: ChangeType) -> StagedEvent:
    """One that the group adds."""
    return NEW_EVENT.changed(event, document_of(event), type_)


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
