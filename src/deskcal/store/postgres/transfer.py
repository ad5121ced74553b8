"""Moving a store on PostgreSQL: its rows in one snapshot, and an export by COPY, page by page.

An import that was interrupted goes on behind the last page that was committed: the table `import`
says which file it began with and how many of its lines are in.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg
from msgspec import Raw

from deskcal.core.directory import Desk, Directory, Manager
from deskcal.core.event import ChangeType
from deskcal.limits import Limits
from deskcal.store.batch.writes import manager_rows
from deskcal.store.columns import COLUMNS, ColumnType
from deskcal.store.columns.directory import outcome_of, row_of
from deskcal.store.ports import StoreError
from deskcal.store.postgres.connection import Connection, connect
from deskcal.store.postgres.copy import Table, copy
from deskcal.store.postgres.directory import write_directory
from deskcal.store.postgres.done_time import find_done_times
from deskcal.store.postgres.locks import hold_for_import
from deskcal.store.postgres.objects import decode_object, put_objects
from deskcal.store.postgres.schema import IS_THERE, migrate, require_current
from deskcal.store.postgres.url import one_line, shown
from deskcal.store.postgres.webhook_transfer import ESCALATIONS, WEBHOOKS, put_webhooks
from deskcal.store.transfer.export import (
    FORMAT,
    BadExport,
    Export,
    ExportWriter,
    OnProgress,
    Page,
)
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
from deskcal.store.transfer.webhooks import EscalationRow, exported_webhook

FETCH_ROWS = 1000
"""That an export reads at a time."""

_NO_TIMEOUTS = """
    SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout',
        'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')"""
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM {kind})" for kind in KINDS)  # noqa: S608
_NUMBERS = """
    SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_id),
        last_seq, floor_seq, EXISTS (SELECT 1 FROM import) FROM counter"""
_GAPS = "SELECT lower, upper FROM cursor_gap ORDER BY lower"
_ROWS: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    (
        "manager",
        "SELECT id, name, brand, desks, colour, disabled FROM manager ORDER BY id",
        lambda *row: row_of(Manager, row),
    ),
    (
        "desk",
        "SELECT code, brand, title, manager_id FROM desk ORDER BY brand, code",
        lambda *row: row_of(Desk, row),
    ),
    (
        "outcome",
        "SELECT code, name, types, is_contact, next_in_sec FROM outcome ORDER BY code",
        lambda *row: outcome_of(row),
    ),
    (
        "event",
        "SELECT document, done_time FROM event ORDER BY id",
        lambda document, done_time: EventLine(Raw(document), done_time),
    ),
    (
        "change",
        "SELECT seq, type, time, actor, event_id, document, batch_id FROM change ORDER BY seq",
        lambda seq, type_, time, actor, event_id, document, batch_id: ChangeRow(
            seq, ChangeType(type_), time, actor, event_id, Raw(document), batch_id
        ),
    ),
    (
        "notification",
        """SELECT event_id, due_time, manager_id, armed_time, fired_time, state, state_time,
            level
        FROM notification ORDER BY event_id, due_time, manager_id, level""",
        NotificationRow,
    ),
    (
        "escalation",
        "SELECT event_id, due_time, escalate_time FROM escalation ORDER BY event_id, due_time",
        PendingEscalation,
    ),
    (
        "trash",
        """SELECT event_id, deleted_time, deleted_by, document, done_time FROM trash
        ORDER BY event_id""",
        lambda event_id, time, actor, document, done_time: TrashRow(
            event_id, time, actor, Raw(document), done_time
        ),
    ),
    (
        "completion",
        "SELECT event_id, version, done_time, time FROM completion ORDER BY event_id, version",
        CompletionRow,
    ),
    (
        "idempotency",
        "SELECT manager_id, key, digest, seq, time FROM idempotency ORDER BY manager_id, key",
        lambda manager_id, key, *row: KeyRow(manager_id, key.decode(), *row),
    ),
    ("series", "SELECT document FROM series ORDER BY id", lambda document: document),
    (
        "series_change",
        """SELECT series_id, batch_id, document FROM series_change
        ORDER BY series_id, batch_id""",
        lambda series_id, batch_id, document: SeriesChangeRow(
            series_id, batch_id, Raw(document or b"null")
        ),
    ),
    (
        "calendar_object",
        "SELECT document FROM calendar_object ORDER BY owner_id, uid",
        decode_object,
    ),
)
"""How the rows of each kind are read, and what is made of them."""

_USED = " UNION ALL ".join(f"SELECT 1 FROM {kind}" for kind in (*KINDS, "collection"))  # noqa: S608
_IS_USED = f"SELECT EXISTS ({_USED}) OR last_seq > 0 FROM counter"  # noqa: S608
_MARK = "INSERT INTO import VALUES (true, %s, %s)"
_MARKED = "SELECT lines, digest FROM import"
_PASSED = "UPDATE import SET lines = %s, digest = %s"
_COLLECTIONS = "SELECT brand, desk, id FROM collection"
_PUT_COLLECTION = "INSERT INTO collection (brand, desk) VALUES (%s, %s) RETURNING id"
_VACUUM = f"VACUUM (ANALYZE) {', '.join((*KINDS, 'event_manager', 'collection'))}"
_PUT_NUMBERS = "UPDATE counter SET last_seq = %s, floor_seq = %s"
_PUT_LAST_ID = "SELECT setval('event_id', greatest(%s, last_value)) FROM event_id"
_UNMARK = "DELETE FROM import"

_PACKED = {ColumnType.SMALL: "h", ColumnType.BIG: "q"}
_EVENT = Table(
    "event",
    {"id": "q", "collection_id": "i"}
    | {one.name: _PACKED[one.type] for one in COLUMNS if one.type in _PACKED},
    [*(one.name for one in COLUMNS if one.type not in _PACKED), "document"],
)
_EVENT_MANAGER = Table(
    "event_manager",
    {
        **{"manager_id": "q", "duration_class": "h", "start_time": "q"},
        **{"event_id": "q", "end_time": "q"},
    },
)
_CHANGE = Table(
    "change",
    {"seq": "q", "type": "h", "time": "q", "actor": "q", "event_id": "q", "batch_id": "q"},
    ["document"],
)
_NOTIFICATION = Table(
    "notification",
    {
        **{"event_id": "q", "due_time": "q", "manager_id": "q", "armed_time": "q"},
        **{"fired_time": "q", "state": "h", "state_time": "q", "level": "h"},
        "fired_seq": "q",
    },
)
_ESCALATION = Table("escalation", {"event_id": "q", "due_time": "q", "escalate_time": "q"})
_TRASH = Table(
    "trash",
    {"event_id": "q", "deleted_time": "q", "deleted_by": "q", "done_time": "q"},
    ["document"],
)
_COMPLETION = Table("completion", {"event_id": "q", "version": "q", "done_time": "q", "time": "q"})
_KEY = Table("idempotency", {"manager_id": "q", "seq": "q", "time": "q"}, ["key", "digest"])
_SERIES = Table("series", {"id": "q", "horizon": "q"}, ["document"])
_SERIES_CHANGE = Table("series_change", {"series_id": "q", "batch_id": "q"}, ["document"])


async def export_postgres(
    url: str,
    limits: Limits,
    write: Callable[[bytes], object],
    on_progress: OnProgress,
    *,
    with_secrets: bool = False,
) -> None:
    """Writes what a store has, as of one moment, also while nodes serve it. Raises: StoreError.

    `with_secrets`: those of webhooks, too.
    """
    async with _connected(url, limits) as connection, connection.transaction():
        await connection.execute(_SNAPSHOT)
        await _require_store(connection, url)
        file = ExportWriter(await _head(connection, url), write, on_progress)
        for kind, statement, made in (*_ROWS, *_webhook_rows(with_secrets=with_secrets)):
            async with connection.cursor(kind, binary=True) as cursor:
                await cursor.execute(statement.encode())
                while rows := await cursor.fetchmany(FETCH_ROWS):
                    for row in rows:
                        file.put(kind, made(*row))
        file.end()


def _webhook_rows(*, with_secrets: bool) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """As `_ROWS`."""
    yield "webhook", WEBHOOKS, lambda *row: exported_webhook(row, with_secrets=with_secrets)
    yield "webhook_escalation", ESCALATIONS, EscalationRow


async def _require_store(connection: Connection, url: str) -> None:
    """Raises: StoreError if there is no store, or one of another version."""
    if not (await _row(connection, IS_THERE))[0]:
        raise StoreError(f"there is no store of this deskcal in {shown(url)}")
    await require_current(connection, shown(url))


async def _head(connection: Connection, url: str) -> Head:
    """Raises: StoreError if there is a part of a store."""
    counts = await _row(connection, _COUNTS)
    last_event_id, last_seq, floor_seq, is_part = await _row(connection, _NUMBERS)
    if is_part:
        raise StoreError(f"{shown(url)} holds a part of an import that is not finished")
    return Head(
        format=FORMAT,
        counts=dict(zip(KINDS, counts, strict=True)),
        last_event_id=last_event_id,
        last_seq=last_seq,
        floor_seq=floor_seq,
        gaps=tuple(await (await connection.execute(_GAPS)).fetchall()),
        has_done_times=True,
    )


async def import_postgres(
    url: str, limits: Limits, export: Export, on_progress: OnProgress
) -> None:
    """Puts all of `export` into an empty database, or the rest where some is in already.

    Raises: BadExport; StoreError, also if a server uses the database, or it is not empty.
    """
    async with _connected(url, limits) as connection:
        await migrate(connection)
        await hold_for_import(connection)
        await _begin(connection, export, url)
        try:
            await _copy_pages(connection, export, on_progress)
            await _finish(connection, export.head)
        except psycopg.OperationalError as exc:
            raise StoreError(
                f"the database was lost ({one_line(exc)}); run the same command again with the "
                "same file, it goes on where it stopped"
            ) from exc


async def _begin(connection: Connection, export: Export, url: str) -> None:
    """Marks the database as a part of a store, or passes over what of `export` is in it."""
    cursor = await connection.execute(_MARKED)
    mark = await cursor.fetchone()
    if mark is not None:
        export.skip(mark[0], mark[1])
    elif (await _row(connection, _IS_USED))[0]:
        raise StoreError(
            f"{shown(url)} is in use already; an import goes into an empty database only"
        )
    else:
        await connection.execute(_MARK, (export.lines, export.digest))


async def _copy_pages(connection: Connection, export: Export, on_progress: OnProgress) -> None:
    """While the database works on a page, the next is read; where that fails, this one stays."""
    cursor = await connection.execute(_COLLECTIONS)
    collections = {(brand, desk): number for brand, desk, number in await cursor.fetchall()}
    pages = export.pages()
    page = await asyncio.to_thread(next, pages, None)
    while page is not None:
        failure, following = await asyncio.gather(
            _copy_page(connection, page, collections),
            asyncio.to_thread(next, pages, None),
            return_exceptions=True,
        )
        if failure is not None:
            raise failure
        on_progress(page.lines, export.all_lines)
        if isinstance(following, BaseException):
            raise following
        page = following


async def _copy_page(
    connection: Connection, page: Page, collections: dict[tuple[str, str], int]
) -> None:
    """In one transaction, with how far the import has come."""
    async with connection.transaction():
        await _copy_rows(connection, page, collections)
        await connection.execute(_PASSED, (page.lines, page.digest))


async def _copy_rows(
    connection: Connection, page: Page, collections: dict[tuple[str, str], int]
) -> None:
    rows = {kind: list(map(msgspec.structs.astuple, page.rows[kind])) for kind in KINDS}
    names = (page.rows[kind] for kind in ("manager", "desk", "outcome"))
    await write_directory(connection, Directory(*names))
    events: list[StoredEvent] = page.rows["event"]
    for row in (event.row for event in events):
        if (row.brand, row.desk) not in collections:
            codes = (row.brand, row.desk)
            collections[codes] = (await _row(connection, _PUT_COLLECTION, codes))[0]
    await copy(connection, _EVENT, [_event_row(event, collections) for event in events])
    await copy(connection, _EVENT_MANAGER, [row for event in events for row in _managers(event)])
    changes = [(*row, batch_id, bytes(text)) for *row, text, batch_id in rows["change"]]
    await copy(connection, _CHANGE, changes)
    await copy(connection, _NOTIFICATION, [(*row, 0) for row in rows["notification"]])
    await copy(connection, _ESCALATION, rows["escalation"])
    trash = [(*row, done_time, bytes(text)) for *row, text, done_time in rows["trash"]]
    await copy(connection, _TRASH, trash)
    await copy(connection, _COMPLETION, rows["completion"])
    keys = [(who, seq, time, key.encode(), d) for who, key, d, seq, time in rows["idempotency"]]
    await copy(connection, _KEY, keys)
    await copy(connection, _SERIES, rows["series"])
    left = [(row.series_id, row.batch_id, row.stored) for row in page.rows["series_change"]]
    await copy(connection, _SERIES_CHANGE, left)
    await put_objects(connection, page.rows["calendar_object"])
    await put_webhooks(connection, page.rows["webhook"], page.rows["webhook_escalation"])


def _event_row(stored: StoredEvent, collections: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    """Raises: BadExport for a text that PostgreSQL does not take; older builds stored such ones."""
    row = stored.row
    if any("\0" in value for value in row.values if isinstance(value, str)):
        raise BadExport(
            f"event {row.event_id} has U+0000 in its outcome, which PostgreSQL stores in no text: "
            "give it another outcome where the file is from, and export again"
        )
    numbers = [value for value in row.values if not isinstance(value, str)]
    texts = [value.encode() for value in row.values if isinstance(value, str)]
    place = collections[row.brand, row.desk]
    return (row.event_id, place, *numbers, *texts, stored.document)


def _managers(stored: StoredEvent) -> list[tuple[int, ...]]:
    return [(*key, end_time) for key, end_time in manager_rows(stored.row).items()]


async def _finish(connection: Connection, head: Head) -> None:
    """All rows are in: takes the numbers over, and makes a whole store of it."""
    if not head.has_done_times:
        await find_done_times(connection)
    await connection.execute(_VACUUM.encode())
    async with connection.transaction():
        await connection.execute(_PUT_NUMBERS, (head.last_seq, head.floor_seq))
        async with connection.cursor() as cursor:
            await cursor.executemany("INSERT INTO cursor_gap VALUES (%s, %s)", head.gaps)
        if head.last_event_id:
            await connection.execute(_PUT_LAST_ID, (head.last_event_id,))
        await connection.execute(_UNMARK)


@asynccontextmanager
async def _connected(url: str, limits: Limits) -> AsyncIterator[Connection]:
    """A connection on which nothing is ended for taking long. Raises: StoreError."""
    try:
        connection = await connect(url, limits)
        await connection.execute(_NO_TIMEOUTS)
    except psycopg.Error as exc:
        raise StoreError(f"{shown(url)} can't be opened: {one_line(exc)}") from exc
    try:
        yield connection
    except psycopg.Error as exc:
        raise StoreError(f"{shown(url)} failed: {one_line(exc)}") from exc
    finally:
        await connection.close()


async def _row(
    connection: Connection, statement: str, values: tuple[object, ...] = ()
) -> tuple[Any, ...]:
    cursor = await connection.execute(statement.encode(), values)
    row: tuple[Any, ...] | None = await cursor.fetchone()
    assert row is not None
    return row
