"""One group of mutations: applied in memory, one after the other, then written at once. No SQL.

A backend says what is stored and writes what `writes` lists. Several changes of one event in a
group leave as many change rows, but its index is written once.
"""

import weakref
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from deskcal.core.alarms import gained_managers, reminded_managers, would_miss_firing
from deskcal.core.all_day import UTC
from deskcal.core.claims import Claim
from deskcal.core.completion import is_completion
from deskcal.core.document import decode_event, record_of
from deskcal.core.event import ChangeType, Event
from deskcal.core.outcomes import Outcome, require_outcome, require_outcome_given
from deskcal.core.series import Series
from deskcal.core.visibility import require_followed
from deskcal.errors import DeskcalError
from deskcal.store.batch.claims import Claims
from deskcal.store.batch.fired import StagedFirings
from deskcal.store.batch.notifications import StagedNotifications
from deskcal.store.batch.numbers import has_more_than_changes
from deskcal.store.batch.objects import StagedObjects
from deskcal.store.batch.retries import Retries
from deskcal.store.batch.series import StagedSeries
from deskcal.store.batch.staged import (
    NEW_EVENT,
    Savepoint,
    StagedEvent,
    added_event,
    document_of,
    notifications_of,
)
from deskcal.store.batch.stored import Stored
from deskcal.store.batch.transaction import StagedChanges
from deskcal.store.batch.undo import Undo
from deskcal.store.batch.writes import (
    ChangeRow,
    Collection,
    CommitResult,
    KeptAnswer,
    WorkOutcome,
    Writes,
    batch_id_of,
)
from deskcal.store.columns import event_row, with_done_time
from deskcal.store.ports.reminders import Notification
from deskcal.store.ports.work import Applied, Follows, Mutation, Transaction, Work, event_ids_of

SERVER = 0
"""The actor of what the server does on its own."""


