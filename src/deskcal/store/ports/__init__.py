"""Where events are kept: what every store offers, and the mutations it takes. No SQL here."""

from asyncio import Future
from collections.abc import Callable, Sequence, Sized
from typing import Protocol

from msgspec import Struct

from deskcal.core.claims import Claim
from deskcal.core.directory import Directory
from deskcal.core.document import Record
from deskcal.core.filters import EventFilter
from deskcal.core.free_busy import BusyTimes
from deskcal.core.masks import Mask
from deskcal.core.publisher import Publisher
from deskcal.core.series import Series
from deskcal.core.summary import GroupBy, SummaryGroup
from deskcal.core.visibility import Visibility
from deskcal.store.batch.objects import CalendarObject
from deskcal.store.lists.paged import PagedRows
from deskcal.store.lists.search import SearchStore
from deskcal.store.ports.calls import ClaimAnswer, ClaimStore
from deskcal.store.ports.devices import DeviceStore
from deskcal.store.ports.feed import FeedStore
from deskcal.store.ports.reminders import ReminderStore
from deskcal.store.ports.trash import TrashStore
from deskcal.store.ports.webhooks import WebhookStore
from deskcal.store.ports.work import Applied, Mutation, Transaction

Loaded = Callable[[Record | None, Exception | None], None]
"""`done(event, error)`, where one of the two is None; both: there is no such event."""


class StoreError(Exception):
    """The store can't be opened, read or written; str() says why and what to do."""


class Rows(Struct, frozen=True):
    """One list, as JSON text ready to send."""

    documents: list[bytes]
    """Documents joined by commas, in pieces of some hundred, a comma between two pieces."""
    count: int
    """All events that match and may be seen, whatever limit and offset are."""


class CheckReport(Struct):
    """What a check of a store found."""

    counts: dict[str, int]
    """Rows looked at, by table."""
    differences: list[str]
    """One sentence each; empty: index and documents agree."""


class DirectoryStore(Protocol):
    """Managers, desks and outcomes by name."""

    async def all(self) -> Directory:
        """Everything, managers by id, desks by brand and code, outcomes by code."""

    async def put(self, names: Directory) -> None:
        """Adds or replaces what `names` has, in one transaction."""


class SeriesStep(Struct, frozen=True):
    """What a batch did to one series."""

    series_id: int
    before: Series | None
    """None: there was none."""
    after: Series | None
    """None: nothing was left of it."""


class SeriesStore(Protocol):
    """Series; they are changed by transactions."""

    async def get(self, series_id: int) -> Series | None:
        """The series; None: there is none."""

    async def events(self, series_id: int) -> list[bytes]:
        """The documents of all events of a series, by id."""

    async def batch(self, batch_id: int) -> list[SeriesStep]:
        """What a batch of changes did to series, by id."""

    async def page(self, after: int, limit: int) -> list[Series]:
        """Up to `limit` series with an id above `after`, by id."""

    async def unended(self, before: int, limit: int) -> list[Series]:
        """Up to `limit` series that go on beyond a horizon before `before`, by horizon."""

    async def next_horizon(self) -> int | None:
        """The earliest horizon of a series that goes on; None: none does."""


class CalendarObjectStore(Protocol):
    """Calendar objects; they are changed by transactions."""

    async def get(self, owner_id: int, uid: str) -> CalendarObject | None:
        """The object of a UID; None: there is none."""

    async def named(self, owner_id: int, name: str) -> CalendarObject | None:
        """The object of a name; None: there is none."""

    async def of_names(self, owner_id: int, names: Sequence[str]) -> list[CalendarObject]:
        """An owner's objects that have one of these names."""

    async def all(self, owner_id: int) -> list[CalendarObject]:
        """All objects of an owner, by UID."""

    async def of_series(self, owner_id: int) -> list[CalendarObject]:
        """An owner's objects that are series, by series."""

    async def of(
        self, owner_id: int, event_ids: Sequence[int], series_ids: Sequence[int]
    ) -> list[CalendarObject]:
        """An owner's objects that are one of these events or series, or single occurrences."""


class Committed(Protocol):
    """What the rest of the server learns of a committed group."""

    last_seq: int
    earliest_due: int
    """Of the reminders that it armed, Unix seconds; 0: none."""
    reminded: list[int]
    """Managers of reminders that it fired, because a change came between due time and firing."""
    has_fired: bool
    """Whether there may be something to be `fetch_fired`."""


