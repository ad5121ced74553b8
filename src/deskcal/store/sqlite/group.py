"""A group on the embedded store: what it finds there, and the SQL that writes it."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Self

import apsw
import msgspec
from msgspec import Struct

from deskcal.core.all_day import UTC
from deskcal.core.document import decode_event
from deskcal.core.event import Event
from deskcal.core.outcomes import Outcome
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.objects import CalendarObject, ObjectKey
from deskcal.store.batch.timeline import Gap, next_gap
from deskcal.store.batch.writes import (
    Collection,
    CommitResult,
    KeptAnswer,
    RetryKey,
    WorkOutcome,
    Writes,
    batch_id_of,
)
from deskcal.store.columns import PLACED, EventRow
from deskcal.store.sqlite.all_day import used_timezone
from deskcal.store.sqlite.claims import SqliteCalls
from deskcal.store.sqlite.done_time import keep_done_times
from deskcal.store.sqlite.fired import UPDATE_DOCUMENT, write_fired, write_notifications
from deskcal.store.sqlite.many_rows import insert_rows
from deskcal.store.sqlite.objects import stored_object, write_objects
from deskcal.store.sqlite.outcomes import read_outcomes
from deskcal.store.sqlite.series import series_document, series_events, write_series
from deskcal.store.sqlite.trash import put_in_trash, take_out_of_trash, trashed_document

MAX_EVENT_ID = 2**53 - 1

_COLUMNS = (*PLACED, "document")
INSERT_EVENT = f"""
    INSERT INTO event (id, {", ".join(_COLUMNS)})
    VALUES ({", ".join(["?"] * (1 + len(_COLUMNS)))})"""  # noqa: S608
_DELETE_EVENT = "DELETE FROM event WHERE id = ?"
_INSERT_MANAGER = "INSERT OR REPLACE INTO event_manager VALUES (?, ?, ?, ?, ?)"
_DELETE_MANAGER = """
    DELETE FROM event_manager
    WHERE manager_id = ? AND duration_class = ? AND start_time = ? AND event_id = ?"""
_INSERT_CHANGE = """
    INSERT INTO change (seq, event_id, type, time, actor, batch_id, document)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_INSERT_COLLECTION = "INSERT INTO collection VALUES (?, ?, ?)"
_INSERT_KEY = "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)"
_DELETE_KEYS = """
    DELETE FROM idempotency WHERE (manager_id, key) IN (
        SELECT manager_id, key FROM idempotency WHERE time <= ? ORDER BY time LIMIT 1000)"""
_UPDATE_COUNTER = "UPDATE counter SET last_event_id = ?, last_seq = ?"
_SELECT_KEY = """
    SELECT i.digest, c.document FROM idempotency AS i JOIN change AS c ON c.seq = i.seq
    WHERE i.manager_id = ? AND i.key = ? AND i.time > ?"""
_SET_FIRED = """
    UPDATE notification SET fired_time = ?, state_time = ?
    WHERE event_id = ? AND due_time = ? AND manager_id = ? AND level = ?"""
_INSERT_ESCALATION = "INSERT INTO escalation VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_SELECT_DOCUMENT = "SELECT document FROM event WHERE id = ?"
_SELECT_DOCUMENTS = """
    SELECT e.id, e.document FROM json_each(?) AS x CROSS JOIN event AS e ON e.id = x.value"""


@functools.lru_cache(maxsize=256)
def _update_of(columns: tuple[int, ...]) -> str:
    """The statement that sets the document of an event, and these columns of `PLACED`."""
    values = "".join(f", {PLACED[column]} = ?{n}" for n, column in enumerate(columns, 3))
    return f"UPDATE event SET document = ?1{values} WHERE id = ?2"  # noqa: S608


def _placed(row: EventRow, numbers: dict[Collection, int]) -> tuple[Any, ...]:
    """What the columns of `PLACED` hold; `numbers`: of the collections."""
    return (numbers[row.brand, row.desk], *row.values)


