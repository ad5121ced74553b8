"""The rate of one manager's requests, by a clock that never goes back."""

import pytest

from deskcal.core.rate_limit import RateLimit
from deskcal.errors import TooManyRequests
from harness import FakeClock


def test_a_burst_up_to_the_limit_passes_and_the_next_request_waits() -> None:
    clock = FakeClock(0)
    rates = RateLimit(2, clock)
    rates.count(10)
    rates.count(10)
    with pytest.raises(TooManyRequests) as refused:
        rates.count(10)
    assert refused.value.details == {"retry_after_ms": 501}
    rates.count(11)
    clock.time = 0.5
    rates.count(10)


def test_no_limit_counts_nothing() -> None:
    assert not RateLimit(0, FakeClock()).is_on
