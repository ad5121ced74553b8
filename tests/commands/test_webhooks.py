"""What a webhook is told, in what order, and when. Source: contract, part 2, section 17."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from deskcal.core import directory
from deskcal.core.directory import Directory, Manager
from deskcal.core.webhooks import FAILING_SEC
from harness import ADMIN, CRM_ADMIN, MANAGER, Desk, error_of, open_desk, token
from places import Place
from receiver import Received, Receiver, answer, receiving

FAR = time.time() + 10**8
ROOT = token(1, ADMIN, exp=FAR)
LED = directory.Desk(code="DESK_EU", brand="default", title="EU", manager_id=20)
LOOPBACK = {"webhook_networks": "127.0.0.0/8", "webhook_retry_sec": (0, 0, 1)}


@asynccontextmanager
async def opened(place: Place, **limits: Any) -> AsyncIterator[Desk]:
    """A server whose clock is the real one, and whose webhooks may lead to the loopback."""
    async with open_desk(place, **(LOOPBACK | limits)) as desk:
        desk.clock.time = time.time()
        yield desk


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with opened(place) as made:
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def ask(desk: Desk, command: str, token_: str = ROOT, **data: Any) -> dict[str, Any]:
    answered = await desk.call(token_, command, **data)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


async def hook(desk: Desk, url: str, token_: str = ROOT, **data: Any) -> dict[str, Any]:
    """A new hook, with its secret as `secret`."""
    fields = {"url": url, "deskFilter": "*"} | data
    added = await ask(desk, "MngAddCalendarWebhook", token_, **fields)
    return {**added["webhook"], "secret": added["secret"]}


async def shown(desk: Desk, webhook_id: int = 1) -> dict[str, Any]:
    hooks = (await ask(desk, "MngGetCalendarWebhooks"))["webhooks"]
    found: dict[str, Any] = next(one for one in hooks if one["id"] == webhook_id)
    return found


async def until(desk: Desk, webhook_id: int = 1, **wanted: Any) -> dict[str, Any]:
    """The hook, once these of its fields are so."""
    async with asyncio.timeout(20):
        while True:
            found = await shown(desk, webhook_id)
            if wanted.items() <= found.items():
                return found
            await asyncio.sleep(0.02)


def soon(server: Desk, **named: Any) -> dict[str, Any]:
    now = int(server.clock.time)
    return {"start_time": now + 600, "end_time": now + 1200} | named


async def add(server: Desk, **named: Any) -> dict[str, Any]:
    return await server.add(ROOT, **soon(server, **named))


async def update(server: Desk, event_id: int, **named: Any) -> dict[str, Any]:
    return await server.event(ROOT, "MngUpdateCalendarEvent", id=event_id, **named)


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
    assert receiver.told == [(f"event.{name}", 1) for name in names]
    assert receiver.requests[3].message["data"]["event"] == {"id": 1}


async def test_only_the_types_that_were_asked_for_come(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url(), types=[2, 0])
    await add(desk)
    await update(desk, 1, title="second")
    await desk.call(ROOT, "MngDeleteCalendarEvent", id=1)
    await receiver.until_count(2)
    assert receiver.told == [("event.added", 1), ("event.deleted", 1)]


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
    assert [name for name, event in receiver.told if event == 1] == [
        "event.added",
        "event.updated",
        "event.deleted",
    ]
    assert [one for one in receiver.told if one[1] > 1] == [("event.added", 3)]


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
        event_id = one.told[1]
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
            if one.told[1] == event_id
        ]
        assert versions == [1, 2, 3, 4, 5, 6]
    assert 1 < receiver.most_at_once <= 8


async def test_a_failing_event_holds_back_only_itself_and_repeats_with_the_same_id(
    desk: Desk, receiver: Receiver
) -> None:
    failed: list[Received] = []

    def reply(one: Received) -> bytes:
        if one.told == ("event.added", 1) and len(failed) < 3:
            failed.append(one)
            return answer(500)
        return answer()

    receiver.reply = reply
    await hook(desk, receiver.url())
    await add(desk)
    await update(desk, 1, title="behind it")
    for _ in range(3):
        await add(desk)
    await receiver.until_count(8)
    assert {one.id for one in failed} == {failed[0].id}
    assert [one for one in receiver.told if one[1] == 1] == [("event.added", 1)] * 4 + [
        ("event.updated", 1)
    ]
    others = [place for place, one in enumerate(receiver.told) if one[1] > 1]
    assert max(others) < len(receiver.told) - 1
    await until(desk, cursor=5)


@pytest.mark.parametrize(
    "reply",
    [
        answer(302, location="http://127.0.0.1:1/"),
        answer(404),
        answer(500),
        answer(200)[:20],
        b"no HTTP\r\n\r\n",
        b"",
    ],
)
async def test_whatever_is_no_2xx_is_a_failure(
    place: Place, receiver: Receiver, reply: bytes
) -> None:
    async with opened(place, webhook_timeout_sec=1) as desk:
        await fails_once(desk, receiver, reply)


async def fails_once(desk: Desk, receiver: Receiver, reply: bytes) -> None:
    seen: list[Received] = []

    def once(one: Received) -> bytes:
        seen.append(one)
        return reply if len(seen) == 1 else answer(204)

    receiver.reply = once
    await hook(desk, receiver.url())
    await add(desk)
    await receiver.until_count(2)
    await until(desk, cursor=1)
    assert receiver.requests[0].id == receiver.requests[1].id
    found = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1)
    statuses = [(one["seq"], one["status"], one["try"]) for one in found["deliveries"]]
    status = int(reply[9:12]) if reply.startswith(b"HTTP/1.1 ") and len(reply) > 20 else 0
    assert statuses == [(1, 204, 2), (1, status, 1)]


async def test_a_receiver_that_hangs_or_answers_endlessly_moves_nobody_else(
    place: Place, receiver: Receiver
) -> None:
    async with opened(place, webhook_timeout_sec=0.3) as desk, receiving() as other:

        async def hang(_: Received) -> bytes:
            await asyncio.Event().wait()
            return b""

        receiver.reply = hang
        await hook(desk, receiver.url())
        other.reply = lambda _: answer(200, b"x" * 10_000_000)
        await hook(desk, other.url())
        for _ in range(12):
            await add(desk)
        await other.until_count(12)
        await until(desk, 2, cursor=12)
        receiver.reply = lambda _: answer()
        await until(desk, 1, cursor=12)


async def test_a_longer_retry_after_is_honoured(place: Place, receiver: Receiver) -> None:
    async with opened(place) as desk:
        receiver.reply = lambda _: answer(503, retry_after="1")
        await hook(desk, receiver.url())
        began = time.monotonic()
        await add(desk)
        await receiver.until_count(2)
        assert time.monotonic() - began >= 1


async def test_410_disables_and_a_resume_goes_on_where_it_stood(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.reply = lambda _: answer(410)
    await hook(desk, receiver.url())
    await add(desk)
    found = await until(desk, state="disabled")
    assert "410" in found["reason"]
    await add(desk)
    receiver.reply = lambda _: answer()
    receiver.requests.clear()
    await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=0)
    await receiver.until_count(2)
    assert sorted(receiver.told) == [("event.added", 1), ("event.added", 2)]


async def test_after_five_days_of_failures_it_is_paused_and_nothing_is_dropped(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.reply = lambda _: answer(500)
    await hook(desk, receiver.url())
    await add(desk)
    await receiver.until_count(2)
    desk.clock.time += FAILING_SEC
    found = await until(desk, state="paused")
    assert "five days" in found["reason"]
    receiver.reply = lambda _: answer()
    receiver.requests.clear()
    await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=0)
    await receiver.until_count(1)
    assert receiver.told == [("event.added", 1)]
    assert (await until(desk, cursor=1))["state"] == "active"


async def test_a_paused_hook_keeps_its_place(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url())
    await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=1)
    await add(desk)
    await asyncio.sleep(0.1)
    assert receiver.requests == []
    await ask(desk, "MngUpdateCalendarWebhook", id=1, paused=0)
    await receiver.until_count(1)


async def test_a_crash_or_restart_leaves_nothing_out(place: Place, receiver: Receiver) -> None:
    async with opened(place) as desk:
        await hook(desk, receiver.url())
        receiver.reply = lambda one: answer(500 if one.told[1] == 2 else 200)
        for _ in range(4):
            await add(desk)
        await receiver.until(lambda one: {event for _, event in one.told} == {1, 2, 3, 4})
    receiver.reply = lambda _: answer()
    receiver.requests.clear()
    async with opened(place) as desk:
        last = await add(desk)
        wanted = {2, last["id"]}
        await receiver.until(lambda one: wanted <= {event for _, event in one.told})
        newest = (await ask(desk, "MngGetCalendarChanges", deskFilter="*"))["next"]
        await until(desk, cursor=newest)


async def test_replay_sends_again_with_the_same_ids(desk: Desk, receiver: Receiver) -> None:
    await hook(desk, receiver.url())
    for _ in range(3):
        await add(desk)
    await receiver.until_count(3)
    await until(desk, cursor=3)
    ids = {one.told[1]: one.id for one in receiver.requests}
    receiver.requests.clear()
    await ask(desk, "MngReplayCalendarWebhook", id=1, since=1)
    await receiver.until_count(2)
    assert {one.told[1]: one.id for one in receiver.requests} == {2: ids[2], 3: ids[3]}


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


async def test_a_hook_with_reminders_is_told_of_each_firing(desk: Desk, receiver: Receiver) -> None:
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


async def test_a_hook_with_reminders_is_told_of_an_escalation_once(
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


async def test_a_creator_who_loses_a_desk_loses_it_at_the_next_change(
    desk: Desk, receiver: Receiver
) -> None:
    creator = Manager(id=1, name="Ann", desks="DESK_EU,DESK_US")
    await desk.services.store.directory.put(Directory(managers=[creator]))
    await hook(desk, receiver.url())
    other = token(2, ADMIN, exp=FAR)
    for code in ("DESK_EU", "DESK_US", "DESK_ASIA"):
        await desk.add(other, **soon(desk, desk=code))
    await receiver.until_count(2)
    fewer = Manager(id=1, name="Ann", desks="DESK_EU")
    await desk.services.store.directory.put(Directory(managers=[fewer]))
    for code in ("DESK_US", "DESK_EU"):
        await desk.add(other, **soon(desk, desk=code))
    await receiver.until_count(3)
    assert sorted(event for _, event in receiver.told) == [1, 2, 5]


async def test_the_hook_of_a_disabled_creator_pauses_and_says_so(
    desk: Desk, receiver: Receiver
) -> None:
    await hook(desk, receiver.url())
    gone = Manager(id=1, name="Ann", disabled=1)
    await desk.services.store.directory.put(Directory(managers=[gone]))
    await add(desk)
    found = await until(desk, state="paused")
    assert "disabled" in found["reason"]
    assert receiver.requests == []


async def test_a_test_is_sent_at_once_and_answers_with_what_came_of_it(
    desk: Desk, receiver: Receiver
) -> None:
    made = await hook(desk, receiver.url())
    receiver.reply = lambda _: answer(418)
    found = await ask(desk, "MngTestCalendarWebhook", id=1)
    assert (found["delivery"]["status"], found["delivery"]["seq"]) == (418, 0)
    one = receiver.requests[0]
    Verifier(made["secret"]).verify(one.body, one.headers)
    assert one.message["type"] == "calendar.test"
    kept = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1)
    assert kept == {"deliveries": [found["delivery"]], "next": None}


async def test_a_hook_is_shown_without_its_secret_and_deleted(
    desk: Desk, receiver: Receiver
) -> None:
    made = await hook(desk, receiver.url(), brand="b", types=[1, 0, 1], deskFilter="DESK_*")
    found = await shown(desk)
    assert found == {
        "id": 1,
        "url": receiver.url(),
        "deskFilter": "DESK_*",
        "brand": "b",
        "types": [0, 1],
        "reminders": 0,
        "state": "active",
        "reason": "",
        "created_by": 1,
        "created_time": int(desk.clock.time),
        "cursor": 0,
    }
    assert made == found | {"secret": made["secret"]}
    assert made["secret"].startswith("whsec_")
    assert await ask(desk, "MngDeleteCalendarWebhook", id=1) == {"id": 1}
    assert (await ask(desk, "MngGetCalendarWebhooks"))["webhooks"] == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/x", "http"),
        ("https://127.0.0.1:1/x", "no public address"),
        ("https://[::1]/x", "no public address"),
        ("https://[::ffff:127.0.0.1]/x", "no public address"),
        ("https://10.1.2.3/x", "no public address"),
        ("https://169.254.169.254/latest", "no public address"),
        ("https://224.0.0.1/", "no public address"),
        ("https://localhost/x", "no public address"),
        ("https://127.1/x", "no public address"),
        ("https://2130706433/x", "no public address"),
        ("ftp://example.com/", "must be an https URL"),
        ("https://user:pw@example.com/", "user name"),
        ("https://no-such-host.invalid/", "can't be resolved"),
        ("https:///x", "must be an https URL"),
        ("https://example.com/#x", "fragment"),
        ("https://example.com/a b", "character"),
    ],
)
async def test_a_url_that_leads_inside_is_refused(place: Place, url: str, why: str) -> None:
    async with open_desk(place) as desk:
        answered = await desk.call(ROOT, "MngAddCalendarWebhook", url=url, deskFilter="*")
        assert error_of(answered) == (400, "INVALID_FIELD", "url")
        assert why in answered["error"]["message"]


async def test_a_hook_is_refused_at_its_connect_once_the_setting_is_gone(
    place: Place, receiver: Receiver
) -> None:
    """As for a name that leads elsewhere by then: the address counts at each connect."""
    async with opened(place) as desk:
        await hook(desk, receiver.url())
    async with opened(place, webhook_networks="") as desk:
        await add(desk)
        async with asyncio.timeout(20):
            while not (await ask(desk, "MngGetCalendarWebhookDeliveries", id=1))["deliveries"]:
                await asyncio.sleep(0.02)
        found = await ask(desk, "MngGetCalendarWebhookDeliveries", id=1)
        assert {one["status"] for one in found["deliveries"]} == {0}
        assert receiver.requests == []


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("MngAddCalendarWebhook", {"url": "https://example.com/", "deskFilter": "*"}),
        ("MngUpdateCalendarWebhook", {"id": 1}),
        ("MngDeleteCalendarWebhook", {"id": 1}),
        ("MngGetCalendarWebhooks", {}),
        ("MngGetCalendarWebhookDeliveries", {"id": 1}),
        ("MngReplayCalendarWebhook", {"id": 1, "since": 0}),
        ("MngTestCalendarWebhook", {"id": 1}),
    ],
)
async def test_only_administrators_use_webhooks(
    desk: Desk, command: str, data: dict[str, Any]
) -> None:
    answered = await desk.call(token(10, MANAGER, exp=FAR), command, **data)
    assert error_of(answered) == (403, "FORBIDDEN", None)


@pytest.mark.parametrize(
    "command",
    ["Update", "Delete", "Replay", "Test"],
)
async def test_an_administrator_of_some_brands_has_only_own_hooks(
    desk: Desk, receiver: Receiver, command: str
) -> None:
    await hook(desk, receiver.url())
    other = token(2, CRM_ADMIN, brands="b", exp=FAR)
    more = {"since": 0} if command == "Replay" else {}
    answered = await desk.call(other, f"Mng{command}CalendarWebhook", id=1, **more)
    assert error_of(answered) == (404, "NOT_FOUND", "id")
    assert (await ask(desk, "MngGetCalendarWebhooks", other))["webhooks"] == []
    own = await hook(desk, receiver.url(), other)
    assert (await shown(desk, own["id"]))["created_by"] == 2


async def test_a_hook_is_told_of_the_brands_of_its_creator_alone(
    desk: Desk, receiver: Receiver
) -> None:
    await hook(desk, receiver.url(), token(2, CRM_ADMIN, brands="b", exp=FAR))
    for brand in ("a", "b"):
        await add(desk, brand=brand)
    await receiver.until_count(1)
    assert receiver.told == [("event.added", 2)]


async def test_more_hooks_than_the_setting_allows_are_refused(
    place: Place, receiver: Receiver
) -> None:
    async with opened(place, max_webhooks=1) as desk:
        await hook(desk, receiver.url())
        answered = await desk.call(
            ROOT, "MngAddCalendarWebhook", url=receiver.url(), deskFilter="*"
        )
        assert error_of(answered) == (400, "INVALID_FIELD", "url")


async def test_bodies_are_the_same_on_every_try(desk: Desk, receiver: Receiver) -> None:
    receiver.reply = lambda one: answer(200 if len(receiver.requests) > 2 else 500)
    await hook(desk, receiver.url())
    event = await add(desk, title="\u00fc '}")
    await receiver.until_count(3)
    assert len({one.body for one in receiver.requests}) == 1
    assert json.loads(receiver.requests[0].body)["data"]["event"] == event
