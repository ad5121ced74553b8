"""Reminders of the embedded store: what is due, who is reminded, what became of it.

A row of `notification` is one manager's reminder of one due time. Firing writes the rows, the
event's `reminder_sent_time` and the change in one transaction.
"""

import functools
import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import apsw
from msgspec.structs import astuple

from deskcal.core.alarms import is_armed
from deskcal.core.document import decode_event, fired_events
from deskcal.core.event import Event
from deskcal.store.batch.batch import Batch
from deskcal.store.lists.reminders import NEWEST, cursor_of, split_dropped
from deskcal.store.ports.reminders import (
    Fired,
    Level,
    NewFired,
    Notification,
    NotificationKey,
    NotificationState,
    ReminderCursor,
    ReminderRow,
)
from deskcal.store.sqlite.changes import Read, RunJob

WAITING, SENT, READ, MISSED, DROPPED = map(int, NotificationState)
MAX_FIRED = 2000
"""Rows of one round, after which no further event is begun: one may have a thousand."""
MAX_FIRED_BYTES = 4_000_000
"""Documents that a round reads into memory; it ends with the one that goes beyond."""
DECODED_AT_ONCE = 20
"""Events of a round: no other thread can take the interpreter's lock meanwhile."""

_NEXT_EVENT = "SELECT min(due_time) FROM event WHERE due_time > 0"
_NEXT_ESCALATION = "SELECT min(escalate_time) FROM escalation"
_NEXT_SNOOZED = "SELECT min(due_time) FROM notification WHERE state = 0 AND fired_time = 0"
_NEXT = (_NEXT_EVENT, _NEXT_SNOOZED, _NEXT_ESCALATION)
# Joined in SQLite, so that it lets go of the interpreter's lock once for all of them.
_DUE_EVENTS = """
    SELECT CAST(group_concat(e.document, char(10)) AS BLOB) FROM (
        SELECT id, sum(size) OVER (ORDER BY due_time, id ROWS UNBOUNDED PRECEDING) - size AS before
        FROM (
            SELECT id, due_time, length(document) AS size FROM event
            WHERE due_time > 0 AND due_time <= ? ORDER BY due_time, id LIMIT ?)
    ) AS due CROSS JOIN event AS e ON e.id = due.id WHERE due.before <= ?"""
_DUE_SNOOZED = """
    SELECT n.event_id, n.due_time, n.manager_id, n.level, n.armed_time, e.document
    FROM notification AS n LEFT JOIN event AS e ON e.id = n.event_id
    WHERE n.state = 0 AND n.fired_time = 0 AND n.due_time <= ? ORDER BY n.due_time LIMIT ?"""
_SNOOZE = """
    INSERT INTO notification (event_id, due_time, manager_id, level, armed_time, fired_time, state,
        state_time)
    VALUES (?, ?, ?, ?, ?, 0, 0, ?)
    ON CONFLICT DO UPDATE SET
        armed_time = excluded.armed_time, fired_time = 0, state = 0,
        state_time = excluded.state_time"""
_WAITING_MANAGERS = """
    SELECT DISTINCT manager_id FROM notification WHERE state = 0 AND fired_time > 0"""
_WAITING = """
    SELECT n.event_id, n.due_time, n.manager_id, n.level, n.armed_time, n.fired_time, e.document
    FROM notification AS n LEFT JOIN event AS e ON e.id = n.event_id
    WHERE n.state = 0 AND n.manager_id = ? AND n.fired_time > 0
      AND (n.due_time, n.event_id, n.level) > (?, ?, ?)
    ORDER BY n.due_time, n.event_id, n.level LIMIT ?"""
_LISTED = """
    SELECT n.event_id, n.due_time, n.manager_id, n.level, n.armed_time, n.fired_time, e.document
    FROM notification AS n JOIN event AS e ON e.id = n.event_id
    WHERE n.manager_id = ?1 AND n.state = ?2 AND n.fired_time > 0
      AND (n.fired_time, n.due_time, n.event_id, n.level) < (?3, ?4, ?5, ?6)
    ORDER BY n.fired_time DESC, n.due_time DESC, n.event_id DESC, n.level DESC
    LIMIT ?7"""
_MARK = """
    UPDATE notification SET state = ?, state_time = ?
    WHERE event_id = ? AND due_time = ? AND manager_id = ? AND level = ? AND state <= ?"""
