"""Webhooks on PostgreSQL. Of the nodes that share it, the one that holds the lease sends."""

from collections.abc import Callable, Sequence
from typing import Any

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
from deskcal.store.postgres.arrays import integers
from deskcal.store.postgres.changes import Found, PostgresFeed, changes_after
from deskcal.store.postgres.connection import Connection, Read, RunJob

_COLUMNS = "SELECT id, settings, state, reason, cursor, failing_since, generation FROM webhook"
_ALL = f"{_COLUMNS} ORDER BY id"
_LOCKED = f"{_COLUMNS} WHERE id = %s FOR UPDATE"
_INSERT = """
    INSERT INTO webhook (settings, state, reason, cursor, failing_since, generation, reminders)
    SELECT %s, %s, %s, last_seq, 0, 1, %s FROM counter RETURNING id, cursor"""
_UPDATE = """
    UPDATE webhook SET settings = %s, state = %s, reason = %s, cursor = %s, failing_since = %s,
        generation = %s, reminders = %s
    WHERE id = %s"""
_DELETE = (
    "DELETE FROM webhook_delivery WHERE webhook_id = %s",
    "DELETE FROM webhook_escalation WHERE webhook_id = %s",
    "DELETE FROM webhook WHERE id = %s",
)
# The lease's row is locked until the commit: a node that has lost it writes nothing.
_HELD = "SELECT 1 FROM webhook_lease WHERE node = %s FOR SHARE"
_PROGRESS = """
    UPDATE webhook SET cursor = %s, failing_since = %s WHERE id = %s AND generation = %s"""
_DELIVERED = """
    INSERT INTO webhook_delivery (webhook_id, seq, message_id, time, status, took_ms, try)
    SELECT w.id, x.* FROM webhook AS w,
        unnest(%s::bigint[], %s::text[], %s::bigint[], %s::integer[], %s::integer[], %s::integer[])
        AS x(seq, message_id, time, status, took_ms, try)
    WHERE w.id = %s"""
_FORGET = """
    DELETE FROM webhook_delivery WHERE webhook_id = %s AND number <= (
        SELECT number FROM webhook_delivery WHERE webhook_id = %s
        ORDER BY number DESC LIMIT 1 OFFSET %s)"""
_DONE = "DELETE FROM webhook_escalation WHERE webhook_id = %s AND number = ANY(%s::bigint[])"
_DELIVERIES = """
    SELECT number, seq, message_id, time, status, took_ms, try FROM webhook_delivery
    WHERE webhook_id = %s AND number < %s ORDER BY number DESC LIMIT %s"""
_TRIES = """
    SELECT seq, message_id, time, status, took_ms, try FROM webhook_delivery
    WHERE webhook_id = %s AND seq > %s ORDER BY number"""
_ESCALATIONS = """
    SELECT number, event_id, due_time, manager_id, fired_time FROM webhook_escalation
    WHERE webhook_id = %s AND number > %s ORDER BY number LIMIT %s"""
# A lease that ends later than one that begins now is of before the clock was set back.
_HOLD = """
    INSERT INTO webhook_lease AS l (id, node, until)
    VALUES (true, %s, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (id) DO UPDATE SET until = excluded.until,
        node = CASE WHEN l.until < clock_timestamp() THEN excluded.node ELSE l.node END
    WHERE l.node = excluded.node OR l.until < clock_timestamp() OR l.until > excluded.until
    RETURNING node"""
_RELEASE = "DELETE FROM webhook_lease WHERE node = %s"
_CREATORS = """
    SELECT id, name, brand, desks, colour, disabled FROM manager WHERE id = ANY(%s::bigint[])"""
_LAST = 2**63 - 1


