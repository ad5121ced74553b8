"""Where events are kept: what every store offers, and the mutations it takes. No SQL here."""

from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from deskcal.core.directory import Directory
from deskcal.core.document import EventScope, Record
from deskcal.core.event import ChangeType, Event
from deskcal.core.filters import EventFilter
from deskcal.core.free_busy import Interval
from deskcal.core.masks import Mask
from deskcal.core.visibility import Visibility
from deskcal.store.reminder_ports import ReminderStore

_Result = TypeVar("_Result")


class StoreError(Exception):
    """The store can't be opened, read or written; str() says why and what to do."""


Change = Callable[[Event | None, int], Event | None]
"""`change(event, event_id)`: the event as it is to be; None: gone; the same one: nothing to write.

Pure, and called inside the write transaction on the event as it is there (None: there is none).
What it raises is the mutation's answer, and nothing is written.
"""


class Retry(Struct, frozen=True):
    """An idempotency_key: the same key and data again get the first answer again."""

    key: str
    digest: bytes
    """Of the data that were sent."""
    check: Callable[[EventScope], None]
    """Raises what the caller is told instead of an answer that is not theirs any more."""


class Mutation(Struct, frozen=True):
    """One change that somebody asked for."""

    event_id: int
    """0: a new event, the store gives it an id."""
    type: ChangeType
    """What the change row says, if there is anything to write."""
    actor: int
    time: int
    """Unix seconds."""
    change: Change
    retry: Retry | None = None


class Changes(Protocol):
    """What a transaction reads and changes; nothing of it is written if it raises."""

    def event(self, event_id: int) -> Event | None:
        """The event as it is now, this transaction's changes included; None: there is none.

        Raises: LookupError for an id that is neither among `event_ids` nor added here.
        """

    def add(self, make: Callable[[int], Event]) -> bytes:
        """Adds `make(event_id)`; its document."""

    def put(self, event_id: int, after: Event | None, type_: ChangeType) -> bytes:
        """Replaces an event that `event` gave; None deletes it. The same event changes nothing.

        Its document; of a deletion, its last one.
        """

    def mutate(self, mutation: Mutation) -> bytes:
        """Applies a mutation as a part of this transaction; its document, as of `Store.mutate`."""

    def attempt(self, apply: Callable[[], _Result]) -> _Result:
        """`apply()`; where it raises, what it changed is undone, and the transaction may go on."""


class Transaction(Struct, frozen=True):
    """Changes of several events, all or none, with one `batch_id`. Source: contract, section 15."""

    event_ids: Sequence[int]
    """Events that `apply` may read or change; they are locked before it is called."""
    new_events: int
    """How many events it adds, at most."""
    actor: int
    time: int
    """Unix seconds."""
    apply: Callable[[Changes], Any]
    """Pure, and called inside the write transaction. What it raises is the answer, and nothing is
    written; what it returns is `Applied.value`."""
    keys: Sequence[tuple[int, str]] = ()
    """Manager and idempotency_key of the mutations that it may apply."""
    batch_id: int = 0
    """Of an earlier transaction whose batch this one goes on with; 0: a batch of its own."""

    @property
    def size(self) -> int:
        """Events that it may change."""
        return len(self.event_ids) + self.new_events


class Applied(Struct):
    """A transaction that is durable."""

    value: Any
    """What `Transaction.apply` returned."""
    batch_id: int
    """The `seq` of the first change of the batch; 0: nothing was changed."""


Work = Mutation | Transaction
"""What a writer commits."""


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


class StoredChange(Struct, frozen=True):
    """One change of one event, as the feed and the history read it."""

    seq: int
    type: ChangeType
    time: int
    """Unix seconds."""
    actor: int
    """Manager of the session that changed it; 0: the server, which fired its reminder."""
    event_id: int
    document: bytes
    """The event after the change; of a deletion: as it was last."""
    before: bytes | None
    """The event before the change; None: it was added, or what was before is not kept any more."""
    batch_id: int
    """The `seq` of the first change of its batch; its own where it was changed alone."""


class FeedStore(Protocol):
    """The change table."""

    last_seq: int
    """Of the newest change that was answered, as far as this node has heard; see `refresh`."""
    floor_seq: int
    """Cursors before this one can't be resumed from."""

    async def refresh(self) -> None:
        """Brings both numbers up to what any node had answered before the call.

        Raises: Unavailable.
        """

    async def changes(self, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes after `since`, in order of `seq`, which is commit order.

        Fewer when they are large; none beyond `last_seq`, and at least one when there is one.
        Raises: ResyncRequired if some after `since` are not kept any more.
        """

    async def history(self, event_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of one event after `since`, in order."""

    async def batch(self, batch_id: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of a batch, in order; none if it is not kept any more."""

    async def newest(self, event_id: int) -> StoredChange | None:
        """The last change of one event, also of a deleted one; None: none is kept."""

    async def prune(self, before: int, limit: int) -> int:
        """Forgets up to `limit` changes older than `before` (Unix seconds); how many they were.

        The newest change of an event that is still there stays.
        """


class DirectoryStore(Protocol):
    """Managers, desks and outcomes by name."""

    async def all(self) -> Directory:
        """Everything, managers by id, desks by brand and code, outcomes by code."""

    async def put(self, names: Directory) -> None:
        """Adds or replaces what `names` has, in one transaction."""


class Committed(Protocol):
    """What a committed group tells the rest of the server."""

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
    on_commit: Callable[[Committed], None]
    """Called after each committed group that changed something: a nudge to look."""
    peek: Callable[[int], Record | None]
    """`peek(event_id)`: the event if it is at hand in memory; None says nothing."""

    @property
    def waiting_mutations(self) -> int:
        """How many the writer has not begun with."""

    @property
    def cached_bytes(self) -> int:
        """Memory that documents at hand take up, about."""

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event from the database; None: there is none. Raises: Unavailable."""

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

    async def list_events(self, wanted: EventFilter, visibility: Visibility) -> Rows:
        """Events that match every part of `wanted` and that `visibility` may see.

        Sorted by start_time, then id.
        Raises: InvalidField when the answer would be too large; Unavailable when it takes too long.
        Source: seed 000, "Desk Scope"; contract, section 6.
        """

    async def busy(
        self, manager_ids: Sequence[int], since: int, until: int, brands: Mask
    ) -> dict[int, list[Interval]]:
        """When each of these managers is busy within [since, until); without those who never are.

        Busy is who takes part (as the owner does) in an open event with a length, of a brand that
        `brands` matches, and has not declined. The intervals are clipped and merged:
        `busy.merged` does it.
        Raises: InvalidField when there are too many for an answer; Unavailable when it takes too
        long. Source: contract, section 7, MngGetCalendarFreeBusy.
        """

    async def close(self) -> None:
        """Commits what is queued and lets go of the database."""