class Batch:
    """The group so far. Nothing is written, so what fails leaves no trace."""

    def __init__(
        self,
        stored: Stored,
        new_ids: Sequence[int],
        *,
        retry_window_sec: int,
        trash_retention_sec: int = 0,
        default_timezone: str = UTC,
    ) -> None:
        """`new_ids`: of new events, in order, as many as the group may need."""
        self._timezone = default_timezone
        self._trash_retention_sec = trash_retention_sec
        self._stored = stored
        self._new_ids = new_ids
        self._undo = undo = Undo()
        self._staged: dict[int, StagedEvent] = {}
        self._changes: list[ChangeRow] = []
        self._batch = 0
        self._retries = Retries(stored, undo, retry_window_sec)
        self._only_fired: dict[int, None] = {}
        self._ended: dict[tuple[int, int], tuple[int, int]] = {}
        self._outcomes: Sequence[Outcome] | None = None
        self._series = StagedSeries(stored, undo)
        self._claims = Claims(weakref.proxy(self), stored.calls)  # A cycle would keep the group.
        self.objects = StagedObjects(stored, undo)
        self.notifications = StagedNotifications(undo)
        self.firings = StagedFirings()
        self._managers: dict[int, tuple[int, ...]] = {}
        self.ids_used = 0
        """How many of `new_ids` are taken."""
        self.earliest_due = 0
        """Of the reminders that the group armed, Unix seconds, once it is written; 0: none."""

    @property
    def change_count(self) -> int:
        """How many change rows the group leaves."""
        return len(self._changes) + len(self.firings.events)

    @property
    def number_count(self) -> int:
        """How many numbers the group takes: one for each change, then one for what has none.

        A calendar object or series may change without its events. Who has followed the changes up
        to a number knows by a number without a change that there is more to be read again.
        """
        more = has_more_than_changes(self._changes, self._staged, self._series, self.objects)
        return self.change_count + more

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        is_quiet = self._series.is_empty and self.objects.is_empty
        return is_quiet and not self.change_count and self.notifications.is_empty

    def apply_all(self, group: Sequence[Work]) -> list[WorkOutcome]:
        """Outcomes of all of them, in order."""
        claims = [one for one in group if isinstance(one, Claim) and not one.event_id]
        if claims:
            self._claims.prepare(claims)
        self._stored.prepare(event_ids_of(group))
        return [self.apply(one) for one in group]

    def apply(self, mutation: Work) -> WorkOutcome:
        """The mutation's outcome, its effect staged; what its `change` raises is the outcome."""
        try:
            if isinstance(mutation, Transaction):
                return self._transact(mutation)
            if isinstance(mutation, Claim):
                return self._claims.claim(mutation)
            return self.mutate(mutation)
        except DeskcalError as exc:
            return exc

    def changed_ids(self, since: int) -> list[int]:
        """Events of the changes after number `since`."""
        return [change[0] for change in self._changes[since:]]

    def commit_result(
        self, outcomes: list[WorkOutcome], last_seq: int, collections: dict[Collection, int]
    ) -> CommitResult:
        """What the group leaves to the event loop, once it is committed."""
        self.number_batches(outcomes, last_seq)
        managers = self._managers
        records = {
            id_: record_of(one.document, one.after, managers.get(id_, ())) if one.after else None
            for id_, one in self._staged.items()
            if one.after is not one.before
        }
        due, reminded = self.earliest_due, self.notifications.reminded()
        fired = self.firings.events
        return CommitResult(outcomes, records, last_seq, due, collections, reminded, fired=fired)

    def number_batches(self, outcomes: list[WorkOutcome], last_seq: int) -> None:
        """Fills in the `batch_id` of transactions; `last_seq`: the group's last number."""
        base = last_seq - self.number_count
        for outcome in outcomes:
            if isinstance(outcome, Applied):
                outcome.batch_id = batch_id_of(outcome.batch_id, base)

    def mutate(self, mutation: Mutation) -> bytes:
        """Stages a mutation; its document. Raises: what its `change` raises, Conflict."""
        if mutation.retry is None:
            return self._change(mutation)
        key = (mutation.actor, mutation.retry.key)
        document = self._retries.first_answer(key, mutation.retry, mutation.time)
        if document is None:
            document = self._change(mutation)
            kept = KeptAnswer(mutation.retry.digest, document, self.change_count, mutation.time)
            self._retries.keep(key, kept)
        return document

    def _change(self, mutation: Mutation) -> bytes:
        is_new = not mutation.event_id
        event_id = self.next_id if is_new else mutation.event_id
        before = None if is_new else self._before(mutation)
        after = mutation.change(before, event_id)
        if mutation.checks_outcome and after:
            self._check_outcome(before, after)
        if after and after.type in mutation.outcome_required and is_completion(before, after):
            require_outcome_given(self.outcomes(), after.outcome, after.type)
        if mutation.follows and after:
            self._check_follows(before, after, mutation.follows)
        if is_new and after is not None:
            return self.add(after, mutation.type, mutation.time, mutation.actor)
        return self.put(event_id, after, mutation.type, mutation.time, mutation.actor)

    def _before(self, mutation: Mutation) -> Event | None:
        if mutation.type is ChangeType.RESTORED:
            return self.trashed(mutation.event_id, mutation.time)
        return self.event(mutation.event_id)

    def _check_outcome(self, before: Event | None, after: Event) -> None:
        """Raises: InvalidField for an outcome that the change sets and that may not be there."""
        if after.outcome and (before is None or before.outcome != after.outcome):
            require_outcome(self.outcomes(), after.outcome, after.type)

    def _check_follows(self, before: Event | None, after: Event, follows: Follows) -> None:
        """Raises: InvalidField if the event that is to be followed is not there, or not visible."""
        if before is None or before.follows_id != after.follows_id:
            event = self.event(follows.event_id)
            require_followed(follows.event_id, event, follows.is_visible)

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes."""
        if self._outcomes is None:
            self._outcomes = self._stored.outcomes()
        return self._outcomes

    def _set(self, event_id: int, staged: StagedEvent) -> None:
        self._undo.put(self._staged, event_id, staged)

    def put(
        self,
        event_id: int,
        after: Event | None,
        type_: ChangeType,
        time: int,
        actor: int,
        done_time: int | None = None,
    ) -> bytes:
        """Stages `after` unless it is the event as it is; its document (its last, if gone).

        A reminder that this change would keep from firing is fired with it.
        """
        staged = self._staged.get(event_id)
        before = staged.after if staged else None
        if after is before:
            return staged.document if staged and before else b""
        document = self.stage(event_id, after, type_, time, actor, done_time)
        if before and after:
            self._notify_by_change(before, after, document, time)
        return document

    def _notify_by_change(self, before: Event, after: Event, document: bytes, now: int) -> None:
        """Fires what the change would keep from firing; notifies managers who take part late."""
        if would_miss_firing(before, after, self._timezone):
            self.notifications.add_of_change(self.fire(after, now))
        elif gained := gained_managers(before, after, now, self._timezone):
            fired = notifications_of(after, gained, document, now)
            self.notifications.add_of_change(fired)

    @property
    def next_id(self) -> int:
        """The number that the next new event or series gets."""
        return self._new_ids[self.ids_used]

    def add(self, event: Event, type_: ChangeType, time: int, actor: int) -> bytes:
        """Stages a new event, whose id is `next_id`; its document."""
        document = document_of(event)
        self.ids_used += 1
        self._changes.append((event.id, int(type_), time, actor, self._batch, document))
        self._set(event.id, NEW_EVENT.changed(event, document, type_))
        return document

    def add_all(
        self, makes: Sequence[Callable[[int], Event]], type_: ChangeType, time: int, actor: int
    ) -> list[int]:
        """`add` of many events, made of their ids, in fewer steps; the ids."""
        ids = [self._new_ids[self.ids_used + number] for number in range(len(makes))]
        added = {id_: added_event(make(id_), type_) for make, id_ in zip(makes, ids, strict=True)}
        self.ids_used += len(ids)
        row = (int(type_), time, actor, self._batch)
        self._changes += [(id_, *row, one.document) for id_, one in added.items()]
        self._undo.put_all(self._staged, added)
        return ids

    def new_id(self) -> int:
        """A number that no event and no series has; an event of it may be `put`."""
        event_id = self.next_id
        self.ids_used += 1
        self._set(event_id, NEW_EVENT)
        return event_id

    def series(self, series_id: int) -> Series | None:
        """The series as the group has left it so far; None: there is none."""
        return self._series.get(series_id)

    def series_events(self, series_id: int) -> list[Event]:
        """Its events as the group has left them so far."""
        for event_id, document in self._series.documents(series_id).items():
            if event_id not in self._staged:
                self.take(event_id, document)
        events = [staged.after for staged in self._staged.values() if staged.after]
        return [event for event in events if event.series_id == series_id]

    def put_series(self, series_id: int, series: Series | None) -> None:
        """Stages what becomes of a series; None: it is gone."""
        self._series.put(series_id, series, self._batch)

    def _transact(self, transaction: Transaction) -> Applied:
        """The transaction's changes, or none of them if it raises."""
        first = self.change_count + 1
        self._batch = -transaction.batch_id or first
        changes = StagedChanges(self, transaction)
        try:
            value = changes.attempt(lambda: transaction.apply(changes))
        finally:
            self._batch = 0
        has_changed = self.change_count >= first
        return Applied(value, (-transaction.batch_id or first) if has_changed else 0)

    def savepoint(self) -> Savepoint:
        """The group as it is now, for `roll_back`."""
        counts = (self.ids_used, self.change_count, self._series.change_count)
        return Savepoint(self._undo.place, *counts)

    def roll_back(self, savepoint: Savepoint) -> None:
        """Makes the group what it was."""
        self._undo.go_back(savepoint.place)
        self.ids_used = savepoint.ids_used
        del self._changes[savepoint.changes :]
        self._series.roll_back(savepoint.series_changes)

    def fire(self, event: Event, now: int) -> list[Notification]:
        """Stages that the reminder of an armed event was sent; whom to notify."""
        is_untouched = self._staged[event.id].before is event
        fired = replace(event, reminder_sent_time=now)
        document = self.stage(event.id, fired, ChangeType.UPDATED, now, SERVER)
        if is_untouched:
            self._undo.put(self._only_fired, event.id, None)
        return notifications_of(fired, reminded_managers(fired), document, now)

    def event(self, event_id: int) -> Event | None:
        """The event as the group has left it so far; None: there is none."""
        staged = self._staged.get(event_id)
        if staged is not None:
            return staged.after
        stored = self._stored.event(event_id)
        event, document = stored or (None, b"")
        self._set(event_id, StagedEvent(event, event, document))
        return event

    def trashed(self, event_id: int, now: int) -> Event | None:
        """The event as it was deleted; None if it is there, or not in the trash any more."""
        if self.event(event_id) is not None:
            return None
        since = now - self._trash_retention_sec
        document = self._staged[event_id].document or self._stored.trashed(event_id, since)
        return decode_event(document) if document else None

    def done_time(self, event_id: int) -> int:
        """When the group completed, or restored, an event; AS_STORED: it did neither."""
        staged = self._staged[event_id]
        if staged.after and staged.is_done and staged.is_of_trash:
            return staged.after.updated_time
        return staged.done_time

    def take(self, event_id: int, document: bytes) -> Event:
        """`event`, of an event that was read from the database already."""
        event = decode_event(document)
        self._set(event_id, StagedEvent(event, event, document))
        return event

    def stage(
        self,
        event_id: int,
        after: Event | None,
        type_: ChangeType,
        time: int,
        actor: int,
        done_time: int | None = None,
    ) -> bytes:
        """Stages one change of an event that `event` gave; its document (its last, if gone)."""
        staged = self._staged[event_id]
        document = staged.document if after is None else document_of(after)
        self._undo.remove(self._only_fired, event_id)
        if version := staged.ended_version(after, done_time):
            self._undo.put(self._ended, (event_id, version), (staged.done_time, time))
        self._changes.append((event_id, int(type_), time, actor, self._batch, document))
        self._set(event_id, staged.changed(after, document, type_, done_time))
        return document

    def writes(self) -> Writes:
        """What is to be written; nothing if the group `is_empty`."""
        found = Writes(
            changes=self._changes,
            keys=self._retries.keys,
            notifications=self.notifications.staged(),
            woken=self.notifications.woken,
            series=self._series.writes(),
            objects=self.objects.writes(),
            ended=[(*key, *ended) for key, ended in self._ended.items()],
        )
        changed = [(id_, one) for id_, one in self._staged.items() if one.after is not one.before]
        for event_id, staged in changed:
            if event_id in self._only_fired:
                found.touched.append((event_id, staged.document, 0))
                continue
            before = event_row(staged.before, self._timezone) if staged.before else None
            after = event_row(staged.after, self._timezone) if staged.after else None
            if after and staged.has_done_time:
                if staged.is_of_trash:
                    found.done_in_trash.append(event_id)
                else:
                    after = with_done_time(after, staged.done_time)
            if staged.after is None:
                found.done_times[event_id] = staged.done_time
            found.put(event_id, staged.document, before, after)
            self._managers[event_id] = after.managers if after else ()
        self.earliest_due = found.earliest_due
        return found
