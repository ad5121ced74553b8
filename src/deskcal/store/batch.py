"""One group of mutations: applied in memory, one after the other, then written at once. No SQL.

A backend says what is stored and writes what `writes` lists. Several changes of one event in a
group leave as many change rows, but its index is written once.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from deskcal.core.alarms import due_time, trigger_time
from deskcal.core.document import (
    IndexRow,
    Record,
    decode_event,
    encode_event,
    index_row,
    record_of,
    scope_of,
)
from deskcal.core.event import ChangeType, Event, EventStatus, ParticipantStatus
from deskcal.errors import Conflict, DeskcalError
from deskcal.store.ports import Mutation, Notification, NotificationKey, Retry

SERVER = 0
"""The actor of what the server does on its own."""

Outcome = Any
"""A mutation's document or a job's result, or the `DeskcalError` that its caller gets instead."""
RetryKey = tuple[int, str]
"""Manager and idempotency_key."""
ManagerRow = tuple[int, int, int, int]
"""Manager, duration class, start and event: the key of a row of `event_manager`."""
Collection = tuple[str, str]
"""Brand and desk."""


class Stored(Protocol):
    """What is in the database while a group is applied."""

    def document(self, event_id: int) -> bytes | None:
        """Of that event; None: there is none."""

    def kept(self, key: RetryKey, since: int) -> tuple[bytes, bytes] | None:
        """Digest and first answer of a key that was used after `since` (Unix seconds)."""


class CommitResult(Struct):
    """What one committed group leaves to the event loop: answers, and what is in memory now."""

    outcomes: list[Outcome]
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
    """Managers whose reminders the group fired beside its mutations."""
    has_fired: bool = False


class KeptAnswer(Struct, frozen=True):
    """The first answer of an idempotency_key, as this group gave it."""

    digest: bytes
    document: bytes
    number: int
    """Of the group's change that it stands in, the first one is 1."""
    time: int


class Writes(Struct):
    """What a group leaves to be written; its changes have numbers of their own, from 1 on."""

    added: list[tuple[IndexRow, bytes]]
    """New events, with their documents."""
    moved: list[tuple[IndexRow, bytes]]
    """Events of which more than the document and the due time is another one."""
    touched: list[tuple[int, bytes, int]]
    """Event, document and due time of the rest."""
    gone: list[int]
    managers_gone: list[ManagerRow]
    managers_added: list[tuple[int, int, int, int, int]]
    """With the end at last; it may be another end of a row that is there."""
    changes: list[tuple[int, int, int, int, bytes]]
    """Event, type, time, actor, document; number 1 first."""
    keys: dict[RetryKey, KeptAnswer]
    notifications: list[Notification]
    """Fired; whoever had the same one before is not to get it again."""
    woken: list[Notification]
    """Fired after a snooze; their rows are there."""

    def collections(self) -> list[Collection]:
        """Brands and desks of the rows, each once."""
        rows = (*self.added, *self.moved)
        return list(dict.fromkeys((row.brand, row.desk) for row, _ in rows))


class _Staged(Struct):
    """One event in the group: as it was before the group, as it is now."""

    before: Event | None
    after: Event | None
    document: bytes


