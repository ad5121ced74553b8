"""A manager's own fired reminders, listed. Source: contract, part 2, section 14."""

from typing import Any

import pytest

from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import Place

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
TEN, ELEVEN = (token(manager_id, exp=FAR) for manager_id in (10, 11))


async def at(desk: Desk, time: float) -> None:
    step_to(desk, time)
    await reminded(desk)


async def fired(desk: Desk, *times: int, **event: Any) -> list[int]:
    """Ids of events of manager 10 whose reminders are due, and fired, at these times."""
    fields = {"owner_manager_id": 10, "end_time": NOW + 90_000} | event
    ids = [(await desk.add(ALL, remind_time=time, **fields))["id"] for time in times]
    await at(desk, max(times))
    return ids


async def listed(desk: Desk, token_: str = TEN, **data: Any) -> dict[str, Any]:
    answered = await desk.call(token_, "MngGetCalendarReminders", **data)
    assert answered["status"] == 200, answered
    found: dict[str, Any] = answered["data"]
    return found


async def states(desk: Desk, token_: str = TEN, **data: Any) -> list[tuple[int, str]]:
    """Event and state of each reminder that is listed."""
    page = await listed(desk, token_, **data)
    return [(row["event"]["id"], row["state"]) for row in page["reminders"]]


async def connected(desk: Desk, token_: str = TEN) -> Receiver:
    receiver = Receiver(desk)
    await receiver.say(token_, "Ping")
    return receiver


async def test_what_was_delivered_and_not_acknowledged_is_unread(desk: Desk) -> None:
    await connected(desk)
    await fired(desk, NOW + 60)
    page = await listed(desk)
    event = await desk.event(TEN, "MngGetCalendarEvent", id=1)
    row = {"token": f"1-{NOW + 60}-10", "due": NOW + 60, "fired": NOW + 60, "state": "unread"}
    assert page == {"reminders": [row | {"event": event}], "next": None}
    assert await listed(desk, state="unread") == page
    assert await listed(desk, state="missed") == {"reminders": [], "next": None}


async def test_what_was_acknowledged_is_read_and_no_longer_unread(desk: Desk) -> None:
    receiver = await connected(desk)
    ids = await fired(desk, NOW + 60, NOW + 61)
    await receiver.say(TEN, "MngAckCalendarReminder", token=f"{ids[0]}-{NOW + 60}-10")
    assert await states(desk) == [(ids[1], "unread"), (ids[0], "read")]
    assert await states(desk, state="unread") == [(ids[1], "unread")]


async def test_what_was_never_delivered_within_the_grace_is_missed(place: Place) -> None:
    async with open_desk(place, reminder_grace_sec=100) as desk:
        await fired(desk, NOW + 60)
        step_to(desk, NOW + 161)
        receiver = await connected(desk)
        await at(desk, NOW + 162)
        assert receiver.reminders == []
        assert await states(desk) == [(1, "missed")]
        assert await states(desk, state="missed") == [(1, "missed")]
        assert await states(desk, state="unread") == []


async def test_what_is_over_the_grace_is_missed_at_once(place: Place) -> None:
    """Also before the server, which looks for it once a minute, has marked it."""
    async with open_desk(place, reminder_grace_sec=100) as desk:
        await fired(desk, NOW + 60)
        desk.clock.time = NOW + 160
        assert await states(desk, state="unread") == [(1, "unread")]
        assert await states(desk, state="missed") == []
        desk.clock.time = NOW + 161
        assert await states(desk) == [(1, "missed")]
        assert await states(desk, state="missed") == [(1, "missed")]
        assert await states(desk, state="unread") == []


async def test_the_newest_firing_comes_first_and_all_pages_together_are_everything(
    desk: Desk,
) -> None:
    """25 of one second can all be reached (issue 12, number 8)."""
    await connected(desk)
    ids = await fired(desk, *[NOW + 60] * 25, NOW + 50)
    found: list[int] = []
    after = None
    while True:
        page = await listed(desk, limit=7, after=after)
        found += [row["event"]["id"] for row in page["reminders"]]
        assert len(page["reminders"]) <= 7
        after = page["next"]
        if after is None:
            break
    assert found == [*sorted(ids[:25], reverse=True), ids[25]]


