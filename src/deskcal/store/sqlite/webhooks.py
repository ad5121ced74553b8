"""Webhooks of the embedded store. One process has it, so it always holds the lease."""

from collections.abc import Callable, Sequence
from typing import Any

import apsw
import msgspec

from deskcal.core.directory import Manager
from deskcal.core.webhooks import Webhook
from deskcal.store.batch.batch import Batch
from deskcal.store.columns.directory import row_of
from deskcal.store.ports.feed import StoredChange
from deskcal.store.ports.webhook_rows import (
    KEPT_DELIVERIES,
    changed,
    settings_of,
    values_of,
    webhook_of,
)
from deskcal.store.ports.webhooks import Delivery, PendingEscalation, Progress, StoredDelivery
from deskcal.store.sqlite.changes import Read, RunJob, SqliteFeed, changes_after

_COLUMNS = "SELECT id, settings, state, reason, cursor, failing_since, generation FROM webhook"
_ALL = f"{_COLUMNS} ORDER BY id"
_ONE = f"{_COLUMNS} WHERE id = ?"
_NEWEST_SEQ = "SELECT last_seq FROM counter"
_INSERT = """
    INSERT INTO webhook (settings, state, reason, cursor, failing_since, generation, reminders)
    VALUES (?, ?, ?, ?, 0, 1, ?) RETURNING id"""
_UPDATE = """
    UPDATE webhook SET settings = ?, state = ?, reason = ?, cursor = ?, failing_since = ?,
        generation = ?, reminders = ?
    WHERE id = ?"""
_DELETE = (
    "DELETE FROM webhook_delivery WHERE webhook_id = ?",
    "DELETE FROM webhook_escalation WHERE webhook_id = ?",
    "DELETE FROM webhook WHERE id = ?",
)
_PROGRESS = """
    UPDATE webhook SET cursor = ?, failing_since = ? WHERE id = ? AND generation = ?"""
