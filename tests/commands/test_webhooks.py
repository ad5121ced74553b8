"""What a webhook is sent, and in what form. Source: contract, part 2, section 17."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from standardwebhooks import Webhook as Verifier

from commands.webhook_calls import (
    LED,
    ROOT,
    add,
    ask,
    hook,
    opened,
    update,
)
from deskcal.core.directory import Directory
from harness import Desk
from places import Place
from receiver import Received, Receiver, answer, receiving


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with opened(place) as made:
        yield made


async def test_every_change_comes_signed_and_as_the_contract_has_it(
    desk: Desk, receiver: Receiver
) -> None:
    made = await hook(desk, receiver.url())
    event = await add(desk, title="first")
    await receiver.until_count(1)
    one = receiver.requests[0]
    Verifier(made["secret"]).verify(one.body, one.headers)
    message = one.message
    assert message == {
        "type": "calendar.event.added",
        "timestamp": message["timestamp"],
        "data": {"seq": 1, "actor": 1, "batch_id": 1, "event": event},
    }
    assert message["timestamp"].endswith("Z")
    assert one.headers["content-type"] == "application/json"


async def test_each_kind_of_change_has_its_name(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url())
    await add(desk)
    await update(desk, 1, title="second")
    await desk.event(ROOT, "MngArchiveCalendarEvent", id=1)
    await desk.call(ROOT, "MngDeleteCalendarEvent", id=1)
    await receiver.until_count(4)
    names = ["added", "updated", "archived", "deleted"]
    assert receiver.changes == [(f"event.{name}", 1) for name in names]
    assert receiver.requests[3].message["data"]["event"] == {"id": 1}


async def test_only_the_types_that_were_asked_for_come(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url(), types=[2, 0])
    await add(desk)
    await update(desk, 1, title="second")
    await desk.call(ROOT, "MngDeleteCalendarEvent", id=1)
    await receiver.until_count(2)
    assert receiver.changes == [("event.added", 1), ("event.deleted", 1)]


async def test_what_comes_into_sight_was_added_and_what_leaves_it_deleted(
    desk: Desk, receiver: Receiver
) -> None:
    await hook(desk, receiver.url(), deskFilter="DESK_EU*", brand="b")
    for brand, code in (("b", "DESK_US"), ("c", "DESK_EU")):
        await add(desk, brand=brand, desk=code)
    await update(desk, 1, desk="DESK_EU")
    await update(desk, 1, title="seen")
    await update(desk, 1, desk="DESK_US")
    await update(desk, 1, title="not seen")
    await add(desk, brand="b", desk="DESK_EU")
    await receiver.until_count(4)
    assert [name for name, event in receiver.changes if event == 1] == [
        "event.added",
        "event.updated",
        "event.deleted",
    ]
    assert [one for one in receiver.changes if one[1] > 1] == [("event.added", 3)]


async def test_a_large_event_comes_without_its_text(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url())
    event = await add(desk, ast_json=["x" * 30_000])
    await receiver.until_count(1)
    del event["ast_json"]
    assert receiver.requests[0].message["data"]["event"] == event


async def test_changes_of_one_event_come_in_order_one_after_the_other(
    desk: Desk, receiver: Receiver
) -> None:
    busy: set[int] = set()

    async def slowly(one: Received) -> bytes:
        event_id = one.change[1]
        assert event_id not in busy
        busy.add(event_id)
        await asyncio.sleep(0.002)
        busy.discard(event_id)
        return answer()

    receiver.reply = slowly
    await hook(desk, receiver.url())
    for _ in range(12):
        await add(desk)
    for number in range(5):
        for event_id in range(1, 13):
            await update(desk, event_id, title=f"title {number}")
    await receiver.until_count(72)
    for event_id in range(1, 13):
        versions = [
            one.message["data"]["event"]["version"]
            for one in receiver.requests
            if one.change[1] == event_id
        ]
        assert versions == [1, 2, 3, 4, 5, 6]
    assert 1 < receiver.most_at_once <= 8


async def test_after_a_rotation_both_secrets_sign_for_a_day(desk: Desk, receiver: Receiver) -> None:
    old = (await hook(desk, receiver.url()))["secret"]
    changed = await ask(desk, "MngUpdateCalendarWebhook", id=1, new_secret=1)
    await add(desk)
    await receiver.until_count(1)
    one = receiver.requests[0]
    for secret in (old, changed["secret"]):
        Verifier(secret).verify(one.body, one.headers)
    desk.clock.time += 86_400
    await add(desk)
    await receiver.until_count(2)
    assert len(receiver.requests[1].headers["webhook-signature"].split()) == 1
    assert len(one.headers["webhook-signature"].split()) == 2


async def test_a_hook_that_was_changed_is_sent_what_comes_after_as_it_is_now(
    desk: Desk, receiver: Receiver
) -> None:
    async with receiving() as other:
        for number in range(20):
            made = await hook(desk, receiver.url(), deskFilter=f"DESK_{number}")
            await ask(desk, "MngUpdateCalendarWebhook", id=made["id"], url=other.url())
            await add(desk, desk=f"DESK_{number}")
        await other.until_count(20)
        assert receiver.requests == []


async def test_a_hook_with_reminders_is_sent_each_firing(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url(), types=[0], reminders=1)
    due = int(desk.clock.time) + 60
    await add(desk, remind_time=due, participant_manager_ids=[11])
    desk.clock.time = due
    desk.services.reminders.wake()
    await receiver.until_count(2)
    message = receiver.requests[1].message
    event = await desk.event(ROOT, "MngGetCalendarEvent", id=1)
    assert (message["type"], message["data"]) == (
        "calendar.reminder",
        {"seq": 2, "due": due, "manager_ids": [1, 11], "event": event},
    )


async def test_a_hook_with_reminders_is_sent_an_escalation_once(
    place: Place, receiver: Receiver
) -> None:
    async with opened(place, escalate_after_sec=100) as desk:
        await desk.services.store.directory.put(Directory(desks=[LED]))
        await hook(desk, receiver.url(), types=[2], reminders=1)
        due = int(desk.clock.time) + 60
        await add(desk, desk="DESK_EU", remind_time=due)
        for later in (0, 100):
            desk.clock.time = due + later
            desk.services.reminders.wake()
            await receiver.until_count(1 + later // 100)
        message = receiver.requests[1].message
        assert message["type"] == "calendar.escalation"
        assert (message["data"]["due"], message["data"]["manager_id"]) == (due, 20)
        assert message["data"]["event"]["id"] == 1