async def test_a_reminder_that_fires_between_two_pages_moves_none_of_them(desk: Desk) -> None:
    await connected(desk)
    ids = await fired(desk, NOW + 60, NOW + 61, NOW + 62)
    first = await listed(desk, limit=2)
    await fired(desk, NOW + 90)
    second = await listed(desk, limit=2, after=first["next"])
    rows = [*first["reminders"], *second["reminders"]]
    assert [row["event"]["id"] for row in rows] == sorted(ids, reverse=True)


async def test_everybody_gets_only_their_own(desk: Desk) -> None:
    await fired(desk, NOW + 60, participant_manager_ids=[11])
    assert [row["token"] for row in (await listed(desk, ELEVEN))["reminders"]] == [
        f"1-{NOW + 60}-11"
    ]
    assert await states(desk, ALL) == []


async def test_deleted_and_invisible_events_are_left_out(desk: Desk) -> None:
    await connected(desk)
    ids = await fired(desk, *[NOW + 60] * 3, brand="b")
    await desk.call(ALL, "MngDeleteCalendarEvent", id=ids[0])
    away = {"owner_manager_id": 12, "participant_manager_ids": []}
    await desk.event(ALL, "MngUpdateCalendarEvent", id=ids[1], **away)
    other_desk = token(10, desks="DESK_X", exp=FAR)
    assert await states(desk, other_desk) == [(ids[2], "unread")]
    assert await states(desk, token(10, brands="c", exp=FAR)) == []


async def test_an_event_that_was_done_stays_listed_once_its_reminder_was_delivered(
    desk: Desk,
) -> None:
    await connected(desk)
    await fired(desk, NOW + 60)
    await desk.event(TEN, "MngCompleteCalendarEvent", id=1)
    assert await states(desk, state="unread") == [(1, "unread")]


async def test_a_reminder_that_waits_is_left_out_once_it_would_be_dropped(desk: Desk) -> None:
    await fired(desk, NOW + 60)
    await desk.event(ALL, "MngCompleteCalendarEvent", id=1)
    assert await states(desk) == []


async def test_a_snoozed_one_is_read_and_listed_again_once_it_has_fired_again(desk: Desk) -> None:
    receiver = await connected(desk)
    await fired(desk, NOW + 60)
    first = f"1-{NOW + 60}-10"
    await receiver.say(TEN, "MngSnoozeCalendarReminder", token=first, until=NOW + 300)
    assert await states(desk) == [(1, "read")]
    await at(desk, NOW + 300)
    rows = (await listed(desk))["reminders"]
    assert [(row["token"], row["state"]) for row in rows] == [
        (f"1-{NOW + 300}-10", "unread"),
        (first, "read"),
    ]


async def test_events_of_many_invisible_brands_do_not_end_a_page(desk: Desk) -> None:
    await connected(desk)
    await fired(desk, NOW + 60)
    await fired(desk, *[NOW + 70] * 120, brand="hidden")
    page = await listed(desk, token(10, brands="default", exp=FAR), limit=1)
    assert [row["event"]["id"] for row in page["reminders"]] == [1]


async def test_a_page_ends_before_it_is_larger_than_an_answer_may_be(place: Place) -> None:
    async with open_desk(place, max_answer_bytes=2000) as desk:
        await connected(desk)
        ids = await fired(desk, NOW + 60, NOW + 61, NOW + 62, ast_json="x" * 900)
        first = await listed(desk)
        assert [row["event"]["id"] for row in first["reminders"]] == [ids[2]]
        second = await listed(desk, after=first["next"])
        assert [row["event"]["id"] for row in second["reminders"]] == [ids[1]]


async def test_null_means_absent(desk: Desk) -> None:
    await fired(desk, NOW + 60)
    assert await listed(desk, state=None, limit=None, after=None) == await listed(desk)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"state": "read"}, "state"),
        ({"state": 1}, "state"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"after": "x"}, "after"),
        ({"after": "1-2-3"}, "after"),
        ({"after": "9999999999999999-1-1-10"}, "after"),
        ({"after": "1-1-9999999999999999-10"}, "after"),
        ({"after": 3}, "after"),
    ],
)
async def test_a_wrong_field_is_named(desk: Desk, data: dict[str, Any], field: str) -> None:
    answered = await desk.call(TEN, "MngGetCalendarReminders", **data)
    assert error_of(answered) == (400, "INVALID_FIELD", field)
