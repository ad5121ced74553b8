"""The client's methods for webhooks against a real server, with a receiver on the loopback."""

import time

import pytest
from standardwebhooks import Webhook as Verifier

from deskcal import Client, Forbidden, InvalidField, NotFound
from harness import MANAGER, token
from helpers import NOW
from places import Place
from receiver import answer, receiving
from server.test_client_feed import ALL, FAR
from wire import serving

LOOPBACK = "127.0.0.0/8"


async def test_a_webhook_is_added_tested_paused_replayed_and_deleted(place: Place) -> None:
    async with (
        receiving() as receiver,
        serving(place, webhook_networks=LOOPBACK) as server,
        Client.connect("127.0.0.1", server.port, token=ALL) as client,
    ):
        server.clock.time = time.time()
        made = await client.add_webhook(
            receiver.url(), desk_filter="DESK_EU*", types=[0, 2], reminders=True
        )
        hook = made.webhook
        assert await client.get_webhooks() == [hook]
        assert (hook.desk_filter, hook.types, hook.reminders) == ("DESK_EU*", (0, 2), 1)
        assert hook.brand is None
        receiver.reply = lambda _: answer(418)
        tested = await client.test_webhook(hook.id)
        assert (tested.delivery.status, tested.delivery.attempt, tested.reason) == (418, 1, "")
        page = await client.get_webhook_deliveries(hook.id)
        assert (page.deliveries, page.next) == ([tested.delivery], None)
        paused = await client.update_webhook(hook.id, paused=1, desk_filter="*")
        assert (paused.webhook.state, paused.webhook.desk_filter) == ("paused", "*")
        assert paused.secret == ""
        receiver.reply = lambda _: answer()
        event = await client.add_event(title="first", start_time=NOW + 600, end_time=NOW + 1200)
        resumed = await client.update_webhook(hook.id, paused=0, new_secret=1)
        assert resumed.secret not in ("", made.secret)
        await receiver.until_count(2)
        for secret in (made.secret, resumed.secret):
            one = receiver.requests[1]
            Verifier(secret).verify(one.body, one.headers)
        await client.replay_webhook(hook.id, hook.cursor)
        await receiver.until_count(3)
        assert receiver.requests[1].id == receiver.requests[2].id
        sent = [one.change for one in receiver.requests[1:]]
        assert sent == [("event.added", event.id)] * 2
        await client.delete_webhook(hook.id)
        assert await client.get_webhooks() == []
        with pytest.raises(NotFound):
            await client.test_webhook(hook.id)


async def test_a_test_without_an_answer_says_why(place: Place) -> None:
    async with (
        receiving() as receiver,
        serving(place, webhook_networks=LOOPBACK) as server,
        Client.connect("127.0.0.1", server.port, token=ALL) as client,
    ):
        made = await client.add_webhook(receiver.url())
        receiver.reply = lambda _: b""
        tested = await client.test_webhook(made.webhook.id)
        assert tested.delivery.status == 0
        assert "disconnected" in tested.reason


async def test_what_is_refused_is_raised_as_its_class(place: Place) -> None:
    async with (
        serving(place) as server,
        Client.connect("127.0.0.1", server.port, token=ALL) as client,
    ):
        with pytest.raises(InvalidField, match="no public address") as caught:
            await client.add_webhook("https://127.0.0.1/hooks")
        assert caught.value.field == "url"
        with pytest.raises(Forbidden):
            await client.get_webhooks(token=token(10, MANAGER, exp=FAR))