class Numbers(Struct, frozen=True):
    """The numbers in use: the next ones of each kind follow."""

    last_event_id: int
    last_seq: int
    floor_seq: int
    """The newest change that was pruned when the database was opened."""
    collections: dict[Collection, int]
    """Number of each (brand, desk)."""
    last_collection: int
    """The highest number of a collection that there ever was while the store is open."""
    gaps: tuple[Gap, ...] = ()
    """As they were when the database was opened."""
    default_timezone: str = UTC
    """Of all-day events that name no zone."""

    @classmethod
    def read(cls, connection: apsw.Connection, last_collection: int = 0) -> Self:
        """As the database has them, and no new collection with a number up to `last_collection`."""
        rows: Any = connection.execute("SELECT brand, desk, id FROM collection")
        collections = {(brand, desk): number for brand, desk, number in rows}
        counter = "SELECT last_event_id, last_seq, floor_seq FROM counter"
        event_id, seq, floor_seq = connection.execute(counter).get
        newest = max(collections.values(), default=0)
        gaps: Any = connection.execute("SELECT lower, upper FROM cursor_gap").fetchall()
        last_collection = max(newest, last_collection)
        zone = used_timezone(connection)
        return cls(event_id, seq, floor_seq, collections, last_collection, tuple(gaps), zone)


def begin_timeline(connection: apsw.Connection, now: float) -> None:
    """Has the numbers of changes go on where no timeline has been. Source: docs/decisions/0014."""
    with connection:
        gap = next_gap(connection.execute("SELECT last_seq FROM counter").get, now)
        if gap is not None:
            connection.execute("INSERT INTO cursor_gap VALUES (?, ?)", gap)
            connection.execute("UPDATE counter SET last_seq = ?", gap[1:])


class Job(Struct, frozen=True):
    """Something the server does on its own, in a transaction of its own."""

    run: Callable[[apsw.Connection, Batch], Any]
    changes_numbers: bool = False
    """Whether `Numbers` are to be read again afterwards."""


class _Stored(Struct, frozen=True):
    """What is in the database before the group: a `Stored`.

    Apart from `SqliteBatch`, as the two would otherwise keep each other, and with them the
    documents of every group, in memory until the garbage collector runs.
    """

    connection: apsw.Connection
    last_event_id: int
    calls: SqliteCalls
    documents: dict[int, bytes] = {}
    """What `prepare` has read."""

    def prepare(self, event_ids: Sequence[int]) -> None:
        """Reads them with one statement: each one lets go of the interpreter's lock."""
        if len(event_ids) > 1:
            text = msgspec.json.encode(event_ids).decode()
            rows: Any = self.connection.execute(_SELECT_DOCUMENTS, (text,))
            self.documents.update(rows)

    def event(self, event_id: int) -> tuple[Event, bytes] | None:
        """The stored event."""
        if event_id > self.last_event_id:
            return None
        known = self.calls.events.get(event_id)
        if known is not None:
            return known
        document = self.documents.get(event_id)
        if document is None:
            document = self.connection.execute(_SELECT_DOCUMENT, (event_id,)).get
        return None if document is None else (decode_event(document), document)

    def trashed(self, event_id: int, since: int) -> bytes | None:
        """The last document of an event that was deleted then or later."""
        return trashed_document(self.connection, event_id, since)

    def kept(self, key: RetryKey, since: int) -> tuple[bytes, bytes] | None:
        """Digest and first answer of a key."""
        kept: tuple[bytes, bytes] | None = self.connection.execute(_SELECT_KEY, (*key, since)).get
        return kept

    def series(self, series_id: int) -> bytes | None:
        """The document of a series."""
        return series_document(self.connection, series_id)

    def series_documents(self, series_id: int) -> dict[int, bytes]:
        """The documents of its events."""
        return series_events(self.connection, series_id)

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        """The object of an owner and UID."""
        return stored_object(self.connection, key)

    def outcomes(self) -> list[Outcome]:
        """The directory's outcomes."""
        return read_outcomes(self.connection)


