"""The parts of a running server, put together over an open store."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

from deskcal.commands import COMMANDS, Dispatcher, Lifecycle, RequestStats, Services
from deskcal.core.completion import NO_RULES, CallRules
from deskcal.core.rate_limit import RateLimit
from deskcal.core.tokens import TokenVerifier
from deskcal.limits import Limits
from deskcal.live.claims import LapsedClaims
from deskcal.live.connections import Peers
from deskcal.live.device_passwords import DevicePasswords
from deskcal.live.feed import Feed
from deskcal.live.housekeeping import Housekeeping
from deskcal.live.reminders import Reminders
from deskcal.live.search_index import SearchIndex
from deskcal.live.series_horizon import SeriesHorizon
from deskcal.live.webhook_lanes import Poster
from deskcal.live.webhook_process import PosterProcess
from deskcal.live.webhook_sender import WebhookSender
from deskcal.store.ports import Committed, Store
from deskcal.wire.webhook_posts import PosterSettings


@asynccontextmanager
async def running(
    store: Store,
    verifier: TokenVerifier,
    limits: Limits,
    *,
    now: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    default_timezone: str = "UTC",
    call_rules: CallRules = NO_RULES,
    lifecycle: Lifecycle | None = None,
    poster: Poster | None = None,
) -> AsyncIterator[Dispatcher]:
    """Answers requests over `store`; the parts that work on their own run until the end.

    `lifecycle`: one that was not entered before; None: a new one. `poster`: what sends webhooks,
    and is closed at the end; None: a process of its own.
    """
    lifecycle = lifecycle or Lifecycle()
    peers = Peers()
    verifier.key_changes.subscribe(lambda _: peers.end_sessions(verifier.is_valid))
    feed = _feed(store, now, limits)
    peers.session_changes.subscribe(feed.regroup)
    reminders = _reminders(store, peers, now, limits, default_timezone)
    search_index = SearchIndex(store)
    store.commits.subscribe(lambda _: feed.wake())
    store.commits.subscribe(lambda _: search_index.wake())
    store.commits.subscribe(lambda committed: _arm(reminders, committed))
    webhooks = WebhookSender(store, now, limits, poster or _poster(limits))
    store.commits.subscribe(lambda _: webhooks.wake())
    rates = RateLimit(limits.max_requests_per_manager_sec, monotonic)
    devices = DevicePasswords(store.devices, now, monotonic, limits)
    parts = (store, verifier, now, rates, limits, peers, feed, reminders, webhooks, devices)
    services = Services(*parts, default_timezone, call_rules)
    housekeeping = Housekeeping(store, now, trash_retention_sec=limits.trash_retention_sec)
    async with reminders, webhooks, aclosing(feed), lifecycle.tasks as tasks:
        tasks.start("feed", feed.run)
        tasks.start("prune changes", feed.prune)
        tasks.start("reminders", reminders.run)
        tasks.start("search index", search_index.run)
        tasks.start("webhooks", webhooks.run)
        tasks.start("housekeeping", housekeeping.run)
        tasks.start("lapsed claims", LapsedClaims(store.claims, now).run)
        tasks.start("series horizon", SeriesHorizon(store, now, limits).run)
        with devices:
            yield Dispatcher(services, RequestStats(len(COMMANDS)), lifecycle)


def _reminders(
    store: Store, peers: Peers, now: Callable[[], float], limits: Limits, default_timezone: str
) -> Reminders:
    return Reminders(
        store.reminders,
        peers,
        now,
        grace_sec=limits.reminder_grace_sec,
        default_timezone=default_timezone,
        escalates=limits.escalate_after_sec > 0,
    )


def _poster(limits: Limits) -> Poster:
    settings = PosterSettings(
        networks=limits.webhook_networks,
        timeout_sec=limits.webhook_timeout_sec,
        ports=limits.webhook_ports,
        ca_file=limits.webhook_ca_file,
    )
    return PosterProcess(settings)


def _feed(store: Store, now: Callable[[], float], limits: Limits) -> Feed:
    """Changes are kept at least as long as a create may be repeated."""
    kept_sec = limits.change_retention_sec
    retention_sec = max(kept_sec, limits.retry_window_sec) if kept_sec else 0
    return Feed(store.feed, now, retention_sec=retention_sec)


def _arm(reminders: Reminders, committed: Committed) -> None:
    """Hands on what a commit means for reminders."""
    if committed.earliest_due:
        reminders.armed(committed.earliest_due)
    if committed.reminded:
        reminders.fired_by_change(committed.reminded)
    if committed.has_fired:
        reminders.fired_by_node()
