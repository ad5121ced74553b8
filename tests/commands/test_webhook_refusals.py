"""What webhooks are refused, with the field that is wrong. Source: contract, part 2, section 17."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from commands.webhook_calls import ROOT, add, ask, hook, opened, shown, until, update
from deskcal.core.webhooks import Webhook
from harness import Desk, error_of
from places import Place
from receiver import Receiver

HOOK = Webhook(
    id=0, url="https://crm.example/", desk_filter="DESK_EU", created_by=1, created_time=1
)
MANY = ",".join(f"DESK_{number}" for number in range(10_000))
NO_MASKS: list[Any] = [5, ["*"], {}, MANY]
NO_LISTS: list[Any] = [5, "0", {}, [], [0] * 6]
NO_TYPES: list[Any] = [0.5, "0", True, None, -1, 5]
BAD: list[tuple[dict[str, Any], str]] = [
    *(({"deskFilter": one}, "deskFilter") for one in NO_MASKS),
    *(({"types": one}, "types") for one in NO_LISTS),
    *(({"types": [one]}, "types[0]") for one in NO_TYPES),
    ({"types": [0, 5]}, "types[1]"),
]


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with opened(place) as made:
        yield made


@pytest.mark.parametrize(("sent", "field"), BAD)
async def test_a_filter_that_can_not_be_is_refused_with_its_field(
    desk: Desk, sent: dict[str, Any], field: str
) -> None:
    hooks = desk.services.store.webhooks
    made = await hooks.add(HOOK)
    fine = {"url": "http://127.0.0.1:9/", "deskFilter": "*", "types": [0]}
    for command, named in (("Add", fine), ("Update", {"id": made.id})):
        answered = await desk.call(ROOT, f"Mng{command}CalendarWebhook", **(named | sent))
        assert error_of(answered) == (400, "INVALID_FIELD", field)
        assert field in answered["error"]["message"]
    assert await hooks.all() == [made]


async def test_a_replay_of_what_is_not_kept_or_not_there_yet_is_410(
    desk: Desk, receiver: Receiver
) -> None:
    await hook(desk, receiver.url())
    await add(desk)
    for number in range(3):
        await update(desk, 1, title=f"title {number}")
    await until(desk, cursor=4)
    feed = desk.services.store.feed
    assert await feed.prune(int(desk.clock.time) + 1, 2) == 2
    assert (feed.floor_seq, feed.last_seq) == (2, 4)
    ids = [one.id for one in receiver.requests]
    receiver.requests.clear()
    for since in (0, 1, 5, 10**9):
        answered = await desk.call(ROOT, "MngReplayCalendarWebhook", id=1, since=since)
        assert error_of(answered) == (410, "RESYNC_REQUIRED", "since")
    assert (await shown(desk))["cursor"] == 4
    await ask(desk, "MngReplayCalendarWebhook", id=1, since=4)
    await ask(desk, "MngReplayCalendarWebhook", id=1, since=2)
    await receiver.until_count(2)
    assert [one.id for one in receiver.requests] == ids[2:]
