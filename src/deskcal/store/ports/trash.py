"""The trash of both backends: what it gives back. No SQL."""

from typing import Protocol

from msgspec import Struct

from deskcal.limits import Limits

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


def keeps_objects(limits: Limits) -> bool:
    """Whether calendar objects outlive the trash: apps may ask for older changes by name."""
    changes_sec = limits.change_retention_sec
    return changes_sec == 0 or changes_sec > limits.trash_retention_sec


class TrashStore(Protocol):
    """Deleted events, until their time is over."""

    async def page(self, before: Deletion | None, limit: int) -> list[TrashedEvent]:
        """Up to `limit` deleted events, the newest deletion first; `before`: the last one seen."""

    async def purge(self, before: int, limit: int) -> int:
        """Forgets up to `limit` events that were deleted before then; how many they were.

        With them their calendar objects, except where `keeps_objects`.
        """
