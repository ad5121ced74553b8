"""The store that nodes share: one PostgreSQL, a writer and a pool of readers for each node.

Nothing is answered from memory, so that every read sees what any node has answered before it;
reads that wait at the same moment share a statement. See docs/decisions/0012.
"""

import asyncio
import functools
from asyncio import Future
from collections.abc import Callable, Sequence

import psycopg
from psycopg_pool import AsyncConnectionPool

from deskcal.core.all_day import UTC
from deskcal.core.claims import Claim
from deskcal.core.document import Record
from deskcal.core.filters import EventFilter
from deskcal.core.free_busy import INTERVAL_BYTES, BusyTimes
from deskcal.core.masks import Mask
from deskcal.core.publisher import Publisher
from deskcal.core.summary import GroupBy, SummaryGroup
from deskcal.core.visibility import Visibility
from deskcal.errors import Unavailable
from deskcal.limits import Limits
from deskcal.store.batch.writes import CommitResult
from deskcal.store.lists import Collections
from deskcal.store.lists.paged import FIRST_ROWS, PagedLists, PagedRows
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
from deskcal.store.ports.work import Applied, Mutation, Transaction
from deskcal.store.postgres.all_day import use_zones
from deskcal.store.postgres.busy import BusyQuery, busy
from deskcal.store.postgres.changes import PostgresFeed
from deskcal.store.postgres.collections import remove_unused
from deskcal.store.postgres.connection import Connection, connect, require_writable
from deskcal.store.postgres.devices import PostgresDevices
from deskcal.store.postgres.directory import PostgresDirectory
from deskcal.store.postgres.lapsed_claims import PostgresClaims
from deskcal.store.postgres.list_reader import ListRead, list_rows, put_pages
from deskcal.store.postgres.listener import PostgresListener
from deskcal.store.postgres.loads import Loads
from deskcal.store.postgres.locks import hold_for_serving
from deskcal.store.postgres.objects import PostgresObjects
from deskcal.store.postgres.pool import Reader, open_pool
from deskcal.store.postgres.reminders import PostgresReminders
from deskcal.store.postgres.schema import migrate
from deskcal.store.postgres.search import PostgresSearch
from deskcal.store.postgres.series import PostgresSeries
from deskcal.store.postgres.summary import summary
from deskcal.store.postgres.trash import PostgresTrash
from deskcal.store.postgres.url import one_line, shown
from deskcal.store.postgres.webhooks import PostgresWebhooks
from deskcal.store.postgres.writer import Writer
from deskcal.store.postgres.zones import warn_of_zones

MAX_SNAPSHOTS = 2
"""Lists that keep a connection until their pages are taken."""
READERS_FOR_A_SNAPSHOT = 3
"""Connections of readers for each of these, so that other reads find one."""


