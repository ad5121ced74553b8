"""The tries of webhooks that a store keeps. Source: contract, part 2, section 17."""

from deskcal.core.webhooks import Webhook
from deskcal.store.ports import Store
from webhook_tries import PAUSED, a_try, record_tries


async def kept(store: Store, hook: Webhook) -> list[int]:
    """The numbers of the tries that are kept, in the order in which they are shown."""
    return [one.delivery.seq for one in await store.webhooks.deliveries(hook.id, 0, 5000)]


async def test_the_last_1000_tries_of_each_hook_are_kept(store: Store) -> None:
    first, other = [await store.webhooks.add(PAUSED) for _ in range(2)]
    await record_tries(store, other, range(1, 4))
    await record_tries(store, first, range(1, 601))
    await record_tries(store, first, range(601, 1001))
    assert await kept(store, first) == list(range(1000, 0, -1))
    await record_tries(store, first, range(1001, 1004))
    assert await kept(store, first) == list(range(1003, 3, -1))
    await store.webhooks.add_delivery(first.id, a_try(1004))
    assert await kept(store, first) == list(range(1004, 4, -1))
    assert await kept(store, other) == [3, 2, 1]


async def test_a_page_of_tries_goes_on_after_a_number_whatever_came_since(store: Store) -> None:
    hook, other = [await store.webhooks.add(PAUSED) for _ in range(2)]
    for number in range(1, 6):
        await record_tries(store, hook, [number])
        await record_tries(store, other, [number])
    first = await store.webhooks.deliveries(hook.id, 0, 2)
    await record_tries(store, hook, [6])
    rest = await store.webhooks.deliveries(hook.id, first[-1].number, 10)
    assert [one.delivery for one in first + rest] == [a_try(n) for n in (5, 4, 3, 2, 1)]
    assert await store.webhooks.deliveries(hook.id, rest[-1].number, 10) == []
