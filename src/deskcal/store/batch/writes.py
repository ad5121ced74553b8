"""What a group of mutations leaves: rows to be written, answers, what is in memory. No SQL."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from deskcal.core.document import Record
from deskcal.core.event import ChangeType, Event
from deskcal.store.batch.objects import CalendarObject, ObjectKey
from deskcal.store.batch.series import SeriesWrites
from deskcal.store.columns import AS_STORED, EventRow, moved_columns
from deskcal.store.ports.reminders import Level, Notification

WorkOutcome = Any
"""A mutation's document or a job's result, or the `DeskcalError` that its caller gets instead."""
RetryKey = tuple[int, str]
"""Manager and idempotency_key."""
ManagerRow = tuple[int, int, int, int]
"""Manager, duration class, start and event: the key of a row of `event_manager`."""
Collection = tuple[str, str]
"""Brand and desk."""
ChangeRow = tuple[int, int, int, int, int, bytes]
"""Event, type, time, actor, batch and document of a change.

The batch is 0 for a change that is one of its own; the number of its first change, if that is in
the same group; or, as a negative number, its `batch_id`.
"""

TrashedRow = tuple[int, int, int, bytes, int]
"""Event, time of the deletion, who deleted it, its last document, and when it was completed.

The last is AS_STORED where the row says it that the event has, or had in the trash; 0: not done.
"""

EndedRow = tuple[int, int, int, int]
"""Event, the version that was done (or archived) last, when it was completed (AS_STORED: as its row
or the trash says), and when that was taken back."""

_DELETED, _RESTORED = ChangeType.DELETED, ChangeType.RESTORED


class CommitResult(Struct):
    """What one committed group leaves to the event loop: answers, and what is in memory now."""

    outcomes: list[WorkOutcome]
    """In the order of the group."""
    records: dict[int, Record | None]
    """Events that the group changed; None: gone."""
    last_seq: int
    """Of the newest change."""
    earliest_due: int
    """Of the reminders that the group armed, Unix seconds; 0: none."""
    collections: dict[Collection, int]
    """Brands and desks that the group was the first to use."""
    reminded: list[int] = []
    """Managers whose reminders the group fired besides its mutations."""
    has_fired: bool = False
    fired: list[tuple[Event, bytes]] = []
    """Events of which the group changed only that their reminder was sent, with their documents."""


class KeptAnswer(Struct, frozen=True):
    """The first answer of an idempotency_key, as this group gave it."""

    digest: bytes
    document: bytes
    number: int
    """Of the group's change that it stands in, the first one is 1."""
    time: int


class Writes(Struct, kw_only=True):
    """What a group leaves to be written; its changes have numbers of their own, from 1 on."""

    added: list[tuple[EventRow, bytes]] = []
    """New events, with their documents."""
    moved: list[tuple[EventRow, bytes, tuple[int, ...]]] = []
    """Events of which more than the document and the due time is another one, with the places in
    `PLACED` of what is."""
    touched: list[tuple[int, bytes, int]] = []
    """Event, document and due time of the rest."""
    gone: list[int] = []
    managers_gone: list[ManagerRow] = []
    managers_added: list[tuple[int, int, int, int, int]] = []
    """With the end at last; it may be another end of a row that is there."""
    done_times: dict[int, int] = {}
    """`StagedEvent.done_time` of those of `gone` that were there before."""
    done_in_trash: list[int] = []
    """Restored events of which the trash says when they were completed, or their history."""
    ended: list[EndedRow] = []
    """Completions that the group has taken back."""
    changes: list[ChangeRow]
    """Number 1 first."""
    keys: dict[RetryKey, KeptAnswer]
    notifications: list[Notification]
    """Fired; a manager who had the same one before is not to get it again."""
    woken: list[Notification]
    """Fired after a snooze; their rows are there."""
    series: SeriesWrites
    objects: Mapping[ObjectKey, CalendarObject | None]
    """None: the row goes."""

    def put(
        self, event_id: int, document: bytes, before: EventRow | None, after: EventRow | None
    ) -> None:
        """What is to be written of an event that was as `before` says and is as `after` says."""
        if before is None and after is not None:
            self._add(document, after)
            return
        if after is None or before is None:
            self.gone.append(event_id)
        elif columns := moved_columns(before, after):
            self.moved.append((after, document, columns))
        else:
            self.touched.append((event_id, document, after.due_time))
        if _manager_columns(before) == _manager_columns(after):
            return
        old, new = manager_rows(before), manager_rows(after)
        self.managers_gone += old.keys() - new.keys()
        self.managers_added += [(*key, end) for key, end in new.items() if old.get(key) != end]

    def _add(self, document: bytes, row: EventRow) -> None:
        self.added.append((row, document))
        class_, start, id_, end = row.duration_class, row.start_time, row.event_id, row.end_time
        self.managers_added += [(manager, class_, start, id_, end) for manager in row.managers]

    @property
    def earliest_due(self) -> int:
        """Of the reminders of these events, Unix seconds; 0: none."""
        due = {row.due_time for row in self._placed()}
        due |= {due_time for _, _, due_time in self.touched}
        return min(filter(None, due), default=0)

    def _placed(self) -> list[EventRow]:
        """The rows that are new or moved."""
        return [row for row, _ in self.added] + [row for row, _, _ in self.moved]

    def escalations(self, after_sec: int) -> list[tuple[int, int, int]]:
        """Event, due time and time of escalation of what fired; none where `after_sec` is 0."""
        if not after_sec:
            return []
        fired = {
            (n.key.event_id, n.armed_time, n.fired_time + after_sec)
            for n in self.notifications
            if n.key.level == Level.REMINDER
        }
        return sorted(fired)

    def deletions(self) -> tuple[list[TrashedRow], list[int]]:
        """What the group leaves in the trash, and the events that it takes out of it."""
        found: dict[int, TrashedRow | None] = {}
        for event_id, type_, time, actor, _, document in self.changes:
            if type_ == _DELETED:
                done_time = self.done_times.get(event_id, AS_STORED)
                found[event_id] = (event_id, time, actor, document, done_time)
            elif type_ == _RESTORED:
                found[event_id] = None
        trashed = [row for row in found.values() if row is not None]
        return trashed, [event_id for event_id, row in found.items() if row is None]

    def collections(self) -> list[Collection]:
        """Brands and desks of the rows, each once."""
        return list(dict.fromkeys([(row.brand, row.desk) for row in self._placed()]))


def batch_id_of(batch: int, base: int) -> int:
    """The `batch_id` of a `ChangeRow`'s batch where number 1 of the group is change `base + 1`."""
    return base + batch if batch > 0 else -batch


def _manager_columns(row: EventRow | None) -> tuple[Any, ...] | None:
    """All that the rows of `event_manager` are made of, but for the event's id."""
    return None if row is None else (row.managers, row.duration_class, row.start_time, row.end_time)


def manager_rows(row: EventRow | None) -> dict[ManagerRow, int]:
    """The rows of `event_manager`: key to end_time."""
    if row is None:
        return {}
    place = (row.duration_class, row.start_time, row.event_id)
    return {(manager_id, *place): row.end_time for manager_id in row.managers}
