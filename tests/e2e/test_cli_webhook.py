"""`deskcal webhook` on a real server. Source: contract, section 17; issue 18."""

import json
import re
import time

import pytest
from standardwebhooks import Webhook as Verifier

from deskcal.cli.webhook import delivery_lines, webhook_lines
from deskcal.client.webhooks import WebhookDelivery
from deskcal.core.webhooks import PublicWebhook
from deskcal.limits import Limits
from e2e.process import deskcal, serve
from harness import ADMIN, MANAGER, token
from places import Place
from receiver import answer, receiving
from webhook_tries import PAUSED, record_tries

HOOK = PublicWebhook(1, "https://a.example/", "*", None, (0, 1, 2, 3, 4), 0, "active", "", 1, 2, 7)


def test_the_list_says_what_a_hook_sends_and_why_it_does_not() -> None:
    paused = PublicWebhook(
        12, "https://b.example/x", "DESK_*", "b", (0, 2), 1, "paused", "has\nfailed", 1, 2, 1234
    )
    assert webhook_lines([HOOK, paused]) == [
        "id  state   cursor  sends                                      url",
        "1   active  7       *                                          https://a.example/",
        "12  paused  1234    DESK_*; brand b; added,deleted; reminders  https://b.example/x",
        "    paused: has\\nfailed",
    ]
    assert webhook_lines([]) == ["no webhooks; deskcal webhook add URL adds one"]


def test_deliveries_are_a_row_each() -> None:
    found = [WebhookDelivery(7, 1_700_000_000, 0, 15_000, 2), WebhookDelivery(0, 1, 204, 3, 1)]
    assert delivery_lines(found) == [
        "time                  change  try  status     took",
        "2023-11-14 22:13:20Z  7       2    no answer  15000 ms",
        "1970-01-01 00:00:01Z  -       1    204        3 ms",
    ]
    assert delivery_lines([]) == ["nothing was sent yet"]


async def test_a_webhook_from_add_to_delete(place: Place) -> None:
    admin = token(99, ADMIN, exp=int(time.time()) + 3600)
    async with receiving() as receiver, serve(place, "--webhook-networks", "127.0.0.0/8") as server:
        options = ("--connect", f"{server.host}:{server.port}", "--token", admin)

        async def run(*words: str, status: int = 0) -> str:
            found, output = await deskcal("webhook", *words, *options)
            assert found == status, output
            return output

        assert await run("list") == "no webhooks; deskcal webhook add URL adds one\n"
        added = await run("add", receiver.url(), "--desks", "DESK_EU*", "--types", "added, deleted")
        assert f"1   active  0       DESK_EU*; added,deleted  {receiver.url()}\n" in added
        secret = re.findall(r"^secret: (whsec_\S+)$", added, re.MULTILINE)[0]
        assert re.fullmatch(r"webhook 1: 200 after \d+ ms\n", await run("test", "1"))
        receiver.reply = lambda _: answer(503)
        assert "the receiver has answered 503" in await run("test", "1", status=1)
        receiver.reply = lambda _: b""
        assert "webhook 1: the receiver has disconnected" in await run("test", "1", status=1)
        receiver.reply = lambda _: answer()
        tries = await run("deliveries", "1")
        assert re.findall(r"1    (\S+(?: answer)?) ", tries) == ["no answer", "503", "200"]
        assert len((await run("deliveries", "1", "--limit", "2")).splitlines()) == 3
        assert "paused" in await run("pause", "1")
        start = int(time.time()) + 3600
        event = json.dumps(
            {"title": "call", "desk": "DESK_EU", "start_time": start, "end_time": start}
        )
        await deskcal("call", *options, "MngAddCalendarEvent", event)
        assert "DESK_EU*; added,deleted; reminders" in await run("update", "1", "--reminders")
        again = await run("new-secret", "1")
        assert "active" in await run("resume", "1")
        await receiver.until_count(4)
        renewed = re.findall(r"^secret: (\S+)$", again, re.MULTILINE)[0]
        for one in (secret, renewed):
            Verifier(one).verify(receiver.requests[3].body, receiver.requests[3].headers)
        await run("replay", "1", "--since", "0")
        await receiver.until_count(5)
        assert receiver.requests[4].id == receiver.requests[3].id
        assert "Delete webhook 1?" in await run("delete", "1", status=1)
        assert await run("delete", "1", "--yes") == "webhook 1 is deleted\n"
        assert "there is no webhook 1 that you may see" in await run("test", "1", status=1)


async def test_deliveries_are_listed_over_all_pages_up_to_the_limit(place: Place) -> None:
    store = await place.open(Limits())
    await record_tries(store, await store.webhooks.add(PAUSED), range(1, 231))
    await store.close()
    admin = token(99, ADMIN, exp=int(time.time()) + 3600)
    async with serve(place) as server:
        options = ("--connect", f"{server.host}:{server.port}", "--token", admin)
        for limit, count in (((), 100), (("--limit", "201"), 201), (("--limit", "1000"), 230)):
            status, output = await deskcal("webhook", "deliveries", "1", *limit, *options)
            assert status == 0, output
            changes = [int(line.split()[2]) for line in output.splitlines()[1:]]
            assert changes == list(range(230, 230 - count, -1))


async def test_what_is_refused_is_one_line_with_the_rule(place: Place) -> None:
    admin = token(99, ADMIN, exp=int(time.time()) + 3600)
    manager = token(10, MANAGER, exp=int(time.time()) + 3600)
    async with serve(place) as server:
        where = ("--connect", f"{server.host}:{server.port}")
        for words, token_, text in (
            (("add", "http://127.0.0.1:9/"), admin, "use https"),
            (("add", "https://127.0.0.1:9/"), admin, "webhook_networks"),
            (("list",), manager, "may not use"),
        ):
            status, output = await deskcal("webhook", *words, *where, "--token", token_)
            assert (status, output.count("\n")) == (1, 1)
            assert output.startswith("deskcal: ") and text in output


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("add", "https://a.example/", "--types", "added,gone"), "'gone' is none of added, "),
        (("update", "1"), "name what is to change"),
        (("replay", "1"), "--since"),
        (("pause", "x"), "must be an integer"),
    ],
)
async def test_wrong_usage_names_the_rule(words: tuple[str, ...], text: str) -> None:
    status, output = await deskcal("webhook", *words, "--token", "x")
    assert (status, text in output) == (2, True), output
