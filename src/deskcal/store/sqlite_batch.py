"""One group of mutations inside its transaction: applied in memory, then written at once.

Several changes of one event in a group leave as many change rows, but its index is written once.
"""

from collections.abc import Callable
from typing import Any, Self

import apsw
import msgspec
from msgspec import Struct

from deskcal.documents import (
    IndexRow,
    Record,
    decode_event,
    encode_event,
    index_row,
    record_of,
    sight_of,
)
from deskcal.errors import Conflict, DeskcalError
from deskcal.model import (
    ChangeType,
    Event,
    EventStatus,
    ParticipantStatus,
    due_time,
    trigger_time,
)
from deskcal.store import Mutation, Notification, NotificationKey, Retry

_INSERT_EVENT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE_EVENT = """
    UPDATE event SET collection_id = ?2, duration_class = ?3, start_time = ?4, end_time = ?5,
        type = ?6, status = ?7, customer_id = ?8, lead_id = ?9, login = ?10, document = ?11,
        due_time = ?12
    WHERE id = ?1"""
_UPDATE_DOCUMENT = "UPDATE event SET document = ?2, due_time = ?3 WHERE id = ?1"
_DELETE_EVENT = "DELETE FROM event WHERE id = ?"
_INSERT_MANAGER = "INSERT OR REPLACE INTO event_manager VALUES (?, ?, ?, ?, ?)"
_DELETE_MANAGER = """
    DELETE FROM event_manager
    WHERE manager_id = ? AND duration_class = ? AND start_time = ? AND event_id = ?"""
_INSERT_CHANGE = "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_COLLECTION = "INSERT INTO collection VALUES (?, ?, ?)"
_INSERT_KEY = "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)"
_DELETE_KEYS = """
    DELETE FROM idempotency WHERE (manager_id, key) IN (
        SELECT manager_id, key FROM idempotency WHERE time <= ? ORDER BY time LIMIT 1000)"""
_UPDATE_COUNTER = "UPDATE counter SET last_event_id = ?, last_seq = ?"
_SELECT_KEY = """
    SELECT i.digest, c.document FROM idempotency AS i JOIN change AS c ON c.seq = i.seq
    WHERE i.manager_id = ? AND i.key = ? AND i.time > ?"""
# Who had it already (1 sent, 2 read) is not told again: the row stays, and is not returned.
_NOTIFY = """
    INSERT INTO notification VALUES (?, ?, ?, ?, ?, 0, ?)
    ON CONFLICT DO UPDATE SET
        armed_time = excluded.armed_time, fired_time = excluded.fired_time,
        state = 0, state_time = excluded.state_time
    WHERE state NOT IN (1, 2) OR fired_time = 0
    RETURNING event_id, due_time, manager_id"""
_SELECT_DOCUMENT = "SELECT document FROM event WHERE id = ?"

SERVER = 0
"""The actor of what the server does on its own."""

Outcome = Any
"""A mutation's document or a job's result, or the `DeskcalError` that its caller gets instead."""


class Landing(Struct):
    """What one committed group leaves to the event loop: answers, and what is in memory now."""

    outcomes: list[Outcome]
    """In the order of the group."""
    records: dict[int, Record | None]
    """Events that the group changed; None: gone."""
    last_seq: int
    """Of the newest change."""
    earliest_due: int
    """Of the reminders that the group armed, Unix seconds; 0: none."""
    collections: dict[tuple[str, str], int]
    """Brands and desks that the group was the first to use."""
    reminded: list[int] = []
    """Managers whose reminders the group fired beside its mutations."""


class Numbers(Struct, frozen=True):
    """The numbers in use: the next ones of each kind follow."""

    last_event_id: int
    last_seq: int
    floor_seq: int
    """The newest change that was pruned."""
    collections: dict[tuple[str, str], int]
    """Number of each (brand, desk)."""

    @classmethod
    def read(cls, connection: apsw.Connection) -> Self:
        """As the database has them."""
        rows: Any = connection.execute("SELECT brand, desk, id FROM collection")
        collections = {(brand, desk): number for brand, desk, number in rows}
        counter = "SELECT last_event_id, last_seq, floor_seq FROM counter"
        event_id, seq, floor_seq = connection.execute(counter).get
        return cls(event_id, seq, floor_seq, collections)


class _Staged(Struct):
    """One event in the group: as it was before the group, as it is now."""

    before: Event | None
    after: Event | None
    document: bytes


class Job(Struct, frozen=True):
    """Something the server does on its own, in a transaction of its own."""

    run: "Callable[[apsw.Connection, Batch], Any]"


