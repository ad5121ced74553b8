"""Where events are kept: what every store offers, and the mutations it takes. No SQL here."""

from asyncio import Future
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from deskcal.access import Session
from deskcal.documents import Record, Sight
from deskcal.filters import EventFilter
from deskcal.model import ChangeType, Event

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
    check: Callable[[Sight], None]
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


class Store(Protocol):
    """A place where events are kept. Every read sees every mutation that was answered before it."""

    peek: Callable[[int], Record | None]
    """`peek(event_id)`: the event if it is at hand in memory; None says nothing."""

    def load(self, event_id: int) -> "Future[Record | None]":
        """The event from the database; None: there is none. Raises: Unavailable."""

    def mutate(self, mutation: Mutation) -> "Future[bytes]":
        """Queues `mutation` at once, in the order of the calls; its document once it is durable.

        Of a deletion: the last document. Raises: what `change` raises; Conflict for an
        idempotency_key that was used with other data; Unavailable when surely nothing was applied;
        Timeout when that is not known.
        """

    async def list_events(self, wanted: EventFilter, session: Session) -> Rows:
        """Events that match every part of `wanted` and that `session` may see.

        Sorted by start_time, then id.
        Raises: InvalidField when the answer would be too large; Unavailable when it takes too long.
        Source: seed 000, "Desk Scope"; contract, section 6.
        """

    async def close(self) -> None:
        """Commits what is queued and lets go of the database."""
