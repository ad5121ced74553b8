"""A group on PostgreSQL: what it locks and finds, and the SQL that writes it, a round trip each.

Rows travel as columns, one array each. Integers are written as text: as lists their type, and with
it the prepared statement, would change with their size.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskcal.errors import Unavailable
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import ChangeRow, Collection, KeptAnswer, RetryKey, Writes
from deskcal.store.columns import AS_STORED, COLUMNS, NAMES, ColumnType, EventRow
from deskcal.store.lists import Collections
from deskcal.store.ports.reminders import Notification
from deskcal.store.postgres.arrays import integers, run
from deskcal.store.postgres.connection import Connection
from deskcal.store.postgres.done_time import keep_done_times
from deskcal.store.postgres.objects import write_objects
from deskcal.store.postgres.series import (
    write_series,
    write_series_changes,
)
from deskcal.store.postgres.trash import put_in_trash, take_out_of_trash

COLLECTION_LOCK = (0x6465736B, 3)
"""Key of an advisory lock: one node adds collections at a time."""
CHANNEL = "deskcal"
"""Of NOTIFY: something was committed. It carries nothing."""

_SELECT_COLLECTIONS = "SELECT brand, desk, id FROM collection WHERE id > %s"
NEWEST_COLLECTION = "SELECT coalesce(max(id), 0) FROM collection"
_FIND_COLLECTIONS = """
    SELECT brand, desk, id FROM collection
    JOIN unnest(%s::text[], %s::text[]) AS x(brand, desk) USING (brand, desk)"""
_LOCK_COLLECTIONS = "SELECT pg_advisory_xact_lock(%s, %s)"
_INSERT_COLLECTIONS = """
    INSERT INTO collection (brand, desk)
    SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING"""
_NEW_IDS = "SELECT nextval('event_id') FROM generate_series(1, %s)"

SQL_TYPES = {ColumnType.SMALL: "smallint", ColumnType.BIG: "bigint", ColumnType.TEXT: "text"}
_NAMES = ", ".join(("id", "collection_id", *NAMES, "document"))
_TYPES = ("bigint", "integer", *(SQL_TYPES[column.type] for column in COLUMNS))
_EVENTS = f"unnest({', '.join(f'%s::{type_}[]' for type_ in _TYPES)}, %b::bytea[])"
_VALUES = ", ".join((*NAMES, "document"))
_SET = ", ".join(f"{name} = x.{name}" for name in (*NAMES[:-1], "document"))
_SET_DONE_TIME = f"""done_time = CASE x.done_time
        WHEN {AS_STORED} THEN e.done_time ELSE x.done_time END"""
_COLLECTION = "(SELECT c.id FROM collection AS c WHERE c.id = x.collection_id)"
"""NULL, which the column refuses, if another node has removed the row that this one remembers."""
_INSERT_EVENTS = f"""
    INSERT INTO event ({_NAMES})
    SELECT id, {_COLLECTION}, {_VALUES} FROM {_EVENTS} AS x({_NAMES})"""
_UPDATE_EVENTS = f"""
    UPDATE event AS e SET collection_id = {_COLLECTION}, {_SET}, {_SET_DONE_TIME}
    FROM {_EVENTS} AS x({_NAMES}) WHERE e.id = x.id"""
_UPDATE_DOCUMENTS = """
    UPDATE event AS e SET document = x.document, due_time = x.due_time
    FROM unnest(%s::bigint[], %b::bytea[], %s::bigint[]) AS x(id, document, due_time)
    WHERE e.id = x.id"""
_DELETE_EVENTS = "DELETE FROM event WHERE id = ANY(%s::bigint[])"
_INSERT_MANAGERS = """
    INSERT INTO event_manager (manager_id, duration_class, start_time, event_id, end_time)
    SELECT * FROM unnest(
        %s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[])
    ON CONFLICT (manager_id, duration_class, start_time, event_id)
        DO UPDATE SET end_time = excluded.end_time"""
_DELETE_MANAGERS = """
    DELETE FROM event_manager AS m
    USING unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[])
        AS x(manager_id, duration_class, start_time, event_id)
    WHERE m.manager_id = x.manager_id AND m.duration_class = x.duration_class
      AND m.start_time = x.start_time AND m.event_id = x.event_id"""

# From here on the transaction has the counter's row, and with it the right to commit next.
_TAKE_NUMBER = "UPDATE counter SET last_seq = last_seq + 1"
_INSERT_CHANGES = """
    WITH taken AS (UPDATE counter SET last_seq = last_seq + %s RETURNING last_seq - %s AS base)
    INSERT INTO change (seq, event_id, type, time, actor, batch_id, document)
    SELECT taken.base + x.number, x.event_id, x.type, x.time, x.actor,
        CASE WHEN x.batch > 0 THEN taken.base + x.batch ELSE -x.batch END, x.document
    FROM taken, unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[],
        %b::bytea[]) WITH ORDINALITY AS x(event_id, type, time, actor, batch, document, number)"""
_INSERT_KEYS = """
    INSERT INTO idempotency (manager_id, key, digest, seq, time)
    SELECT x.manager_id, x.key, x.digest, c.last_seq - %s + x.number, x.time
    FROM counter AS c,
        unnest(%s::bigint[], %b::bytea[], %b::bytea[], %s::bigint[], %s::bigint[])
        AS x(manager_id, key, digest, number, time)
    ON CONFLICT (manager_id, key) DO UPDATE
        SET digest = excluded.digest, seq = excluded.seq, time = excluded.time"""
_DELETE_KEYS = """
    DELETE FROM idempotency WHERE (manager_id, key) IN (
        SELECT manager_id, key FROM idempotency WHERE time <= %s ORDER BY time LIMIT 1000)"""
# A manager who had it already (1 sent, 2 read) is not reminded again: the row is not returned.
# A row that waits (0) keeps its fired_seq: a node that has sent it does not fetch it again.
_INSERT_NOTIFICATIONS = """
    INSERT INTO notification AS n (event_id, due_time, manager_id, level, armed_time, fired_time,
        state, state_time, fired_seq)
    SELECT x.event_id, x.due_time, x.manager_id, x.level, x.armed_time, x.fired_time,
        0, x.fired_time, c.last_seq
    FROM counter AS c,
        unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[],
            %s::bigint[])
        AS x(event_id, due_time, manager_id, level, fired_time, armed_time)
    ON CONFLICT (event_id, due_time, manager_id, level) DO UPDATE SET
        armed_time = excluded.armed_time, fired_time = excluded.fired_time,
        state = 0, state_time = excluded.state_time,
        fired_seq = CASE WHEN n.state = 0 AND n.fired_time > 0 THEN n.fired_seq
            ELSE excluded.fired_seq END
    WHERE n.level = 10 AND (n.state NOT IN (1, 2) OR n.fired_time = 0)
    RETURNING event_id, due_time, manager_id, level"""
_INSERT_ESCALATIONS = """
    INSERT INTO escalation (event_id, due_time, escalate_time)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING"""
_WAKE_NOTIFICATIONS = """
    UPDATE notification AS n
    SET fired_time = x.fired_time, state_time = x.fired_time, fired_seq = c.last_seq
    FROM counter AS c,
        unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[])
        AS x(event_id, due_time, manager_id, level, fired_time)
    WHERE n.event_id = x.event_id AND n.due_time = x.due_time AND n.manager_id = x.manager_id
      AND n.level = x.level"""
_NOTIFY = f"SELECT last_seq, pg_notify('{CHANNEL}', '') FROM counter"


async def new_ids(connection: Connection, count: int) -> list[int]:
    """Ids that nobody else gets."""
    cursor = await connection.execute(_NEW_IDS, (count,))
    return [event_id for (event_id,) in await cursor.fetchall()]


async def read_collections(connection: Connection, after: int) -> dict[Collection, int]:
    """Number of each (brand, desk), of those with a number above `after`."""
    cursor = await connection.execute(_SELECT_COLLECTIONS, (after,))
    return {(brand, desk): number for brand, desk, number in await cursor.fetchall()}


async def look_for_new(connection: Connection, collections: Collections) -> None:
    """Adds the collections that have come since `collections` was brought up to date."""
    cursor = await connection.execute(NEWEST_COLLECTION, prepare=True)
    row = await cursor.fetchone()
    if row and row[0] > collections.newest:
        collections.add(await read_collections(connection, collections.newest))


async def find_collections(
    connection: Connection, codes: Iterable[Collection]
) -> dict[Collection, int]:
    """Numbers of these, without those that are not in use."""
    brands, desks = zip(*codes, strict=True)
    cursor = await connection.execute(_FIND_COLLECTIONS, (list(brands), list(desks)))
    return {(brand, desk): number for brand, desk, number in await cursor.fetchall()}


async def number_collections(
    connection: Connection, codes: Sequence[Collection]
) -> dict[Collection, int]:
    """Numbers of all of these; new ones are committed in the order of their numbers."""
    brands, desks = zip(*codes, strict=True)
    await connection.execute(_LOCK_COLLECTIONS, COLLECTION_LOCK)
    await connection.execute(_INSERT_COLLECTIONS, (list(brands), list(desks)))
    return await find_collections(connection, codes)


async def write(
    connection: Connection,
    batch: Batch,
    writes: Writes,
    collections: Mapping[Collection, int],
    *,
    begins: bool,
    retry_window_sec: int,
    escalate_after_sec: int,
) -> int:
    """Writes a group that is not empty, and commits it; its last number.

    Index first, then the counter, then what carries its numbers. `begins`: with BEGIN before it.
    Raises: psycopg.Error, Unavailable: nothing was applied.
    """
    fired = None
    trashed, restored = writes.deletions()
    async with connection.pipeline():
        if begins:
            await connection.execute("BEGIN")
        await keep_done_times(connection, writes.ended)
        await put_in_trash(connection, trashed)
        await _write_events(connection, writes, collections)
        await write_series(connection, writes.series)
        await write_objects(connection, writes.objects)
        if writes.changes:
            await run(connection, _INSERT_CHANGES, _change_values(writes.changes))
        else:
            await connection.execute(_TAKE_NUMBER)
        await take_out_of_trash(connection, restored, writes.done_in_trash)
        await write_series_changes(connection, writes.series, len(writes.changes))
        await _write_keys(connection, writes.keys, len(writes.changes), retry_window_sec)
        await _run_for(connection, _WAKE_NOTIFICATIONS, _columns(map(_fired_row, writes.woken)))
        if writes.notifications:
            rows = [(*_fired_row(n), n.armed_time) for n in writes.notifications]
            fired = await run(connection, _INSERT_NOTIFICATIONS, _columns(rows))
        escalations = writes.escalations(escalate_after_sec)
        await _run_for(connection, _INSERT_ESCALATIONS, _columns(escalations))
        if batch.number_count > len(writes.changes) > 0:
            await connection.execute(_TAKE_NUMBER)
        notified = await run(connection, _NOTIFY, [])
        end = await connection.execute("COMMIT")
    if end.statusmessage != "COMMIT":
        raise Unavailable("the database did not commit; nothing was applied, try again later")
    if fired:
        batch.notifications.written(set(await fired.fetchall()))
    row = await notified.fetchone()
    return int(row[0])


def _change_values(changes: Sequence[ChangeRow]) -> list[Any]:
    *columns, documents = zip(*changes, strict=True)
    return [len(changes), len(changes), *map(integers, columns), list(documents)]


async def _write_events(
    connection: Connection, writes: Writes, collections: Mapping[Collection, int]
) -> None:
    for statement, pairs in ((_INSERT_EVENTS, writes.added), (_UPDATE_EVENTS, writes.moved)):
        rows = [_event_row(row, document, collections) for row, document, *_ in pairs]
        await _run_for(connection, statement, _arrays(rows))
    if writes.touched:
        ids, documents, due = zip(*writes.touched, strict=True)
        await run(connection, _UPDATE_DOCUMENTS, [integers(ids), list(documents), integers(due)])
    await _run_for(connection, _DELETE_MANAGERS, _columns(writes.managers_gone))
    await _run_for(connection, _INSERT_MANAGERS, _columns(writes.managers_added))
    await _run_for(connection, _DELETE_EVENTS, _columns((event_id,) for event_id in writes.gone))


def _event_row(
    row: EventRow, document: bytes, collections: Mapping[Collection, int]
) -> tuple[Any, ...]:
    return (row.event_id, collections[row.brand, row.desk], *row.values, document)


def _fired_row(notification: Notification) -> tuple[int, ...]:
    key = notification.key
    return (key.event_id, key.due_time, key.manager_id, key.level, notification.fired_time)


async def _write_keys(
    connection: Connection,
    keys: Mapping[RetryKey, KeptAnswer],
    change_count: int,
    retry_window_sec: int,
) -> None:
    if not keys:
        return
    kept = keys.values()
    values = [
        change_count,
        integers(manager_id for manager_id, _ in keys),
        [name.encode() for _, name in keys],
        [one.digest for one in kept],
        integers(one.number for one in kept),
        integers(one.time for one in kept),
    ]
    await run(connection, _INSERT_KEYS, values)
    newest = max(one.time for one in kept)
    await run(connection, _DELETE_KEYS, [newest - retry_window_sec])


def _columns(rows: Iterable[Sequence[int]]) -> list[str]:
    """The columns of rows of integers, as arrays; nothing where there is no row."""
    return [integers(column) for column in zip(*rows, strict=True)]


def _arrays(rows: Iterable[Sequence[Any]]) -> list[Any]:
    """The same, of rows that hold texts and documents, too."""
    columns = zip(*rows, strict=True)
    return [list(c) if isinstance(c[0], str | bytes) else integers(c) for c in columns]


async def _run_for(connection: Connection, statement: str, columns: list[Any]) -> None:
    """Runs a statement for rows that are given as columns, if there is any row."""
    if columns:
        await run(connection, statement, columns)
