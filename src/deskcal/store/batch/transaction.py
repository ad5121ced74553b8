"""A transaction's view of the group that it is applied in. No SQL."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from deskcal.core.document import id_of
from deskcal.core.event import ChangeType, Event
from deskcal.core.outcomes import Outcome
from deskcal.core.series import Series
from deskcal.store.batch.objects import CalendarObject, ObjectKey, StagedObjects
from deskcal.store.ports.work import Mutation, Transaction

_ADDED = ChangeType.ADDED
_Result = TypeVar("_Result")


class Staging(Protocol):
    """What a transaction needs of its group."""

    def event(self, event_id: int) -> Event | None:
        """The event as the group has left it so far."""

    @property
    def next_id(self) -> int:
        """The number that the next new event or series gets."""

    def add(self, event: Event, type_: ChangeType, time: int, actor: int) -> bytes:
        """Stages a new event, whose id is `next_id`; its document."""

    def add_all(
        self, makes: Sequence[Callable[[int], Event]], type_: ChangeType, time: int, actor: int
    ) -> Sequence[int]:
        """`add` of many events, made of their ids; the ids."""

    def put(
        self,
        event_id: int,
        after: Event | None,
        type_: ChangeType,
        time: int,
        actor: int,
        done_time: int | None = None,
    ) -> bytes:
        """Stages a change of an event; its document."""

    def trashed(self, event_id: int, now: int) -> Event | None:
        """The event as it was deleted, if it may be restored at `now` (Unix seconds)."""

    def new_id(self) -> int:
        """A number that no event and no series has."""

    def series(self, series_id: int) -> Series | None:
        """The series as the group has left it so far."""

    def series_events(self, series_id: int) -> list[Event]:
        """Its events as the group has left them so far."""

    def put_series(self, series_id: int, series: Series | None) -> None:
        """Stages what becomes of a series."""

    @property
    def objects(self) -> StagedObjects:
        """The calendar objects as the group has left them so far."""

    def mutate(self, mutation: Mutation) -> bytes:
        """Stages a mutation; its document."""

    def savepoint(self) -> Any:
        """The group as it is now."""

    def roll_back(self, savepoint: Any) -> None:
        """Makes the group what it was."""

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes."""


class StagedChanges:
    """A transaction's view of its group: a `Changes`."""

    def __init__(self, batch: Staging, transaction: Transaction) -> None:
        self._batch = batch
        self._transaction = transaction
        self._known = set(transaction.event_ids)
        self._left = transaction.new_events

    def event(self, event_id: int) -> Event | None:
        """The event as it is now."""
        if event_id not in self._known:
            raise LookupError(f"event {event_id} is not locked by this transaction")
        return self._batch.event(event_id)

    def trashed(self, event_id: int) -> Event | None:
        """The event as it was deleted; None if it is there, or not in the trash any more."""
        if not self._transaction.reads_trash:
            raise LookupError("this transaction does not read the trash")
        self.event(event_id)
        return self._batch.trashed(event_id, self._transaction.time)

    def add(self, make: Callable[[int], Event]) -> bytes:
        """Adds an event."""
        self._take_new()
        event = make(self._batch.next_id)
        self._known.add(event.id)
        time, actor = self._transaction.time, self._transaction.actor
        return self._batch.add(event, _ADDED, time, actor)

    def add_all(self, makes: Sequence[Callable[[int], Event]]) -> None:
        """Adds events."""
        self._take_new(len(makes))
        time, actor = self._transaction.time, self._transaction.actor
        self._known.update(self._batch.add_all(makes, _ADDED, time, actor))

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes."""
        if not self._transaction.needs_outcomes:
            raise LookupError("this transaction does not read outcomes")
        return self._batch.outcomes()

    def put(
        self,
        event_id: int,
        after: Event | None,
        type_: ChangeType,
        *,
        done_time: int | None = None,
    ) -> bytes:
        """Replaces or deletes an event."""
        self.event(event_id)
        time, actor = self._transaction.time, self._transaction.actor
        return self._batch.put(event_id, after, type_, time, actor, done_time)

    def mutate(self, mutation: Mutation) -> bytes:
        """Applies a mutation as a part of this transaction."""
        if mutation.event_id:
            self.event(mutation.event_id)
            return self._batch.mutate(mutation)
        self._take_new()
        document = self._batch.mutate(mutation)
        self._known.add(id_of(document))
        return document

    def new_id(self) -> int:
        """A number for a new event or series."""
        self._take_new()
        event_id = self._batch.new_id()
        self._known.add(event_id)
        return event_id

    def series(self, series_id: int) -> Series | None:
        """The series as it is now."""
        return self._batch.series(series_id)

    def series_events(self, series_id: int) -> list[Event]:
        """The events of a series as they are now."""
        events = self._batch.series_events(series_id)
        self._known.update(event.id for event in events)
        return events

    def put_series(self, series_id: int, series: Series | None) -> None:
        """Adds, replaces or deletes a series."""
        self._batch.put_series(series_id, series)

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        """The object as it is now."""
        return self._batch.objects.get(self._known_object(key))

    def put_calendar_object(self, key: ObjectKey, after: CalendarObject | None) -> None:
        """Adds, replaces or deletes an object."""
        self._batch.objects.put(self._known_object(key), after)

    def _known_object(self, key: ObjectKey) -> ObjectKey:
        if key not in self._transaction.objects:
            raise LookupError(f"object {key} is not locked by this transaction")
        return key

    def attempt(self, apply: Callable[[], _Result]) -> _Result:
        """`apply()`; where it raises, nothing that it changed stays."""
        savepoint, left = self._batch.savepoint(), self._left
        try:
            return apply()
        except BaseException:
            self._batch.roll_back(savepoint)
            self._left = left
            raise

    def _take_new(self, count: int = 1) -> None:
        if self._left < count:
            raise LookupError(f"more than {self._transaction.new_events} new events")
        self._left -= count