_ARMED = """
    SELECT armed_time FROM notification
    WHERE event_id = ? AND due_time = ? AND manager_id = ? AND level = ? AND state < 3"""
# Of the reminder that was read: one to the lead that was not delivered yet.
_DROP_ESCALATION = """
    UPDATE notification SET state = 4, state_time = ?1
    WHERE event_id = ?2 AND level = 20 AND state = 0 AND ?5 = 10 AND armed_time = (
        SELECT armed_time FROM notification
        WHERE event_id = ?2 AND due_time = ?3 AND manager_id = ?4 AND level = ?5)"""
_DUE_ESCALATIONS = """
    SELECT x.event_id, x.due_time, e.document, EXISTS (
        SELECT 1 FROM notification AS n
        WHERE n.event_id = x.event_id AND n.armed_time = x.due_time AND n.level = 10
          AND n.state = 2)
    FROM escalation AS x LEFT JOIN event AS e ON e.id = x.event_id
    WHERE x.escalate_time <= ? ORDER BY x.escalate_time LIMIT ?"""
_DELETE_ESCALATION = "DELETE FROM escalation WHERE event_id = ? AND due_time = ?"
_TELL_WEBHOOKS = """
    INSERT INTO webhook_escalation (webhook_id, event_id, due_time, manager_id, fired_time)
    SELECT id, ?, ?, ?, ? FROM webhook WHERE reminders = 1 AND state <> 'disabled'"""
_LEAD = "SELECT manager_id FROM desk WHERE brand = ? AND code = ?"
_DOCUMENT = "SELECT document FROM event WHERE id = ?"
_OVERDUE = """
    SELECT event_id, due_time, manager_id, level FROM notification
    WHERE state = 0 AND fired_time > 0 AND fired_time < ?1 AND due_time < ?1 LIMIT ?2"""


class SqliteReminders:
    """A `ReminderStore`."""

    def __init__(self, read: Read, job: RunJob, *, escalates: bool) -> None:
        """`escalates`: whether reminders that nobody reads go to the lead of the desk."""
        self._read = read
        self._job = job
        self._escalates = escalates

    async def next_due(self) -> int | None:
        """The earliest due time of an event or a snooze."""
        due: int | None = await self._read(_next_due)
        return due

    async def fire(self, now: int, limit: int) -> Fired:
        """Fires what is due."""
        batch, events = await self._job(functools.partial(_fire, now, limit, self._escalates))
        fired = batch.notifications.new + batch.notifications.woken
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
        run = functools.partial(_mark, keys, int(state), highest, now)
        marked: int = await self._job(run)
        return marked

    async def drop(self, notifications: list[Notification], now: int) -> list[NotificationKey]:
        """Compares documents in the transaction that marks the rows."""
        kept: list[NotificationKey] = await self._job(functools.partial(_drop, notifications, now))
        return kept

    async def snooze(self, key: NotificationKey, until: int, now: int) -> bool:
        """Adds a row to the one of `key`, that fires at `until`."""
        snoozed: bool = await self._job(functools.partial(_snooze, key, until, now))
        return snoozed

    async def miss(self, before: int, now: int, limit: int) -> int:
        """Gives up what has waited too long; found by a reader, so that the writer goes on."""
        overdue: list[NotificationKey] = await self._read(_overdue, before, limit)
        return await self.mark(overdue, NotificationState.MISSED, now) if overdue else 0


def _next_due(connection: apsw.Connection) -> int | None:
    found = [connection.execute(query).get for query in _NEXT]
    return min((due for due in found if due is not None), default=None)


def _waiting_managers(connection: apsw.Connection) -> set[Any]:
    return {manager_id for (manager_id,) in connection.execute(_WAITING_MANAGERS)}


def _waiting(
    connection: apsw.Connection, manager_id: int, after: NotificationKey | None, limit: int
) -> list[Notification]:
    since = (after.due_time, after.event_id, after.level) if after else (0, 0, 0)
    rows: Any = connection.execute(_WAITING, (manager_id, *since, limit))
    return [Notification(NotificationKey(*row[:4]), *row[4:]) for row in rows]


def _listed(
    connection: apsw.Connection,
    manager_id: int,
    states: Sequence[NotificationState],
    after: ReminderCursor | None,
    limit: int,
) -> list[ReminderRow]:
    position = astuple(after or NEWEST)
    pages = []
    with connection:
        for state in states:
            rows: Any = connection.execute(_LISTED, (manager_id, int(state), *position, limit))
            pages.append([_reminder_row(row, state) for row in rows])
    newest_first = heapq.merge(*pages, key=_sort_key, reverse=True)
    return list(itertools.islice(newest_first, limit))