class PostgresWebhooks:
    """A `WebhookStore`."""

    def __init__(self, read: Read, job: RunJob, feed: PostgresFeed) -> None:
        self._read = read
        self._job = job
        self._feed = feed

    async def all(self) -> list[Webhook]:
        """Every hook."""
        return [webhook_of(row) for row in await self._rows(_ALL)]

    async def add(self, hook: Webhook) -> Webhook:
        """Adds a hook, with the cursor of the newest committed change."""
        row = (settings_of(hook), hook.state.value, hook.reason, hook.reminders)

        async def run(connection: Connection, _: Batch) -> Webhook:
            found = await (await connection.execute(_INSERT, row)).fetchone()
            assert found is not None
            return msgspec.structs.replace(hook, id=found[0], cursor=found[1], generation=1)

        added: Webhook = await self._job(run)
        return added

    async def update(self, webhook_id: int, change: Callable[[Webhook], Webhook]) -> Webhook | None:
        """Changes a hook in one transaction that has locked it."""

        async def run(connection: Connection, _: Batch) -> Webhook | None:
            row = await (await connection.execute(_LOCKED, (webhook_id,))).fetchone()
            if row is None:
                return None
            hook = webhook_of(row)
            after = changed(hook, change(hook))
            await connection.execute(_UPDATE, (*values_of(after), webhook_id))
            return after

        updated: Webhook | None = await self._job(run)
        return updated

    async def delete(self, webhook_id: int) -> bool:
        """Deletes a hook with all that belongs to it."""

        async def run(connection: Connection, _: Batch) -> bool:
            count = 0
            for statement in _DELETE:
                count = (await connection.execute(statement, (webhook_id,))).rowcount
            return count > 0

        deleted: bool = await self._job(run)
        return deleted

    async def record(self, node: str, progress: Sequence[Progress]) -> None:
        """Writes down all of it in one transaction, if `node` still holds the lease."""

        async def run(connection: Connection, _: Batch) -> None:
            if await (await connection.execute(_HELD, (node,))).fetchone() is not None:
                for one in progress:
                    await _record(connection, one)

        await self._job(run)

    async def add_delivery(self, webhook_id: int, delivery: Delivery) -> None:
        """In a transaction of its own."""

        async def run(connection: Connection, _: Batch) -> None:
            await _add_deliveries(connection, webhook_id, [delivery])

        await self._job(run)

    async def creators(self, manager_ids: Sequence[int]) -> dict[int, Manager]:
        """By id."""
        found: dict[int, Manager] = await self._read(_creators, manager_ids)
        return found

    async def page(
        self, since: int, limit: int, creator_ids: Sequence[int]
    ) -> tuple[list[StoredChange], dict[int, Manager]]:
        """Both on one connection, the creators after the changes."""
        found, creators = await self._read(_page, since, limit, creator_ids)
        return self._feed.kept(since, found), creators

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
        """By the clock of the database, so that nodes whose clocks differ agree."""

        async def run(connection: Connection, _: Batch) -> bool:
            cursor = await connection.execute(_HOLD, (node, lease_sec))
            return await cursor.fetchall() == [(node,)]

        held: bool = await self._job(run)
        return held

    async def release_lease(self, node: str) -> None:
        """Lets another node send at once."""

        async def run(connection: Connection, _: Batch) -> None:
            await connection.execute(_RELEASE, (node,))

        await self._job(run)

    async def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        found: list[Any] = await self._read(_select, statement, values)
        return found


async def _select(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[Any]:
    return await (await connection.execute(statement.encode(), values)).fetchall()


async def _creators(connection: Connection, manager_ids: Sequence[int]) -> dict[int, Manager]:
    rows = await _select(connection, _CREATORS, (integers(manager_ids),))
    return {row[0]: row_of(Manager, row) for row in rows}


async def _page(
    connection: Connection, since: int, limit: int, creator_ids: Sequence[int]
) -> tuple[Found, dict[int, Manager]]:
    found = await changes_after(connection, since, limit)
    return found, await _creators(connection, creator_ids)


async def _record(connection: Connection, one: Progress) -> None:
    values = (one.cursor, one.failing_since, one.webhook_id, one.generation)
    await connection.execute(_PROGRESS, values)
    if one.deliveries:
        await _add_deliveries(connection, one.webhook_id, one.deliveries)
    if one.done:
        await connection.execute(_DONE, (one.webhook_id, integers(one.done)))


async def _add_deliveries(
    connection: Connection, webhook_id: int, deliveries: Sequence[Delivery]
) -> None:
    """None where the hook is deleted."""
    seqs, ids, *columns = zip(*map(msgspec.structs.astuple, deliveries), strict=True)
    rows = (integers(seqs), list(ids), *map(integers, columns), webhook_id)
    await connection.execute(_DELIVERED, rows)
    await connection.execute(_FORGET, (webhook_id, webhook_id, KEPT_DELIVERIES))
