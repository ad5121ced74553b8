"""Reminders: the loop that fires what is due, and the delivery of what was fired.

The earliest due time sleeps in the loop; a million later ones cost nothing. What is fired is a row
in the store first and a message second, so a crash leaves nobody out, and a token is made of the
row's key, so nobody gets two for one reminder. One loop does it all, so that no two deliveries can
have the same row in hand.
Source: contract, section 7, "Reminders".
"""

import asyncio
import datetime
import functools
import itertools
import logging
import zoneinfo
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from msgspec import Struct

from deskcal.access import Session
from deskcal.documents import Sight, decode_event, sight_of
from deskcal.errors import DeskcalError
from deskcal.model import Event, EventStatus, ParticipantStatus, trigger_time
from deskcal.peers import Peer, Peers
from deskcal.pushes import Reminder, encode_reminder
from deskcal.store import Fired, Notification, NotificationKey, NotificationState, ReminderStore

logger = logging.getLogger(__name__)

ROUND = 500
"""Events that are fired in one transaction."""
ROUNDS = 64
"""After so many the managers who have come meanwhile get theirs."""
PAGE = 100
"""Waiting reminders of one manager that are read at one time."""
MANAGERS_AT_ONCE = 100
"""Managers who get what waited for them before what is due is looked at again."""
SENT_AT_ONCE = 50
"""Reminders that are sent before others run."""
LEAVE_SEC = 0.05
"""Between two looks whether what was sent has left this process."""
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

    def fired_beside(self, managers: Iterable[int]) -> None:
        """A change has fired reminders of these managers: they wait in the store."""
        for manager_id in managers:
            self._waiting.add(manager_id)
            self._has_come(manager_id)

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
        self._is_in_doubt = False

    async def _turn(self) -> None:
        """Some of what is to be done; when nothing is, a wait until there may be."""
        loop = asyncio.get_running_loop()
        if self._due is not None and self._due <= self._now():
            await self._fire_some()
        if self._arrived:
            await self._deliver_waiting()
        if self._leaving:
            await self._mark({})
        if loop.time() >= self._sweep_at:
            await self._sweep()
            self._sweep_at = loop.time() + SWEEP_SEC
        now = self._now()
        if self._arrived or (self._due is not None and self._due <= now):
            return
        wait_sec = self._sweep_at - loop.time()
        if self._leaving:
            wait_sec = min(wait_sec, LEAVE_SEC)
        if self._due is not None:
            wait_sec = min(wait_sec, self._due - now, TICK_SEC)
        try:
            async with asyncio.timeout(wait_sec):
                await self._woken.wait()
        except TimeoutError:
            pass

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
                fired = await self._fire_round()
            await self._settle(fired.notifications, outcomes)
        finally:
            await self._mark(outcomes)
        if not fired.events:
            await self._find_next()

    async def _fire_round(self) -> Fired:
        fired = await self._store.fire(int(self._now()), ROUND)
        self.fired += len(fired.notifications)
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
        peers = self._send(notification, subject)
        if not peers:
            return NotificationState.WAITING
        self._leaving[key] = peers
        return NotificationState.SENT

    def _send(self, notification: Notification, subject: "_Subject") -> list[Peer]:
        """Writes to every connection that may have it; these."""
        now = self._now()
        line = None
        peers = []
        for peer, session in self._peers.of_manager(notification.key.manager_id, now):
            if _may_have(session, subject.sight):
                line = line or self._line(notification, subject, int(now))
                if peer.send(line):
                    peers.append(peer)
        return peers

    def _line(self, notification: Notification, subject: "_Subject", now: int) -> bytes:
        key = notification.key
        late_sec = now - key.due_time
        told = Reminder(
            subject.event.title,
            when(subject.event, self._timezone),
            token_of(key),
            key.manager_id,
            notification.fired_time,
            key.due_time,
            late_sec if late_sec >= LATE_SEC else 0,
            subject.document,
        )
        return encode_reminder(told)

    async def _mark(self, outcomes: Outcomes) -> None:
        """Notes what became of them; what was sent, once it has left this process."""
        now = int(self._now())
        sent = self._gone_out()
        for state, keys in (*outcomes.items(), (NotificationState.SENT, sent)):
            if keys:
                await self._store.mark(keys, state, now)
        self.delivered += len(sent)
        self.missed += len(outcomes.get(NotificationState.MISSED, ()))

    def _gone_out(self) -> list[NotificationKey]:
        """What was sent and has left this process; what went under with its connection waits."""
        gone = []
        for key, peers in list(self._leaving.items()):
            still = [peer for peer in peers if self._peers.is_open(peer, key.manager_id)]
            if any(peer.unsent_bytes() == 0 for peer in still):
                gone.append(key)
            elif still:
                self._held_up.add(key)
                continue
            elif key in self._held_up:
                self.fired_beside([key.manager_id])
            else:
                gone.append(key)
            del self._leaving[key]
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
        now = self._now()
        for manager_id in self._waiting:
            if any(self._peers.of_manager(manager_id, now)):
                self._arrived[manager_id] = None


class _Subject(Struct, frozen=True):
    """The event of a reminder, looked at once for all who are reminded of it."""

    event: Event
    document: bytes
    sight: Sight
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
        sight_of(event),
        trigger_time(event) if event.status == EventStatus.OPEN else None,
        frozenset(
            row.manager_id for row in event.participants if row.status != ParticipantStatus.DECLINED
        ),
    )


def _may_have(session: Session, sight: Sight) -> bool:
    return session.may_use_calendar and session.can_see(sight)


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((due for due in (one, other) if due is not None), default=None)


def token_of(key: NotificationKey) -> str:
    """The token of a reminder: stable for (event, due time, manager)."""
    return f"{key.event_id}-{key.due_time}-{key.manager_id}"


def key_of(token: str) -> NotificationKey | None:
    """The reminder that `token` names; None: it names none."""
    parts = token.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if any(len(part) > 16 for part in parts):
        return None
    return NotificationKey(*map(int, parts))


def when(event: Event, default_timezone: str) -> str:
    """Start and end for people, in the event's own time zone: `2026-03-09 15:30-16:00 UTC`.

    In UTC where this machine does not know the zone, or its calendar ends before.
    """
    zone = event.timezone or default_timezone
    return _when(event.start_time, event.end_time, bool(event.all_day), zone)


@functools.lru_cache(maxsize=4096)
def _when(start_time: int, end_time: int, is_all_day: bool, zone_name: str) -> str:
    try:
        zone = zoneinfo.ZoneInfo(zone_name)
        start = datetime.datetime.fromtimestamp(start_time, zone)
        end = datetime.datetime.fromtimestamp(end_time, zone)
        last = datetime.datetime.fromtimestamp(max(start_time, end_time - 1), zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OverflowError):
        return _when(start_time, end_time, is_all_day, "UTC")
    if is_all_day:
        return f"{start:%Y-%m-%d}" + (f" to {last:%Y-%m-%d}" if last.date() > start.date() else "")
    if end.date() == start.date():
        return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M} {zone.key}"
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {zone.key}"
