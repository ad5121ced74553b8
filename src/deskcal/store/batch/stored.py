"""What a group of mutations finds in the database while it is applied. No SQL."""

from collections.abc import Sequence
from typing import Protocol

from deskcal.core.event import Event
from deskcal.core.outcomes import Outcome
from deskcal.store.batch.objects import StoredObjects
from deskcal.store.batch.series import StoredSeries
from deskcal.store.batch.writes import RetryKey
from deskcal.store.ports.calls import CallSource


class Stored(StoredSeries, StoredObjects, Protocol):
    """What is in the database while a group is applied."""

    def prepare(self, event_ids: Sequence[int]) -> None:
        """Reads at one time what `event` is about to be asked for, where that is quicker."""

    def event(self, event_id: int) -> tuple[Event, bytes] | None:
        """That event with its document; None: there is none."""

    def trashed(self, event_id: int, since: int) -> bytes | None:
        """The last document of that event in the trash; None: it is not there.

        Nor is what was deleted before `since` (Unix seconds) and has not been purged so far.
        """

    def kept(self, key: RetryKey, since: int) -> tuple[bytes, bytes] | None:
        """Digest and first answer of a key that was used after `since` (Unix seconds)."""

    def outcomes(self) -> Sequence[Outcome]:
        """The directory's outcomes, if something in the group `needs_outcomes`."""

    @property
    def calls(self) -> CallSource:
        """What claims look at."""
