"""Proves that a store on PostgreSQL is whole: documents, index, change rows, counters."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg

from deskcal.core.series_check import missing_series
from deskcal.limits import Limits
from deskcal.store.columns import NAMES
from deskcal.store.consistency import (
    IN_GAP,
    MAX_DIFFERENCES,
    TABLES,
    Histories,
    ManagerRows,
    doubtful_deletion,
    of_completion,
    of_counters,
    of_event,
    of_managers,
    of_search,
    of_series,
    of_trash,
    stray_manager,
    within_gap,
)
from deskcal.store.object_check import ESCALATIONS, OBJECTS, Given, of_escalation, of_object
from deskcal.store.ports import CheckReport, StoreError
from deskcal.store.postgres.all_day import used_timezone
from deskcal.store.postgres.connection import Connection, connect
from deskcal.store.postgres.schema import IS_THERE, require_current
from deskcal.store.postgres.url import one_line, shown
from deskcal.store.postgres.webhook_transfer import webhook_differences
from deskcal.store.postgres.zones import differing_zones

FETCH_ROWS = 1000

_NO_TIMEOUTS = """
    SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout',
        'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')"""
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_EVENTS = f"""
    SELECT e.id, c.brand, c.desk, {", ".join(f"e.{name}" for name in NAMES)}, e.document,
        (SELECT document FROM change WHERE event_id = e.id ORDER BY seq DESC LIMIT 1)
    FROM event AS e LEFT JOIN collection AS c ON c.id = e.collection_id ORDER BY e.id"""  # noqa: S608
_MANAGERS = """
    SELECT event_id, manager_id, duration_class, start_time, end_time FROM event_manager
    ORDER BY event_id, manager_id"""
_SERIES = """
    SELECT s.id, s.horizon, s.document, ARRAY(
        SELECT document FROM event WHERE series_id > 0 AND series_id = s.id)
    FROM series AS s ORDER BY s.id"""
_STRAY_OCCURRENCES = """
    SELECT id, series_id FROM event
    WHERE series_id > 0 AND series_id NOT IN (SELECT id FROM series) ORDER BY id"""
_GONE = """
    SELECT c.event_id, c.seq FROM (
        SELECT DISTINCT ON (event_id) event_id, seq, type FROM change ORDER BY event_id, seq DESC
    ) AS c
    WHERE (c.type = 2) = EXISTS (SELECT 1 FROM event WHERE id = c.event_id)
    ORDER BY c.event_id"""
_COMPLETIONS = """
    SELECT event_id, version, ARRAY(SELECT document FROM change WHERE event_id = x.event_id)
    FROM completion AS x ORDER BY event_id, version"""
_IN_BOTH = "SELECT event_id FROM trash WHERE event_id IN (SELECT id FROM event)"
_UNINDEXED = """
    SELECT coalesce(e.id, g.event_id)
    FROM event AS e FULL JOIN event_gram AS g ON g.event_id = e.id
    WHERE (e.id IS NULL OR g.event_id IS NULL) AND NOT EXISTS (
        SELECT 1 FROM change AS c
        WHERE c.event_id = coalesce(e.id, g.event_id)
          AND c.seq > (SELECT indexed_seq FROM search_index))"""
_CHANGES = "SELECT event_id, seq, type, document FROM change ORDER BY event_id, seq"
_FLOOR = "SELECT floor_seq FROM counter"
_COUNTERS = """
    SELECT last_seq, (SELECT coalesce(max(seq), 0) FROM change),
        (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_id),
        greatest((SELECT max(id) FROM event), (SELECT max(event_id) FROM change), 0)
    FROM counter"""
_FIRED = """
    SELECT n.event_id, n.manager_id, n.fired_seq, c.last_seq FROM notification AS n, counter AS c
    WHERE n.fired_seq > c.last_seq"""


def check_postgres(url: str, limits: Limits) -> CheckReport:
    """Reads the whole store in one snapshot, also while servers run. Changes nothing.

    Raises: StoreError if there is no store, or it can't be read.
    """
    return asyncio.run(_check(url, limits))


async def _check(url: str, limits: Limits) -> CheckReport:
    try:
        async with await connect(url, limits) as connection:
            await connection.execute(_NO_TIMEOUTS)
            await connection.execute(_BEGIN)
            if not (await _rows(connection, IS_THERE))[0][0]:
                raise StoreError(f"there is no store in {shown(url)}; name it with --database")
            await require_current(connection, shown(url))
            counts = {table: await _count(connection, table) for table in TABLES}
            differences = await differing_zones(connection)
            async for difference in _differences(connection, counts["event_manager"]):
                differences.append(difference)
                if len(differences) == MAX_DIFFERENCES:
                    break
    except psycopg.Error as exc:
        raise StoreError(f"the store in {shown(url)} can't be read: {one_line(exc)}") from exc
    return CheckReport(counts, differences)


async def _rows(connection: Connection, query: str) -> list[Any]:
    return await (await connection.execute(query.encode())).fetchall()


async def _count(connection: Connection, table: str) -> int:
    return int((await _rows(connection, f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608


async def _differences(connection: Connection, manager_rows: int) -> AsyncIterator[str]:
    async for difference in _of_events(connection, manager_rows):
        yield difference
    async for difference in _of_changes(connection):
        yield difference
    async for difference in webhook_differences(connection):
        yield difference
    async for difference in _object_differences(connection):
        yield difference
    for event_id, manager_id, seq, last_seq in await _rows(connection, _FIRED):
        yield (
            f"the reminder of event {event_id} for manager {manager_id} was fired at {seq}, "
            f"beyond the counter's {last_seq}: no node delivers it"
        )


async def _of_events(connection: Connection, manager_rows: int) -> AsyncIterator[str]:
    wanted, default_timezone = 0, await used_timezone(connection)
    managers = _Managers(_stream(connection, "managers", _MANAGERS))
    async for row in _stream(connection, "events", _EVENTS):
        found, named = of_event(row, await managers.of(row[0]), default_timezone)
        wanted += named
        for difference in found:
            yield difference
    await managers.of(None)
    for difference in of_managers(manager_rows, wanted):
        yield difference
    for manager_id, event_id in managers.stray:
        yield stray_manager(manager_id, event_id)


async def _of_changes(connection: Connection) -> AsyncIterator[str]:
    for seq, event_id in await _rows(connection, IN_GAP):
        yield within_gap(seq, event_id)
    for event_id, seq in await _rows(connection, _GONE):
        yield doubtful_deletion(event_id, seq)
    async for difference in _completion_differences(connection):
        yield difference
    async for difference in _series_differences(connection):
        yield difference
    for (event_id,) in await _rows(connection, _IN_BOTH):
        yield of_trash(event_id)
    for (event_id,) in await _rows(connection, _UNINDEXED):
        yield of_search(event_id)
    histories = Histories((await _rows(connection, _FLOOR))[0][0])
    async for row in _stream(connection, "changes", _CHANGES):
        for difference in histories.of_change(row):
            yield difference
    async for difference in _number_differences(connection):
        yield difference


async def _completion_differences(connection: Connection) -> AsyncIterator[str]:
    async for row in _stream(connection, "completions", _COMPLETIONS):
        for difference in of_completion(*row):
            yield difference


async def _number_differences(connection: Connection) -> AsyncIterator[str]:
    for difference in of_counters(*(await _rows(connection, _COUNTERS))[0]):
        yield difference


async def _series_differences(connection: Connection) -> AsyncIterator[str]:
    async for row in _stream(connection, "series", _SERIES):
        *series, documents = row
        for difference in of_series(series, documents):
            yield difference
    for event_id, series_id in await _rows(connection, _STRAY_OCCURRENCES):
        yield missing_series(event_id, series_id)


async def _object_differences(connection: Connection) -> AsyncIterator[str]:
    last_event_id = (await _rows(connection, _COUNTERS))[0][2]
    given = Given(last_event_id, (await _rows(connection, _FLOOR))[0][0])
    async for row in _stream(connection, "escalations", ESCALATIONS):
        for difference in of_escalation(row, given):
            yield difference
    async for owner_id, uid, name, *rest in _stream(connection, "objects", OBJECTS):
        texts = (one.decode("utf-8", "replace") for one in (uid, name))
        for difference in of_object((owner_id, *texts, *rest), given):
            yield difference


async def _stream(connection: Connection, name: str, query: str) -> AsyncIterator[Any]:
    """The rows of `query`, some at a time, however many there are."""
    async with connection.cursor(name) as cursor:
        cursor.itersize = FETCH_ROWS
        await cursor.execute(query.encode(), binary=True)
        async for row in cursor:
            yield row


class _Managers:
    """The rows of `event_manager`, by event, taken in the order of the events."""

    def __init__(self, rows: AsyncIterator[Any]) -> None:
        self._rows = rows
        self._next: Any = None
        self._is_begun = False
        self.stray: list[tuple[int, int]] = []
        """Manager and event of the rows that were passed over."""

    async def of(self, event_id: int | None) -> ManagerRows:
        """The rows of that event; None: there is no event any more."""
        if not self._is_begun:
            self._is_begun = True
            self._next = await anext(self._rows, None)
        found = set()
        while self._next is not None and (event_id is None or self._next[0] <= event_id):
            if self._next[0] == event_id:
                found.add(self._next[1:])
            elif len(self.stray) < MAX_DIFFERENCES:
                self.stray.append((self._next[1], self._next[0]))
            self._next = await anext(self._rows, None)
        return found
