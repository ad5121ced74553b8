"""The rate of one manager's requests, by a clock that never goes back."""

import pytest

from deskcal.core import rate_limit
from deskcal.core.rate_limit import FailureLimit, RateLimit
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


def test_the_bucket_fills_with_time_and_not_beyond_the_rate() -> None:
    clock = FakeClock(100)
    rates = RateLimit(2, clock)
    for clock.time in (100, 100, 100.5, 1000, 1000):
        rates.count(10)
    with pytest.raises(TooManyRequests):
        rates.count(10)


def test_buckets_of_many_managers_do_not_grow_without_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "REMEMBERED", 2)
    rates = RateLimit(1, FakeClock(0))
    for manager_id in range(5):
        rates.count(manager_id)
    with pytest.raises(TooManyRequests):
        rates.count(4)


def test_failures_of_one_key_are_refused_beyond_the_limit_until_time_has_passed() -> None:
    clock = FakeClock(0)
    failures = FailureLimit(2, clock)
    for _ in range(2):
        failures.check("address")
        failures.count("address")
    with pytest.raises(TooManyRequests) as refused:
        failures.check("address")
    assert refused.value.details == {"retry_after_ms": 31_000}
    failures.check("other")
    clock.time = 30
    failures.check("address")


def test_keys_that_failed_do_not_grow_without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "REMEMBERED", 2)
    failures = FailureLimit(1, FakeClock(0))
    for key in range(5):
        failures.count(key)
    failures.check(0)