class Batch:
    """The group so far. Nothing is written before `write`, so what fails leaves no trace."""

    def __init__(
        self, connection: apsw.Connection, numbers: Numbers, *, retry_window_sec: int
    ) -> None:
        self._connection = connection
        self._before = numbers
        self._retry_window_sec = retry_window_sec
        self._last_event_id = numbers.last_event_id
        self._last_seq = numbers.last_seq
        self.floor_seq = numbers.floor_seq
        self._collections = dict(numbers.collections)
        self._staged: dict[int, _Staged] = {}
        self._changes: list[tuple[int, int, int, int, int, bytes]] = []
        self._keys: dict[tuple[int, str], tuple[bytes, bytes, int, int]] = {}
        self._reminded: list[int] = []
        self._only_fired: set[int] = set()

    @property
    def numbers(self) -> Numbers:
        """The numbers in use once the group is committed."""
        return Numbers(self._last_event_id, self._last_seq, self.floor_seq, self._collections)

    def apply(self, mutation: Mutation) -> Outcome:
        """The mutation's outcome, its effect staged; what its `change` raises is the outcome."""
        try:
            if mutation.retry is None:
                return self._change(mutation)
            return self._change_once(mutation, mutation.retry)
        except DeskcalError as exc:
            return exc

    def landing(self, outcomes: list[Outcome]) -> Landing:
        """What the group leaves to the event loop, once it is committed."""
        changed = {id_: s for id_, s in self._staged.items() if s.after is not s.before}
        records = {
            event_id: record_of(staged.document, staged.after) if staged.after else None
            for event_id, staged in changed.items()
        }
        due = [due_time(staged.after) for staged in changed.values() if staged.after]
        earliest = min(filter(None, due), default=0)
        collections = self.new_collections()
        return Landing(outcomes, records, self._last_seq, earliest, collections, self._reminded)

    def new_collections(self) -> dict[tuple[str, str], int]:
        """Brands and desks that this group was the first to use."""
        known = self._before.collections
        return {code: number for code, number in self._collections.items() if code not in known}

    def _change_once(self, mutation: Mutation, retry: Retry) -> bytes:
        """The first answer again, if this key has one; else the change, and the key kept."""
        key = (mutation.actor, retry.key)
        since = mutation.time - self._retry_window_sec
        kept = self._keys.get(key) or self._connection.execute(_SELECT_KEY, (*key, since)).get
        if kept is None:
            document = self._change(mutation)
            self._keys[key] = (retry.digest, document, self._last_seq, mutation.time)
            return document
        digest, document, *_ = kept
        retry.check(sight_of(decode_event(document)))
        if digest != retry.digest:
            raise Conflict(
                f"idempotency_key {retry.key!r} was used with other data; take a new key for "
                "another event",
                field="idempotency_key",
            )
        return bytes(document)

    def _change(self, mutation: Mutation) -> bytes:
        event_id = mutation.event_id or self._last_event_id + 1
        before = self.event(event_id)
        after = mutation.change(before, event_id)
        if after is before:
            return self._staged[event_id].document if before else b""
        self._last_event_id = max(self._last_event_id, event_id)
        document = self.stage(event_id, after, mutation.type, mutation.time, mutation.actor)
        if before and after and _was_about_to_fire(before, after):
            fired = self.notify(self.fire(after, mutation.time), mutation.time)
            self._reminded += [notification.key.manager_id for notification in fired]
        return document

    def fire(self, event: Event, now: int) -> list[Notification]:
        """Stages that the reminder of an armed event was sent; whom to `notify`."""
        due = trigger_time(event) or 0
        is_untouched = self._staged[event.id].before is event
        fired = msgspec.structs.replace(event, reminder_sent_time=now)
        document = self.stage(event.id, fired, ChangeType.UPDATED, now, SERVER)
        if is_untouched:
            self._only_fired.add(event.id)
        return [
            Notification(NotificationKey(event.id, due, row.manager_id), due, now, document)
            for row in event.participants
            if row.status != ParticipantStatus.DECLINED
        ]

    def notify(self, wanted: list[Notification], now: int) -> list[Notification]:
        """Writes the rows of what was fired; without those who had the same reminder before."""
        rows = [(*msgspec.structs.astuple(n.key), n.armed_time, now, now) for n in wanted]
        new: set[Any] = set(self._connection.executemany(_NOTIFY, rows))
        return [n for n in wanted if msgspec.structs.astuple(n.key) in new]

    def event(self, event_id: int) -> Event | None:
        """The event as the group has left it so far; None: there is none."""
        staged = self._staged.get(event_id)
        if staged is None:
            staged = self._staged[event_id] = self._stored(event_id)
        return staged.after

    def stage(
        self, event_id: int, after: Event | None, type_: ChangeType, time: int, actor: int
    ) -> bytes:
        """Takes up one change of an event that `event` gave; its document (its last, if gone)."""
        self._only_fired.discard(event_id)
        staged = self._staged[event_id]
        document = staged.document if after is None else encode_event(after)
        self._last_seq += 1
        self._changes.append((self._last_seq, event_id, int(type_), time, actor, document))
        self._staged[event_id] = _Staged(staged.before, after, document)
        if after is not None:
            self._collections.setdefault((after.brand, after.desk), len(self._collections) + 1)
        return document

    def take(self, event_id: int, document: bytes) -> Event:
        """`event`, of an event that was read from the database already."""
        event = decode_event(document)
        self._staged[event_id] = _Staged(event, event, document)
        return event

    def _stored(self, event_id: int) -> _Staged:
        document = None
        if event_id <= self._before.last_event_id:
            document = self._connection.execute(_SELECT_DOCUMENT, (event_id,)).get
        if document is None:
            return _Staged(None, None, b"")
        event = decode_event(document)
        return _Staged(event, event, document)

    def write(self) -> None:
        """Writes what was staged. Raises: apsw.Error."""
        if not self._changes:
            return
        codes = self.new_collections().items()
        self._run(_INSERT_COLLECTION, [(number, *code) for code, number in codes])
        self._write_events()
        self._run(_INSERT_CHANGE, self._changes)
        self._write_keys()
        self._run(_UPDATE_COUNTER, [(self._last_event_id, self._last_seq)])

    def _run(self, statement: str, rows: list[Any]) -> None:
        if rows:
            self._connection.executemany(statement, rows)

    def _write_events(self) -> None:
        added: list[tuple[int | bytes, ...]] = []
        changed: list[tuple[int | bytes, ...]] = []
        touched: list[tuple[int | bytes, ...]] = []
        gone: list[tuple[int]] = []
        managers_gone: list[tuple[int, ...]] = []
        managers_added: list[tuple[int, ...]] = []
        for event_id, staged in self._staged.items():
            if staged.after is staged.before:
                continue
            if event_id in self._only_fired:
                touched.append((event_id, staged.document, 0))
                continue
            before = index_row(staged.before) if staged.before else None
            after = index_row(staged.after) if staged.after else None
            if after is None:
                gone.append((event_id,))
            elif before is None:
                added.append(self._event_row(after, staged.document))
            elif _moved(before, after):
                changed.append(self._event_row(after, staged.document))
            else:
                touched.append((event_id, staged.document, after.due_time))
            old, new = _manager_rows(before), _manager_rows(after)
            managers_gone += old.keys() - new.keys()
            managers_added += [(*key, end) for key, end in new.items() if old.get(key) != end]
        self._run(_INSERT_EVENT, added)
        self._run(_UPDATE_EVENT, changed)
        self._run(_UPDATE_DOCUMENT, touched)
        self._run(_DELETE_MANAGER, managers_gone)
        self._run(_INSERT_MANAGER, managers_added)
        self._run(_DELETE_EVENT, gone)

    def _event_row(self, row: IndexRow, document: bytes) -> tuple[int | bytes, ...]:
        number = self._collections[row.brand, row.desk]
        return (
            row.event_id,
            number,
            row.duration_class,
            row.start_time,
            row.end_time,
            row.type,
            row.status,
            row.customer_id,
            row.lead_id,
            row.login,
            document,
            row.due_time,
        )

    def _write_keys(self) -> None:
        if not self._keys:
            return
        rows = [(*key, digest, seq, time) for key, (digest, _, seq, time) in self._keys.items()]
        self._run(_INSERT_KEY, rows)
        newest = max(row[-1] for row in rows)
        self._run(_DELETE_KEYS, [(newest - self._retry_window_sec,)])


def _was_about_to_fire(before: Event, after: Event) -> bool:
    """Whether a change between the due time and the firing would keep the reminder from firing.

    It was due, and is still the same; only that the event's end is past when it is changed.
    """
    if not due_time(before) or due_time(after) or after.reminder_sent_time:
        return False
    return after.status == EventStatus.OPEN and trigger_time(after) == trigger_time(before)


def _moved(before: IndexRow, after: IndexRow) -> bool:
    """Whether more than the document and its due time has changed."""
    return msgspec.structs.replace(before, due_time=0, managers=()) != msgspec.structs.replace(
        after, due_time=0, managers=()
    )


def _manager_rows(row: IndexRow | None) -> dict[tuple[int, int, int, int], int]:
    """The rows of `event_manager`: key to end_time."""
    if row is None:
        return {}
    place = (row.duration_class, row.start_time, row.event_id)
    return {(manager_id, *place): row.end_time for manager_id in row.managers}
