"""Delivery of fired reminders: which still hold, where they are sent, what became of them.

One task at a time uses it, so that no two deliveries work on the same row.
Source: contract, section 7, "Reminders".
"""

import asyncio
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct

from deskcal.core.alarms import armed_at, reminded_managers
from deskcal.core.document import decode_event, scope_of, title_text
from deskcal.core.event import Event
from deskcal.core.sessions import Session
from deskcal.live.connections import Peer, Peers
from deskcal.live.reminder_text import token_of, when
from deskcal.store.ports.reminders import (
    Level,
    Notification,
    NotificationKey,
    NotificationState,
    ReminderStore,
)
from deskcal.wire.pushes import Reminder, encode_reminder, reminder_texts

SENT_AT_ONCE = 50
"""Managers who are sent their reminders before other tasks run."""
READ_AT_ONCE = 200
"""Events of reminders that are decoded before other tasks run."""
REMINDED, ESCALATED = 200, 201
"""The code of the array. Source: contract, section 7; part 2, section 14."""
_FEW = 8
"""Managers that are looked through as quickly as a set is asked."""
_ESCALATION = int(Level.ESCALATION)
LATE_SEC = 5
"""A reminder that fired on time and is delivered so much later says how late it is."""


class Delivery:
    """Sends fired reminders, and records in the store what became of each."""

    def __init__(
        self,
        store: ReminderStore,
        peers: Peers,
        now: Callable[[], float],
        *,
        grace_sec: int,
        default_timezone: str,
    ) -> None:
        """`grace_sec`: how long a fired reminder waits for its manager."""
        self._store = store
        self._peers = peers
        self._now = now
        self._grace_sec = grace_sec
        self._timezone = default_timezone
        self._unsent: dict[NotificationKey, tuple[_Piece, ...]] = {}
        """Reminders that were sent and not recorded as such, with what they were sent in: one for
        each connection."""
        self._dropped: list[Notification] = []
        self._missed: list[Notification] = []
        self.waiting: set[int] = set()
        """Managers with a fired reminder that was not delivered."""
        self.retried: set[int] = set()
        """Managers with a reminder that must be looked at again; the caller clears it."""
        self.delivered = self.missed = 0
        """Counters since the start, of notifications."""

    @property
    def has_unsent(self) -> bool:
        """Whether something was sent and is not recorded yet."""
        return bool(self._unsent)

    async def deliver(self, notifications: list[Notification]) -> None:
        """Sends each, gives it up or drops it; `record` writes down what became of them.

        Those of one manager are sent together, in their order: each write costs a system call.
        """
        subject: _Subject | None = None
        by_manager: dict[int, list[_Addressed]] = {}
        for number, notification in enumerate(notifications, 1):
            if subject is None or subject.document is not notification.document:
                subject = _subject(notification)
            addressed = (notification, subject)
            by_manager.setdefault(notification.key.manager_id, []).append(addressed)
            if number % READ_AT_ONCE == 0:
                await asyncio.sleep(0)
        for number, (manager_id, found) in enumerate(by_manager.items(), 1):
            self._deliver_to(manager_id, found)
            if number % SENT_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _deliver_to(self, manager_id: int, found: "list[_Addressed]") -> None:
        now = self._now()
        oldest = now - self._grace_sec
        valid = []
        for notification, subject in found:
            if notification.fired_time < oldest and notification.key.due_time < oldest:
                self._missed.append(notification)
            elif subject is None or not subject.reminds(notification):
                self._dropped.append(notification)
            else:
                valid.append((notification, subject))
        reached = sorted(self._peers.of_manager(manager_id, now), key=_is_deferring)
        has_all = [self._send(peer, session, valid, int(now)) for peer, session in reached]
        if not any(has_all) and not all([n.key in self._unsent for n, _ in valid]):
            self.waiting.add(manager_id)

    def _send(
        self,
        peer: Peer,
        session: Session,
        found: "list[tuple[Notification, _Subject]]",
        now: int,
    ) -> bool:
        """Writes, in one piece, what the connection may receive and did not yet; True: that is all.

        One that defers its output receives what was sent to another one; the rest waits until it
        defers no more.
        """
        if not session.may_use_calendar:
            return False
        is_deferring = peer.is_deferring()
        unsent = self._unsent
        keys, lines = [], []
        for notification, subject in found:
            key = notification.key
            pieces = unsent.get(key)
            is_new = all([one.peer != peer for one in pieces]) if pieces else not is_deferring
            if is_new and _may_receive(session, subject.event):
                keys.append(key)
                lines.append(self._line(notification, subject, now))
        if not lines or not peer.send(b"".join(lines)):
            return False
        added = (_Piece(peer, None if is_deferring else peer.written_bytes()),)
        for key in keys:
            unsent[key] = unsent.get(key, ()) + added
        return len(keys) == len(found)

    def _line(self, notification: Notification, subject: "_Subject", now: int) -> bytes:
        key = notification.key
        late_sec = now - key.due_time
        is_late = late_sec >= LATE_SEC or subject.fired_before(notification)
        reminder = Reminder(
            subject.texts(self._timezone),
            token_of(key),
            key.manager_id,
            notification.fired_time,
            key.due_time,
            late_sec if is_late else 0,
            subject.document,
            key.level,
            ESCALATED if key.level == _ESCALATION else REMINDED,
        )
        return encode_reminder(reminder)

    async def record(self) -> None:
        """Writes down what became of them; what was sent, once it has left this process."""
        now = int(self._now())
        sent = self._take_written()
        missed, self._missed = self._missed, []
        dropped, self._dropped = self._dropped, []
        if sent:
            self.delivered += await self._store.mark(sent, NotificationState.SENT, now)
        for key in sent:
            del self._unsent[key]
        if missed:
            keys = [notification.key for notification in missed]
            self.missed += await self._store.mark(keys, NotificationState.MISSED, now)
        if dropped:
            self._retry(await self._store.drop(dropped, now))

    def _take_written(self) -> list[NotificationKey]:
        """Sent reminders that have left this process by at least one connection.

        One whose connections were all closed before that is looked at again.
        """
        written = []
        for key, pieces in list(self._unsent.items()):
            if any([piece.has_left() for piece in pieces]):
                written.append(key)
            elif all(piece.peer.is_closed for piece in pieces):
                self._retry([key])
                del self._unsent[key]
        return written

    def _retry(self, keys: Iterable[NotificationKey]) -> None:
        self.retried.update(key.manager_id for key in keys)

    async def give_up(self, limit: int) -> None:
        """Marks as missed all that has waited for too long, `limit` in one transaction."""
        now = int(self._now())
        while missed := await self._store.miss(now - self._grace_sec, now, limit):
            self.missed += missed


