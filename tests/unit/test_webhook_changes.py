"""What hooks are sent of a change: bodies that all of them share, ids of their own."""

import msgspec
import pytest

from deskcal.core.document import decode_event, encode_event
from deskcal.core.event import ChangeType, Event
from deskcal.core.masks import checked_brand_mask, checked_desk_mask
from deskcal.core.visibility import Visibility
from deskcal.core.webhooks import Audience, Webhook
from deskcal.live import webhook_changes
from deskcal.live.webhook_changes import HookChange, items_of
from deskcal.store.ports.feed import StoredChange
from deskcal.wire.webhooks import Message
from helpers import NOW, make_event

ALL = Visibility(1, checked_desk_mask("*"), checked_brand_mask("*"))
EU = Audience(ALL, checked_desk_mask("DESK_EU"), "")
US = Audience(ALL, checked_desk_mask("DESK_US"), "")


def hook(number: int) -> Webhook:
    return Webhook(
        id=number, url="https://x/", desk_filter="*", reminders=1, created_by=1, created_time=NOW
    )


def messages(number: int, audience: Audience, change: HookChange) -> list[Message]:
    one = hook(number)
    items = items_of(one, audience, change)
    return [message for item in items if (message := item.message(one, audience))]


def test_hooks_that_see_the_same_of_a_change_share_its_body() -> None:
    before, after = (encode_event(make_event(desk=desk)) for desk in ("DESK_US", "DESK_EU"))
    change = HookChange(StoredChange(3, ChangeType.UPDATED, NOW, 10, 1, after, before, 3))
    (first,), (second,) = (messages(number, EU, change) for number in (1, 2))
    assert [first.id, second.id] == [f"msg_1_3_{NOW}", f"msg_2_3_{NOW}"]
    assert first.body is second.body
    assert msgspec.json.decode(first.body)["type"] == "calendar.event.added"
    (other,) = messages(3, US, change)
    assert msgspec.json.decode(other.body)["type"] == "calendar.event.deleted"


def test_hooks_share_the_body_of_a_reminder() -> None:
    event = make_event(desk="DESK_EU", remind_time=NOW)
    fired = msgspec.structs.replace(event, reminder_sent_time=NOW)
    before, after = encode_event(event), encode_event(fired)
    change = HookChange(StoredChange(3, ChangeType.UPDATED, NOW, 0, 1, after, before, 3))
    (_, first), (_, second) = (messages(number, EU, change) for number in (1, 2))
    assert first.body is second.body
    assert first.id == f"msg_1_3_{NOW}_reminder"
    assert msgspec.json.decode(first.body)["data"]["due"] == NOW


def test_whether_a_reminder_has_fired_is_found_out_once_for_all_hooks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = make_event(desk="DESK_EU", remind_time=NOW)
    fired = msgspec.structs.replace(event, reminder_sent_time=NOW)
    before, after = encode_event(event), encode_event(fired)
    change = HookChange(StoredChange(3, ChangeType.UPDATED, NOW, 0, 1, after, before, 3))
    decoded = []

    def decode(document: bytes) -> Event:
        decoded.append(document)
        return decode_event(document)

    monkeypatch.setattr(webhook_changes, "decode_event", decode)
    for number in (1, 2):
        assert len(items_of(hook(number), EU, change)) == 2
    assert decoded == [after, before]
