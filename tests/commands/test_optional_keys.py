"""The keys that an event has only while they differ from their default. Source: contract, 12."""

from typing import Any

import pytest

from harness import Desk, error_of, new_event, token

TEN = token(10)
SENT: dict[str, Any] = {
    "location": "Room 4",
    "show_as": 0,
    "customer_timezone": "Asia/Kathmandu",
    "pool_after_sec": 600,
    "follows_id": 1,
    "outcome": "CALL_BACK",
    "outcome_note": "asked for a call after the fair",
}
BY_THE_SERVER = {
    "follow_up_id": 5,
    "claimed_by": 11,
    "claim_until": 99,
    "series_id": 3,
    "original_start_time": 9,
    "own_fields": ["title"],
}


async def test_they_come_back_in_their_order_before_the_participants(desk: Desk) -> None:
    await desk.add(TEN)
    event = await desk.add(TEN, **SENT)
    assert list(event)[-8:] == [*SENT, "participants"]
    assert {name: event[name] for name in SENT} == SENT


async def test_null_on_update_makes_each_of_them_absent_again(desk: Desk) -> None:
    await desk.add(TEN)
    event = await desk.add(TEN, **SENT)
    nulls = dict.fromkeys(SENT)
    updated = await desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], **nulls)
    assert SENT.keys() & updated.keys() == set()
    assert updated["version"] == 2


async def test_a_default_that_is_sent_is_absent(desk: Desk) -> None:
    event = await desk.add(TEN, location="  ", pool_after_sec=0, outcome="", show_as=None)
    assert list(event)[-2:] == ["version", "participants"]


async def test_those_that_the_server_sets_are_ignored(desk: Desk) -> None:
    event = await desk.add(TEN, **BY_THE_SERVER)
    assert BY_THE_SERVER.keys() & event.keys() == set()


async def test_text_beyond_ascii_is_escaped_in_them(desk: Desk) -> None:
    event = await desk.add(TEN, location="Café 'Ω' ]}", outcome_note="ё", outcome="]")
    assert (event["location"], event["outcome_note"], event["outcome"]) == ("Café 'Ω' ]}", "ё", "]")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("location", "x" * 501),
        ("show_as", 2),
        ("customer_timezone", "Mars/Olympus"),
        ("pool_after_sec", -1),
        ("outcome", "x" * 65),
        ("outcome_note", "x" * 2001),
        ("follows_id", -1),
    ],
)
async def test_a_wrong_value_is_refused_by_name(desk: Desk, field: str, value: Any) -> None:
    answered = await desk.call(TEN, "MngAddCalendarEvent", **new_event(**{field: value}))
    assert error_of(answered) == (400, "INVALID_FIELD", field)
    assert field in answered["error"]["message"]
