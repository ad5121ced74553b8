"""A transaction's view of the group that it is applied in. No SQL."""

from collections.abc import Callable
from typing import Protocol

from deskcal.core.event import ChangeType, Event
from deskcal.store.ports import Transaction


class Staging(Protocol):
    """What a transaction needs of its group."""

    def event(self, event_id: int) -> Event | None:
        """The event as the group has left it so far."""

    def add(self, make: Callable[[int], Event], type_: ChangeType, time: int, actor: int) -> bytes:
        """Stages a new event; its document."""

    def put(
        self, event_id: int, after: Event | None, type_: ChangeType, time: int, actor: int
    ) -> bytes:
        """Stages a change of an event; its document."""


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

    def add(self, make: Callable[[int], Event]) -> bytes:
        """Adds an event."""
        if not self._left:
            raise LookupError(f"more than {self._transaction.new_events} new events")
        self._left -= 1
        made: list[int] = []

        def make_known(event_id: int) -> Event:
            made.append(event_id)
            return make(event_id)

        time, actor = self._transaction.time, self._transaction.actor
        document = self._batch.add(make_known, ChangeType.ADDED, time, actor)
        self._known.update(made)
        return document

    def put(self, event_id: int, after: Event | None, type_: ChangeType) -> bytes:
        """Replaces or deletes an event."""
        self.event(event_id)
        time, actor = self._transaction.time, self._transaction.actor
        return self._batch.put(event_id, after, type_, time, actor)
