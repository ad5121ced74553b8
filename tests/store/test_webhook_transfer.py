"""Webhooks are exported, imported and checked: cursors always, secrets on demand. Issue 18."""

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deskcal.core.webhooks import Webhook, WebhookState
from deskcal.store.transfer.export import BadExport
from deskcal.store.transfer.webhooks import NO_SECRET
from harness import ADMIN, error_of, open_desk, token
from helpers import WAIT_SEC
from places import Place, SqlitePlace
from receiver import Receiver, answer, receiving
from store.test_check import damage_in
from store.test_transfer import exported, imported

ROOT = token(1, ADMIN, exp=4e9)
SECRET = "whsec_" + "QUJD" * 8
LIMITS: dict[str, Any] = {"webhook_networks": "127.0.0.0/8", "webhook_retry_sec": (3600,)}
ESCALATION = """
    INSERT INTO webhook_escalation (webhook_id, event_id, due_time, manager_id, fired_time)
    VALUES (2, 1, 5, 20, 6)"""


def hook(url: str = "https://crm.example/hooks", **fields: Any) -> Webhook:
    values: dict[str, Any] = {"id": 0, "url": url, "desk_filter": "*", "created_by": 1}
    return Webhook(**(values | {"created_time": 1, "secret": SECRET} | fields))


async def fill(place: Place, receiver: Receiver) -> None:
    """Hook 1 was deleted; 2 has one event of two delivered, 3 is disabled, 4 has no secret."""
    async with open_desk(place, **LIMITS) as desk:
        desk.clock.time = time.time()
        hooks = desk.services.store.webhooks
        assert await hooks.delete((await hooks.add(hook())).id)
        receiver.reply = lambda one: answer(200 if one.change[1] == 1 else 500)
        await hooks.add(hook(receiver.url(), reminders=1, desk_filter="*,!X", types=(0, 2)))
        gone = {"state": WebhookState.DISABLED, "reason": "the receiver has answered 410"}
        await hooks.add(hook(brand="é", **gone))
        await hooks.add(hook(state=WebhookState.PAUSED, secret="", reason=NO_SECRET))
        for _ in range(2):
            await desk.add(ROOT)
        await receiver.until_count(2)
        await _until_cursor(hooks, 1)


async def _until_cursor(hooks: Any, cursor: int) -> None:
    async with asyncio.timeout(WAIT_SEC):
        while (await hooks.all())[0].cursor != cursor:
            await asyncio.sleep(0.02)


async def test_hooks_come_without_their_secrets_and_wait_for_new_ones(
    place: Place, target: Place
) -> None:
    async with receiving() as receiver:
        await fill(place, receiver)
        damage_in(place, ESCALATION)
        lines = await exported(place)
        assert SECRET.encode() not in b"".join(lines)
        await imported(target, lines)
        assert await exported(target) == lines
        assert (await target.check()).differences == []
        receiver.requests.clear()
        receiver.reply = lambda _: answer()
        async with open_desk(target, **LIMITS) as desk:
            desk.clock.time = time.time()
            store = desk.services.store.webhooks
            found = {one.id: one for one in await store.all()}
            assert list(found) == [2, 3, 4]
            assert (found[2].state, found[2].reason, found[2].cursor) == ("paused", NO_SECRET, 1)
            assert (found[2].desk_filter, found[2].types) == ("*,!X", (0, 2))
            assert (found[3].state, found[3].brand) == ("disabled", "é")
            (pending,) = await store.escalations(2, 0, 10)
            assert (pending.event_id, pending.due_time, pending.manager_id) == (1, 5, 20)
            assert (await store.add(hook())).id > 4
            refused = await desk.call(ROOT, "MngUpdateCalendarWebhook", id=2, paused=0)
            assert error_of(refused) == (400, "INVALID_FIELD", "paused")
            resumed = await desk.call(
                ROOT, "MngUpdateCalendarWebhook", id=2, paused=0, new_secret=1
            )
            assert resumed["status"] == 200
            await receiver.until_count(1)
            assert receiver.changes == [("event.added", 2)]


async def test_hooks_that_come_with_their_secrets_go_on_where_they_stood(
    place: Place, target: Place
) -> None:
    async with receiving() as receiver:
        await fill(place, receiver)
        lines = await exported(place, with_secrets=True)
        await imported(target, lines)
        assert await exported(target, with_secrets=True) == lines
        assert (await target.check()).differences == []
        (sent,) = {one.id for one in receiver.requests if one.change[1] == 2}
        receiver.requests.clear()
        receiver.reply = lambda _: answer()
        async with open_desk(target, **LIMITS) as desk:
            desk.clock.time = time.time()
            await receiver.until_count(1)
            assert (receiver.changes, receiver.requests[0].id) == ([("event.added", 2)], sent)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"cursor": 9}, "stands at change 9, last_seq is 2"),
        ({"types": [1, 0]}, "each once and in order"),
        ({"state": "active"}, "is active and has no secret"),
        ({"secret": "whsec_é"}, "a secret that is no base64"),
        ({"url": "ftp://x/"}, "can't be used: must be an https URL"),
        ({"desk_filter": "!x"}, "can't be used"),
        ({"more": 1}, "unknown field"),
    ],
)
async def test_a_hook_that_can_not_be_is_refused_with_its_line(
    target: Place, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    source = SqlitePlace(tmp_path / "source")
    async with receiving() as receiver:
        await fill(source, receiver)
    lines = await exported(source)
    (number,) = (n for n, line in enumerate(lines) if line.startswith(b'{"webhook":{"id":2,'))
    row = msgspec.json.decode(lines[number])
    lines[number] = msgspec.json.encode({"webhook": row["webhook"] | change}) + b"\n"
    with pytest.raises(BadExport, match=why) as caught:
        await imported(target, lines)
    assert f"line {number + 1}: " in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE webhook SET cursor = 3 WHERE id = 2", "webhook 2 stands at change 3, beyond"),
        ("UPDATE webhook SET cursor = -1 WHERE id = 2", "webhook 2 stands at change -1"),
        ("UPDATE webhook SET reminders = 0 WHERE id = 2", "webhook 2 has reminders 1, and 0"),
        ("UPDATE webhook SET settings = {braces} WHERE id = 2", "webhook 2 is unreadable"),
        ("UPDATE webhook SET state = 'x' WHERE id = 2", "webhook 2 is unreadable"),
        ("UPDATE webhook SET state = 'active' WHERE id = 4", "webhook 4 is active and has no sec"),
        ("DELETE FROM webhook WHERE id = 2", "webhook_delivery has rows of webhook 2"),
        (ESCALATION.replace("(2", "(9"), "webhook_escalation has rows of webhook 9"),
    ],
)
async def test_a_check_names_what_is_wrong_with_a_hook(
    place: Place, damage: str, named: str
) -> None:
    async with receiving() as receiver:
        await fill(place, receiver)
    report = await place.check()
    assert (report.differences, report.counts["webhook"]) == ([], 3)
    damage_in(place, damage)
    (difference,) = (await place.check()).differences
    assert named in difference
