"""What a group holds in memory of one event, and of itself before a part of it. No SQL."""

from collections.abc import Sequence

from msgspec import Struct

from deskcal.core.alarms import trigger_time
from deskcal.core.document import encode_event
from deskcal.core.event import MAX_TIME, ChangeType, Event, EventStatus
from deskcal.errors import InvalidField
from deskcal.store.columns import AS_STORED, done_time_by
from deskcal.store.ports.reminders import Notification, NotificationKey

_DONE, _ARCHIVED = EventStatus.DONE, EventStatus.ARCHIVED
_HAVE_DONE_TIME = (_DONE, _ARCHIVED)
_RESTORED = ChangeType.RESTORED


class StagedEvent(Struct, frozen=True):
    """One event in the group: as it was before the group, as it is now."""

    before: Event | None
    after: Event | None
    document: bytes
    done_time: int = AS_STORED
    """When it was completed, Unix seconds, if the group has done so, or says it.

    AS_STORED: it was done before, or is not done; where the group restored it, as the trash has it.
    0: the group deleted or archived it when it was not done.
    """

    @property
    def is_done(self) -> bool:
        """Whether it is there and done."""
        return self.after is not None and self.after.status == _DONE

    @property
    def has_done_time(self) -> bool:
        """Whether it is there and done, or archived: an archived one may have been completed."""
        return self.after is not None and self.after.status in _HAVE_DONE_TIME

    @property
    def is_of_trash(self) -> bool:
        """Whether the trash, or its history, says when it was completed."""
        return self.before is None and self.done_time == AS_STORED

    def changed(
        self, after: Event | None, document: bytes, type_: ChangeType, done_time: int | None = None
    ) -> "StagedEvent":
        """It after one more change of the group, which may say when it was completed."""
        may_have = after is None or after.status in _HAVE_DONE_TIME
        time = self._done_time_after(after, type_, done_time) if may_have else self.done_time
        return StagedEvent(self.before, after, document, time)

    def _done_time_after(
        self, after: Event | None, type_: ChangeType, done_time: int | None
    ) -> int:
        known = self.done_time if self.has_done_time else 0
        if after is None:
            return known
        if done_time is not None:
            return done_time
        if type_ is _RESTORED:
            return self.done_time
        is_completed = after.status == _DONE and not self.is_done
        return done_time_by(after) if is_completed else known

    def ended_version(self, after: Event | None, done_time: int | None) -> int:
        """The version that was done, or archived, last, of a change that ends that; else 0.

        A deletion does not: the trash keeps it. A completion at another time does.
        """
        if self.after is None or after is None or not self.has_done_time:
            return 0
        is_as_before = after.status == self.after.status and done_time is None
        return 0 if is_as_before else self.after.version


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
