"""The request rate of a manager: a token bucket. Pure."""

from collections.abc import Callable

from deskcal.errors import TooManyRequests

REMEMBERED = 100_000
"""Managers whose bucket is kept; then all buckets are refilled."""


class RateLimit:
    """At most `per_sec` requests of one manager a second, as many at once; 0: no limit."""

    def __init__(self, per_sec: int, clock: Callable[[], float]) -> None:
        """`clock`: seconds that never go back, unlike the time of day."""
        self._per_sec = per_sec
        self._clock = clock
        self.is_on = per_sec > 0
        self._buckets: dict[int, tuple[float, float]] = {}

    def count(self, manager_id: int) -> None:
        """Counts a request, where a limit `is_on`. Raises: TooManyRequests."""
        now = self._clock()
        left, since = self._buckets.get(manager_id, (float(self._per_sec), now))
        left = min(self._per_sec, left + (now - since) * self._per_sec)
        if left < 1:
            wait_ms = int((1 - left) / self._per_sec * 1000) + 1
            raise TooManyRequests(
                f"more than {self._per_sec} requests a second of manager {manager_id}; "
                f"try again in {wait_ms} ms",
                retry_after_ms=wait_ms,
            )
        if len(self._buckets) >= REMEMBERED:
            self._buckets.clear()
        self._buckets[manager_id] = (left - 1, now)