def _reminder_row(row: Any, state: NotificationState) -> ReminderRow:
    return ReminderRow(NotificationKey(*row[:4]), row[4], row[5], state, row[6])


def _sort_key(row: ReminderRow) -> tuple[Any, ...]:
    return astuple(cursor_of(row))


def _overdue(connection: apsw.Connection, before: int, limit: int) -> list[NotificationKey]:
    rows: Any = connection.execute(_OVERDUE, (before, limit))
    return [NotificationKey(*row) for row in rows]


def _mark(
    keys: list[NotificationKey],
    state: int,
    highest: int,
    now: int,
    connection: apsw.Connection,
    _: Batch,
) -> int:
    before = connection.total_changes()
    rows = [(state, now, *astuple(key), highest) for key in keys]
    connection.executemany(_MARK, rows)
    marked = connection.total_changes() - before
    if state == READ and marked:
        connection.executemany(_DROP_ESCALATION, [(now, *astuple(key)) for key in keys])
    return marked


def _drop(
    notifications: list[Notification], now: int, connection: apsw.Connection, _: Batch
) -> list[NotificationKey]:
    ids = {notification.key.event_id for notification in notifications}
    documents = {one: connection.execute(_DOCUMENT, (one,)).get for one in ids}
    dropped, kept = split_dropped(notifications, documents)
    rows = [(DROPPED, now, *astuple(key), WAITING) for key in dropped]
    connection.executemany(_MARK, rows)
    return kept


def _snooze(
    key: NotificationKey, until: int, now: int, connection: apsw.Connection, batch: Batch
) -> bool:
    armed_time = connection.execute(_ARMED, astuple(key)).get
    if armed_time is None:
        return False
    _mark([key], READ, READ, now, connection, batch)
    later = (key.event_id, until, key.manager_id, key.level)
    connection.execute(_SNOOZE, (*later, armed_time, now))
    return True


def _fire(
    now: int, limit: int, escalates: bool, connection: apsw.Connection, batch: Batch
) -> tuple[Batch, int]:
    """Events, then snoozed rows and escalations with what is left of `limit`."""
    wanted: list[Notification] = []
    events = 0
    for event, document in _due_events(connection, now, limit):
        wanted += batch.firings.add(event, document, now)
        events += 1
        if len(wanted) >= MAX_FIRED:
            break
    batch.notifications.woken = _due_snoozed(connection, now, limit - events)
    left = limit - events - len(batch.notifications.woken)
    due: Any = connection.execute(_DUE_ESCALATIONS, (now, left)).fetchall()
    if escalates:
        found = _escalations(connection, due, now)
        rows = [(n.key.event_id, n.key.due_time, n.key.manager_id, now) for n in found]
        connection.executemany(_TELL_WEBHOOKS, rows)
        wanted += found
    connection.executemany(_DELETE_ESCALATION, [row[:2] for row in due])
    batch.notifications.add_of_job(wanted)
    return batch, events + len(batch.notifications.woken) + len(due)


def _due_events(connection: apsw.Connection, now: int, limit: int) -> Iterator[tuple[Event, bytes]]:
    """Events whose reminder is due, as they are once it was sent; decoded as they are taken."""
    joined: bytes | None = connection.execute(_DUE_EVENTS, (now, limit, MAX_FIRED_BYTES)).get
    documents = joined.split(b"\n") if joined else []
    for start in range(0, len(documents), DECODED_AT_ONCE):
        yield from fired_events(documents[start : start + DECODED_AT_ONCE], now)


def _escalations(connection: apsw.Connection, rows: list[Any], now: int) -> list[Notification]:
    found = []
    for _, due_time, document, is_read in rows:
        event = decode_event(document) if document is not None and not is_read else None
        if event is None or not is_armed(event, due_time):
            continue
        lead = connection.execute(_LEAD, (event.brand, event.desk)).get
        if lead:
            key = NotificationKey(event.id, due_time, lead, Level.ESCALATION)
            found.append(Notification(key, due_time, now, document))
    return found


def _due_snoozed(connection: apsw.Connection, now: int, limit: int) -> list[Notification]:
    rows: Any = connection.execute(_DUE_SNOOZED, (now, limit)).fetchall()
    return [Notification(NotificationKey(*row[:4]), row[4], now, row[5]) for row in rows]
