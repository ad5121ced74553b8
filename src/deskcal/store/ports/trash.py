"""The trash of both backends: what it gives back. No SQL."""

from typing import Protocol

from msgspec import Struct

Deletion = tuple[int, int]
"""Time of a deletion and the event: the order of the trash."""


class TrashedEvent(Struct, frozen=True):
    """One deleted event."""

    event_id: int
    deleted_time: int
    """Unix seconds."""
    deleted_by: int
    document: bytes
    """The last one."""


class TrashStore(Protocol):
    """Deleted events, until their time is over."""

    async def page(self, before: Deletion | None, limit: int) -> list[TrashedEvent]:
        """Up to `limit` deleted events, the newest deletion first; `before`: the last one seen."""

    async def purge(self, before: int, limit: int) -> int:
        """Forgets up to `limit` events that were deleted before then; how many they were."""
