"""What a store offers for reminders: due times, and a row for each notification. No SQL."""

import enum
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from deskcal.core.event import Event


class NotificationState(enum.IntEnum):
    """What became of one manager's reminder."""

    WAITING, SENT, READ, MISSED, DROPPED = range(5)


class Level(enum.IntEnum):
    """How urgent a notification is, as its array says it. Source: contract, sections 7 and 14."""

    REMINDER = 10
    ESCALATION = 20


class NotificationKey(Struct, frozen=True, gc=False):
    """One manager's reminder of one due time of an event: what its token names."""

    event_id: int
    due_time: int
    """Unix seconds; of a snoozed one the time that the manager chose."""
    manager_id: int
    level: int = Level.REMINDER


class Notification(Struct, frozen=True, gc=False):
    """A reminder that was fired and waits to be delivered to one manager."""

    key: NotificationKey
    armed_time: int
    """The event's own due time that it belongs to."""
    fired_time: int
    document: bytes | None
    """The event as it is; None: it is gone."""
    event: Event | None = None
    """The document decoded, of one that fired a moment ago by this event; None: any other."""


class Fired(Struct, frozen=True):
    """What one round of firing did."""

    notifications: list[Notification]
    """To be delivered now; who had the same reminder before is left out.

    Where nodes share the store, all of them come by `fetch_fired`, and none here.
    """
    events: int
    """Events and snoozed rows that were due; 0: nothing is due any more, or others have it."""
    count: int
    """Notifications that it made."""


class NewFired(Struct, frozen=True):
    """Reminders that some node has fired."""

    notifications: list[Notification]
    """Of managers who can be reached here."""
    others: set[int]
    """Managers of the rest."""
    is_all: bool
    """False: there may be more."""


class ReminderCursor(Struct, frozen=True):
    """Where a page of one manager's fired reminders ended: what its last row is sorted by."""

    fired_time: int
    due_time: int
    event_id: int
    level: int


class ReminderRow(Struct, frozen=True):
    """One fired reminder of a manager, and what became of it."""

    key: NotificationKey
    armed_time: int
    """The event's own due time that it belongs to."""
    fired_time: int
    state: NotificationState
    document: bytes
    """The event as it is now."""


class ReminderStore(Protocol):
    """Due times and notification rows."""

    async def next_due(self) -> int | None:
        """The earliest time at which something is to be fired or escalated; None: nothing is."""

    async def fire(self, now: int, limit: int) -> Fired:
        """Fires up to `limit` events and snoozes that are due at `now`, in one transaction.

        For each: the notification rows, `reminder_sent_time`, and the change. Fewer where many
        take part. Reminders that nobody has read for long enough get a row for the lead of the
        desk. Source: contract, section 7, "Reminders"; section 14, "Escalation".
        """

    async def fetch_fired(self, is_here: Callable[[int], bool], limit: int) -> NewFired:
        """What nodes that share the store have fired since the last call, about `limit` of it.

        Each once, this node's own too. `is_here`: whether a manager can be reached here.
        """

    async def waiting_managers(self) -> set[int]:
        """Managers with a fired reminder that was not delivered."""

    async def waiting(
        self, manager_id: int, after: NotificationKey | None, limit: int
    ) -> list[Notification]:
        """That manager's fired reminders that were not delivered, by due time, then event.

        Where nodes share the store: of those that `fetch_fired` has returned. `after`: the last one
        of the page before.
        """

    async def get_reminders(
        self,
        manager_id: int,
        states: Sequence[NotificationState],
        after: ReminderCursor | None,
        limit: int,
    ) -> list[ReminderRow]:
        """Fired reminders of that manager in one of `states`, newest firing first; at most `limit`.

        Sorted by fired_time, due_time, event and level, all descending. Those of deleted events
        are left out. `after`: where the page before ended; None: from the newest on.
        """

    async def mark(self, keys: list[NotificationKey], state: NotificationState, now: int) -> int:
        """Moves waiting rows, and for READ sent ones too, to `state`; how many they were.

        With READ an escalation of the same reminder that still waits is dropped.
        """

    async def drop(self, notifications: list[Notification], now: int) -> list[NotificationKey]:
        """Marks waiting rows dropped; the keys of those that were not, as their event has changed.

        `document` is the event by which it was decided that the reminder no longer holds.
        """

    async def snooze(self, key: NotificationKey, until: int, now: int) -> bool:
        """As `mark` with READ, and adds a row that fires at `until`; False: no row."""

    async def miss(self, before: int, now: int, limit: int) -> int:
        """Marks rows missed that have waited since before `before`; how many they were."""
