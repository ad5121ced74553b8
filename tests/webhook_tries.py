"""Tries of a webhook that nothing was sent for, as many as a test wants."""

from collections.abc import Iterable

from deskcal.core.webhooks import Webhook, WebhookState
from deskcal.store.ports import Store
from deskcal.store.ports.webhooks import Delivery, Progress
from helpers import NOW

PAUSED = Webhook(
    id=0,
    url="https://crm.example/",
    desk_filter="*",
    created_by=1,
    created_time=NOW,
    state=WebhookState.PAUSED,
)
NODE = "node of the test"


def a_try(number: int) -> Delivery:
    """The try of that number, no two alike."""
    return Delivery(number, f"msg_1_{number}", NOW + number, 200 + number % 3, 5, 1 + number % 2)


async def record_tries(store: Store, hook: Webhook, numbers: Iterable[int]) -> None:
    """Writes down tries of these numbers, as the node that sends does, in one transaction."""
    assert await store.webhooks.hold_lease(NODE, 60)
    tries = tuple(a_try(number) for number in numbers)
    await store.webhooks.record(NODE, [Progress(hook.id, hook.generation, 0, 0, tries)])
    await store.webhooks.release_lease(NODE)