class SqliteBatch:
    """A group inside its transaction; `write` ends what is applied to `staged`."""

    def __init__(
        self,
        connection: apsw.Connection,
        numbers: Numbers,
        *,
        retry_window_sec: int,
        escalate_after_sec: int = 0,
        trash_retention_sec: int = 0,
    ) -> None:
        self._connection = connection
        self._before = numbers
        self._retry_window_sec = retry_window_sec
        self._escalate_after_sec = escalate_after_sec
        self._new_collections: dict[Collection, int] = {}
        new_ids = range(numbers.last_event_id + 1, MAX_EVENT_ID + 1)
        calls = SqliteCalls(connection, numbers.collections)
        stored = _Stored(connection, numbers.last_event_id, calls)
        self.staged = Batch(
            stored,
            new_ids,
            retry_window_sec=retry_window_sec,
            trash_retention_sec=trash_retention_sec,
            default_timezone=numbers.default_timezone,
        )

    @property
    def numbers(self) -> Numbers:
        """The numbers in use once the group is committed; one that is empty has taken none."""
        used = 0 if self.staged.is_empty else self.staged.ids_used
        last_event_id = self._before.last_event_id + used
        before, new = self._before, self._new_collections
        return Numbers(
            last_event_id,
            self._last_seq,
            before.floor_seq,
            self._collections,
            before.last_collection + len(new),
            before.gaps,
            before.default_timezone,
        )

    @property
    def _last_seq(self) -> int:
        return self._before.last_seq + self.staged.number_count

    def commit_result(self, outcomes: list[WorkOutcome]) -> CommitResult:
        """What the group leaves to the event loop, once it is committed."""
        return self.staged.commit_result(outcomes, self._last_seq, self._new_collections)

    def write(self) -> None:
        """Writes what was staged. Raises: apsw.Error."""
        if self.staged.is_empty:
            return
        writes = self.staged.writes()
        base = self._before.last_seq
        if self.staged.firings.events:
            assert not writes.changes, "a job that fires reminders changes no other event"
            write_fired(self._connection, base, self.staged.firings)
        else:
            trashed, restored = writes.deletions()
            self._write_collections(writes)
            keep_done_times(self._run, writes.ended)
            put_in_trash(self._run, trashed)
            self._write_events(writes)
            self._write_changes(writes, base)
            take_out_of_trash(self._run, restored, writes.done_in_trash)
        self._write_keys(writes.keys)
        self._run(_UPDATE_COUNTER, [(self.numbers.last_event_id, self._last_seq)])
        self._write_notifications(writes)
        write_objects(self._run, writes.objects)
        write_series(self._run, writes.series, base, has_changes=bool(writes.changes))

    def _write_changes(self, writes: Writes, base: int) -> None:
        changes = [
            (seq, event_id, type_, time, actor, batch and batch_id_of(batch, base), document)
            for seq, (event_id, type_, time, actor, batch, document) in enumerate(
                writes.changes, base + 1
            )
        ]
        insert_rows(self._connection, _INSERT_CHANGE, changes)

    def _write_collections(self, writes: Writes) -> None:
        new, last = self._new_collections, self._before.last_collection
        for code in writes.collections():
            if code not in self._before.collections and code not in new:
                new[code] = last + len(new) + 1
        self._run(_INSERT_COLLECTION, [(number, *code) for code, number in new.items()])

    @property
    def _collections(self) -> dict[Collection, int]:
        before, new = self._before.collections, self._new_collections
        return before | new if new else before

    def _run(self, statement: str, rows: list[Any]) -> None:
        if rows:
            self._connection.executemany(statement, rows)

    def _write_events(self, writes: Writes) -> None:
        numbers = self._collections
        added = [
            (row.event_id, numbers[row.brand, row.desk], *row.values, document)
            for row, document in writes.added
        ]
        insert_rows(self._connection, INSERT_EVENT, added)
        self._write_moved(writes, numbers)
        self._run(UPDATE_DOCUMENT, writes.touched)
        self._run(_DELETE_MANAGER, writes.managers_gone)
        insert_rows(self._connection, _INSERT_MANAGER, writes.managers_added)
        self._run(_DELETE_EVENT, [(event_id,) for event_id in writes.gone])

    def _write_moved(self, writes: Writes, numbers: dict[Collection, int]) -> None:
        """Names the columns that change: SQLite rewrites every index of those that are named."""
        rows: dict[tuple[int, ...], list[Any]] = {}
        for row, document, columns in writes.moved:
            placed = _placed(row, numbers)
            values = (document, row.event_id, *[placed[n] for n in columns])
            rows.setdefault(columns, []).append(values)
        for columns, found in rows.items():
            self._run(_update_of(columns), found)

    def _write_notifications(self, writes: Writes) -> None:
        astuple = msgspec.structs.astuple
        woken = [(n.fired_time, n.fired_time, *astuple(n.key)) for n in writes.woken]
        self._run(_SET_FIRED, woken)
        if writes.notifications:
            self.staged.notifications.written(
                write_notifications(self._connection, writes.notifications)
            )
            self._run(_INSERT_ESCALATION, writes.escalations(self._escalate_after_sec))

    def _write_keys(self, keys: dict[RetryKey, KeptAnswer]) -> None:
        if not keys:
            return
        base = self._before.last_seq
        rows = [(*key, kept.digest, base + kept.number, kept.time) for key, kept in keys.items()]
        self._run(_INSERT_KEY, rows)
        newest = max(row[-1] for row in rows)
        self._run(_DELETE_KEYS, [(newest - self._retry_window_sec,)])
