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
    restored = await desk.event(ROOT, "MngRestoreCalendarEvent", id=1)
    await receiver.until_count(5)
    names = ["added", "updated", "archived", "deleted", "restored"]
    assert receiver.changes == [(f"event.{name}", 1) for name in names]
    events = [one.message["data"]["event"] for one in receiver.requests]
    assert events[3:] == [{"id": 1}, restored]


async def test_only_the_types_that_were_asked_for_come(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url(), types=[2, 0])
    await add(desk)
    await update(desk, 1, title="second")
    await desk.call(ROOT, "MngDeleteCalendarEvent", id=1)
    await receiver.until_count(2)
    assert receiver.changes == [("event.added", 1), ("event.deleted", 1)]


async def test_entering_the_scope_is_an_addition_and_leaving_it_a_deletion(
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
    place: Place, receiver: Receiver
) -> None:
    """The first is answered once another is there: those of different events are sent at once."""
    busy: set[int] = set()
    are_two = asyncio.Event()

    async def slowly(one: Received) -> bytes:
        event_id = one.change[1]
        assert event_id not in busy
        busy.add(event_id)
        if receiver.most_at_once > 1:
            are_two.set()
        await are_two.wait()
        await asyncio.sleep(0.002)
        busy.discard(event_id)
        return answer()

    receiver.reply = slowly
    async with opened(place, webhook_timeout_sec=60) as desk:
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
    released = asyncio.Event()

    async def reply(one: Received) -> bytes:
        if one.change[0] == "escalation":
            await released.wait()
        return answer()

    receiver.reply = reply
    async with opened(place, escalate_after_sec=100, webhook_timeout_sec=60) as desk:
        await desk.services.store.directory.put(Directory(desks=[LED]))
        await hook(desk, receiver.url(), types=[1, 2], reminders=1)
        due = int(desk.clock.time) + 60
        await add(desk, desk="DESK_EU", remind_time=due)
        await add(desk)
        for later, name in ((0, "reminder"), (100, "escalation")):
            desk.clock.time = due + later
            desk.services.reminders.wake()
            await until_come(receiver, name)
        message = next(one.message for one in receiver.requests if one.change[0] == "escalation")
        assert message["type"] == "calendar.escalation"
        assert (message["data"]["due"], message["data"]["manager_id"]) == (due, 20)
        assert message["data"]["event"]["id"] == 1
        await read_all(desk, receiver, "while it is under way")
        released.set()
        await pass_lane(desk, receiver, "after it was delivered")
    async with opened(place, escalate_after_sec=100) as desk:
        desk.clock.time = due + 200
        desk.services.reminders.wake()
        await read_all(desk, receiver, "after a restart")
        await pass_lane(desk, receiver, "at the end")
    assert [name for name, _ in receiver.changes].count("escalation") == 1


async def until_come(receiver: Receiver, name: str) -> None:
    await receiver.until(lambda one: (name, 1) in one.changes)


async def read_all(desk: Desk, receiver: Receiver, title: str) -> None:
    """Until the sender has read all escalations: it does so after the changes, each time."""
    for number in range(2):
        await update_and_wait(desk, receiver, 2, f"{title} {number}")


async def pass_lane(desk: Desk, receiver: Receiver, title: str) -> None:
    """Until all that was read of event 1 is delivered."""
    await update_and_wait(desk, receiver, 1, title)


async def update_and_wait(desk: Desk, receiver: Receiver, event_id: int, title: str) -> None:
    await update(desk, event_id, title=title)
    await receiver.until(
        lambda one: any(
            found.message["data"]["event"].get("title") == title
            for found in one.requests
            if found.change == ("event.updated", event_id)
        )
    )


@pytest.mark.parametrize("name", ["reminder", "escalation"])
async def test_a_try_that_is_repeated_later_has_the_same_id(
    place: Place, receiver: Receiver, name: str
) -> None:
    async with opened(place, escalate_after_sec=100) as desk:
        failed: list[str] = []

        def reply(one: Received) -> bytes:
            if one.change[0] != name or len(failed) == 2:
                return answer()
            failed.append(one.id)
            desk.clock.time += 7
            return answer(500)

        receiver.reply = reply
        await desk.services.store.directory.put(Directory(desks=[LED]))
        await hook(desk, receiver.url(), types=[2], reminders=1)
        due = int(desk.clock.time) + 60
        await add(desk, desk="DESK_EU", remind_time=due)
        desk.clock.time = due
        desk.services.reminders.wake()
        await until_come(receiver, "reminder")
        if name == "escalation":
            desk.clock.time = due + 100
            desk.services.reminders.wake()
        await receiver.until(lambda one: one.changes.count((name, 1)) >= 3)
        tries = [one for one in receiver.requests if one.change[0] == name]
        assert len({one.id for one in tries}) == len({one.body for one in tries}) == 1
        assert len({one.headers["webhook-timestamp"] for one in tries}) == 3
