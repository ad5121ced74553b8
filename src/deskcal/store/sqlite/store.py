"""The embedded store: one process, one writing connection and several readers.

Hot documents are kept in memory, in a cache bounded in bytes; the rest is read by threads, so that
a slow disk never stops the event loop. A directory holds `deskcal.db`, its write-ahead log and
`deskcal.lock`, which keeps a second server out.
"""

import asyncio
import functools
import itertools
import math
import re
import threading
import time
from asyncio import Future
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import apsw
from msgspec import Struct

from deskcal.core.all_day import UTC
from deskcal.core.claims import Claim
from deskcal.core.document import Record, record_of
from deskcal.core.filters import EventFilter
from deskcal.core.free_busy import INTERVAL_BYTES, BusyTimes
from deskcal.core.masks import Mask
from deskcal.core.publisher import Publisher
from deskcal.core.summary import Group, GroupBy
from deskcal.core.visibility import Visibility
from deskcal.errors import DeskcalError, Timeout, Unavailable, without_frames
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import CommitResult
from deskcal.store.cache import RecordCache
from deskcal.store.lists import PIECE_ROWS, Collections
from deskcal.store.lists.search import SearchStore
from deskcal.store.ports import (
    CalendarObjectStore,
    Committed,
    DirectoryStore,
    FeedStore,
    Loaded,
    Rows,
    SeriesStore,
    StoreError,
)
from deskcal.store.ports.calls import ClaimAnswer, ClaimStore
from deskcal.store.ports.devices import DeviceStore
from deskcal.store.ports.reminders import ReminderStore
from deskcal.store.ports.trash import TrashStore
from deskcal.store.ports.webhooks import WebhookStore
from deskcal.store.ports.work import Applied, Mutation, Transaction, Work
from deskcal.store.sqlite.all_day import use_zones
from deskcal.store.sqlite.busy import BusyQuery, busy
from deskcal.store.sqlite.changes import SqliteFeed
from deskcal.store.sqlite.collections import remove_collections, unused_collections
from deskcal.store.sqlite.connection import connect_reader, connect_writer, lock_directory
from deskcal.store.sqlite.devices import SqliteDevices
from deskcal.store.sqlite.directory import SqliteDirectory
from deskcal.store.sqlite.group import Job, begin_timeline
from deskcal.store.sqlite.lapsed_claims import SqliteClaims
from deskcal.store.sqlite.lists import ListQuery, documents_of, list_query, parameters_of
from deskcal.store.sqlite.object_store import SqliteObjects
from deskcal.store.sqlite.reminders import SqliteReminders
from deskcal.store.sqlite.search import SqliteSearch
from deskcal.store.sqlite.series_store import SqliteSeries
from deskcal.store.sqlite.summary import summary, summary_query
from deskcal.store.sqlite.trash_store import SqliteTrash
from deskcal.store.sqlite.webhooks import SqliteWebhooks
from deskcal.store.sqlite.writer import Writer

LIST_READERS = 2
STEPS_BETWEEN_LOOKS = 20_000
"""Virtual machine steps of SQLite after which a reader looks whether its time is over."""

_Result = TypeVar("_Result")
_PAGE = re.compile(rf"(?:[0-9]+,?){{1,{PIECE_ROWS}}}")
"""Ids of one piece: cut out of the text of all, as 50,000 strings would take more than it."""


class _Pending(Struct):
    """A mutation or job on its way: its answer, and when its time is over (monotonic seconds)."""

    answer: "Future[Any]"
    until: float


