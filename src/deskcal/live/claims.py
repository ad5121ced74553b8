"""Claims that end by themselves: the event is freed at `claim_until`, without anybody asking.

Every node runs one loop; an event is freed by one of them. Source: contract, section 14.
"""

import asyncio
import logging
from collections.abc import Callable

from deskcal.core.claims import MIN_LEASE_SEC
from deskcal.errors import DeskcalError
from deskcal.incidents import LastingFault
from deskcal.store.ports.calls import ClaimStore

ROUND = 500
"""Claims that are ended in one transaction."""
LOOK_SEC = MIN_LEASE_SEC / 2
"""Between two looks at most: no claim is so short that it begins and ends between two of them."""
RETRY_SEC = 1
"""After a failure, and while another node is at the claims that are over."""

logger = logging.getLogger(__name__)


class LapsedClaims:
    """Ends the claims whose time is over."""

    def __init__(self, store: ClaimStore, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now
        self._fault = LastingFault(logger)

    async def run(self) -> None:
        """Ends claims as they lapse, without end."""
        while True:
            await asyncio.sleep(await self.end_claims())

    async def end_claims(self) -> float:
        """Ends the claims whose time is over; seconds until the next look."""
        try:
            while await self._store.end(int(self._now()), ROUND) == ROUND:
                pass
            end = await self._store.next_end()
        except DeskcalError as exc:
            self._fault.failed("claims that are over were not ended", exc, level=logging.WARNING)
            return RETRY_SEC
        self._fault.succeeded()
        if end is None:
            return LOOK_SEC
        left = end - self._now()
        return min(left, LOOK_SEC) if left > 0 else RETRY_SEC
