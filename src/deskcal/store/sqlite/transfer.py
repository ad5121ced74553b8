"""Moving an embedded store: its rows in one snapshot, and a whole export in one transaction."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec
from msgspec import Raw

from deskcal.core.directory import Directory
from deskcal.core.event import ChangeType
from deskcal.store.batch.writes import manager_rows
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.connection import (
    DATABASE,
    connect_reader,
    connect_writer,
    lock_directory,
    why,
)
from deskcal.store.sqlite.directory import read_directory, write_directory
from deskcal.store.sqlite.done_time import find_done_times
from deskcal.store.sqlite.group import INSERT_EVENT
from deskcal.store.sqlite.objects import all_objects, put_objects
from deskcal.store.sqlite.schema import require_current
from deskcal.store.sqlite.webhook_transfer import all_webhooks, put_webhooks
from deskcal.store.transfer.export import FORMAT, Export, ExportWriter, OnProgress
from deskcal.store.transfer.rows import (
    KINDS,
    ChangeRow,
    CompletionRow,
    EventLine,
    Head,
    KeyRow,
    NotificationRow,
    PendingEscalation,
    SeriesChangeRow,
    StoredEvent,
    TrashRow,
)

_CACHE_KIB = 200_000
"""Of an import: the pages of its one transaction that stay in memory."""
_COUNTER = "SELECT last_event_id, last_seq, floor_seq FROM counter"
_GAPS = "SELECT lower, upper FROM cursor_gap ORDER BY lower"
_EVENTS = "SELECT document, done_time FROM event ORDER BY id"
_CHANGES = "SELECT seq, type, time, actor, event_id, document, batch_id FROM change ORDER BY seq"
_NOTIFICATIONS = """
    SELECT event_id, due_time, manager_id, armed_time, fired_time, state, state_time, level
    FROM notification ORDER BY event_id, due_time, manager_id, level"""
_ESCALATIONS = """
    SELECT event_id, due_time, escalate_time FROM escalation ORDER BY event_id, due_time"""
_PUT_ESCALATION = "INSERT INTO escalation (event_id, due_time, escalate_time) VALUES (?, ?, ?)"
_KEYS = "SELECT manager_id, key, digest, seq, time FROM idempotency ORDER BY manager_id, key"
_TRASH = """
    SELECT event_id, deleted_time, deleted_by, document, done_time FROM trash ORDER BY event_id"""
_PUT_TRASH = """
    INSERT INTO trash (event_id, deleted_time, deleted_by, document, done_time)
    VALUES (?, ?, ?, ?, ?)"""
_COMPLETIONS = """
    SELECT event_id, version, done_time, time FROM completion ORDER BY event_id, version"""
_PUT_COMPLETION = "INSERT INTO completion (event_id, version, done_time, time) VALUES (?, ?, ?, ?)"
_PUT_COLLECTION = "INSERT INTO collection VALUES (?, ?, ?)"
_PUT_MANAGER = """
    INSERT INTO event_manager (manager_id, duration_class, start_time, event_id, end_time)
    VALUES (?, ?, ?, ?, ?)"""
_PUT_CHANGE = """
    INSERT INTO change (seq, type, time, actor, event_id, document, batch_id)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_PUT_NOTIFICATION = """
    INSERT INTO notification (event_id, due_time, manager_id, armed_time, fired_time, state,
        state_time, level)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_PUT_KEY = "INSERT INTO idempotency (manager_id, key, digest, seq, time) VALUES (?, ?, ?, ?, ?)"
_SERIES = "SELECT document FROM series ORDER BY id"
_SERIES_CHANGES = """
    SELECT series_id, batch_id, document FROM series_change ORDER BY series_id, batch_id"""
_PUT_SERIES = "INSERT INTO series (id, horizon, document) VALUES (?, ?, ?)"
_PUT_SERIES_CHANGE = "INSERT INTO series_change (series_id, batch_id, document) VALUES (?, ?, ?)"
_PUT_COUNTER = "UPDATE counter SET last_event_id = ?, last_seq = ?, floor_seq = ?"


def export_sqlite(
    directory: Path,
    write: Callable[[bytes], object],
    on_progress: OnProgress,
    *,
    with_secrets: bool = False,
) -> None:
    """Writes what a store has, as of one moment, also while a server runs. Raises: StoreError.

    `with_secrets`: those of webhooks, too.
    """
    if not (directory / DATABASE).exists():
        raise StoreError(f"there is no store in {directory}; name its directory with --data")
    try:
        connection = connect_reader(directory)
        require_current(connection, directory)
        with connection:
            file = ExportWriter(_head(connection), write, on_progress)
            for kind, row in _rows(connection):
                file.put(kind, row)
            for kind, row in all_webhooks(connection, with_secrets=with_secrets):
                file.put(kind, row)
        file.end()
    except apsw.Error as exc:
        raise StoreError(f"the store in {directory} can't be read: {why(exc)}") from exc


def _head(connection: apsw.Connection) -> Head:
    counts = {kind: _count(connection, kind) for kind in KINDS}
    last_event_id, last_seq, floor_seq = connection.execute(_COUNTER).get
    return Head(
        format=FORMAT,
        counts=counts,
        last_event_id=last_event_id,
        last_seq=last_seq,
        floor_seq=floor_seq,
        gaps=tuple(connection.execute(_GAPS)),
        has_done_times=True,
    )


def _count(connection: apsw.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {table}").get  # noqa: S608
    return count


def _rows(connection: apsw.Connection) -> Iterator[tuple[str, Any]]:
    yield from _names(connection)
    events: Any = connection.execute(_EVENTS)
    for document, done_time in events:
        yield "event", EventLine(Raw(document), done_time)
    rows: Any = connection.execute(_CHANGES)
    for seq, type_, time, actor, event_id, document, batch_id in rows:
        change = ChangeRow(seq, ChangeType(type_), time, actor, event_id, Raw(document), batch_id)
        yield "change", change
    yield from _reminders(connection)
    trash: Any = connection.execute(_TRASH)
    for event_id, time, actor, document, done_time in trash:
        yield "trash", TrashRow(event_id, time, actor, Raw(document), done_time)
    for row in connection.execute(_COMPLETIONS):
        yield "completion", CompletionRow(*row)
    for row in connection.execute(_KEYS):
        yield "idempotency", KeyRow(*row)
    for (document,) in connection.execute(_SERIES):
        yield "series", document
    changes: Any = connection.execute(_SERIES_CHANGES)
    for series_id, batch_id, document in changes:
        yield "series_change", SeriesChangeRow(series_id, batch_id, Raw(document or b"null"))
    for found in all_objects(connection):
        yield "calendar_object", found


def _reminders(connection: apsw.Connection) -> Iterator[tuple[str, Any]]:
    for row in connection.execute(_NOTIFICATIONS):
        yield "notification", NotificationRow(*row)
    for row in connection.execute(_ESCALATIONS):
        yield "escalation", PendingEscalation(*row)


def _names(connection: apsw.Connection) -> Iterator[tuple[str, Any]]:
    directory = read_directory(connection)
    for manager in directory.managers:
        yield "manager", manager
    for desk in directory.desks:
        yield "desk", desk
    for outcome in directory.outcomes:
        yield "outcome", outcome


def import_sqlite(directory: Path, export: Export, on_progress: OnProgress) -> None:
    """Puts all of `export` into an empty store, or nothing where anything fails.

    Raises: BadExport; StoreError, also if the store is in use or not empty.
    """
    lock = lock_directory(directory)
    try:
        connection = connect_writer(directory)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        with connection:
            _require_empty(connection, directory)
            _write(connection, export, on_progress)
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        connection.close()
    except apsw.Error as exc:
        raise StoreError(f"the store in {directory} can't be written: {why(exc)}") from exc
    finally:
        lock.close()


def _require_empty(connection: apsw.Connection, directory: Path) -> None:
    used = [kind for kind in KINDS if _count(connection, kind)]
    if used or any(connection.execute(_COUNTER).get):
        raise StoreError(
            f"the store in {directory} is in use already; an import goes into an empty one only"
        )


def _write(connection: apsw.Connection, export: Export, on_progress: OnProgress) -> None:
    collections: dict[tuple[str, str], int] = {}
    for page in export.pages():
        names = (page.rows[kind] for kind in ("manager", "desk", "outcome"))
        write_directory(connection, Directory(*names))
        _write_events(connection, page.rows["event"], collections)
        for kind, statement in (
            ("change", _PUT_CHANGE),
            ("notification", _PUT_NOTIFICATION),
            ("escalation", _PUT_ESCALATION),
            ("trash", _PUT_TRASH),
            ("completion", _PUT_COMPLETION),
            ("idempotency", _PUT_KEY),
            ("series", _PUT_SERIES),
        ):
            rows = map(msgspec.structs.astuple, page.rows[kind])
            connection.executemany(statement, [_plain(row) for row in rows])
        left = [(row.series_id, row.batch_id, row.stored) for row in page.rows["series_change"]]
        connection.executemany(_PUT_SERIES_CHANGE, left)
        put_objects(connection, page.rows["calendar_object"])
        put_webhooks(connection, page.rows["webhook"], page.rows["webhook_escalation"])
        on_progress(page.lines, export.all_lines)
    head = export.head
    if not head.has_done_times:
        find_done_times(connection)
    connection.execute(_PUT_COUNTER, (head.last_event_id, head.last_seq, head.floor_seq))
    connection.executemany("INSERT INTO cursor_gap VALUES (?, ?)", head.gaps)


def _write_events(
    connection: apsw.Connection,
    stored: list[StoredEvent],
    collections: dict[tuple[str, str], int],
) -> None:
    events, managers = [], []
    for row, document in ((one.row, one.document) for one in stored):
        code = (row.brand, row.desk)
        if code not in collections:
            collections[code] = len(collections) + 1
            connection.execute(_PUT_COLLECTION, (collections[code], *code))
        events.append((row.event_id, collections[code], *row.values, document))
        managers += [(*key, end_time) for key, end_time in manager_rows(row).items()]
    connection.executemany(INSERT_EVENT, events)
    connection.executemany(_PUT_MANAGER, managers)


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values as SQLite takes them."""
    return tuple(
        bytes(value) if isinstance(value, Raw) else int(value) if isinstance(value, int) else value
        for value in row
    )
