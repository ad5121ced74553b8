"""A fault that lasts has a line when it begins, one a minute, and one when it is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deskcal.errors import Unavailable
from deskcal.incidents import MOST_REASONS, QUIET_SEC, REPEAT_SEC, LastingFault
from deskcal.limits import Limits
from deskcal.live import claims, feed, reminders, search_index, series_horizon
from deskcal.live.connections import Peers
from deskcal.live.webhook_sender import WebhookSender

WAIT_SEC = 30
TRIES = 4
logger = logging.getLogger("a part")


class Clock:
    """Set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fault(clock: Clock, caplog: pytest.LogCaptureFixture) -> LastingFault:
    caplog.set_level(logging.INFO)
    return LastingFault(logger, clock)


def test_it_is_logged_as_it_begins_then_once_a_minute_and_as_it_ends(
    fault: LastingFault, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(int(REPEAT_SEC) + 1):
        fault.failed("reminders are delayed", "the disk is full")
        clock.now += 1
    clock.now += QUIET_SEC
    fault.succeeded()
    fault.succeeded()
    assert caplog.messages == [
        "reminders are delayed: the disk is full",
        "reminders are delayed: the disk is full (60 times since the last line)",
        "reminders are delayed: over after 60 s, failed 61 times",
    ]


def test_one_that_comes_and_goes_is_one_fault(
    fault: LastingFault, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        fault.failed("webhooks are delayed", "no connection")
        clock.now += QUIET_SEC / 5
        fault.succeeded()
    assert caplog.messages == ["webhooks are delayed: no connection"]


def test_one_that_begins_again_is_logged_again(
    fault: LastingFault, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        fault.failed("webhooks are delayed", "no connection")
        clock.now += QUIET_SEC
        fault.succeeded()
    assert caplog.messages == 2 * [
        "webhooks are delayed: no connection",
        "webhooks are delayed: over after 0 s, failed 1 times",
    ]


def test_another_reason_has_a_line_at_once_but_not_any_number_of_them(
    fault: LastingFault, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2 * MOST_REASONS):
        fault.failed("webhooks are delayed", f"reason {number}")
    assert caplog.messages == [
        f"webhooks are delayed: reason {number}" for number in range(MOST_REASONS)
    ]


def test_a_traceback_is_there_once(
    fault: LastingFault, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        fault.failed("reminders are delayed", "ours", exc_info=ZeroDivisionError("ours"))
        clock.now += REPEAT_SEC
    assert [bool(record.exc_info) for record in caplog.records] == [True, False]


class Broken:
    """Stands for all parts of a store: every method fails, and counts."""

    last_seq, floor_seq, indexed_seq = 7, 0, 0
    waiting_mutations = 0

    def __init__(self) -> None:
        self.tries = 0
        self.enough = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return self if name in ("feed", "series", "search", "webhooks") else self._fail

    async def _fail(self, *_: object) -> None:
        self.tries += 1
        if self.tries == TRIES:
            self.enough.set()
        raise Unavailable("the disk is full")


def _claims(store: Any) -> Callable[[], Awaitable[None]]:
    return claims.LapsedClaims(store, lambda: 0.0).run


def _horizon(store: Any) -> Callable[[], Awaitable[None]]:
    return series_horizon.SeriesHorizon(store, lambda: 0.0, Limits()).run


def _index(store: Any) -> Callable[[], Awaitable[None]]:
    store.last_seq = search_index.FAR_BEHIND + 1
    return search_index.SearchIndex(store).run


def _prune(store: Any) -> Callable[[], Awaitable[None]]:
    return feed.Feed(store, lambda: 0.0, retention_sec=1).prune


def _push(store: Any) -> Callable[[], Awaitable[None]]:
    one = feed.Feed(store, lambda: 0.0, retention_sec=1)
    one._look = store._fail  # type: ignore[method-assign]
    return one.run


def _reminders(store: Any) -> Callable[[], Awaitable[None]]:
    return reminders.Reminders(store, Peers(), lambda: 0.0, grace_sec=1, default_timezone="UTC").run


def _webhooks(store: Any) -> Callable[[], Awaitable[None]]:
    return WebhookSender(store, lambda: 0.0, Limits(), cast("Any", SimpleNamespace())).run


LOOPS = (_claims, _horizon, _index, _prune, _push, _reminders, _webhooks)


@pytest.mark.parametrize("loop_of", LOOPS, ids=lambda made: made.__name__[1:])
async def test_a_loop_that_fails_at_each_try_logs_one_line(
    loop_of: Callable[[Any], Callable[[], Awaitable[None]]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for module in ("claims", "series_horizon", "search_index", "feed", "reminders"):
        for name in ("RETRY_SEC", "QUIET_SEC", "POLL_SEC", "PRUNE_EVERY_SEC", "TICK_SEC"):
            monkeypatch.setattr(f"deskcal.live.{module}.{name}", 0.001, raising=False)
    monkeypatch.setattr("deskcal.live.webhook_sender.RENEW_SEC", 0.001)
    store = Broken()
    running = asyncio.ensure_future(loop_of(store)())
    async with asyncio.timeout(WAIT_SEC):
        await store.enough.wait()
    running.cancel()
    await asyncio.wait([running])
    faults = [line for line in caplog.messages if "the disk is full" in line]
    assert store.tries >= TRIES and len(faults) == 1, caplog.messages
