"""The embedded store: one process, one writing connection and several readers.

Hot documents are kept in memory, in a cache bounded in bytes; the rest is read by threads, so that
a slow disk never stops the event loop. A directory holds `deskcal.db`, its write-ahead log and
`deskcal.lock`, which keeps a second server out.
"""

import asyncio
import functools
import itertools
import math
import time
from asyncio import Future
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

import apsw
from msgspec import Struct

from deskcal.core.all_day import UTC
from deskcal.core.claims import Claim
from deskcal.core.document import Record
from deskcal.core.filters import EventFilter
from deskcal.core.free_busy import INTERVAL_BYTES, BusyTimes
from deskcal.core.masks import Mask
from deskcal.core.publisher import Publisher
from deskcal.core.summary import GroupBy, SummaryGroup
from deskcal.core.visibility import Visibility
from deskcal.errors import DeskcalError, Timeout, Unavailable, without_frames
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.batch.writes import CommitResult
from deskcal.store.cache import RecordCache
from deskcal.store.lists import Collections
from deskcal.store.lists.paged import PagedRows
from deskcal.store.lists.search import SearchStore
from deskcal.store.ports import (
    CalendarObjectStore,
    Committed,
    DirectoryStore,
    Loaded,
    Rows,
    SeriesStore,
    StoreError,
)
from deskcal.store.ports.calls import ClaimAnswer, ClaimStore
from deskcal.store.ports.devices import DeviceStore
from deskcal.store.ports.feed import FeedStore
from deskcal.store.ports.reminders import ReminderStore
from deskcal.store.ports.trash import TrashStore
from deskcal.store.ports.webhooks import WebhookStore
from deskcal.store.ports.work import Applied, Mutation, Transaction, Work
from deskcal.store.sqlite.all_day import use_zones
from deskcal.store.sqlite.busy import BusyQuery, busy
from deskcal.store.sqlite.changes import SqliteFeed
from deskcal.store.sqlite.collections import remove_collections, unused_collections
from deskcal.store.sqlite.connection import (
    connect_writer,
    connect_writer_again,
    lock_directory,
    why,
)
from deskcal.store.sqlite.devices import SqliteDevices
from deskcal.store.sqlite.directory import SqliteDirectory
from deskcal.store.sqlite.group import Job, begin_timeline
from deskcal.store.sqlite.lapsed_claims import SqliteClaims
from deskcal.store.sqlite.list_reader import SqliteLists
from deskcal.store.sqlite.lists import parameters_of
from deskcal.store.sqlite.loads import Loads
from deskcal.store.sqlite.object_store import SqliteObjects
from deskcal.store.sqlite.readers import Readers
from deskcal.store.sqlite.reminders import SqliteReminders
from deskcal.store.sqlite.search import SqliteSearch
from deskcal.store.sqlite.series_store import SqliteSeries
from deskcal.store.sqlite.summary import summary, summary_query
from deskcal.store.sqlite.trash_store import SqliteTrash
from deskcal.store.sqlite.webhooks import SqliteWebhooks
from deskcal.store.sqlite.writer import Writer

_Result = TypeVar("_Result")


class _Pending(Struct):
    """A mutation or job on its way: its answer, and when its time is over (monotonic seconds)."""

    answer: "Future[Any]"
    until: float


