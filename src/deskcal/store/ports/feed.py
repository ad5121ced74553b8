"""What a store offers of its change table. No SQL."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from deskcal.core.event import ChangeType
from deskcal.store.batch.timeline import Gap


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
    """Of the newest change that was answered, as far as this node knows; see `refresh`."""
    floor_seq: int
    """Cursors before this one can't be resumed from."""
    gaps: Sequence[Gap]
    """Nor those within a gap, as far as this node knows."""

    async def refresh(self) -> None:
        """Brings `last_seq`, `floor_seq` and `gaps` up to what any node had answered before.

        Raises: Unavailable.
        """

    async def changes(self, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes after `since`, in order of `seq`, which is commit order.

        Fewer when they are large; none beyond `last_seq`, and at least one when there is one.
        Raises: ResyncRequired if some after `since` are not kept any more, or `since` is in a gap.
        """

    async def history(self, event_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of one event after `since`, in order."""

    async def batch(self, batch_id: int, since: int, limit: int) -> list[StoredChange]:
        """Up to `limit` changes of a batch after `since`, in order; fewer when they are large.

        Empty if there are no more, or the batch is not kept any more.
        """

    async def newest(self, event_id: int) -> StoredChange | None:
        """The last change of one event, also of a deleted one; None: none is kept."""

    async def done_times(self, wanted: Sequence[tuple[int, int, int]]) -> dict[int, int]:
        """When events had been completed whose completion was taken back since, by event.

        `wanted`: event, the first version that counts, and the first that counts no more; of
        several completions the first. Without those of which it is not known.
        """

    async def prune(self, before: int, limit: int) -> int:
        """Forgets up to `limit` changes older than `before` (Unix seconds); how many they were.

        The newest change of an event that is still there stays, and so does that of a series.
        """
