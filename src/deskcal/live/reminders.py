"""Reminders: the loop that fires what is due, and the delivery of what was fired.

The earliest due time sleeps in the loop; a million later ones cost nothing. What is fired is a row
in the store first and a message second, so a crash leaves nobody out, and a token is made of the
row's key, so nobody gets two for one reminder. One loop does it all, so that no two deliveries can
have the same row in hand.
Source: contract, section 7, "Reminders".
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from msgspec import Struct

from deskcal.core.alarms import trigger_time
from deskcal.core.document import EventScope, decode_event, scope_of
from deskcal.core.event import Event, EventStatus, ParticipantStatus
from deskcal.core.sessions import Session
from deskcal.errors import DeskcalError
from deskcal.live.connections import Peer, Peers
from deskcal.live.reminder_text import token_of, when
from deskcal.store.ports import (
    Fired,
    Notification,
    NotificationKey,
    NotificationState,
    ReminderStore,
)
from deskcal.wire.pushes import Reminder, encode_reminder

logger = logging.getLogger(__name__)

ROUND = 500
"""Events that are fired in one transaction."""
ROUNDS = 64
"""After so many the managers who have come meanwhile get theirs."""
PAGE = 100
"""Waiting reminders of one manager that are read at one time."""
MANAGERS_AT_ONCE = 100
"""Managers who get what waited for them before what is due is looked at again."""
HEARD_AT_ONCE = 500
"""Reminders that nodes have fired and that are read at one time, at least."""
SENT_AT_ONCE = 50
"""Reminders that are sent before others run."""
LEAVE_SEC = 0.05
"""Between two looks whether what was sent has left this process."""
CLAIMED_SEC = 0.1
"""Before what is due and another node has claimed is looked at again."""
TICK_SEC = 1
"""The clock is looked at so often, since somebody may step it."""
SWEEP_SEC = 60
"""Between two looks for what has waited for too long, or was missed for whatever reason."""
LATE_SEC = 5
"""From so late on a message says how late it is."""

Outcomes = dict[NotificationState, list[NotificationKey]]


class Reminders:
    """Fires and delivers while it is entered."""

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
        self._due: int | None = None
        self._armed: int | None = None
        self._woken = asyncio.Event()
        self._waiting: set[int] = set()
        self._arrived: dict[int, None] = {}
        self._sweep_at = 0.0
        self._is_in_doubt = False
        self._has_news = True
        self._is_claimed = False
        self._leaving: dict[NotificationKey, list[Peer]] = {}
        self._held_up: set[NotificationKey] = set()
        self.fired = self.delivered = self.missed = 0
        """Counters since the start, of notifications."""

    async def __aenter__(self) -> Self:
        self._waiting = await self._store.waiting_managers()
        self._due = await self._store.next_due()
        self._peers.arrived = self._has_come
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    def armed(self, due_time: int) -> None:
        """A change has armed a reminder for `due_time`, Unix seconds."""
        self._armed = _earliest(self._armed, due_time)
        if self._due is None or due_time < self._due:
            self._due = due_time
            self._woken.set()

    def wake(self) -> None:
        """The clock may have been stepped: look at once."""
        self._woken.set()

    def fired_by_change(self, managers: Iterable[int]) -> None:
        """A change has fired reminders of these managers: they wait in the store."""
        for manager_id in managers:
            self._waiting.add(manager_id)
            self._has_come(manager_id)

    def news(self) -> None:
        """Some node may have fired: what it has is to be heard of."""
        self._has_news = True
        self._woken.set()

    def _has_come(self, manager_id: int) -> None:
        """A manager can be reached now."""
        if manager_id in self._waiting:
            self._arrived[manager_id] = None
            self._woken.set()

    async def _run(self) -> None:
        self._sweep_at = asyncio.get_running_loop().time() + SWEEP_SEC
        while True:
            self._woken.clear()
            try:
                if self._is_in_doubt:
                    await self._look_anew()
                await self._turn()
            except Exception as exc:
                is_ours = isinstance(exc, DeskcalError)
                logger.error("reminders are held up: %s", exc, exc_info=None if is_ours else exc)
                self._is_in_doubt = True
                await asyncio.sleep(TICK_SEC)

    async def _look_anew(self) -> None:
        """After a failure: what was in hand then is looked for in the store."""
        await self._find_next()
        self._waiting |= await self._store.waiting_managers()
        self._seek_waiting()
        self._has_news = True
        self._is_in_doubt = False

    async def _turn(self) -> None:
        """Some of what is to be done; when nothing is, a wait until there may be."""
        loop = asyncio.get_running_loop()
        if self._has_news:
            await self._hear()
        if self._is_due():
            await self._fire_some()
        if self._arrived:
            await self._deliver_waiting()
        if self._leaving:
            await self._mark({})
        if loop.time() >= self._sweep_at:
            await self._sweep()
            self._sweep_at = loop.time() + SWEEP_SEC
        await self._rest(self._sweep_at - loop.time())

    async def _rest(self, wait_sec: float) -> None:
        """Until there may be something to do, or at most so long."""
        if self._leaving:
            wait_sec = min(wait_sec, LEAVE_SEC)
        if self._is_claimed and self._is_due():
            wait_sec = min(wait_sec, CLAIMED_SEC)
        elif self._due is not None:
            wait_sec = min(wait_sec, self._due - self._now(), TICK_SEC)
        if self._arrived or self._has_news or wait_sec <= 0:
            return
        try:
            async with asyncio.timeout(wait_sec):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _is_due(self) -> bool:
        return self._due is not None and self._due <= self._now()

    async def _hear(self) -> None:
        """Delivers what nodes that share the store have fired, to those who can be reached here."""
        self._has_news = False
        heard = await self._store.fetch_fired(self._is_here, HEARD_AT_ONCE)
        self._has_news |= not heard.is_all
        self._waiting |= heard.elsewhere
        self._arrived |= dict.fromkeys(filter(self._is_here, heard.elsewhere))
        outcomes: Outcomes = {}
        try:
            await self._settle(heard.notifications, outcomes)
        finally:
            await self._mark(outcomes)

    def _is_here(self, manager_id: int) -> bool:
        return any(self._peers.of_manager(manager_id, self._now()))

    async def _fire_some(self) -> None:
        """Fires what is due, a round after the one before it is delivered.

        Not while it is: two threads that need the interpreter all the time are slower than one
        after the other.
        """
        outcomes: Outcomes = {}
        try:
            fired = await self._fire_round()
            for _ in range(ROUNDS):
                if not fired.events:
                    break
                await self._settle(fired.notifications, outcomes)
                if self._has_news:
                    await self._hear()
                fired = await self._fire_round()
            await self._settle(fired.notifications, outcomes)
        finally:
            await self._mark(outcomes)
        if not fired.events:
            await self._find_next()
        self._is_claimed = not fired.events and self._is_due()

    async def _fire_round(self) -> Fired:
        fired = await self._store.fire(int(self._now()), ROUND)
        self.fired += fired.count
        return fired

    async def _find_next(self) -> None:
        """The earliest due time, of the store and of what is armed while it is read."""
        self._armed = None
        due = await self._store.next_due()
        self._due = _earliest(due, self._armed)

    async def _deliver_waiting(self) -> None:
        """Delivers what waited for managers who have come."""
        outcomes: Outcomes = {}
        try:
            for manager_id in list(itertools.islice(self._arrived, MANAGERS_AT_ONCE)):
                del self._arrived[manager_id]
                self._waiting.discard(manager_id)
                await self._deliver_to(manager_id, outcomes)
        finally:
            await self._mark(outcomes)

    async def _deliver_to(self, manager_id: int, outcomes: Outcomes) -> None:
        page = await self._store.waiting(manager_id, None, PAGE)
        while page:
            await self._settle(page, outcomes)
            if len(page) < PAGE:
                break
            page = await self._store.waiting(manager_id, page[-1].key, PAGE)

    async def _settle(self, notifications: list[Notification], outcomes: Outcomes) -> None:
        """Sends, gives up or drops each; what becomes of them is added to `outcomes`."""
        subject: _Subject | None = None
        for number, notification in enumerate(notifications, 1):
            if subject is None or subject.document is not notification.document:
                subject = _subject(notification.document)
            state = self._state_of(notification, subject)
            if state == NotificationState.WAITING:
                self._waiting.add(notification.key.manager_id)
            elif state != NotificationState.SENT:
                outcomes.setdefault(state, []).append(notification.key)
            if number % SENT_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _state_of(
        self, notification: Notification, subject: "_Subject | None"
    ) -> NotificationState:
        """What becomes of a reminder that was fired, now that it can be sent."""
        key = notification.key
        if max(key.due_time, notification.fired_time) + self._grace_sec < self._now():
            return NotificationState.MISSED
        if subject is None or subject.armed_time != notification.armed_time:
            return NotificationState.DROPPED
        if key.manager_id not in subject.reminded:
            return NotificationState.DROPPED
        delivered_to = self._leaving.get(key, [])
        peers = [*delivered_to, *self._send(notification, subject, delivered_to)]
        if not peers:
            return NotificationState.WAITING
        self._leaving[key] = peers
        return NotificationState.SENT

    def _send(
        self, notification: Notification, subject: "_Subject", delivered_to: list[Peer]
    ) -> list[Peer]:
        """Writes to every connection that may have it and was not `delivered_to` already; these."""
        now = self._now()
        line = None
        peers = []
        for peer, session in self._peers.of_manager(notification.key.manager_id, now):
            if peer not in delivered_to and _may_have(session, subject.scope):
                line = line or self._line(notification, subject, int(now))
                if peer.send(line):
                    peers.append(peer)
        return peers

    def _line(self, notification: Notification, subject: "_Subject", now: int) -> bytes:
        key = notification.key
        late_sec = now - key.due_time
        reminder = Reminder(
            subject.event.title,
            when(subject.event, self._timezone),
            token_of(key),
            key.manager_id,
            notification.fired_time,
            key.due_time,
            late_sec if late_sec >= LATE_SEC else 0,
            subject.document,
        )
        return encode_reminder(reminder)

    async def _mark(self, outcomes: Outcomes) -> None:
        """Notes what became of them; what was sent, once it has left this process."""
        now = int(self._now())
        sent = self._gone_out()
        marked = dict.fromkeys(NotificationState, 0)
        for state, keys in (*outcomes.items(), (NotificationState.SENT, sent)):
            if keys:
                marked[state] = await self._store.mark(keys, state, now)
        for key in sent:
            del self._leaving[key]
        self.delivered += marked[NotificationState.SENT]
        self.missed += marked[NotificationState.MISSED]

    def _gone_out(self) -> list[NotificationKey]:
        """What was sent and has left this process; what went under with its connection waits."""
        gone = []
        for key, peers in list(self._leaving.items()):
            still = [peer for peer in peers if self._peers.is_open(peer, key.manager_id)]
            if still and all(peer.unsent_bytes() for peer in still):
                self._held_up.add(key)
                continue
            if not still and key in self._held_up:
                self.fired_by_change([key.manager_id])
                del self._leaving[key]
            else:
                gone.append(key)
            self._held_up.discard(key)
        return gone

    async def _sweep(self) -> None:
        """Gives up on what nobody came for, and tries again what could not be sent."""
        await self._find_next()
        now = int(self._now())
        while missed := await self._store.miss(now - self._grace_sec, now, ROUND):
            self.missed += missed
        self._seek_waiting()

    def _seek_waiting(self) -> None:
        """Takes up those with something waiting who can be reached."""
        self._arrived |= dict.fromkeys(filter(self._is_here, self._waiting))


class _Subject(Struct, frozen=True):
    """The event of a reminder, looked at once for all who are reminded of it."""

    event: Event
    document: bytes
    scope: EventScope
    armed_time: int | None
    """When its reminder is due; None: it has none, or is not open any more."""
    reminded: frozenset[int]
    """Participants who have not declined."""


def _subject(document: bytes | None) -> _Subject | None:
    if document is None:
        return None
    event = decode_event(document)
    return _Subject(
        event,
        document,
        scope_of(event),
        trigger_time(event) if event.status == EventStatus.OPEN else None,
        frozenset(
            row.manager_id for row in event.participants if row.status != ParticipantStatus.DECLINED
        ),
    )


def _may_have(session: Session, scope: EventScope) -> bool:
    return session.may_use_calendar and session.can_see(scope)


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((due for due in (one, other) if due is not None), default=None)
