"""Reminders of the embedded store: what is due, who is reminded, what became of it.

A row of `notification` is one manager's reminder of one due time. Firing writes the rows, the
event's `reminder_sent_time` and the change in one transaction.
"""

import functools
import heapq
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import apsw
import msgspec

from deskcal.store.batch.batch import Batch
from deskcal.store.reminder_ports import (
    Fired,
    NewFired,
    Notification,
    NotificationKey,
    NotificationState,
    ReminderCursor,
    ReminderRow,
)
from deskcal.store.reminder_rows import NEWEST, cursor_of, split_dropped
from deskcal.store.sqlite.changes import Read, RunJob

WAITING, SENT, READ, MISSED, DROPPED = map(int, NotificationState)
MAX_FIRED = 2000
"""Rows of one round, after which no further event is begun: one may have a thousand."""

_NEXT_EVENT = "SELECT min(due_time) FROM event WHERE due_time > 0"
_NEXT_SNOOZED = "SELECT min(due_time) FROM notification WHERE state = 0 AND fired_time = 0"
_DUE_EVENTS = """
    SELECT id, document FROM event WHERE due_time > 0 AND due_time <= ?
    ORDER BY due_time, id LIMIT ?"""
_DUE_SNOOZED = """
    SELECT n.event_id, n.due_time, n.manager_id, n.armed_time, e.document
    FROM notification AS n LEFT JOIN event AS e ON e.id = n.event_id
    WHERE n.state = 0 AND n.fired_time = 0 AND n.due_time <= ? ORDER BY n.due_time LIMIT ?"""
_SNOOZE = """
    INSERT INTO notification VALUES (?, ?, ?, ?, 0, 0, ?)
    ON CONFLICT DO UPDATE SET
        armed_time = excluded.armed_time, fired_time = 0, state = 0,
        state_time = excluded.state_time"""
_WAITING_MANAGERS = """
    SELECT DISTINCT manager_id FROM notification WHERE state = 0 AND fired_time > 0"""
_WAITING = """
    SELECT n.event_id, n.due_time, n.manager_id, n.armed_time, n.fired_time, e.document
    FROM notification AS n LEFT JOIN event AS e ON e.id = n.event_id
    WHERE n.state = 0 AND n.manager_id = ? AND n.fired_time > 0
      AND (n.due_time, n.event_id) > (?, ?)
    ORDER BY n.due_time, n.event_id LIMIT ?"""
_LISTED = """
    SELECT n.event_id, n.due_time, n.manager_id, n.armed_time, n.fired_time, e.document
    FROM notification AS n JOIN event AS e ON e.id = n.event_id
    WHERE n.manager_id = ?1 AND n.state = ?2 AND n.fired_time > 0
      AND (n.fired_time, n.due_time, n.event_id) < (?3, ?4, ?5)
    ORDER BY n.fired_time DESC, n.due_time DESC, n.event_id DESC LIMIT ?6"""
_MARK = """
    UPDATE notification SET state = ?, state_time = ?
    WHERE event_id = ? AND due_time = ? AND manager_id = ? AND state <= ?"""
_ARMED = """
    SELECT armed_time FROM notification
    WHERE event_id = ? AND due_time = ? AND manager_id = ? AND state < 3"""
_DOCUMENT = "SELECT document FROM event WHERE id = ?"
_OVERDUE = """
    SELECT event_id, due_time, manager_id FROM notification
    WHERE state = 0 AND fired_time > 0 AND fired_time < ?1 AND due_time < ?1 LIMIT ?2"""


