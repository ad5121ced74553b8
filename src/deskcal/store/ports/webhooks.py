"""What a store offers for webhooks: hooks, deliveries, and which node sends. No SQL."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from deskcal.core.directory import Manager
from deskcal.core.webhooks import Webhook
from deskcal.store.ports.feed import StoredChange


class Delivery(Struct, frozen=True):
    """One try of one message."""

    seq: int
    """Of the change; 0: of none."""
    message_id: str
    time: int
    """Unix seconds."""
    status: int
    """Of the answer; 0: there was none."""
    took_ms: int
    try_: int
    """1 the first one."""


class StoredDelivery(Struct, frozen=True):
    """A try with its number, by which pages go on."""

    number: int
    delivery: Delivery


class Progress(Struct, frozen=True):
    """How far a hook has come, as the node that sends writes it down."""

    webhook_id: int
    generation: int
    """The hook that was sent for; where it has changed since, nothing is written."""
    cursor: int
    failing_since: int
    deliveries: tuple[Delivery, ...] = ()
    done: tuple[int, ...] = ()
    """Numbers of escalations that were delivered, or are no longer to be sent."""


class PendingEscalation(Struct, frozen=True):
    """An escalation that a hook is to be sent."""

    number: int
    event_id: int
    due_time: int
    manager_id: int
    """The lead that it went to."""
    fired_time: int


class WebhookStore(Protocol):
    """Webhooks and what became of their deliveries."""

    async def all(self) -> list[Webhook]:
        """Every hook, by id."""

    async def add(self, hook: Webhook) -> Webhook:
        """Adds `hook`; with the id that it got, and the cursor of now."""

    async def update(self, webhook_id: int, change: Callable[[Webhook], Webhook]) -> Webhook | None:
        """`change(hook)` written, one generation later; None: there is no such hook.

        Pure, called inside the write transaction; what it raises is raised, and nothing is written.
        """

    async def delete(self, webhook_id: int) -> bool:
        """Whether there was such a hook; its deliveries go with it."""

    async def record(self, node: str, progress: Sequence[Progress]) -> None:
        """Writes down how far hooks have come, unless another node holds the lease by now."""

    async def add_delivery(self, webhook_id: int, delivery: Delivery) -> None:
        """Writes down one try, whatever node has made it."""

    async def creators(self, manager_ids: Sequence[int]) -> dict[int, Manager]:
        """Those of these managers who are in the directory."""

    async def page(
        self, since: int, limit: int, creator_ids: Sequence[int]
    ) -> tuple[list[StoredChange], dict[int, Manager]]:
        """`FeedStore.changes`, and `creators` as they are no earlier than these changes.

        Raises: ResyncRequired if some after `since` are not kept any more.
        """

    async def deliveries(self, webhook_id: int, after: int, limit: int) -> list[StoredDelivery]:
        """Tries of one hook with numbers below `after` (0: all), the newest first."""

    async def tries_after(self, webhook_id: int, seq: int) -> list[Delivery]:
        """Tries of changes after `seq` that are kept, the oldest first."""

    async def escalations(self, webhook_id: int, after: int, limit: int) -> list[PendingEscalation]:
        """Escalations that a hook is still to be sent, by number, those above `after`."""

    async def hold_lease(self, node: str, lease_sec: int) -> bool:
        """Takes or prolongs the lease of the sending node; False: another node holds it."""

    async def release_lease(self, node: str) -> None:
        """Gives up the lease, if `node` holds it."""
