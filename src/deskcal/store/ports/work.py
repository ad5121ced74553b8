"""What a writer commits: mutations of one event, and transactions of several. No SQL here."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from deskcal.core.claims import Claim
from deskcal.core.document import EventScope
from deskcal.core.event import ChangeType, Event
from deskcal.core.outcomes import Outcome
from deskcal.core.series import Series
from deskcal.store.batch.objects import CalendarObject, ObjectKey

_Result = TypeVar("_Result")

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
    """Raises the error that the caller gets if the first answer is no longer visible to them."""


class Follows(Struct, frozen=True):
    """An event that a mutation says it follows up."""

    event_id: int
    is_visible: Callable[[EventScope], bool]
    """Whether the session of the mutation may see it."""


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
    checks_outcome: bool = False
    """Whether an outcome that it sets must be one of the directory's; else InvalidField."""
    outcome_required: frozenset[int] = frozenset()
    """Types of events that the mutation may complete only with an outcome; else FieldRequired."""
    follows: Follows | None = None
    """What must be there and visible if the mutation sets it as `follows_id`; else InvalidField."""

    @property
    def needs_outcomes(self) -> bool:
        """Whether the directory's outcomes are read with the event."""
        return self.checks_outcome or bool(self.outcome_required)


class Changes(Protocol):
    """What a transaction reads and changes; nothing of it is written if it raises."""

    def event(self, event_id: int) -> Event | None:
        """The event as it is now, this transaction's changes included; None: there is none.

        Raises: LookupError for an id that is neither among `event_ids` nor added here.
        """

    def trashed(self, event_id: int) -> Event | None:
        """The event as it was deleted, of a transaction that `reads_trash`.

        None: it is there, or is in the trash no more: what was deleted longer than
        `trash_retention_sec` before the transaction's time is gone, purged or not.
        """

    def add(self, make: Callable[[int], Event]) -> bytes:
        """Adds `make(event_id)`; its document."""

    def add_all(self, makes: Sequence[Callable[[int], Event]]) -> None:
        """Adds many events: `add` for each of `makes`, in fewer steps."""

    def put(
        self,
        event_id: int,
        after: Event | None,
        type_: ChangeType,
        *,
        done_time: int | None = None,
    ) -> bytes:
        """Replaces an event that `event` gave; None deletes it. The same event changes nothing.

        `done_time`: when it was completed (Unix seconds), of one that is done; None: as the store
        has it, or now. Its document; of a deletion, its last one.
        """

    def new_id(self) -> int:
        """A number for an event that is `put` next, or a series; counted among `new_events`."""

    def series(self, series_id: int) -> Series | None:
        """A series of `series_of` or `series_ids`, or put here, as it is now; None: there is none.

        Raises: LookupError for another one.
        """

    def series_events(self, series_id: int) -> list[Event]:
        """All events of such a series as they are now; they may be `put`."""

    def put_series(self, series_id: int, series: Series | None) -> None:
        """Adds or replaces a series; None deletes it."""

    def calendar_object(self, key: ObjectKey) -> CalendarObject | None:
        """One of `Transaction.objects` as it is now; None: there is none."""

    def put_calendar_object(self, key: ObjectKey, after: CalendarObject | None) -> None:
        """Adds or replaces one of `Transaction.objects`; None deletes it."""

    def mutate(self, mutation: Mutation) -> bytes:
        """Applies a mutation as a part of this transaction; its document, as of `Store.mutate`."""

    def attempt(self, apply: Callable[[], _Result]) -> _Result:
        """`apply()`; where it raises, what it changed is undone, and the transaction may go on."""

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes, of a transaction that `needs_outcomes`."""


SERIES_SIZE = 256
"""Events that a series counts for in a group."""


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
    series_of: Sequence[int] = ()
    """Those of `event_ids` whose series `apply` may read and change, with all its events."""
    series_ids: Sequence[int] = ()
    """Series that it may read and change, likewise."""
    objects: Sequence[ObjectKey] = ()
    """Calendar objects that it may read and change; they are locked, too."""
    batch_id: int = 0
    """Of an earlier transaction whose batch this one goes on with; 0: a batch of its own."""
    reads_trash: bool = False
    """Whether `apply` asks for deleted events."""
    needs_outcomes: bool = False
    """Whether `apply` asks for the directory's outcomes, or a mutation in it checks one."""

    @property
    def size(self) -> int:
        """Events that it may change, about: a series has as many as a group at most."""
        series = len(self.series_of) + len(self.series_ids)
        return len(self.event_ids) + self.new_events + SERIES_SIZE * series


class Applied(Struct):
    """A transaction that is durable."""

    value: Any
    """What `Transaction.apply` returned."""
    batch_id: int
    """The `seq` of the first change of the batch; 0: nothing was changed."""


Work = Mutation | Transaction | Claim
"""What a writer commits."""


def event_ids_of(group: Sequence[Work]) -> list[int]:
    """Events that the group names, sorted, each once."""
    ids: set[int] = set()
    for one in group:
        if isinstance(one, Transaction):
            ids.update(one.event_ids)
        elif one.event_id:
            ids.add(one.event_id)
        if isinstance(one, Mutation) and one.follows:
            ids.add(one.follows.event_id)
    return sorted(ids)