class SqliteReminders:
    """A `ReminderStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def next_due(self) -> int | None:
        """The earliest due time of an event or a snooze."""
        due: int | None = await self._read(_next_due)
        return due

    async def fire(self, now: int, limit: int) -> Fired:
        """Fires what is due."""
        batch, events = await self._job(functools.partial(_fire, now, limit))
        fired = batch.notified + batch.woken
        return Fired(fired, events, len(fired))

    async def fetch_fired(self, is_here: Callable[[int], bool], limit: int) -> NewFired:
        """Nothing: there is no other node, and `fire` returns what this one has fired."""
        return NewFired([], set(), is_all=True)

    async def waiting_managers(self) -> set[int]:
        """Managers whose reminders wait for them."""
        found: set[int] = await self._read(_waiting_managers)
        return found

    async def waiting(
        self, manager_id: int, after: NotificationKey | None, limit: int
    ) -> list[Notification]:
        """What waits for one manager."""
        found: list[Notification] = await self._read(_waiting, manager_id, after, limit)
        return found

    async def get_reminders(
        self,
        manager_id: int,
        states: Sequence[NotificationState],
        after: ReminderCursor | None,
        limit: int,
    ) -> list[ReminderRow]:
        """A statement for each state, found by the index in order, all in one snapshot."""
        found: list[ReminderRow] = await self._read(_listed, manager_id, states, after, limit)
        return found

    async def mark(self, keys: list[NotificationKey], state: NotificationState, now: int) -> int:
        """Moves rows on from waiting; for READ also sent ones, and read ones again."""
        highest = READ if state == NotificationState.READ else WAITING
        rows = [(int(state), now, *_astuple(key), highest) for key in keys]
        marked: int = await self._job(lambda connection, _: _changed(connection, _MARK, rows))
        return marked

    async def drop(self, notifications: list[Notification], now: int) -> list[NotificationKey]:
        """Compares documents in the transaction that marks the rows."""
        kept: list[NotificationKey] = await self._job(functools.partial(_drop, notifications, now))
        return kept

    async def snooze(self, key: NotificationKey, until: int, now: int) -> bool:
        """Puts a row beside the one of `key` that fires at `until`."""
        snoozed: bool = await self._job(functools.partial(_snooze, key, until, now))
        return snoozed

    async def miss(self, before: int, now: int, limit: int) -> int:
        """Gives up what has waited too long; found by a reader, so that the writer goes on."""
        overdue: list[NotificationKey] = await self._read(_overdue, before, limit)
        return await self.mark(overdue, NotificationState.MISSED, now) if overdue else 0


def _next_due(connection: apsw.Connection) -> int | None:
    found = [connection.execute(query).get for query in (_NEXT_EVENT, _NEXT_SNOOZED)]
    return min((due for due in found if due is not None), default=None)


def _waiting_managers(connection: apsw.Connection) -> set[Any]:
    return {manager_id for (manager_id,) in connection.execute(_WAITING_MANAGERS)}


def _waiting(
    connection: apsw.Connection, manager_id: int, after: NotificationKey | None, limit: int
) -> list[Notification]:
    since = (after.due_time, after.event_id) if after else (0, 0)
    rows: Any = connection.execute(_WAITING, (manager_id, *since, limit))
    return [Notification(NotificationKey(*row[:3]), *row[3:]) for row in rows]


def _listed(
    connection: apsw.Connection,
    manager_id: int,
    states: Sequence[NotificationState],
    after: ReminderCursor | None,
    limit: int,
) -> list[ReminderRow]:
    position = msgspec.structs.astuple(after or NEWEST)
    pages = []
    with connection:
        for state in states:
            rows: Any = connection.execute(_LISTED, (manager_id, int(state), *position, limit))
            pages.append([_reminder_row(row, state) for row in rows])
    newest_first = heapq.merge(*pages, key=_sort_key, reverse=True)
    return list(itertools.islice(newest_first, limit))


def _reminder_row(row: Any, state: NotificationState) -> ReminderRow:
    return ReminderRow(NotificationKey(*row[:3]), row[3], row[4], state, row[5])


def _sort_key(row: ReminderRow) -> tuple[int, ...]:
    return msgspec.structs.astuple(cursor_of(row))


def _overdue(connection: apsw.Connection, before: int, limit: int) -> list[NotificationKey]:
    rows: Any = connection.execute(_OVERDUE, (before, limit))
    return [NotificationKey(*row) for row in rows]


def _changed(connection: apsw.Connection, statement: str, rows: list[Any]) -> int:
    before = connection.total_changes()
    connection.executemany(statement, rows)
    return connection.total_changes() - before


def _drop(
    notifications: list[Notification], now: int, connection: apsw.Connection, _: Batch
) -> list[NotificationKey]:
    ids = {notification.key.event_id for notification in notifications}
    documents = {one: connection.execute(_DOCUMENT, (one,)).get for one in ids}
    dropped, kept = split_dropped(notifications, documents)
    rows = [(DROPPED, now, *_astuple(key), WAITING) for key in dropped]
    connection.executemany(_MARK, rows)
    return kept


def _snooze(
    key: NotificationKey, until: int, now: int, connection: apsw.Connection, _: Batch
) -> bool:
    armed_time = connection.execute(_ARMED, _astuple(key)).get
    if armed_time is None:
        return False
    connection.execute(_MARK, (READ, now, *_astuple(key), READ))
    connection.execute(_SNOOZE, (key.event_id, until, key.manager_id, armed_time, now))
    return True


def _fire(now: int, limit: int, connection: apsw.Connection, batch: Batch) -> tuple[Batch, int]:
    """Events first, snoozed rows with what is left of `limit`; what is fired is in the batch."""
    wanted: list[Notification] = []
    events = 0
    due: Any = connection.execute(_DUE_EVENTS, (now, limit)).fetchall()
    for event_id, document in due:
        wanted += batch.fire(batch.take(event_id, document), now)
        events += 1
        if len(wanted) >= MAX_FIRED:
            break
    batch.notify(wanted)
    batch.woken = _due_snoozed(connection, now, limit - events)
    return batch, events + len(batch.woken)


def _due_snoozed(connection: apsw.Connection, now: int, limit: int) -> list[Notification]:
    rows: Any = connection.execute(_DUE_SNOOZED, (now, limit)).fetchall()
    return [Notification(NotificationKey(*row[:3]), row[3], now, row[4]) for row in rows]


def _astuple(key: NotificationKey) -> tuple[int, int, int]:
    return (key.event_id, key.due_time, key.manager_id)