class SqliteStore:
    """A `Store` on SQLite in a directory of its own."""

    def __init__(self, directory: Path, limits: Limits, lock: IO[str], *, vfs: str | None) -> None:
        """Use `open_sqlite`."""
        self._directory = directory
        self._vfs = vfs
        self._limits = limits
        self._lock = lock
        self._loop = asyncio.get_running_loop()
        self._cache = RecordCache(limits.cache_bytes)
        self.peek: Callable[[int], Record | None] = self._cache.get
        self._loading: dict[int, Future[Record | None]] = {}
        self._pending: dict[int, _Pending] = {}
        self._committed: deque[tuple[Sequence[Work | Job], CommitResult]] = deque()
        self._closing = False
        self.commits: Publisher[Committed] = Publisher()
        self._writer = Writer(
            lambda: connect_writer(directory, vfs),
            self._on_committed,
            max_group=limits.max_group,
            retry_window_sec=limits.retry_window_sec,
            escalate_after_sec=limits.escalate_after_sec,
        )
        self._collections = Collections()
        self._collections.add(self._writer.numbers.collections)
        self._reader = threading.local()
        self._points = ThreadPoolExecutor(1, "deskcal-point")
        self._changes = ThreadPoolExecutor(1, "deskcal-change")
        self._lists = ThreadPoolExecutor(LIST_READERS, "deskcal-list")
        read_changes = functools.partial(self._read, self._changes)
        self.feed: FeedStore = SqliteFeed(read_changes, self._job, self._writer.numbers)
        self.reminders: ReminderStore = SqliteReminders(
            read_changes, self._job, escalates=limits.escalate_after_sec > 0
        )
        self.series: SeriesStore = SqliteSeries(read_changes)
        self.objects: CalendarObjectStore = SqliteObjects(read_changes)
        self.directory: DirectoryStore = SqliteDirectory(read_changes, self._job)
        self.claims: ClaimStore = SqliteClaims(read_changes, self._job)
        read_lists = functools.partial(self._read, self._lists)
        self.trash: TrashStore = SqliteTrash(read_changes, self._job, limits)
        self.search: SearchStore = SqliteSearch(read_lists, self._job, self._collections)
        self.devices: DeviceStore = SqliteDevices(read_changes, self._job)
        self.webhooks: WebhookStore = SqliteWebhooks(read_changes, self._job)
        self._expiry = self._loop.call_later(1, self._expire)
        self._writer.start()

    @property
    def waiting_mutations(self) -> int:
        """The writer's queue."""
        return self._writer.waiting()

    @property
    def cached_bytes(self) -> int:
        """The size of the cache."""
        return self._cache.size_bytes

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event from the database, also into memory unless it changes meanwhile."""
        loading = self._loading.get(event_id)
        if loading is None:
            loading = asyncio.ensure_future(self._load(event_id))
            self._loading[event_id] = loading
        return asyncio.shield(loading)

    def read(self, event_id: int, done: Loaded) -> None:
        """`load`, and what comes of it."""

        def hand_on(loaded: "Future[Record | None]") -> None:
            error = cast(Exception | None, loaded.exception())
            done(loaded.result() if error is None else None, error)

        self.load(event_id).add_done_callback(hand_on)

    async def _load(self, event_id: int) -> Record | None:
        this = asyncio.current_task()
        try:
            document = await self._read(self._points, self._document, event_id)
        finally:
            unchanged = self._loading.get(event_id) is this
            if unchanged:
                self._loading.pop(event_id, None)
        record = None if document is None else record_of(document)
        if record is not None and unchanged:
            self._cache.put(event_id, record)
        return record

    async def load_all(self, event_ids: Sequence[int]) -> list[Record]:
        """The events; those that are not cached by one statement, and not into memory."""
        known = list(filter(None, map(self.peek, event_ids)))
        missing = [event_id for event_id in event_ids if self.peek(event_id) is None]
        documents = await self._read(self._points, self._documents, missing) if missing else []
        return [*known, *map(record_of, documents)]

    def _document(self, connection: apsw.Connection, event_id: int) -> bytes | None:
        statement = "SELECT document FROM event WHERE id = ?"
        return cast(bytes | None, connection.execute(statement, (event_id,)).get)

    def _documents(self, connection: apsw.Connection, event_ids: list[int]) -> list[bytes]:
        statement = "SELECT document FROM event WHERE id IN (SELECT value FROM json_each(?))"
        return [document for (document,) in connection.execute(statement, (str(event_ids),))]

    def mutate(self, mutation: Mutation) -> "Future[bytes]":
        """Queues `mutation` for the writer."""
        return self._put(mutation)

    def transact(self, transaction: Transaction) -> "Future[Applied]":
        """Queues `transaction` for the writer."""
        return self._put(transaction)

    def claim(self, claim: Claim) -> "Future[ClaimAnswer]":
        """Queues `claim` for the writer."""
        return self._put(claim)

    def _put(self, work: Work) -> "Future[Any]":
        answer: Future[Any] = self._loop.create_future()
        if self._closing:
            answer.set_exception(Unavailable("the server is stopping; nothing was applied"))
        elif self._writer.waiting() >= self._limits.max_queued_mutations:
            answer.set_exception(
                Unavailable("too many changes are waiting; nothing was applied, try again later")
            )
        else:
            until = self._loop.time() + self._limits.request_deadline_sec
            self._pending[id(work)] = _Pending(answer, until)
            self._writer.put(work)
        return answer

    async def _job(
        self, run: Callable[[apsw.Connection, Batch], _Result], changes_numbers: bool = False
    ) -> _Result:
        """`run` in a write transaction of its own; what it staged in the batch is written too."""
        job = Job(run, changes_numbers)
        answer: Future[_Result] = self._loop.create_future()
        self._pending[id(job)] = _Pending(answer, math.inf)
        self._writer.put_job(job)
        return await answer

    def _expire(self) -> None:
        """Answers every mutation whose time is over; checks again in a second.

        Deadlines rise in the order of the queue, so the first one that is still ahead ends the
        search. A job has none, and one that was answered stays until its group is committed.
        """
        now = self._loop.time()
        expired = itertools.takewhile(
            lambda entry: entry[1].until <= now,
            (entry for entry in self._pending.items() if entry[1].until < math.inf),
        )
        for key, pending in list(expired):
            withdrawn = self._writer.withdraw(key)
            if withdrawn:
                del self._pending[key]
            if not pending.answer.done():
                pending.answer.set_exception(
                    Unavailable("the change waited too long; it was not applied")
                    if withdrawn
                    else Timeout("the change took too long; its outcome is unknown")
                )
        self._expiry = self._loop.call_later(1, self._expire)

    def _on_committed(self, group: Sequence[Work | Job], result: CommitResult) -> None:
        """On the writer's thread: hands a committed group to the event loop."""
        self._committed.append((group, result))
        self._loop.call_soon_threadsafe(self.settle)

    def settle(self) -> None:
        """Answers the groups that the writer has left; a fault in one is not its caller's."""
        while self._committed:
            try:
                self._settle(*self._committed.popleft())
            except Exception as exc:
                self._loop.call_exception_handler({"message": "after a commit", "exception": exc})

    def _settle(self, group: Sequence[Work | Job], result: CommitResult) -> None:
        self._collections.add(result.collections)
        for event_id, record in result.records.items():
            self._loading.pop(event_id, None)
            self._cache.put(event_id, record)
        for mutation, outcome in zip(group, result.outcomes, strict=True):
            answer = self._pending.pop(id(mutation)).answer
            if answer.done():
                continue
            if isinstance(outcome, DeskcalError):
                answer.set_exception(without_frames(outcome))
            else:
                answer.set_result(outcome)
        if result.records:
            self.feed.last_seq = result.last_seq
            self.commits.publish(result)

    async def list_events(self, wanted: EventFilter, visibility: Visibility) -> Rows:
        """One statement a list, in one snapshot with its count."""
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return Rows([], 0)
        query = list_query(wanted, places, visibility.manager_id, self._collections.newest)
        return await self._read(self._lists, self._rows, query, wanted)

    def _rows(self, connection: apsw.Connection, query: ListQuery, wanted: EventFilter) -> Rows:
        with connection:
            ids = connection.execute(query.ids, query.parameters).get or ""
            found = ids.count(",") + 1 if ids else 0
            pieces = documents_of(connection, _PAGE.findall(ids), self._limits.max_answer_bytes)
            count = wanted.offset + found
            if found == wanted.limit or (not found and wanted.offset):
                count = connection.execute(query.count, query.parameters).get
        return Rows(pieces, count)

    async def summary(
        self, wanted: EventFilter, visibility: Visibility, group_by: GroupBy, now: int
    ) -> list[Group]:
        """One statement, on a thread of the lists."""
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return []
        known = self._collections.newest
        parameters = parameters_of(wanted, places, visibility.manager_id, known) | {"now": now}
        query = summary_query(wanted, places, group_by)
        return await self._read(self._lists, summary, query, parameters, group_by)

    async def busy(
        self,
        manager_ids: Sequence[int],
        since: int,
        until: int,
        brands: Mask,
        exclude_event_id: int = 0,
    ) -> dict[int, BusyTimes]:
        """One statement, on a thread of the lists."""
        places = await self._collections.select([brands], [])
        most = self._limits.max_answer_bytes // INTERVAL_BYTES
        newest = self._collections.newest
        query = BusyQuery(manager_ids, since, until, places, newest, most, exclude_event_id)
        return await self._read(self._lists, busy, query)

    async def _read(
        self, pool: ThreadPoolExecutor, read: Callable[..., _Result], *arguments: object
    ) -> _Result:
        """`read(connection, *arguments)` on a thread of `pool`, within the request's deadline."""
        until = time.monotonic() + self._limits.request_deadline_sec
        return await self._loop.run_in_executor(pool, self._read_until, until, read, arguments)

    def _read_until(
        self, until: float, read: Callable[..., _Result], arguments: tuple[object, ...]
    ) -> _Result:
        def is_over() -> bool:
            return time.monotonic() > until

        try:
            connection = self._reading_connection()
            connection.set_progress_handler(is_over, STEPS_BETWEEN_LOOKS)
            return read(connection, *arguments)
        except apsw.InterruptError as exc:
            raise Unavailable("the read took too long; ask for a shorter range") from exc
        except apsw.Error as exc:
            self._reader.__dict__.clear()
            raise Unavailable(f"the database failed: {exc}; try again later") from exc

    def _reading_connection(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._reader, "connection", None)
        if connection is None:
            connection = connect_reader(self._directory, self._vfs)
            self._reader.connection = connection
        return connection

    async def remove_unused_collections(self) -> int:
        """Candidates are found beside the writer, which only looks at changes since then."""
        unused = await self._read(self._lists, unused_collections)
        if not unused.numbers:
            return 0
        removed = await self._job(functools.partial(remove_collections, unused), True)
        self._collections.remove(removed)
        return len(removed)

    async def close(self) -> None:
        """Commits what is queued and lets go of the database.

        The writer goes last, since the last connection leaves the database without its log.
        """
        self._closing = True
        self._expiry.cancel()
        for pool in (self._points, self._changes, self._lists):
            await self._loop.run_in_executor(None, pool.shutdown)
        await self._loop.run_in_executor(None, self._writer.close)
        self._lock.close()


async def open_sqlite(
    directory: Path, limits: Limits, *, vfs: str | None = None, default_timezone: str = UTC
) -> SqliteStore:
    """The store in `directory`, made on first use.

    Raises: StoreError if another server uses it, or it is none of ours.
    """
    lock = lock_directory(directory)
    try:
        connection = connect_writer(directory, vfs)
        begin_timeline(connection, time.time())
        use_zones(connection, default_timezone)
        connection.close()
        return SqliteStore(directory, limits, lock, vfs=vfs)
    except apsw.Error as exc:
        lock.close()
        raise StoreError(f"the database in {directory} can't be opened: {exc}") from exc
    except StoreError:
        lock.close()
        raise
