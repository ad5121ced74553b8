"""Turns of the event loop while many changes are worked on: a slice by size, then other tasks."""

import asyncio

from deskcal.store.ports.feed import StoredChange

SLICE_BYTES = 128 * 1024
"""Documents that are worked on before other tasks run."""
CHANGE_BYTES = 1024
"""What a change costs besides its documents, in bytes of these."""


class Pacing:
    """Counts the size of what was worked on."""

    def __init__(self) -> None:
        self._left_bytes = SLICE_BYTES

    async def after(self, change: StoredChange) -> None:
        """Lets other tasks run if a whole slice was worked on since they did."""
        self._left_bytes -= CHANGE_BYTES + len(change.document) + len(change.before or b"")
        if self._left_bytes <= 0:
            self._left_bytes = SLICE_BYTES
            await asyncio.sleep(0)
