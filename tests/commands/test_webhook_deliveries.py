"""MngGetCalendarWebhookDeliveries in pages. Source: contract, part 2, section 17."""

from typing import Any

import pytest

from commands.webhook_calls import ROOT, ask
from deskcal.store.ports.webhooks import Delivery
from harness import Desk, error_of
from webhook_tries import PAUSED, a_try, record_tries


def shown(delivery: Delivery) -> dict[str, int]:
    return {
        "seq": delivery.seq,
        "time": delivery.time,
        "status": delivery.status,
        "took_ms": delivery.took_ms,
        "try": delivery.try_,
    }


async def pages(desk: Desk) -> list[list[dict[str, Any]]]:
    """All of them, each by the `next` of the one before."""
    found: list[list[dict[str, Any]]] = []
    after: dict[str, Any] = {}
    while True:
        page = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1, **after)
        assert set(page) == {"deliveries", "next"}
        found.append(page["deliveries"])
        if page["next"] is None:
            return found
        assert len(found) < 10, "the pages do not end"
        after = {"after": page["next"]}


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, [0]), (99, [99]), (100, [100, 0]), (250, [100, 100, 50])],
)
async def test_tries_come_a_hundred_at_a_time_the_newest_first(
    desk: Desk, count: int, sizes: list[int]
) -> None:
    store = desk.services.store
    hook = await store.webhooks.add(PAUSED)
    await record_tries(store, hook, range(1, count + 1))
    found = await pages(desk)
    assert [len(page) for page in found] == sizes
    wanted = [shown(a_try(number)) for number in range(count, 0, -1)]
    assert [row for page in found for row in page] == wanted


async def test_a_page_goes_on_where_the_one_before_ended_whatever_came_since(desk: Desk) -> None:
    store = desk.services.store
    hook = await store.webhooks.add(PAUSED)
    await record_tries(store, hook, range(1, 121))
    first = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1)
    await record_tries(store, hook, [121])
    second = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1, after=first["next"])
    wanted = [shown(a_try(number)) for number in range(20, 0, -1)]
    assert second == {"deliveries": wanted, "next": None}


@pytest.mark.parametrize("after", [-1, 0.5, "1", True])
async def test_what_is_no_place_to_go_on_is_refused(desk: Desk, after: Any) -> None:
    await desk.services.store.webhooks.add(PAUSED)
    answered = await desk.call(ROOT, "MngGetCalendarWebhookDeliveries", id=1, after=after)
    assert error_of(answered) == (400, "INVALID_FIELD", "after")