_EXISTS = "SELECT 1 FROM webhook WHERE id = ?"
_DELIVERED = """
    INSERT INTO webhook_delivery (webhook_id, seq, message_id, time, status, took_ms, try)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_FORGET = """
    DELETE FROM webhook_delivery WHERE webhook_id = ?1 AND number <= (
        SELECT number FROM webhook_delivery WHERE webhook_id = ?1
        ORDER BY number DESC LIMIT 1 OFFSET ?2)"""
_DONE = "DELETE FROM webhook_escalation WHERE webhook_id = ? AND number = ?"
_DELIVERIES = """
    SELECT number, seq, message_id, time, status, took_ms, try FROM webhook_delivery
    WHERE webhook_id = ? AND number < ? ORDER BY number DESC LIMIT ?"""
_TRIES = """
    SELECT seq, message_id, time, status, took_ms, try FROM webhook_delivery
    WHERE webhook_id = ? AND seq > ? ORDER BY number"""
_ESCALATIONS = """
    SELECT number, event_id, due_time, manager_id, fired_time FROM webhook_escalation
    WHERE webhook_id = ? AND number > ? ORDER BY number LIMIT ?"""
_CREATORS = """
    SELECT id, name, brand, desks, colour, disabled FROM manager
    WHERE id IN (SELECT value FROM json_each(?))"""
_LAST = 2**63 - 1


class SqliteWebhooks:
    """A `WebhookStore`."""

    def __init__(self, read: Read, job: RunJob, feed: SqliteFeed) -> None:
        self._read = read
        self._job = job
        self._feed = feed

    async def all(self) -> list[Webhook]:
        """Every hook."""
        rows = await self._rows(_ALL)
        return [webhook_of(row) for row in rows]

    async def add(self, hook: Webhook) -> Webhook:
        """Adds a hook, with the cursor of the newest committed change."""

        def run(connection: apsw.Connection, _: Batch) -> Webhook:
            cursor = connection.execute(_NEWEST_SEQ).get
            row = (settings_of(hook), hook.state.value, hook.reason, cursor, hook.reminders)
            webhook_id = connection.execute(_INSERT, row).get
            return msgspec.structs.replace(hook, id=webhook_id, cursor=cursor, generation=1)

        added: Webhook = await self._job(run)
        return added

    async def update(self, webhook_id: int, change: Callable[[Webhook], Webhook]) -> Webhook | None:
        """Changes a hook in one transaction."""

        def run(connection: apsw.Connection, _: Batch) -> Webhook | None:
            row: Any = connection.execute(_ONE, (webhook_id,)).fetchone()
            if row is None:
                return None
            hook = webhook_of(row)
            after = changed(hook, change(hook))
            connection.execute(_UPDATE, (*values_of(after), webhook_id))
            return after

        updated: Webhook | None = await self._job(run)
        return updated

    async def delete(self, webhook_id: int) -> bool:
        """Deletes a hook with all that belongs to it."""

        def run(connection: apsw.Connection, _: Batch) -> bool:
            before = connection.execute(_EXISTS, (webhook_id,)).get is not None
            for statement in _DELETE:
                connection.execute(statement, (webhook_id,))
            return before

        deleted: bool = await self._job(run)
        return deleted

    async def record(self, node: str, progress: Sequence[Progress]) -> None:
        """Writes down all of it in one transaction."""

        def run(connection: apsw.Connection, _: Batch) -> None:
            for one in progress:
                _record(connection, one)

        await self._job(run)

    async def add_delivery(self, webhook_id: int, delivery: Delivery) -> None:
        """In a transaction of its own."""

        def run(connection: apsw.Connection, _: Batch) -> None:
            _add_deliveries(connection, webhook_id, [delivery])

        await self._job(run)

    async def creators(self, manager_ids: Sequence[int]) -> dict[int, Manager]:
        """By id."""
        found: dict[int, Manager] = await self._read(_creators, manager_ids)
        return found

    async def page(
        self, since: int, limit: int, creator_ids: Sequence[int]
    ) -> tuple[list[StoredChange], dict[int, Manager]]:
        """Both by one task of a reading thread."""
        found, creators = await self._read(_page, since, limit, creator_ids)
        return self._feed.kept(found), creators

    async def deliveries(self, webhook_id: int, after: int, limit: int) -> list[StoredDelivery]:
        """A page of tries."""
        rows = await self._rows(_DELIVERIES, (webhook_id, after or _LAST, limit))
        return [StoredDelivery(row[0], Delivery(*row[1:])) for row in rows]

    async def tries_after(self, webhook_id: int, seq: int) -> list[Delivery]:
        """Tries that are kept."""
        return [Delivery(*row) for row in await self._rows(_TRIES, (webhook_id, seq))]

    async def escalations(self, webhook_id: int, after: int, limit: int) -> list[PendingEscalation]:
        """Escalations that are not delivered."""
        rows = await self._rows(_ESCALATIONS, (webhook_id, after, limit))
        return [PendingEscalation(*row) for row in rows]

    async def hold_lease(self, node: str, lease_sec: int) -> bool:
        """Always held."""
        return True

    async def release_lease(self, node: str) -> None:
        """Nobody else waits for it."""

    async def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        found: list[Any] = await self._read(_select, statement, values)
        return found


def _select(connection: apsw.Connection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    return connection.execute(statement, values).fetchall()


def _creators(connection: apsw.Connection, manager_ids: Sequence[int]) -> dict[int, Manager]:
    ids = ",".join(map(str, manager_ids))
    rows: Any = connection.execute(_CREATORS, (f"[{ids}]",))
    return {row[0]: row_of(Manager, row) for row in rows}


def _page(
    connection: apsw.Connection, since: int, limit: int, creator_ids: Sequence[int]
) -> tuple[list[StoredChange], dict[int, Manager]]:
    changes = changes_after(connection, since, limit)
    return changes, _creators(connection, creator_ids)


def _record(connection: apsw.Connection, one: Progress) -> None:
    values = (one.cursor, one.failing_since, one.webhook_id, one.generation)
    connection.execute(_PROGRESS, values)
    _add_deliveries(connection, one.webhook_id, one.deliveries)
    connection.executemany(_DONE, [(one.webhook_id, number) for number in one.done])


def _add_deliveries(
    connection: apsw.Connection, webhook_id: int, deliveries: Sequence[Delivery]
) -> None:
    """None where the hook is deleted."""
    if not deliveries or connection.execute(_EXISTS, (webhook_id,)).get is None:
        return
    rows = [(webhook_id, *msgspec.structs.astuple(delivery)) for delivery in deliveries]
    connection.executemany(_DELIVERED, rows)
    connection.execute(_FORGET, (webhook_id, KEPT_DELIVERIES))
