"""Sends webhooks: one node at a time, each hook from its own cursor in the change table.

The node that holds the lease in the store reads the changes, a page once for all hooks, and puts
them into the lanes of each hook. It writes down how far the hooks have come a few times a second.
Source: contract, part 2, section 17.
"""

import asyncio
import logging
import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from deskcal.core.directory import Manager
from deskcal.core.webhook_address import AllowedNetworks
from deskcal.core.webhook_signature import headers_of
from deskcal.core.webhooks import Outcome, Webhook, WebhookState, audience_of
from deskcal.errors import DeskcalError, ResyncRequired
from deskcal.incidents import LastingFault
from deskcal.limits import Limits
from deskcal.live.webhook_changes import escalation_item, items_of
from deskcal.live.webhook_lanes import Lanes, LanesHost, Poster
from deskcal.live.webhook_names import check_url
from deskcal.live.webhook_pages import HookFilters, Page
from deskcal.store.ports import Store
from deskcal.store.ports.webhooks import Delivery
from deskcal.wire.webhooks import sample_message

logger = logging.getLogger(__name__)

LEASE_SEC = 8
"""How long another node waits after the last sign of life of the one that sends."""
RENEW_SEC = 2
"""Between two signs of life; also between two looks at the hooks, and at a lease held elsewhere."""
FLUSH_SEC = 1.0
"""Between two times that progress is written down, in one transaction for all hooks."""
LEAST_WAIT_SEC = 0.05
"""Between two reads, so that many small commits are read together."""
PAUSE_SEC = 0.005
"""Instead, where more is to be read, so that the sender keeps up with many changes."""
PAGE = 500
PAGES = 6
"""Pages of changes that are kept for hooks which come to the same place a little later."""
ESCALATIONS = 100


class HookMetrics(Struct, frozen=True):
    """What `/metrics` has of one hook that this node sends for."""

    webhook_id: int
    waiting: int
    """Messages that were read and are not delivered."""
    unread: int
    """Changes that were not read for it, since as many messages as are allowed wait."""
    oldest_sec: float
    """Since the oldest change among them."""


