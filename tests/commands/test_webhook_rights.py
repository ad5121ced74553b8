"""Who may have webhooks, and where they may lead. Source: contract, part 2, section 17."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from commands.webhook_calls import (
    FAR,
    ROOT,
    add,
    ask,
    hook,
    opened,
    shown,
    soon,
    until,
)
from deskcal.core.directory import Directory, Manager
from harness import ADMIN, CRM_ADMIN, MANAGER, Desk, error_of, open_desk, token
from helpers import WAIT_SEC
from places import Place
from receiver import Receiver, answer
from webhook_tries import PAUSED


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with opened(place) as made:
        yield made


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
    assert sorted(event for _, event in receiver.changes) == [1, 2, 5]


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
        hooks = desk.services.store.webhooks
        made = await hooks.add(PAUSED)
        for command, named in (("Add", {"deskFilter": "*"}), ("Update", {"id": made.id})):
            answered = await desk.call(ROOT, f"Mng{command}CalendarWebhook", url=url, **named)
            assert error_of(answered) == (400, "INVALID_FIELD", "url")
            assert why in answered["error"]["message"]
        assert await hooks.all() == [made]


async def test_a_hook_is_refused_at_its_connect_once_the_setting_is_gone(
    place: Place, receiver: Receiver
) -> None:
    """As for a name that leads elsewhere by then: the address counts at each connect."""
    async with opened(place) as desk:
        await hook(desk, receiver.url())
    async with opened(place, webhook_networks="") as desk:
        await add(desk)
        async with asyncio.timeout(WAIT_SEC):
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


async def test_a_hook_is_sent_the_brands_of_its_creator_alone(
    desk: Desk, receiver: Receiver
) -> None:
    await hook(desk, receiver.url(), token(2, CRM_ADMIN, brands="b", exp=FAR))
    for brand in ("a", "b"):
        await add(desk, brand=brand)
    await receiver.until_count(1)
    assert receiver.changes == [("event.added", 2)]


async def test_more_hooks_than_the_setting_allows_are_refused(
    place: Place, receiver: Receiver
) -> None:
    async with opened(place, max_webhooks=1) as desk:
        await hook(desk, receiver.url())
        answered = await desk.call(
            ROOT, "MngAddCalendarWebhook", url=receiver.url(), deskFilter="*"
        )
        assert error_of(answered) == (400, "INVALID_FIELD", "url")
