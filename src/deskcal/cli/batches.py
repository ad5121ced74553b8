"""Changes of one series that were made together, as one batch."""

import asyncio
from collections.abc import AsyncIterator, Callable

from deskcal.client.types import Change

WAIT_SEC = 0.3
"""A batch ends when no further change of it comes within this time."""


async def batches(
    changes: AsyncIterator[Change], series_of: Callable[[Change], int]
) -> AsyncIterator[list[Change]]:
    """The changes in order; those of one `batch_id` and one series together.

    `series_of` gives the series of the changed event, 0 for a single event, whose change is never
    held back. Raises: what `changes` raises.
    """
    batch: list[Change] = []
    following = asyncio.ensure_future(anext(changes))
    try:
        while True:
            done, _ = await asyncio.wait([following], timeout=WAIT_SEC if batch else None)
            if not done:
                yield batch
                batch = []
                continue
            change = following.result()
            following = asyncio.ensure_future(anext(changes))
            series = series_of(change)
            if batch and (change.batch_id != batch[0].batch_id or series != series_of(batch[0])):
                yield batch
                batch = []
            batch.append(change)
            if not series:
                yield batch
                batch = []
    finally:
        following.cancel()