class _Piece(Struct):
    """Reminders that one connection was sent together."""

    peer: Peer
    end: int | None
    """Where they end in its output; None: not known yet, as it defers its output."""

    def has_left(self) -> bool:
        """Whether they have left; notes where they end once that is known, at the latest."""
        if self.end is None:
            if self.peer.is_deferring():
                return False
            self.end = self.peer.written_bytes()
        return self.peer.has_left(self.end)


class _Subject(Struct):
    """The event of reminders, decoded once for all managers who are reminded of it."""

    event: Event
    document: bytes
    has_just_fired: bool
    """Whether the event is as its reminders have fired, so that all of them hold."""
    reminded: Collection[int] = ()
    """Unless it has: participants who have not declined; empty while the event is not open."""
    armed_time: int | None = None
    """Unless it has: when the reminder is due; None: no reminder, or the event is not open."""
    _texts: bytes = b""

    def reminds(self, notification: Notification) -> bool:
        """Whether it still holds: as `alarms.still_holds`, but for who an escalation goes to."""
        if self.has_just_fired:
            return True
        key = notification.key
        is_for = key.manager_id in self.reminded or key.level == _ESCALATION
        return is_for and notification.armed_time == self.armed_time

    def fired_before(self, notification: Notification) -> bool:
        """Whether the event's reminder fired before this manager came to take part."""
        is_snoozed = notification.key.due_time != notification.armed_time
        return not is_snoozed and self.event.reminder_sent_time < notification.fired_time

    def texts(self, default_timezone: str) -> bytes:
        """What it says to people; made when it is sent first."""
        if not self._texts:
            text = when(self.event, default_timezone)
            self._texts = reminder_texts(title_text(self.document), text)
        return self._texts


_Addressed = tuple[Notification, _Subject | None]
"""A reminder and its event; None: the event is deleted."""


def _subject(notification: Notification) -> _Subject | None:
    """None: the event is deleted."""
    document = notification.document
    if document is None:
        return None
    if notification.event is not None:
        return _Subject(notification.event, document, True)
    event = decode_event(document)
    managers = reminded_managers(event)
    reminded = frozenset(managers) if len(managers) > _FEW else managers
    return _Subject(event, document, False, reminded, armed_at(event))


def _is_deferring(reached: tuple[Peer, Session]) -> bool:
    peer, _ = reached
    return peer.is_deferring()


def _may_receive(session: Session, event: Event) -> bool:
    """A scope is made only where brand and desk do not decide."""
    return session.in_scope(event.brand, event.desk) or session.can_see(scope_of(event))