class Batch:
    """The group so far. Nothing is written, so what fails leaves no trace."""

    def __init__(self, stored: Stored, new_ids: Sequence[int], *, retry_window_sec: int) -> None:
        """`new_ids`: of new events, in order, as many as the group may need."""
        self._stored = stored
        self._new_ids = new_ids
        self._retry_window_sec = retry_window_sec
        self._staged: dict[int, _Staged] = {}
        self._changes: list[tuple[int, int, int, int, bytes]] = []
        self._keys: dict[RetryKey, KeptAnswer] = {}
        self._wanted: dict[NotificationKey, Notification] = {}
        self._fired_by_change: set[NotificationKey] = set()
        self._only_fired: set[int] = set()
        self.ids_used = 0
        """How many of `new_ids` are taken."""
        self.notified: list[Notification] = []
        """Those of `notify` that are new, once the group is written."""
        self.woken: list[Notification] = []
        """Snoozed ones that fire now."""

    @property
    def change_count(self) -> int:
        """How many change rows the group leaves."""
        return len(self._changes)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self._changes and not self.woken

    def apply(self, mutation: Mutation) -> Outcome:
        """The mutation's outcome, its effect staged; what its `change` raises is the outcome."""
        try:
            if mutation.retry is None:
                return self._change(mutation)
            return self._change_once(mutation, mutation.retry)
        except DeskcalError as exc:
            return exc

    def commit_result(
        self, outcomes: list[Outcome], last_seq: int, collections: dict[Collection, int]
    ) -> CommitResult:
        """What the group leaves to the event loop, once it is committed."""
        changed = {id_: s for id_, s in self._staged.items() if s.after is not s.before}
        records = {
            event_id: record_of(staged.document, staged.after) if staged.after else None
            for event_id, staged in changed.items()
        }
        earliest_due, reminded = self.earliest_due(), self.reminded()
        return CommitResult(outcomes, records, last_seq, earliest_due, collections, reminded)

    def earliest_due(self) -> int:
        """Of the reminders that the group armed, Unix seconds; 0: none."""
        changed = (staged for staged in self._staged.values() if staged.after is not staged.before)
        due = [due_time(staged.after) for staged in changed if staged.after]
        return min(filter(None, due), default=0)

    def reminded(self) -> list[int]:
        """Managers whose reminders the group fired beside its mutations, once it is written."""
        return [n.key.manager_id for n in self.notified if n.key in self._fired_by_change]

    def _change_once(self, mutation: Mutation, retry: Retry) -> bytes:
        """The first answer again, if this key has one; else the change, and the key kept."""
        key = (mutation.actor, retry.key)
        kept = self._kept(key, mutation.time - self._retry_window_sec)
        if kept is None:
            document = self._change(mutation)
            number = len(self._changes)
            self._keys[key] = KeptAnswer(retry.digest, document, number, mutation.time)
            return document
        digest, document = kept
        retry.check(scope_of(decode_event(document)))
        if digest != retry.digest:
            raise Conflict(
                f"idempotency_key {retry.key!r} was used with other data; take a new key for "
                "another event",
                field="idempotency_key",
            )
        return bytes(document)

    def _kept(self, key: RetryKey, since: int) -> tuple[bytes, bytes] | None:
        kept = self._keys.get(key)
        return (kept.digest, kept.document) if kept else self._stored.kept(key, since)

    def _change(self, mutation: Mutation) -> bytes:
        is_new = not mutation.event_id
        event_id = self._new_ids[self.ids_used] if is_new else mutation.event_id
        before = None if is_new else self.event(event_id)
        after = mutation.change(before, event_id)
        if after is before:
            return self._staged[event_id].document if before else b""
        if is_new:
            self.ids_used += 1
            self._staged[event_id] = _Staged(None, None, b"")
        document = self.stage(event_id, after, mutation.type, mutation.time, mutation.actor)
        if before and after and _was_about_to_fire(before, after):
            fired = self.fire(after, mutation.time)
            self.notify(fired)
            self._fired_by_change.update(notification.key for notification in fired)
        return document

    def fire(self, event: Event, now: int) -> list[Notification]:
        """Stages that the reminder of an armed event was sent; whom to `notify`."""
        due = trigger_time(event) or 0
        is_untouched = self._staged[event.id].before is event
        fired = msgspec.structs.replace(event, reminder_sent_time=now)
        document = self.stage(event.id, fired, ChangeType.UPDATED, now, SERVER)
        if is_untouched:
            self._only_fired.add(event.id)
        return [
            Notification(NotificationKey(event.id, due, row.manager_id), due, now, document)
            for row in event.participants
            if row.status != ParticipantStatus.DECLINED
        ]

    def notify(self, fired: list[Notification]) -> None:
        """Takes up who is to be told; `notified` are, of these, those who had it not before."""
        self._wanted |= {notification.key: notification for notification in fired}

    def written(self, new: set[tuple[int, int, int]]) -> None:
        """Fills `notified`; `new`: event, due time and manager of the rows that were new."""
        self.notified = [
            n for key, n in self._wanted.items() if msgspec.structs.astuple(key) in new
        ]

    def event(self, event_id: int) -> Event | None:
        """The event as the group has left it so far; None: there is none."""
        staged = self._staged.get(event_id)
        if staged is not None:
            return staged.after
        document = self._stored.document(event_id)
        if document is not None:
            return self.take(event_id, document)
        self._staged[event_id] = _Staged(None, None, b"")
        return None

    def take(self, event_id: int, document: bytes) -> Event:
        """`event`, of an event that was read from the database already."""
        event = decode_event(document)
        self._staged[event_id] = _Staged(event, event, document)
        return event

    def stage(
        self, event_id: int, after: Event | None, type_: ChangeType, time: int, actor: int
    ) -> bytes:
        """Takes up one change of an event that `event` gave; its document (its last, if gone)."""
        self._only_fired.discard(event_id)
        staged = self._staged[event_id]
        document = staged.document if after is None else encode_event(after)
        self._changes.append((event_id, int(type_), time, actor, document))
        self._staged[event_id] = _Staged(staged.before, after, document)
        return document

    def writes(self) -> Writes:
        """What is to be written; nothing if the group `is_empty`."""
        found = Writes(
            [],
            [],
            [],
            [],
            [],
            [],
            self._changes,
            self._keys,
            list(self._wanted.values()),
            self.woken,
        )
        for event_id, staged in self._staged.items():
            if staged.after is staged.before:
                continue
            if event_id in self._only_fired:
                found.touched.append((event_id, staged.document, 0))
                continue
            before = index_row(staged.before) if staged.before else None
            after = index_row(staged.after) if staged.after else None
            if after is None:
                found.gone.append(event_id)
            elif before is None:
                found.added.append((after, staged.document))
            elif _moved(before, after):
                found.moved.append((after, staged.document))
            else:
                found.touched.append((event_id, staged.document, after.due_time))
            old, new = _manager_rows(before), _manager_rows(after)
            found.managers_gone += old.keys() - new.keys()
            found.managers_added += [(*key, end) for key, end in new.items() if old.get(key) != end]
        return found


def without_frames(error: DeskcalError) -> DeskcalError:
    """`error` without the frames in which it was raised, and without its causes.

    The frames hold the group and its documents, and the group holds the error.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _was_about_to_fire(before: Event, after: Event) -> bool:
    """Whether a change between the due time and the firing would keep the reminder from firing.

    It was due, and is still the same; only that the event's end is past when it is changed.
    """
    if not due_time(before) or due_time(after) or after.reminder_sent_time:
        return False
    return after.status == EventStatus.OPEN and trigger_time(after) == trigger_time(before)


def _moved(before: IndexRow, after: IndexRow) -> bool:
    """Whether more than the document and its due time has changed."""
    return msgspec.structs.replace(before, due_time=0, managers=()) != msgspec.structs.replace(
        after, due_time=0, managers=()
    )


def _manager_rows(row: IndexRow | None) -> dict[ManagerRow, int]:
    """The rows of `event_manager`: key to end_time."""
    if row is None:
        return {}
    place = (row.duration_class, row.start_time, row.event_id)
    return {(manager_id, *place): row.end_time for manager_id in row.managers}
