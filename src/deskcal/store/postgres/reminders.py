"""Reminders on PostgreSQL: what is due, who is reminded, what became of it. Many nodes fire.

A row of `notification` is one manager's reminder of one due time. Firing claims events with SKIP
LOCKED and writes the rows, the events' `reminder_sent_time` and the changes in one transaction; a
node that ends in the middle loses all of it. Every node fetches what any node has fired by the
rows' `fired_seq`, which is in the order of commits, so each fetches each row once.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import astuple

from deskcal.core.alarms import is_armed
from deskcal.core.document import decode_event
from deskcal.store.batch.batch import Batch
from deskcal.store.lists.reminders import NEWEST, split_dropped
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
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.connection import Connection, Read, RunJob

WAITING, SENT, READ, MISSED, DROPPED = map(int, NotificationState)
MAX_FIRED = 2000
"""Rows of one round, after which no further event is begun: one may have a thousand."""

_NEXT = """
    SELECT least(
        (SELECT min(due_time) FROM event WHERE due_time > 0),
        (SELECT min(due_time) FROM notification WHERE state = 0 AND fired_time = 0),
        (SELECT min(escalate_time) FROM escalation))"""
_DUE_EVENTS = """
    SELECT id, document FROM event WHERE due_time > 0 AND due_time <= %s
    ORDER BY due_time, id LIMIT %s FOR UPDATE SKIP LOCKED"""
_DUE_SNOOZED = """
    SELECT event_id, due_time, manager_id, level, armed_time FROM notification
    WHERE state = 0 AND fired_time = 0 AND due_time <= %s
    ORDER BY due_time, event_id, manager_id, level LIMIT %s FOR UPDATE SKIP LOCKED"""
_FETCH_FIRED = """
    SELECT event_id, due_time, manager_id, level, armed_time, fired_time, fired_seq
    FROM notification
    WHERE fired_seq > %s AND state <= 1 ORDER BY fired_seq FETCH FIRST %s ROWS WITH TIES"""
_DOCUMENTS = "SELECT id, document FROM event WHERE id = ANY(%s::bigint[])"
_WAITING_MANAGERS = """
    SELECT DISTINCT manager_id FROM notification WHERE state = 0 AND fired_time > 0"""
_WAITING = """
    SELECT n.event_id, n.due_time, n.manager_id, n.level, n.armed_time, n.fired_time, e.document
    FROM notification AS n LEFT JOIN event AS e ON e.id = n.event_id
    WHERE n.state = 0 AND n.manager_id = %s AND n.fired_time > 0 AND n.fired_seq <= %s
      AND (n.due_time, n.event_id, n.level) > (%s::bigint, %s::bigint, %s::bigint)
    ORDER BY n.due_time, n.event_id, n.level LIMIT %s"""
# Each state is found by the index in order; one statement, so that all are of one snapshot.
_LISTED = """
    SELECT x.* FROM unnest(%s::smallint[]) AS s(state) CROSS JOIN LATERAL (
        SELECT n.event_id, n.due_time, n.manager_id, n.level, n.armed_time, n.fired_time, n.state,
            e.document
        FROM notification AS n JOIN event AS e ON e.id = n.event_id
        WHERE n.manager_id = %s AND n.state = s.state AND n.fired_time > 0
          AND (n.fired_time, n.due_time, n.event_id, n.level)
              < (%s::bigint, %s::bigint, %s::bigint, %s::bigint)
        ORDER BY n.fired_time DESC, n.due_time DESC, n.event_id DESC, n.level DESC LIMIT %s
    ) AS x
    ORDER BY x.fired_time DESC, x.due_time DESC, x.event_id DESC, x.level DESC LIMIT %s"""
# Sorted, so that two nodes that mark the same rows wait for each other and do not cross.
_MARK = """
    UPDATE notification AS n SET state = %s, state_time = %s
    FROM (
        SELECT event_id, due_time, manager_id, level FROM notification
        JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
            AS x(event_id, due_time, manager_id, level)
            USING (event_id, due_time, manager_id, level)
        WHERE state <= %s ORDER BY event_id, due_time, manager_id, level FOR UPDATE OF notification
    ) AS x
    WHERE n.event_id = x.event_id AND n.due_time = x.due_time AND n.manager_id = x.manager_id
      AND n.level = x.level"""
# Of the reminders that were read: those to the lead that were not delivered yet.
_DROP_ESCALATIONS = """
    UPDATE notification AS n SET state = 4, state_time = %s
    FROM notification AS r
    JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
        AS x(event_id, due_time, manager_id, level)
        USING (event_id, due_time, manager_id, level)
    WHERE n.event_id = r.event_id AND n.armed_time = r.armed_time AND n.level = 20
      AND n.state = 0 AND r.level = 10"""
_ARMED = """
    SELECT armed_time FROM notification
    WHERE event_id = %s AND due_time = %s AND manager_id = %s AND level = %s AND state < 3
    FOR UPDATE"""
_SNOOZE = """
    INSERT INTO notification (event_id, due_time, manager_id, level, armed_time, fired_time, state,
        state_time, fired_seq)
    VALUES (%s, %s, %s, %s, %s, 0, 0, %s, 0)
    ON CONFLICT (event_id, due_time, manager_id, level) DO UPDATE SET
        armed_time = excluded.armed_time, fired_time = 0, state = 0,
        state_time = excluded.state_time, fired_seq = 0"""
_DUE_ESCALATIONS = """
    SELECT event_id, due_time FROM escalation WHERE escalate_time <= %s
    ORDER BY escalate_time LIMIT %s FOR UPDATE SKIP LOCKED"""
# Locked, so that a reminder that is read meanwhile finds the row for the lead, and drops it.
_ESCALATED = """
    SELECT n.event_id, n.armed_time, n.state FROM notification AS n
    JOIN unnest(%s::bigint[], %s::bigint[]) AS x(event_id, armed_time) USING (event_id, armed_time)
    WHERE n.level = 10 ORDER BY n.event_id, n.due_time, n.manager_id, n.level FOR UPDATE OF n"""
_DELETE_ESCALATIONS = """
    DELETE FROM escalation AS e USING unnest(%s::bigint[], %s::bigint[]) AS x(event_id, due_time)
    WHERE e.event_id = x.event_id AND e.due_time = x.due_time"""
_TELL_WEBHOOKS = """
    INSERT INTO webhook_escalation (webhook_id, event_id, due_time, manager_id, fired_time)
    SELECT id, %s, %s, %s, %s FROM webhook WHERE reminders = 1 AND state <> 'disabled'"""
_LEAD = "SELECT manager_id FROM desk WHERE brand = %s AND code = %s"
_LOCKED_DOCUMENTS = """
    SELECT id, document FROM event WHERE id = ANY(%s::bigint[]) ORDER BY id FOR SHARE"""
_OVERDUE = """
    SELECT event_id, due_time, manager_id, level FROM notification
    WHERE state = 0 AND fired_time > 0 AND fired_time < %s AND due_time < %s LIMIT %s"""


class PostgresReminders:
    """A `ReminderStore`."""

    def __init__(self, read: Read, job: RunJob, *, escalates: bool) -> None:
        """`escalates`: whether reminders that nobody reads go to the lead of the desk."""
        self._read = read
        self._job = job
        self._escalates = escalates
        self.fetched_seq = 0
        """The newest `fired_seq` that was fetched; of a node that starts: of the newest change."""

    async def next_due(self) -> int | None:
        """The earliest due time of an event or a snooze, also of what another node has claimed."""
        due: int | None = await self._read(_next_due)
        return due

    async def fire(self, now: int, limit: int) -> Fired:
        """Fires what is due and no other node has claimed."""
        batch, events = await self._job(functools.partial(_fire, now, limit, self._escalates))
        return Fired([], events, len(batch.notifications.new) + len(batch.notifications.woken))

    async def fetch_fired(self, is_here: Callable[[int], bool], limit: int) -> NewFired:
        """What was fired since the last call, whole transactions at a time."""
        rows = await self._read(_fetch_fired, self.fetched_seq, limit)
        here = [row for row in rows if is_here(row[2])]
        documents = await self._read(_documents, sorted({row[0] for row in here})) if here else {}
        if rows:
            self.fetched_seq = rows[-1][-1]
        notifications = [
            Notification(NotificationKey(*row[:4]), row[4], row[5], documents.get(row[0]))
            for row in here
        ]
        others = {row[2] for row in rows} - {row[2] for row in here}
        return NewFired(notifications, others, is_all=len(rows) < limit)

    async def waiting_managers(self) -> set[int]:
        """Managers whose reminders wait for them."""
        found: set[int] = await self._read(_waiting_managers)
        return found

    async def waiting(
        self, manager_id: int, after: NotificationKey | None, limit: int
    ) -> list[Notification]:
        """What waits for one manager, of what was fetched: the rest will come by `fetch_fired`."""
        found: list[Notification] = await self._read(
            _waiting, manager_id, self.fetched_seq, after, limit
        )
        return found

    async def get_reminders(
        self,
        manager_id: int,
        states: Sequence[NotificationState],
        after: ReminderCursor | None,
        limit: int,
    ) -> list[ReminderRow]:
        """One statement."""
        found: list[ReminderRow] = await self._read(_listed, manager_id, states, after, limit)
        return found

    async def mark(self, keys: list[NotificationKey], state: NotificationState, now: int) -> int:
        """Moves rows on from waiting; for READ also sent ones, and read ones again."""
        highest = READ if state == NotificationState.READ else WAITING
        marked: int = await self._job(functools.partial(_mark, keys, int(state), highest, now))
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
        """Gives up what has waited too long."""
        overdue: list[NotificationKey] = await self._read(_overdue, before, limit)
        return await self.mark(overdue, NotificationState.MISSED, now) if overdue else 0


async def _rows(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    cursor = await connection.execute(statement.encode(), values, binary=True)
    return await cursor.fetchall()


async def _next_due(connection: Connection) -> int | None:
    due: int | None = (await _rows(connection, _NEXT, ()))[0][0]
    return due


async def _fetch_fired(connection: Connection, since: int, limit: int) -> list[Any]:
    return await _rows(connection, _FETCH_FIRED, (since, limit))


async def _documents(connection: Connection, ids: list[int]) -> dict[int, bytes]:
    return dict(await _rows(connection, _DOCUMENTS, (integers(ids),)))


async def _waiting_managers(connection: Connection) -> set[int]:
    return {manager_id for (manager_id,) in await _rows(connection, _WAITING_MANAGERS, ())}


async def _waiting(
    connection: Connection,
    manager_id: int,
    fetched_seq: int,
    after: NotificationKey | None,
    limit: int,
) -> list[Notification]:
    since = (after.due_time, after.event_id, after.level) if after else (0, 0, 0)
    rows = await _rows(connection, _WAITING, (manager_id, fetched_seq, *since, limit))
    return [Notification(NotificationKey(*row[:4]), *row[4:]) for row in rows]


async def _listed(
    connection: Connection,
    manager_id: int,
    states: Sequence[NotificationState],
    after: ReminderCursor | None,
    limit: int,
) -> list[ReminderRow]:
    position = astuple(after or NEWEST)
    values = (integers(map(int, states)), manager_id, *position, limit, limit)
    return [
        ReminderRow(NotificationKey(*row[:4]), row[4], row[5], NotificationState(row[6]), row[7])
        for row in await _rows(connection, _LISTED, values)
    ]


async def _overdue(connection: Connection, before: int, limit: int) -> list[NotificationKey]:
    rows = await _rows(connection, _OVERDUE, (before, before, limit))
    return [NotificationKey(*row) for row in rows]


async def _mark(
    keys: list[NotificationKey],
    state: int,
    highest: int,
    now: int,
    connection: Connection,
    _: Batch,
) -> int:
    columns = [integers(column) for column in zip(*map(astuple, keys), strict=True)]
    marked = (await connection.execute(_MARK, (state, now, *columns, highest))).rowcount
    if state == READ and marked:
        await connection.execute(_DROP_ESCALATIONS, (now, *columns))
    return marked


async def _drop(
    notifications: list[Notification], now: int, connection: Connection, batch: Batch
) -> list[NotificationKey]:
    ids = sorted({notification.key.event_id for notification in notifications})
    documents = dict(await _rows(connection, _LOCKED_DOCUMENTS, (integers(ids),)))
    dropped, kept = split_dropped(notifications, documents)
    if dropped:
        await _mark(dropped, DROPPED, WAITING, now, connection, batch)
    return kept


async def _snooze(
    key: NotificationKey, until: int, now: int, connection: Connection, batch: Batch
) -> bool:
    armed = await _rows(connection, _ARMED, astuple(key))
    if not armed:
        return False
    await _mark([key], READ, READ, now, connection, batch)
    values = (key.event_id, until, key.manager_id, key.level, armed[0][0], now)
    await connection.execute(_SNOOZE, values)
    return True


async def _fire(
    now: int, limit: int, escalates: bool, connection: Connection, batch: Batch
) -> tuple[Batch, int]:
    """Events, then snoozed rows and escalations with what is left of `limit`."""
    wanted: list[Notification] = []
    events = 0
    for event_id, document in await _rows(connection, _DUE_EVENTS, (now, limit)):
        wanted += batch.fire(batch.take(event_id, document), now)
        events += 1
        if len(wanted) >= MAX_FIRED:
            break
    if events < limit:
        rows = await _rows(connection, _DUE_SNOOZED, (now, limit - events))
        batch.notifications.woken = [
            Notification(NotificationKey(*row[:4]), row[4], now, None) for row in rows
        ]
    left = limit - events - len(batch.notifications.woken)
    due = await _rows(connection, _DUE_ESCALATIONS, (now, left)) if left > 0 else []
    if due:
        columns = [integers(column) for column in zip(*due, strict=True)]
        if escalates:
            found = await _escalations(connection, columns, now)
            for n in found:
                values = (n.key.event_id, n.key.due_time, n.key.manager_id, now)
                await connection.execute(_TELL_WEBHOOKS, values)
            wanted += found
        await connection.execute(_DELETE_ESCALATIONS, columns)
    batch.notifications.add(wanted)
    return batch, events + len(batch.notifications.woken) + len(due)


async def _escalations(connection: Connection, columns: list[str], now: int) -> list[Notification]:
    """`columns`: events, and their due times."""
    is_read: dict[tuple[int, int], bool] = {}
    for event_id, due_time, state in await _rows(connection, _ESCALATED, tuple(columns)):
        pair = (event_id, due_time)
        is_read[pair] = is_read.get(pair, False) or state == READ
    documents = dict(await _rows(connection, _DOCUMENTS, (columns[0],)))
    found = []
    for (event_id, due_time), read in is_read.items():
        document = documents.get(event_id)
        event = decode_event(document) if document is not None and not read else None
        if event is None or not is_armed(event, due_time):
            continue
        leads = await _rows(connection, _LEAD, (event.brand, event.desk))
        if leads and leads[0][0]:
            key = NotificationKey(event_id, due_time, leads[0][0], Level.ESCALATION)
            found.append(Notification(key, due_time, now, document))
    return found