class SqliteStore:
    """A `Store` on SQLite in a directory of its own."""

    def __init__(self, directory: Path, limits: Limits, lock: IO[str], *, vfs: str | None) -> None:
        """Use `open_sqlite`."""
        self._limits = limits
        self._lock = lock
        self._loop = asyncio.get_running_loop()
        self._cache = RecordCache(limits.cache_bytes)
        self.peek: Callable[[int], Record | None] = self._cache.get
        self._pending: dict[int, _Pending] = {}
        self.unsettled: deque[tuple[Sequence[Work | Job], CommitResult]] = deque()
        self._closing = False
        self._is_handing_over = False
        self.commits: Publisher[Committed] = Publisher()
        self._writer = Writer(
            lambda: connect_writer_again(directory, vfs),
            self._on_committed,
            max_group=limits.max_group,
            retry_window_sec=limits.retry_window_sec,
            escalate_after_sec=limits.escalate_after_sec,
            trash_retention_sec=limits.trash_retention_sec,
        )
        self._collections = Collections()
        self._collections.add(self._writer.numbers.collections)
        self._readers = Readers(directory, vfs, limits.request_deadline_sec)
        read_points = functools.partial(self._readers.read, self._readers.points)
        self._loads = Loads(read_points, self._cache)
        self.load: Callable[[int], Future[Record | None]] = self._loads.load
        self.read: Callable[[int, Loaded], None] = self._loads.read
        self._read_lists = functools.partial(self._readers.read, self._readers.lists)
        read_changes = functools.partial(self._readers.read, self._readers.changes)
        self.feed: FeedStore = SqliteFeed(read_changes, self._job, self._writer.numbers)
        self.reminders: ReminderStore = SqliteReminders(
            read_changes, self._job, escalates=limits.escalate_after_sec > 0
        )
        self.series: SeriesStore = SqliteSeries(read_changes)
        self.objects: CalendarObjectStore = SqliteObjects(read_changes)
        self.directory: DirectoryStore = SqliteDirectory(read_changes, self._job)
        self.claims: ClaimStore = SqliteClaims(read_changes, self._job)
        self._listed = SqliteLists(
            self._read_lists, self._readers.lists, self._readers.detach, self._collections, limits
        )
        self.trash: TrashStore = SqliteTrash(read_changes, self._job, limits)
        self.search: SearchStore = SqliteSearch(self._read_lists, self._job, self._collections)
        self.devices: DeviceStore = SqliteDevices(read_changes, self._job)
        self.webhooks: WebhookStore = SqliteWebhooks(read_changes, self._job, self.feed)
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

    async def load_all(self, event_ids: Sequence[int]) -> list[Record]:
        """The events; those that are not cached by one statement, and not into the cache."""
        return await self._loads.load_all(event_ids)

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
            if not self._is_handing_over:
                self._is_handing_over = True
                self._loop.call_soon(self.let_write)
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
        self.unsettled.append((group, result))
        self._loop.call_soon_threadsafe(self.settle)

    def let_write(self) -> None:
        """Hands over the changes of this turn, and waits for the statements of the writer."""
        self._is_handing_over = False
        self._writer.hand_over()
        self._writer.let_write()

    def settle(self) -> None:
        """Answers the groups that the writer has left; a fault in one is not its caller's."""
        if self.unsettled:
            self._writer.let_write()
        while self.unsettled:
            try:
                self._settle(*self.unsettled.popleft())
            except Exception as exc:
                self._loop.call_exception_handler({"message": "after a commit", "exception": exc})

    def _settle(self, group: Sequence[Work | Job], result: CommitResult) -> None:
        self._collections.add(result.collections)
        self._loads.put(result.records)
        self._loads.renew(result.fired)
        for mutation, outcome in zip(group, result.outcomes, strict=True):
            answer = self._pending.pop(id(mutation)).answer
            if answer.done():
                continue
            if isinstance(outcome, DeskcalError):
                answer.set_exception(without_frames(outcome))
            else:
                answer.set_result(outcome)
        self.feed.last_seq = max(self.feed.last_seq, result.last_seq)
        if result.records or result.fired:
            self.commits.publish(result)

    async def list_events(self, wanted: EventFilter, visibility: Visibility) -> Rows:
        """One statement a list, in one snapshot with its count."""
        return await self._listed.whole(wanted, visibility)

    async def list_pages(self, wanted: EventFilter, visibility: Visibility) -> Rows | PagedRows:
        """The same; a long list in pages, on a connection of its own."""
        return await self._listed.paged(wanted, visibility)

    async def summary(
        self, wanted: EventFilter, visibility: Visibility, group_by: GroupBy, now: int
    ) -> list[SummaryGroup]:
        """One statement, on a thread of the lists."""
        places = await self._collections.places(wanted, visibility)
        if places is None:
            return []
        known = self._collections.newest
        parameters = parameters_of(wanted, places, visibility.manager_id, known) | {"now": now}
        query = summary_query(wanted, places, group_by)
        return await self._read_lists(summary, query, parameters, group_by)

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
        return await self._read_lists(busy, query)

    async def remove_unused_collections(self) -> int:
        """Candidates are found while the writer works, which only looks at changes since then."""
        unused = await self._read_lists(unused_collections)
        if not unused.numbers:
            return 0
        removed = await self._job(functools.partial(remove_collections, unused), True)
        self._collections.remove(removed)
        return len(removed)

    async def require_writable(self) -> None:
        """Nothing is known of a disk before it is written to."""

    async def close(self) -> None:
        """Commits what is queued and lets go of the database.

        The writer goes last, since the last connection leaves the database without its log.
        """
        self._closing = True
        self._expiry.cancel()
        self._writer.hand_over()
        await self._listed.close()
        await self._readers.close()
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
        raise StoreError(f"the database in {directory} can't be opened: {why(exc)}") from exc
    except StoreError:
        lock.close()
        raise
