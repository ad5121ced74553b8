"""Reminders: the loop that fires what is due, and the delivery of what was fired.

The earliest due time sleeps in the loop; a million later ones cost nothing. What is fired is a row
in the store first and a message second, so a crash leaves nobody out, and a token is made of the
row's key, so nobody gets two for one reminder.
Source: contract, section 7, "Reminders".
"""

import asyncio
import datetime
import logging
import zoneinfo
from collections.abc import Callable
from types import TracebackType
from typing import Self

from deskcal.access import Session
from deskcal.documents import decode_event, sight_of
from deskcal.errors import DeskcalError
from deskcal.model import Event, EventStatus, ParticipantStatus, trigger_time
from deskcal.peers import Peers
from deskcal.pushes import Reminder, encode_reminder
from deskcal.store import Fired, Notification, NotificationKey, NotificationState, ReminderStore

logger = logging.getLogger(__name__)

ROUND = 500
"""Events that are fired in one transaction."""
PAGE = 100
"""Waiting reminders of one manager that are read at one time."""
TICK_SEC = 1
"""The clock is looked at so often, since somebody may step it."""
SWEEP_SEC = 60
"""Between two looks for what has waited for too long."""
LATE_SEC = 5
"""From so late on a message says how late it is."""


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
        self._armed = asyncio.Event()
        self._waiting: set[int] = set()
        self._delivering: dict[int, asyncio.Task[None]] = {}
        self.fired = self.delivered = self.missed = 0
        """Counters since the start, of notifications."""

    async def __aenter__(self) -> Self:
        self._waiting = await self._store.waiting_managers()
        self._due = await self._store.next_due()
        self._peers.arrived = self._deliver_soon
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._run()), loop.create_task(self._sweep())]
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        for task in (*self._tasks, *self._delivering.values()):
            task.cancel()

    def armed(self, due_time: int) -> None:
        """A change has armed a reminder for `due_time`, Unix seconds."""
        if self._due is None or due_time < self._due:
            self._due = due_time
            self._armed.set()

    async def _run(self) -> None:
        """Sleeps until the earliest due time, or until an earlier one is armed."""
        while True:
            self._armed.clear()
            if self._due is not None and self._due <= self._now():
                await self._fire_all()
                continue
            wait_sec = None if self._due is None else min(self._due - self._now(), TICK_SEC)
            try:
                async with asyncio.timeout(wait_sec):
                    await self._armed.wait()
            except TimeoutError:
                pass

    async def _fire_all(self) -> None:
        """Fires what is due, one round while the one before it is delivered."""
        sent: list[NotificationKey] = []
        try:
            fired = await self._fire_round()
            while fired.events:
                following = asyncio.ensure_future(self._fire_round())
                sent += self._deliver(fired.notifications)
                fired = await following
            await self._mark(sent, NotificationState.SENT)
            self._due = await self._store.next_due()
        except DeskcalError as exc:
            logger.error("reminders can't be fired, trying again: %s", exc)
            await asyncio.sleep(TICK_SEC)

    async def _fire_round(self) -> Fired:
        fired = await self._store.fire(int(self._now()), ROUND)
        self.fired += len(fired.notifications)
        return fired

    def _deliver(self, notifications: list[Notification]) -> list[NotificationKey]:
        """Sends what was just fired; the keys of what was written to a connection."""
        sent = []
        events: dict[int, Event] = {}
        for notification in notifications:
            key = notification.key
            if notification.document is None:
                self._waiting.add(key.manager_id)
                continue
            event = events.get(key.event_id)
            if event is None:
                event = events[key.event_id] = decode_event(notification.document)
            if self._is_for(notification, event) and self._send(notification, event):
                sent.append(key)
            else:
                self._waiting.add(key.manager_id)
        self.delivered += len(sent)
        return sent

    def _send(self, notification: Notification, event: Event) -> bool:
        """Writes to every connection that may have it; whether there was one."""
        now = self._now()
        line = None
        is_sent = False
        for peer, session in self._peers.of_manager(notification.key.manager_id, now):
            if _may_have(session, event):
                line = line or encode_reminder(self._message(notification, event, int(now)))
                is_sent = peer.send(line) or is_sent
        return is_sent

    def _message(self, notification: Notification, event: Event, now: int) -> Reminder:
        key = notification.key
        late_sec = now - key.due_time
        assert notification.document is not None
        return Reminder(
            event.title,
            when(event, self._timezone),
            token_of(key),
            key.manager_id,
            notification.fired_time,
            key.due_time,
            late_sec if late_sec >= LATE_SEC else 0,
            notification.document,
        )

    def _deliver_soon(self, manager_id: int) -> None:
        """Delivers what waits for a manager who has come."""
        if manager_id in self._waiting and manager_id not in self._delivering:
            task = asyncio.get_running_loop().create_task(self._deliver_waiting(manager_id))
            self._delivering[manager_id] = task
            task.add_done_callback(lambda _: self._delivering.pop(manager_id, None))

    async def _deliver_waiting(self, manager_id: int) -> None:
        try:
            while True:
                self._waiting.discard(manager_id)
                page = await self._store.waiting(manager_id, PAGE)
                settled = await self._settle(page)
                if settled < len(page):
                    self._waiting.add(manager_id)
                if settled < PAGE:
                    return
        except DeskcalError as exc:
            self._waiting.add(manager_id)
            logger.error("reminders of manager %d can't be delivered: %s", manager_id, exc)

    async def _settle(self, page: list[Notification]) -> int:
        """Sends, gives up or drops each of `page`; how many of them wait no longer."""
        by_state: dict[NotificationState, list[NotificationKey]] = {}
        for notification in page:
            state = self._state_of(notification)
            if state != NotificationState.WAITING:
                by_state.setdefault(state, []).append(notification.key)
        for state, keys in by_state.items():
            await self._mark(keys, state)
        self.delivered += len(by_state.get(NotificationState.SENT, ()))
        self.missed += len(by_state.get(NotificationState.MISSED, ()))
        return sum(map(len, by_state.values()))

    def _state_of(self, notification: Notification) -> NotificationState:
        """What becomes of a waiting reminder now that its manager is there."""
        waited_since = max(notification.key.due_time, notification.fired_time)
        if waited_since + self._grace_sec < self._now():
            return NotificationState.MISSED
        if notification.document is None:
            return NotificationState.DROPPED
        event = decode_event(notification.document)
        if not self._is_for(notification, event):
            return NotificationState.DROPPED
        sent = self._send(notification, event)
        return NotificationState.SENT if sent else NotificationState.WAITING

    def _is_for(self, notification: Notification, event: Event) -> bool:
        """Whether the reminder still holds: open, due at that time, its manager not declined."""
        if event.status != EventStatus.OPEN or trigger_time(event) != notification.armed_time:
            return False
        return any(
            row.manager_id == notification.key.manager_id
            and row.status != ParticipantStatus.DECLINED
            for row in event.participants
        )

    async def _mark(self, keys: list[NotificationKey], state: NotificationState) -> None:
        if keys:
            await self._store.mark(keys, state, int(self._now()))

    async def _sweep(self) -> None:
        """Gives up on what nobody came for, and tries again what could not be sent."""
        while True:
            await asyncio.sleep(SWEEP_SEC)
            now = int(self._now())
            try:
                while missed := await self._store.miss(now - self._grace_sec, now, ROUND):
                    self.missed += missed
            except DeskcalError as exc:
                logger.error("reminders can't be given up: %s", exc)
            for manager_id in list(self._waiting):
                if any(self._peers.of_manager(manager_id, now)):
                    self._deliver_soon(manager_id)


def _may_have(session: Session, event: Event) -> bool:
    return session.may_use_calendar and session.can_see(sight_of(event))


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
    """Start and end for people, in the event's own time zone: `2026-03-09 15:30-16:00 UTC`."""
    zone = zoneinfo.ZoneInfo(event.timezone or default_timezone)
    start = datetime.datetime.fromtimestamp(event.start_time, zone)
    end = datetime.datetime.fromtimestamp(event.end_time, zone)
    if event.all_day:
        last = datetime.datetime.fromtimestamp(max(event.start_time, event.end_time - 1), zone)
        return f"{start:%Y-%m-%d}" + (f" to {last:%Y-%m-%d}" if last.date() > start.date() else "")
    if end.date() == start.date():
        return f"{start:%Y-%m-%d %H:%M}-{end:%H:%M} {zone.key}"
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} {zone.key}"