class WebhookSender:
    """Sends while it is entered."""

    def __init__(
        self, store: Store, now: Callable[[], float], limits: Limits, poster: Poster
    ) -> None:
        self._store = store
        self._poster = poster
        self._hooks = store.webhooks
        self._now = now
        self._limits = limits
        self._node = secrets.token_hex(8)
        self._lease_until = 0.0
        self._woken = asyncio.Event()
        self._reload_at = 0.0
        self._lanes: dict[int, Lanes] = {}
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._filters = HookFilters({})
        self._creators: dict[int, Manager | None] = {}
        """Of each hook with lanes, as its audience was made; None: not in the directory."""
        self._fault = LastingFault(logger)
        self._ended: list[tuple[Webhook, WebhookState, str]] = []
        self.states: Counter[WebhookState] = Counter()
        """How many hooks are in which state, as of the last look."""
        self.tries: Counter[tuple[int, str]] = Counter()
        """Tries of this node, by hook and by what came of them: `result_of`."""

        self._host = LanesHost(
            poster,
            now,
            limits.webhook_retry_sec,
            self._may_send,
            self._woken.set,
            self._on_tried,
            self._on_end,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self._stop_sending()
        await self._poster.aclose()

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    def reload(self) -> None:
        """A hook has changed."""
        self._reload_at = 0.0
        self._woken.set()

    def metrics(self) -> list[HookMetrics]:
        """Of the hooks that this node sends for."""
        now, newest = self._now(), self._store.feed.last_seq
        return [
            HookMetrics(
                hook_id, lanes.waiting, max(0, newest - lanes.read_seq), lanes.oldest_sec(now)
            )
            for hook_id, lanes in sorted(self._lanes.items())
        ]

    async def check_url(self, url: str) -> None:
        """Raises: BadUrl if no hook may have this URL."""
        limits = self._limits
        await check_url(AllowedNetworks(limits.webhook_networks, limits.webhook_ports), url)

    async def send_sample(self, hook: Webhook) -> tuple[Delivery, str]:
        """Sends `calendar.test` at once, from this node, and writes down what came of it.

        With it, why there was no answer; empty: there was one.
        """
        now = int(self._now())
        message = sample_message(hook.id, now, secrets.token_hex(8))
        headers = headers_of(hook, message.id, now, message.body)
        outcome = await self._poster.post(hook.url, headers, message.body, now)
        delivery = Delivery(0, message.id, now, outcome.status, outcome.took_ms, 1)
        await self._hooks.add_delivery(hook.id, delivery)
        return delivery, outcome.why

    async def run(self) -> None:
        """Sends without end."""
        loop = asyncio.get_running_loop()
        flush_at = 0.0
        while True:
            self._woken.clear()
            try:
                if loop.time() >= self._reload_at:
                    self._reload_at = loop.time() + RENEW_SEC
                    await self._reload()
                await self._end_some()
                is_all = await self._read()
                if loop.time() >= flush_at:
                    await self._record(self._lanes.values())
                    flush_at = loop.time() + FLUSH_SEC
                self._fault.succeeded()
            except Exception as exc:
                is_ours = isinstance(exc, DeskcalError)
                self._fault.failed("webhooks are delayed", exc, exc_info=None if is_ours else exc)
                self._pages.clear()
                is_all = True
                await asyncio.sleep(RENEW_SEC / 2)
            await self._wait(is_all)

    async def _wait(self, is_all: bool) -> None:
        if not is_all:
            await asyncio.sleep(PAUSE_SEC)
            return
        await asyncio.sleep(LEAST_WAIT_SEC)
        try:
            async with asyncio.timeout(FLUSH_SEC if self._lanes else RENEW_SEC):
                await self._woken.wait()
        except TimeoutError:
            pass

    def _is_stale(self) -> bool:
        """Whether a hook was changed on this node since the hooks were read.

        Then nothing more is put into lanes: it may have come after the change.
        """
        return self._reload_at == 0.0

    def _may_send(self) -> bool:
        return asyncio.get_running_loop().time() < self._lease_until

    async def _reload(self) -> None:
        """Reads the hooks again, holds the lease while there are any, starts and stops lanes."""
        known = await self._hooks.all()
        self.states = Counter(hook.state for hook in known)
        self._forget_tries({hook.id for hook in known})
        active = {hook.id: hook for hook in known if hook.state == WebhookState.ACTIVE}
        if not active or not await self._hold_lease():
            await self._stop_sending()
            return
        await self._poster.prepare()
        for hook_id, lanes in list(self._lanes.items()):
            hook = active.get(hook_id)
            if hook is None or hook.generation != lanes.hook.generation:
                await self._stop(hook_id)
        hooks = list(active.values())
        await self._start(hooks, await self._hooks.creators(_creators_of(hooks)))

    def _forget_tries(self, known: set[int]) -> None:
        """Of hooks that were deleted."""
        for key in [key for key in self.tries if key[0] not in known]:
            del self.tries[key]

    async def _hold_lease(self) -> bool:
        began = asyncio.get_running_loop().time()
        if not await self._hooks.hold_lease(self._node, LEASE_SEC):
            self._lease_until = 0.0
            return False
        self._lease_until = began + LEASE_SEC - 1
        return True

    async def _start(self, hooks: list[Webhook], creators: Mapping[int, Manager]) -> None:
        """Lanes for those that have none; pauses the hooks of creators who may see nothing."""
        for hook in hooks:
            creator = creators.get(hook.created_by)
            lanes = self._lanes.get(hook.id)
            if lanes and self._creators[hook.id] == creator:
                continue
            audience = audience_of(hook, creator)
            if isinstance(audience, str):
                if lanes:
                    await self._stop(hook.id)
                await self._set_state(hook, WebhookState.PAUSED, audience)
                continue
            self._creators[hook.id] = creator
            if lanes:
                lanes.audience = audience
            else:
                tries = await self._hooks.tries_after(hook.id, hook.cursor)
                self._lanes[hook.id] = Lanes(hook, audience, tries, self._host)
                self._pages.clear()
                self._filters = HookFilters({n: one.audience for n, one in self._lanes.items()})

    async def _stop(self, hook_id: int) -> None:
        lanes = self._lanes.pop(hook_id)
        del self._creators[hook_id]
        await lanes.close()
        await self._record([lanes])

    async def _stop_sending(self) -> None:
        """Ends all lanes, writes down how far they have come, and gives up the lease, if held."""
        lanes, self._lanes = list(self._lanes.values()), {}
        was_held, self._lease_until = self._lease_until > 0, 0.0
        self._creators.clear()
        for one in lanes:
            await one.close()
        try:
            await self._record(lanes)
            if was_held:
                await self._hooks.release_lease(self._node)
        except DeskcalError as exc:
            logger.error("the progress of webhooks was not written: %s", exc)

    def _on_tried(self, webhook_id: int, outcome: Outcome) -> None:
        self.tries[webhook_id, result_of(outcome)] += 1

    def _on_end(self, lanes: Lanes, why: str, is_gone: bool) -> None:
        """A hook has failed for too long, or its receiver is gone."""
        state = WebhookState.DISABLED if is_gone else WebhookState.PAUSED
        self._ended.append((lanes.hook, state, why))
        self._woken.set()

    async def _set_state(self, hook: Webhook, state: WebhookState, why: str) -> None:
        """Unless the hook was changed meanwhile."""

        def change(now: Webhook) -> Webhook:
            is_same = now.generation == hook.generation
            return msgspec.structs.replace(now, state=state, reason=why) if is_same else now

        await self._hooks.update(hook.id, change)
        logger.warning("webhook %d is %s: %s", hook.id, state.value, why)

    async def _end_some(self) -> None:
        while self._ended:
            hook, state, why = self._ended[0]
            if hook.id in self._lanes:
                await self._stop(hook.id)
            await self._set_state(hook, state, why)
            del self._ended[0]

    async def _read(self) -> bool:
        """Fills the lanes of every hook by a page; False: there may be more to read."""
        is_all = True
        newest = self._store.feed.last_seq
        for lanes in list(self._lanes.values()):
            if lanes.is_full or self._is_stale() or not self._may_send():
                continue
            if lanes.read_seq < newest:
                is_all &= await self._read_page(lanes, newest)
            if lanes.hook.reminders and self._limits.escalate_after_sec:
                await self._read_escalations(lanes)
        if self._store.feed.last_seq > newest:  # A page may say so before the listener does.
            self._woken.set()
        return is_all

    async def _read_page(self, lanes: Lanes, newest: int) -> bool:
        """False: there may be more to read, up to `newest`.

        A cached page may be small although others follow it.
        """
        since = lanes.read_seq
        try:
            page = await self._page(since)
        except ResyncRequired:
            floor = self._store.feed.floor_seq
            logger.error(
                "webhook %d: changes after %d are not kept; it goes on after %d",
                lanes.hook.id,
                since,
                floor,
            )
            lanes.put([], max(floor, since + 1))
            return False
        if self._is_stale():
            return True
        fitting = page.fitting(lanes.hook.id)
        items = [one for change in fitting for one in items_of(lanes.hook, lanes.audience, change)]
        lanes.put(items, newest if page.last_seq is None else page.last_seq)
        return lanes.read_seq >= newest

    async def _page(self, since: int) -> Page:
        """Changes after `since`, and the creators of hooks as they are at the time of the read."""
        page = self._pages.get(since)
        if page is None:
            hooks = [lanes.hook for lanes in self._lanes.values()]
            changes, creators = await self._hooks.page(since, PAGE, _creators_of(hooks))
            await self._start(hooks, creators)
            page = Page(changes, self._filters)
            if changes:
                self._pages[since] = page
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        return page

    async def _read_escalations(self, lanes: Lanes) -> None:
        found = await self._hooks.escalations(lanes.hook.id, lanes.read_number, ESCALATIONS)
        for pending in found:
            record = await self._store.load(pending.event_id)
            item = escalation_item(pending, record.document if record else None)
            lanes.put([item], lanes.read_seq)
            lanes.read_number = pending.number

    async def _record(self, lanes: Iterable[Lanes]) -> None:
        """Writes down how far hooks have come, in one transaction."""
        found = [one.progress() for one in lanes]
        progress = [one for one in found if one]
        if progress:
            await self._hooks.record(self._node, progress)


def _creators_of(hooks: Sequence[Webhook]) -> list[int]:
    return sorted({hook.created_by for hook in hooks})


def result_of(outcome: Outcome) -> str:
    """What `/metrics` calls the outcome of a try."""
    if outcome.is_success:
        return "delivered"
    return "refused" if outcome.status else "no_answer"
