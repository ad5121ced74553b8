"""What a webhook is sent, and when it is tried again. Source: contract, part 2, section 17."""

import json

import msgspec
import pytest
from msgspec import Raw

from deskcal.core.directory import Manager
from deskcal.core.document import EventScope, encode_event
from deskcal.core.event import ChangeType
from deskcal.core.webhooks import (
    MAX_RETRY_AFTER_SEC,
    Audience,
    Webhook,
    audience_of,
    public,
    retry_after_sec,
    retry_delay_sec,
    type_for,
)
from deskcal.wire.webhooks import (
    LARGE_BYTES,
    change_body,
    change_message,
    escalation_message,
    reminder_body,
    reminder_message,
    sample_message,
    short_document,
)
from helpers import NOW, make_event, make_scope

HOOK = Webhook(id=7, url="https://x/", desk_filter="DESK_*", created_by=1, created_time=NOW)


def audience(hook: Webhook = HOOK, entry: Manager | None = None) -> Audience:
    found = audience_of(hook, entry)
    assert isinstance(found, Audience)
    return found


def scope(**named: object) -> EventScope:
    return make_scope(**named)


def test_a_hook_is_sent_what_its_filter_matches() -> None:
    assert audience().sees(scope())
    assert not audience().sees(scope(desk=""))
    hook = msgspec.structs.replace(HOOK, brand="b")
    assert not audience(hook).sees(scope())
    assert audience(hook).sees(scope(brand="b"))


def test_a_hook_is_sent_the_brands_of_the_session_that_made_it() -> None:
    hook = msgspec.structs.replace(HOOK, brands="b*")
    assert audience(hook).sees(scope(brand="b2"))
    assert not audience(hook).sees(scope())


def test_the_directory_limits_it_to_what_its_creator_has_now() -> None:
    entry = Manager(id=1, name="Ann", desks="DESK_EU")
    assert audience(entry=entry).sees(scope())
    assert not audience(entry=entry).sees(scope(desk="DESK_US"))
    assert audience(entry=entry).sees(scope(desk="DESK_US", managers=(1, 10)))
    none = Manager(id=1, name="Ann", desks="")
    assert not audience(entry=none).sees(scope())
    other = Manager(id=1, name="Ann", desks="*", brand="b")
    assert not audience(entry=other).sees(scope())


def test_a_creator_who_may_nothing_is_named() -> None:
    disabled = audience_of(HOOK, Manager(id=1, name="Ann", desks="*", disabled=1))
    assert "manager 1, is disabled" in str(disabled)
    hook = msgspec.structs.replace(HOOK, brands="b")
    assert "has lost brand 'default'" in str(audience_of(hook, Manager(id=1, name="A")))


SEEN, UNSEEN = make_scope(desk="DESK_EU"), make_scope(desk="")


@pytest.mark.parametrize(
    ("type_", "before", "after", "expected"),
    [
        (ChangeType.ADDED, None, SEEN, ChangeType.ADDED),
        (ChangeType.ADDED, None, UNSEEN, None),
        (ChangeType.UPDATED, SEEN, SEEN, ChangeType.UPDATED),
        (ChangeType.ARCHIVED, SEEN, SEEN, ChangeType.ARCHIVED),
        (ChangeType.RESTORED, None, SEEN, ChangeType.RESTORED),
        (ChangeType.UPDATED, UNSEEN, SEEN, ChangeType.ADDED),
        (ChangeType.UPDATED, SEEN, UNSEEN, ChangeType.DELETED),
        (ChangeType.UPDATED, UNSEEN, UNSEEN, None),
        (ChangeType.DELETED, SEEN, None, ChangeType.DELETED),
        (ChangeType.DELETED, UNSEEN, None, None),
    ],
)
def test_entering_the_scope_is_an_addition_and_leaving_it_a_deletion(
    type_: ChangeType,
    before: EventScope | None,
    after: EventScope | None,
    expected: ChangeType | None,
) -> None:
    assert type_for(type_, before, after, audience().sees) == expected


def test_delays_follow_the_schedule_and_the_last_one_repeats() -> None:
    schedule = (5, 300, 1800)
    assert [retry_delay_sec(schedule, n, 0) for n in (1, 2, 3, 4, 99)] == [5, 300, 1800, 1800, 1800]
    assert retry_delay_sec((), 1, 0) == 1


def test_a_longer_retry_after_is_honoured_within_a_day() -> None:
    assert retry_delay_sec((5,), 1, 60) == 60
    assert retry_delay_sec((300,), 1, 60) == 300
    assert retry_delay_sec((5,), 1, 10**8) == MAX_RETRY_AFTER_SEC


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("120", 120),
        (" 7 ", 7),
        ("-1", 0),
        ("soon", 0),
        ("9" * 30, 999_999_999),
        ("Sat, 09 Mar 2024 16:01:00 GMT", 60),
        ("Sat, 09 Mar 2024 15:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int) -> None:
    assert retry_after_sec(header, NOW) == seconds


def test_a_hook_is_shown_without_its_secrets() -> None:
    shown = public(msgspec.structs.replace(HOOK, secret="s", old_secret="o"))
    assert msgspec.to_builtins(shown) == {
        "id": 7,
        "url": "https://x/",
        "deskFilter": "DESK_*",
        "brand": None,
        "types": (0, 1, 2, 3, 4),
        "reminders": 0,
        "state": "active",
        "reason": "",
        "created_by": 1,
        "created_time": NOW,
        "cursor": 0,
    }


def test_messages_have_ids_of_their_own_and_times_in_utc() -> None:
    document = encode_event(make_event())
    body = change_body(3, ChangeType.RESTORED, NOW, 10, 2, 1, document)
    change = change_message(7, 3, NOW, body)
    assert change.id == f"msg_7_3_{NOW}"
    assert json.loads(change.body) == {
        "type": "calendar.event.restored",
        "timestamp": "2024-03-09T16:00:00Z",
        "data": {"seq": 3, "actor": 10, "batch_id": 2, "event": json.loads(document)},
    }
    others = [
        reminder_message(7, 3, NOW, reminder_body(3, NOW, NOW, (10,), document)),
        escalation_message(7, 1, NOW, NOW - 60, 20, document),
        sample_message(7, NOW, "x"),
    ]
    names = [json.loads(one.body)["type"] for one in others]
    assert names == ["calendar.reminder", "calendar.escalation", "calendar.test"]
    assert [one.id for one in others] == [
        f"msg_7_3_{NOW}_reminder",
        f"msg_7_1_{NOW - 60}_escalation",
        "msg_7_test_x",
    ]


def test_a_deletion_has_the_id_alone() -> None:
    body = change_body(3, ChangeType.DELETED, NOW, 10, 3, 1, b"{}")
    assert json.loads(body)["data"]["event"] == {"id": 1}


def test_only_an_event_of_more_than_20_kib_loses_its_text() -> None:
    small = encode_event(make_event(ast_json=Raw(b'["x"]')))
    assert short_document(small) == small
    large = encode_event(make_event(title="\u00fc'", ast_json=Raw(b'["' + b"x" * 21_000 + b'"]')))
    assert len(large) > LARGE_BYTES
    wanted = {k: v for k, v in json.loads(large).items() if k != "ast_json"}
    assert json.loads(short_document(large)) == wanted
    assert short_document(large).isascii()