class PostgresStore:
    """A `Store` on PostgreSQL: one node of it."""

    def __init__(
        self,
        url: str,
        pool: AsyncConnectionPool[Connection],
        limits: Limits,
        default_timezone: str,
    ) -> None:
        """Use `open_postgres`."""
        self._pool = pool
        self._limits = limits
        self._read = Reader(pool, limits.request_deadline_sec)
        self._loads = Loads(self._read, limits)
        self.read: Callable[[int, Loaded], None] = self._loads.read
        connect_writer = functools.partial(connect, url, limits)
        self._writer = Writer(connect_writer, self._on_committed, limits, default_timezone)
        self._collections = Collections()
        self._paged = PagedLists(min(MAX_SNAPSHOTS, pool.max_size // READERS_FOR_A_SNAPSHOT))
        self.commits: Publisher[Committed] = Publisher()
        self.peek: Callable[[int], Record | None] = lambda _: None
        self._feed = PostgresFeed(self._read, self._writer.job)
        self.feed: FeedStore = self._feed
        reminders = PostgresReminders(
            self._read, self._writer.job, escalates=limits.escalate_after_sec > 0
        )
        self.reminders: ReminderStore = reminders
        self.series: SeriesStore = PostgresSeries(self._read)
        self.objects: CalendarObjectStore = PostgresObjects(self._read)
        self.directory: DirectoryStore = PostgresDirectory(self._read, self._writer.job)
        self.claims: ClaimStore = PostgresClaims(self._read, self._writer.job)
        self.trash: TrashStore = PostgresTrash(self._read, self._writer.job, limits)
        self.search: SearchStore = PostgresSearch(self._read, self._collections)
        self.devices: DeviceStore = PostgresDevices(self._read, self._writer.job)
        self.webhooks: WebhookStore = PostgresWebhooks(self._read, self._writer.job, self._feed)
        self._listener = PostgresListener(
            functools.partial(_connect_for_serving, url, limits),
            self._feed,
            reminders,
            self.commits.publish,
        )

    async def start(self) -> None:
        """Begins to listen for the other nodes. Raises: StoreError, psycopg.Error."""
        await self._listener.start()
        await self._writer.start()
        await self._read(warn_of_zones)

    @property
    def waiting_mutations(self) -> int:
        """The writer's queue."""
        return self._writer.waiting

    @property
    def cached_bytes(self) -> int:
        """Decoded documents: a read fetches the text, and decodes it only if it is another one."""
        return self._loads.known_bytes

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event, by the next statement that begins."""
        return self._loads.load(event_id)

    async def load_all(self, event_ids: Sequence[int]) -> list[Record]:
        """The events, as those that are loaded one by one."""
        found = await asyncio.gather(*map(self.load, event_ids))
        return [record for record in found if record is not None]

    def mutate(self, mutation: Mutation) -> "Future[bytes]":
        """Queues `mutation` for the writer."""
        return self._writer.put(mutation)

    def transact(self, transaction: Transaction) -> "Future[Applied]":
        """Queues `transaction` for the writer."""
        return self._writer.put(transaction)

    def claim(self, claim: Claim) -> "Future[ClaimAnswer]":
        """Queues `claim` for the writer."""
        return self._writer.put(claim)

    @property
    def unsettled(self) -> tuple[()]:
        """Never any: the event loop itself commits."""
        return ()

    def settle(self) -> None:
        """Does nothing."""

    def let_write(self) -> None:
        """Nothing: the database writes."""

    async def list_events(self, wanted: EventFilter, visibility: Visibility) -> Rows:
        """The rows and their count, in one snapshot."""
        rows: Rows = await self._read(list_rows, self._list_read(wanted, visibility))
        return rows

    async def list_pages(self, wanted: EventFilter, visibility: Visibility) -> Rows | PagedRows:
        """The same; a long list in pages, on a connection that it keeps until they are taken."""
        if wanted.limit < FIRST_ROWS or self._paged.is_full:
            return await self.list_events(wanted, visibility)
        read = self._list_read(wanted, visibility)
        return await self._paged.begin(functools.partial(self._read, put_pages, read))

    def _list_read(self, wanted: EventFilter, visibility: Visibility) -> ListRead:
        return ListRead(wanted, visibility, self._collections, self._limits.max_answer_bytes)

    async def summary(
        self, wanted: EventFilter, visibility: Visibility, group_by: GroupBy, now: int
    ) -> list[SummaryGroup]:
        """One statement, in one snapshot with the collections."""
        found: list[SummaryGroup] = await self._read(
            summary, wanted, visibility, self._collections, group_by, now
        )
        return found

    async def busy(
        self,
        manager_ids: Sequence[int],
        since: int,
        until: int,
        brands: Mask,
        exclude_event_id: int = 0,
    ) -> dict[int, BusyTimes]:
        """The database finds and merges them."""
        most = self._limits.max_answer_bytes // INTERVAL_BYTES
        query = BusyQuery(manager_ids, since, until, most, exclude_event_id)
        found: dict[int, BusyTimes] = await self._read(busy, query, brands, self._collections)
        return found

    async def remove_unused_collections(self) -> int:
        """Other nodes may go on remembering them, which costs them nothing but memory."""
        removed = await remove_unused(self._read, self._writer.job)
        self._collections.remove(removed)
        return len(removed)

    async def require_writable(self) -> None:
        """Asks a connection of readers, and what the writer knows of its own."""
        if self._writer.why_away:
            raise Unavailable(self._writer.why_away)
        await self._read(require_writable)

    def _on_committed(self, result: CommitResult) -> None:
        self._feed.saw(result.last_seq, 0)
        self.commits.publish(result)

    async def close(self) -> None:
        """Commits what is queued and lets go of the database."""
        await self._listener.close()
        await self._writer.close()
        await self._paged.close()
        await self._read.close()
        await self._pool.close()


async def open_postgres(url: str, limits: Limits, *, default_timezone: str = UTC) -> PostgresStore:
    """The store in the database that `url` names, its tables made on first use.

    Raises: StoreError if it can't be reached, is none of ours, or of a newer deskcal.
    """
    try:
        connection = await connect(url, limits)
        try:
            await migrate(connection)
            await use_zones(connection, default_timezone)
        finally:
            await connection.close()
        pool = open_pool(url, limits)
        await pool.open()
        store = PostgresStore(url, pool, limits, default_timezone)
        try:
            await store.start()
        except BaseException:
            await store.close()
            raise
    except psycopg.Error as exc:
        raise StoreError(f"{shown(url)} can't be opened: {one_line(exc)}") from exc
    return store


async def _connect_for_serving(url: str, limits: Limits) -> Connection:
    """A connection that keeps imports away while it lasts. Raises: StoreError, psycopg.Error."""
    connection = await connect(url, limits)
    try:
        await hold_for_serving(connection)
    except BaseException:
        await connection.close()
        raise
    return connection
