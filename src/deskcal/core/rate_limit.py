"""Limits of rates: a manager's requests, and failures by any key. Token buckets. Pure."""

from collections.abc import Callable, Hashable

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
                f"manager {manager_id} sends more requests than {self._per_sec} a second; "
                f"try again in {wait_ms} ms",
                retry_after_ms=wait_ms,
            )
        if len(self._buckets) >= REMEMBERED:
            self._buckets.clear()
        self._buckets[manager_id] = (left - 1, now)


class FailureLimit:
    """At most `per_min` failures of one key a minute, as many at once. Successes are free."""

    def __init__(self, per_min: int, clock: Callable[[], float]) -> None:
        """`clock`: seconds that never go back, unlike the time of day."""
        self._per_min = per_min
        self._clock = clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def check(self, key: Hashable) -> None:
        """Raises: TooManyRequests, while the key has no failure left."""
        left = self._left(key)
        if left < 1:
            wait_sec = int((1 - left) * 60 / self._per_min) + 1
            raise TooManyRequests(
                f"too many wrong passwords; try again in {wait_sec} s",
                retry_after_ms=wait_sec * 1000,
            )

    def count(self, key: Hashable) -> None:
        """Counts a failure."""
        left = self._left(key)
        if len(self._buckets) >= REMEMBERED:
            self._buckets.clear()
        self._buckets[key] = (left - 1, self._clock())

    def _left(self, key: Hashable) -> float:
        now = self._clock()
        left, since = self._buckets.get(key, (float(self._per_min), now))
        return min(self._per_min, left + (now - since) * self._per_min / 60)
