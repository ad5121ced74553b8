"""Proves that an embedded store is whole: every document against its index and its change rows."""

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import apsw

from deskcal.core.series_check import missing_series
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
from deskcal.store.sqlite.all_day import used_timezone
from deskcal.store.sqlite.connection import DATABASE, connect_reader, why
from deskcal.store.sqlite.schema import require_current
from deskcal.store.sqlite.webhook_transfer import webhook_differences

_EVENTS = f"""
    SELECT e.id, c.brand, c.desk, {", ".join(f"e.{name}" for name in NAMES)}, e.document,
        (SELECT document FROM change WHERE event_id = e.id ORDER BY seq DESC LIMIT 1)
    FROM event AS e LEFT JOIN collection AS c ON c.id = e.collection_id ORDER BY e.id"""  # noqa: S608
_MANAGERS = """
    SELECT event_id, manager_id, duration_class, start_time, end_time FROM event_manager
    ORDER BY event_id"""
_STRAY_MANAGERS = """
    SELECT manager_id, event_id FROM event_manager AS m
    WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = m.event_id)"""
_CHANGES = "SELECT event_id, seq, type, document FROM change ORDER BY event_id, seq"
_COMPLETIONS = "SELECT event_id, version FROM completion ORDER BY event_id, version"
_HISTORY = "SELECT document FROM change WHERE event_id = ? ORDER BY seq"
_IN_BOTH = "SELECT event_id FROM trash WHERE event_id IN (SELECT id FROM event)"
# Events without their row of the index, what is indexed of no event, and rows of the index astray.
_UNINDEXED = """
    SELECT id FROM (
        SELECT e.id AS id FROM event AS e
        LEFT JOIN indexed_event AS i ON i.event_id = e.id
        LEFT JOIN event_gram_docsize AS d ON d.id = i.gram_row
        WHERE e.id <= 137438953471
            AND (d.id IS NULL OR i.gram_row <> (e.start_time >> 12 << 37 | e.id))
        UNION
        SELECT i.event_id FROM indexed_event AS i LEFT JOIN event AS e ON e.id = i.event_id
        WHERE e.id IS NULL
        UNION
        SELECT d.id & 137438953471 FROM event_gram_docsize AS d
        LEFT JOIN indexed_event AS i ON i.event_id = d.id & 137438953471 AND i.gram_row = d.id
        WHERE i.event_id IS NULL
    ) AS astray
    WHERE NOT EXISTS (
        SELECT 1 FROM change AS c
        WHERE c.event_id = astray.id AND c.seq > (SELECT indexed_seq FROM search_index))
    ORDER BY id"""
_COUNTERS = "SELECT last_event_id, last_seq, floor_seq FROM counter"
_LATE_CHANGES = """
    SELECT max(seq), max(event_id) FROM change"""
_SERIES = "SELECT id, horizon, document FROM series ORDER BY id"
_SERIES_EVENTS = "SELECT document FROM event WHERE series_id > 0 AND series_id = ?"
_STRAY_OCCURRENCES = """
    SELECT id, series_id FROM event
    WHERE series_id > 0 AND series_id NOT IN (SELECT id FROM series)"""
_GONE = """
    SELECT c.event_id, c.seq FROM change AS c
    WHERE c.seq = (SELECT max(seq) FROM change WHERE event_id = c.event_id)
      AND (c.type = 2) = EXISTS (SELECT 1 FROM event WHERE id = c.event_id)"""


def check_sqlite(directory: Path) -> CheckReport:
    """Reads the whole store in one snapshot, also while a server runs. Changes nothing.

    Raises: StoreError if there is no store, or it can't be read.
    """
    if not (directory / DATABASE).exists():
        raise StoreError(f"there is no store in {directory}; name its directory with --data")
    try:
        connection = connect_reader(directory)
        require_current(connection, directory)
        with connection:
            counts = {table: _count(connection, table) for table in TABLES}
            differences = list(islice(_differences(connection), MAX_DIFFERENCES))
    except apsw.Error as exc:
        raise StoreError(f"the store in {directory} can't be read: {why(exc)}") from exc
    return CheckReport(counts, differences)


def _count(connection: apsw.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {table}").get  # noqa: S608
    return count


def _differences(connection: apsw.Connection) -> Iterator[str]:
    for (text,) in connection.execute("PRAGMA integrity_check"):
        if text != "ok":
            yield f"the database file is damaged: {text}"
    managers = 0
    default_timezone = used_timezone(connection)
    stored = _Managers(connection)
    for row in connection.execute(_EVENTS):
        found, named = of_event(row, stored.of(row[0]), default_timezone)
        yield from found
        managers += named
    yield from of_managers(_count(connection, "event_manager"), managers)
    for row in connection.execute(_STRAY_MANAGERS):
        yield stray_manager(*row)
    for row in connection.execute(IN_GAP):
        yield within_gap(*row)
    for row in connection.execute(_GONE):
        yield doubtful_deletion(*row)
    yield from _completion_differences(connection)
    for row in connection.execute(_SERIES):
        events: Any = connection.execute(_SERIES_EVENTS, (row[0],))
        yield from of_series(row, (document for (document,) in events))
    for event_id, series_id in connection.execute(_STRAY_OCCURRENCES):
        yield missing_series(event_id, series_id)
    yield from (of_trash(event_id) for (event_id,) in connection.execute(_IN_BOTH))
    yield from (of_search(event_id) for (event_id,) in connection.execute(_UNINDEXED))
    last_event_id, last_seq, floor_seq = connection.execute(_COUNTERS).get
    histories = Histories(floor_seq)
    for row in connection.execute(_CHANGES):
        yield from histories.of_change(row)
    seq, event_id = connection.execute(_LATE_CHANGES).get
    yield from of_counters(last_seq, seq or 0, last_event_id, event_id or 0)
    yield from webhook_differences(connection, last_seq)
    yield from _object_differences(connection, Given(last_event_id, floor_seq))


def _completion_differences(connection: apsw.Connection) -> Iterator[str]:
    rows: Any = connection.execute(_COMPLETIONS)
    for event_id, version in rows:
        changes: Any = connection.execute(_HISTORY, (event_id,))
        yield from of_completion(event_id, version, (document for (document,) in changes))


def _object_differences(connection: apsw.Connection, given: Given) -> Iterator[str]:
    for row in connection.execute(ESCALATIONS):
        yield from of_escalation(row, given)
    for row in connection.execute(OBJECTS):
        yield from of_object(row, given)


class _Managers:
    """The rows of `event_manager` by event, taken in the order of the events."""

    def __init__(self, connection: apsw.Connection) -> None:
        rows: Any = connection.execute(_MANAGERS)
        self._events = groupby(rows, key=itemgetter(0))
        self._next = next(self._events, None)

    def of(self, event_id: int) -> ManagerRows:
        """The rows of that event; those of events that are not there are passed over."""
        while self._next is not None and self._next[0] < event_id:
            self._next = next(self._events, None)
        if self._next is None or self._next[0] != event_id:
            return set()
        return {row[1:] for row in self._next[1]}