class Store(Protocol):
    """A place where events are kept. Every read sees every mutation that was answered before it."""

    feed: FeedStore
    reminders: ReminderStore
    directory: DirectoryStore
    series: SeriesStore
    claims: ClaimStore
    search: SearchStore
    objects: CalendarObjectStore
    trash: TrashStore
    webhooks: WebhookStore
    devices: DeviceStore
    commits: Publisher[Committed]
    """Publishes each committed group that changed something: a signal to look."""
    peek: Callable[[int], Record | None]
    """`peek(event_id)`: the event if it is cached; None: not cached, it may still exist."""

    @property
    def unsettled(self) -> Sized:
        """Committed groups that `settle` has not answered yet: always the same collection."""

    @property
    def waiting_mutations(self) -> int:
        """How many the writer has not begun with."""

    @property
    def cached_bytes(self) -> int:
        """Memory of cached documents, about."""

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event from the database; None: there is none. Raises: Unavailable."""

    def read(self, event_id: int, done: Loaded) -> None:
        """`load` for many readers: calls `done` later, once."""

    async def load_all(self, event_ids: Sequence[int]) -> list[Record]:
        """Those of the events that there are, from the cache or by few statements; in no order.

        Raises: Unavailable.
        """

    def mutate(self, mutation: Mutation) -> "Future[bytes]":
        """Queues `mutation` at once, in the order of the calls; its document once it is durable.

        Of a deletion: the last document. Raises: what `change` raises; Conflict for an
        idempotency_key that was used with other data; Unavailable when surely nothing was applied;
        Timeout when that is not known.
        """

    def transact(self, transaction: Transaction) -> "Future[Applied]":
        """Queues `transaction` at once, in the order of the calls, among the mutations.

        Raises: what `apply` raises; Unavailable and Timeout as `mutate`.
        """

    def claim(self, claim: Claim) -> "Future[ClaimAnswer]":
        """Queues `claim` at once, in the order of the calls, among the mutations.

        Raises: NotFound, Forbidden, Conflict for a named event; else as `mutate`.
        """

    def settle(self) -> None:
        """Answers the changes that are committed by now, ahead of the event loop's next turn."""

    def let_write(self) -> None:
        """Blocks for 5 ms at most, until the changes that wait are written, not yet committed.

        Of a writer in this process, which would wait for the interpreter's lock at each statement.
        The event loop calls it at the end of each of its turns in which something was queued.
        """

    async def list_events(self, wanted: EventFilter, visibility: Visibility) -> Rows:
        """Events that match every part of `wanted` and that `visibility` may see.

        Sorted by start_time, then id.
        Raises: InvalidField when the answer would be too large; Unavailable when it takes too long.
        Source: seed 000, "Desk Scope"; contract, section 6.
        """

    async def list_pages(self, wanted: EventFilter, visibility: Visibility) -> Rows | PagedRows:
        """The same; a long list in pages, all of one snapshot. Take them soon, or close them.

        It is paged only where its first documents make a too large answer unlikely.
        Raises: as `list_events`, before the first page; `PagedRows.take` says what comes after it.
        """

    async def summary(
        self, wanted: EventFilter, visibility: Visibility, group_by: GroupBy, now: int
    ) -> list[SummaryGroup]:
        """Counts of what a list of `wanted` has, without limit and what is archived, by key.

        Days come as `summary.by_day` takes them. Raises: Unavailable when it takes too long.
        """

    async def busy(
        self,
        manager_ids: Sequence[int],
        since: int,
        until: int,
        brands: Mask,
        exclude_event_id: int = 0,
    ) -> dict[int, BusyTimes]:
        """When each of these managers is busy within [since, until); without those who never are.

        Busy is who takes part (as the owner does) in an event with a length that makes busy
        (`free_busy.makes_busy`), of a brand that `brands` matches, and has not declined. The
        intervals are clipped and merged. `exclude_event_id`: an event that does not count.
        Raises: InvalidField when there are too many for an answer; Unavailable when it takes too
        long. Source: contract, section 7, MngGetCalendarFreeBusy.
        """

    async def remove_unused_collections(self) -> int:
        """Removes the rows of brands and desks that no event has any more; how many they were.

        Raises: Unavailable, also when other nodes write too much to be interrupted.
        """

    async def require_writable(self) -> None:
        """Raises: Unavailable while the database takes no changes at all, as it says itself."""

    async def close(self) -> None:
        """Commits what is queued and lets go of the database."""
