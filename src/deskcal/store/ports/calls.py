"""What a claim asks of a backend: calls by an index, and who has a customer. No SQL here."""

import enum
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from deskcal.core.claims import Claim, Reason
from deskcal.core.event import Event


class ClaimAnswer(Struct, frozen=True):
    """What a claim came to."""

    document: bytes | None
    """Of the event; None: nothing was claimed."""
    reason: Reason = Reason.NONE_DUE
    retry_after_sec: int = 0
    """When to ask again; 0: nothing is to come."""


class CallKind(enum.IntEnum):
    """Which calls; all but CLAIMED and LAPSED are claimed by nobody, or MINE by the manager.

    Integers, as the hash of another enumeration is computed in Python.
    """

    OWN = enum.auto()
    """Of the manager, started by `now`: by priority, the highest first, then start and id."""
    POOL = enum.auto()
    """Of the pool in `places`, joined by `now`, of one priority: by start, then id."""
    NEXT_OWN = enum.auto()
    """Of the manager, starting after `now`: by start, then id."""
    NEXT_POOL = enum.auto()
    """Of the pool in `places`, joining after `now`: by the time of joining, then id."""
    MINE = enum.auto()
    """Claimed by the manager."""
    LAPSED = enum.auto()
    """Claimed until `now` or before."""
    CLAIMED = enum.auto()
    """Claimed beyond `now`: by the end of the claim, then id."""


class CallQuery(Struct, frozen=True):
    """One question; what its kind does not need is 0 or empty."""

    kind: CallKind
    manager_id: int = 0
    places: tuple[int, ...] = ()
    """Numbers of collections."""
    now: int = 0
    limit: int = 0
    """Rows at most; of OWN, for each priority."""
    priority: int = 0


class MissingRows(Exception):
    """Rows that a source has yet to fetch: fetch them, and apply the group again."""


class CallSource(Protocol):
    """Calls as they were before the group. Each method may raise MissingRows."""

    def prepare(self, claims: Sequence[Claim]) -> None:
        """Reads at one time what several claims are about to ask for, where that is quicker."""

    def places(self, claim: Claim) -> tuple[int, ...]:
        """Numbers of the collections whose pool the claim may take from, in order."""

    def rows(self, query: CallQuery) -> Sequence[Event]:
        """The calls that `query` asks for."""

    def held(self, field: str, number: int) -> Sequence[Event]:
        """Claimed events with that customer_id, lead_id or login; `number` > 0."""

    def contacts(
        self, field: str, number: int, outcomes: tuple[str, ...], since: int
    ) -> Sequence[tuple[int, Event]]:
        """Events with that number and one of these outcomes that were completed after `since`.

        Each with the time of its completion; Unix seconds.
        """


class ClaimStore(Protocol):
    """Claims whose time is over."""

    async def next_end(self) -> int | None:
        """When the next claim ends by itself, Unix seconds; None: nothing is claimed."""

    async def end(self, now: int, limit: int) -> int:
        """Frees up to `limit` events that are claimed until `now` or before; how many they were.

        Those too that end later than any lease (`claims.FARTHEST_SEC`). Each is one change by the
        server, on one node only.
        """
