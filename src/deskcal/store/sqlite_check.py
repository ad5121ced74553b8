"""Proves that an embedded store is whole: every document against its index and its change rows."""

from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import msgspec

from deskcal.documents import decode_event, encode_event, index_row
from deskcal.store import CheckReport, StoreError
from deskcal.store.sqlite_files import DATABASE, connect_reader

MAX_DIFFERENCES = 1000
"""After so many the check stops looking: the store is broken, and the list is long enough."""
TABLES = ("collection", "event", "event_manager", "change", "notification", "idempotency")

_EVENTS = """
    SELECT e.id, c.brand, c.desk, e.duration_class, e.start_time, e.end_time, e.type, e.status,
        e.customer_id, e.lead_id, e.login, e.due_time, e.document,
        (SELECT document FROM change WHERE event_id = e.id ORDER BY seq DESC LIMIT 1)
    FROM event AS e LEFT JOIN collection AS c ON c.id = e.collection_id ORDER BY e.id"""
_MANAGERS = """
    SELECT manager_id, duration_class, start_time, end_time FROM event_manager
    WHERE manager_id IN (SELECT value FROM json_each(:managers)) AND event_id = :event_id"""
_STRAY_MANAGERS = """
    SELECT manager_id, event_id FROM event_manager AS m
    WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = m.event_id)"""
_LATE_CHANGES = """
    SELECT max(seq), max(event_id) FROM change"""
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
        with connection:
            counts = {table: _count(connection, table) for table in TABLES}
            differences = list(islice(_differences(connection), MAX_DIFFERENCES))
    except apsw.Error as exc:
        raise StoreError(f"the store in {directory} can't be read: {exc}") from exc
    return CheckReport(counts, differences)


def _count(connection: apsw.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {table}").get  # noqa: S608
    return count


def _differences(connection: apsw.Connection) -> Iterator[str]:
    for (text,) in connection.execute("PRAGMA integrity_check"):
        if text != "ok":
            yield f"the database file is damaged: {text}"
    managers = 0
    for row in connection.execute(_EVENTS):
        managers += yield from _of_event(connection, row)
    stored = _count(connection, "event_manager")
    if stored != managers:
        yield f"event_manager has {stored} rows; the documents call for {managers}"
    for manager_id, event_id in connection.execute(_STRAY_MANAGERS):
        yield f"manager {manager_id} is listed for event {event_id}, which is not there"
    for event_id, seq in connection.execute(_GONE):
        yield f"event {event_id} and its last change {seq} differ on whether it was deleted"
    yield from _of_counters(connection)


def _of_event(connection: apsw.Connection, row: Any) -> Generator[str, None, int]:
    """Differences of one event; returns how many managers its document names."""
    event_id, *columns, document, changed = row
    try:
        event = decode_event(document)
    except msgspec.DecodeError as exc:
        yield f"event {event_id} has an unreadable document: {exc}"
        return 0
    wanted = index_row(event)
    if encode_event(event) != document:
        yield f"event {event_id} has a document that is not spelled as it would be written"
    if (event_id, *columns) != msgspec.structs.astuple(wanted)[:-1]:
        yield f"event {event_id} has index columns {columns} that are not those of its document"
    if changed != document:
        yield f"event {event_id} differs from the document of its last change"
    bindings = {"managers": msgspec.json.encode(wanted.managers).decode(), "event_id": event_id}
    place = (wanted.duration_class, wanted.start_time, wanted.end_time)
    found = set(connection.execute(_MANAGERS, bindings))
    if found != {(manager_id, *place) for manager_id in wanted.managers}:
        yield f"event {event_id} has rows in event_manager that are not those of its document"
    return len(wanted.managers)


def _of_counters(connection: apsw.Connection) -> Iterator[str]:
    last_event_id, last_seq = connection.execute("SELECT last_event_id, last_seq FROM counter").get
    seq, event_id = connection.execute(_LATE_CHANGES).get
    if (seq or 0) > last_seq:
        yield f"change {seq} is beyond the counter's {last_seq}: its number would be used again"
    if (event_id or 0) > last_event_id:
        yield f"event {event_id} is beyond the counter's {last_event_id}: its id would come again"
