"""When a reminder fires, for whom, and what arms it again. Source: contract, section 7."""

from typing import Any

import pytest

from harness import ADMIN, Desk, token
from helpers import NOW
from live import Receiver, reminded, step_to

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
TEN, ELEVEN, TWELVE = (token(manager_id, exp=FAR) for manager_id in (10, 11, 12))
DECLINED, ACCEPTED = 2, 1


async def connected_as(desk: Desk, *tokens: str) -> Receiver:
    """A connection that has carried these tokens."""
    receiver = Receiver(desk)
    for one in tokens:
        await receiver.say(one, "Ping")
    return receiver


async def update(desk: Desk, **data: Any) -> dict[str, Any]:
    return await desk.event(ALL, "MngUpdateCalendarEvent", **({"id": 1} | data))


async def at(desk: Desk, time: float) -> None:
    """Lets everything fire that is due by `time`."""
    step_to(desk, time)
    await reminded(desk)


async def sent_time(desk: Desk) -> int:
    event = await desk.event(ALL, "MngGetCalendarEvent", id=1)
    found: int = event["reminder_sent_time"]
    return found


async def test_a_reminder_comes_at_its_time_to_all_who_take_part(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN, ELEVEN, TWELVE)
    event = await desk.add(TEN, remind_time=NOW + 60, participant_manager_ids=[11])
    await at(desk, NOW + 59)
    assert receiver.received == []
    await at(desk, NOW + 60)
    fired = event | {"reminder_sent_time": NOW + 60}
    times = "2024-03-09 16:00-17:00 UTC"
    assert receiver.received == [
        [
            *("n", "Retention sync", times, f"1-{NOW + 60}-{manager_id}", 1, 10, manager_id),
            *(NOW + 60, {"event": fired, "due": NOW + 60}, 200),
        ]
        for manager_id in (10, 11)
    ]
    assert await desk.event(TEN, "MngGetCalendarEvent", id=1) == fired


async def test_an_offset_counts_from_the_start(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 900, end_time=NOW + 1000, remind_before_sec=600)
    await at(desk, NOW + 299)
    assert receiver.received == []
    await at(desk, NOW + 300)
    assert receiver.tokens == [f"1-{NOW + 300}-10"]


async def test_the_absolute_time_goes_before_the_offset(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(
        TEN,
        start_time=NOW + 900,
        end_time=NOW + 1000,
        remind_before_sec=800,
        remind_time=NOW + 500,
    )
    await at(desk, NOW + 400)
    assert receiver.received == []
    await at(desk, NOW + 500)
    assert receiver.tokens == [f"1-{NOW + 500}-10"]


async def test_it_fires_once_however_often_the_clock_is_read(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    for time in (60, 61, 3600, 30, 60, 61):
        await at(desk, NOW + time)
    assert receiver.tokens == [f"1-{NOW + 60}-10"]


async def test_firing_makes_no_new_version(desk: Desk) -> None:
    event = await desk.add(TEN, remind_time=NOW + 60)
    await at(desk, NOW + 60)
    changed = await update(desk, if_version=event["version"], title="still mine to change")
    assert (changed["version"], changed["reminder_sent_time"]) == (2, NOW + 60)


async def test_a_time_that_is_past_fires_at_once_while_the_event_is_ahead(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW - 86_400 * 30)
    await reminded(desk)
    assert receiver.tokens == [f"1-{NOW - 86_400 * 30}-10"]
    assert receiver.reminders[0][8]["late_sec"] == 86_400 * 30


async def test_a_time_that_is_past_never_fires_when_the_event_is_too(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW - 100, end_time=NOW, remind_time=NOW - 50)
    await update(desk, title="changed")
    await at(desk, NOW + 10)
    assert receiver.received == []
    assert await sent_time(desk) == 0


async def test_a_change_between_the_due_time_and_the_firing_loses_no_reminder(desk: Desk) -> None:
    """A call without length: once it is due, its end is past too. The clock moves unnoticed."""
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 60, end_time=NOW + 60, remind_time=NOW + 60)
    desk.clock.time = NOW + 60.2
    await update(desk, title="renamed just now")
    await receiver.until(lambda receiver: bool(receiver.reminders))
    await reminded(desk)
    assert receiver.tokens == [f"1-{NOW + 60}-10"]
    assert receiver.reminders[0][1] == "renamed just now"
    assert await sent_time(desk) == NOW + 60


async def test_an_event_that_has_ended_by_then_never_reminds(desk: Desk) -> None:
    """Issue 12, number 7: the start is moved to yesterday, the absolute time is ahead."""
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 600, end_time=NOW + 900, remind_time=NOW + 500)
    await update(desk, start_time=NOW - 86_400, end_time=NOW - 86_100)
    await at(desk, NOW + 500)
    assert receiver.received == []
    assert await sent_time(desk) == 0
    await update(desk, end_time=NOW + 700)
    await reminded(desk)
    assert receiver.tokens == [f"1-{NOW + 500}-10"]


async def test_a_due_reminder_does_not_fire_by_the_change_that_moves_the_event_to_the_past(
    desk: Desk,
) -> None:
    """The clock moves unnoticed: the reminder is due, and has not fired when the change comes."""
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 60, end_time=NOW + 90, remind_time=NOW + 60)
    desk.clock.time = NOW + 60.2
    await update(desk, start_time=NOW - 86_400, end_time=NOW - 86_100)
    await reminded(desk)
    assert receiver.received == []


async def test_an_all_day_event_reminds_until_its_last_date_is_over(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    midnight = NOW - NOW % 86_400
    await desk.add(TEN, all_day=1, start_time=midnight, end_time=midnight, remind_time=NOW + 60)
    await desk.add(TEN, all_day=1, start_time=midnight, end_time=midnight, remind_time=NOW + 86_400)
    await at(desk, NOW + 60)
    await at(desk, NOW + 86_400)
    assert receiver.tokens == [f"1-{NOW + 60}-10"]


@pytest.mark.parametrize("status", [1, 2, 3])
async def test_an_event_that_is_not_open_reminds_nobody(desk: Desk, status: int) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await update(desk, status=status)
    await at(desk, NOW + 60)
    assert receiver.received == []


async def test_an_event_that_is_opened_again_reminds(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await update(desk, status=2)
    await at(desk, NOW + 100)
    await update(desk, status=0)
    await reminded(desk)
    assert receiver.tokens == [f"1-{NOW + 60}-10"]


async def test_an_event_that_has_reminded_does_not_when_it_is_opened_again(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await at(desk, NOW + 60)
    await update(desk, status=2)
    await update(desk, status=0)
    await at(desk, NOW + 70)
    assert len(receiver.tokens) == 1


async def test_moved_later_it_fires_then_and_not_before(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await update(desk, remind_time=NOW + 120)
    await at(desk, NOW + 60)
    assert receiver.received == []
    await at(desk, NOW + 120)
    assert receiver.tokens == [f"1-{NOW + 120}-10"]


async def test_moved_after_it_fired_it_fires_once_more(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 600, end_time=NOW + 900, remind_before_sec=500)
    await at(desk, NOW + 100)
    moved = await update(desk, start_time=NOW + 1600, end_time=NOW + 1900)
    assert moved["reminder_sent_time"] == 0
    await at(desk, NOW + 1100)
    assert receiver.tokens == [f"1-{NOW + 100}-10", f"1-{NOW + 1100}-10"]
    assert await sent_time(desk) == NOW + 1100


async def test_moved_closer_so_that_it_is_due_already_it_fires_at_once(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 90_000, end_time=NOW + 90_900, remind_before_sec=3600)
    await update(desk, start_time=NOW + 600, end_time=NOW + 900)
    await reminded(desk)
    assert receiver.tokens == [f"1-{NOW - 3000}-10"]


async def test_another_offset_arms_it_again(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, start_time=NOW + 600, end_time=NOW + 900, remind_before_sec=500)
    await at(desk, NOW + 100)
    await update(desk, remind_before_sec=60)
    await at(desk, NOW + 540)
    assert receiver.tokens == [f"1-{NOW + 100}-10", f"1-{NOW + 540}-10"]


async def test_moved_away_and_back_nobody_has_the_same_reminder_twice(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN, ELEVEN)
    await desk.add(TEN, remind_time=NOW + 60, participant_manager_ids=[11])
    await at(desk, NOW + 60)
    await update(desk, remind_time=NOW + 600)
    await update(desk, remind_time=NOW + 60, participant_manager_ids=[11, 12])
    twelve = await connected_as(desk, TWELVE)
    await reminded(desk)
    assert sorted(receiver.tokens) == [f"1-{NOW + 60}-10", f"1-{NOW + 60}-11"]
    assert twelve.tokens == [f"1-{NOW + 60}-12"]
    assert await sent_time(desk) == NOW + 60


async def test_without_a_reminder_any_more_nothing_fires(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await update(desk, remind_time=0)
    await at(desk, NOW + 60)
    assert receiver.received == []


async def test_who_has_declined_is_not_reminded(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN, ELEVEN)
    await desk.add(TEN, remind_time=NOW + 60, participant_manager_ids=[11])
    await desk.event(ELEVEN, "MngRespondCalendarEvent", id=1, status=DECLINED)
    await at(desk, NOW + 60)
    assert receiver.tokens == [f"1-{NOW + 60}-10"]


async def test_a_new_owner_is_reminded_and_the_old_one_only_while_taking_part(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN, ELEVEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await desk.add(TEN, remind_time=NOW + 60)
    await update(desk, owner_manager_id=11)
    await update(desk, id=2, owner_manager_id=11, participant_manager_ids=[])
    await at(desk, NOW + 60)
    assert sorted(receiver.tokens) == [f"1-{NOW + 60}-10", f"1-{NOW + 60}-11", f"2-{NOW + 60}-11"]


async def test_a_deleted_event_reminds_nobody(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW + 60)
    await desk.call(TEN, "MngDeleteCalendarEvent", id=1)
    await at(desk, NOW + 60)
    assert receiver.received == []


async def test_the_sent_time_that_a_client_copies_is_not_taken_over(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    event = await desk.add(TEN, remind_time=NOW + 60)
    await at(desk, NOW + 60)
    event = await desk.event(TEN, "MngGetCalendarEvent", id=1)
    copy = await desk.event(TEN, "MngAddCalendarEvent", **(event | {"remind_time": NOW + 70}))
    assert copy["reminder_sent_time"] == 0
    await at(desk, NOW + 70)
    assert receiver.tokens == [f"1-{NOW + 60}-10", f"{copy['id']}-{NOW + 70}-10"]


async def test_a_million_later_ones_are_not_read(desk: Desk) -> None:
    """The loop asks the store for the next due time alone, when something was fired."""
    for number in range(50):
        await desk.add(TEN, remind_time=FAR + number, end_time=FAR + 99)
    store = desk.services.store.reminders
    assert await store.next_due() == FAR
    assert (await store.fire(NOW, 1000)).events == 0


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"timezone": "Asia/Tokyo"}, "2024-03-10 01:00-02:00 Asia/Tokyo"),
        ({"end_time": NOW + 86_400}, "2024-03-09 16:00 to 2024-03-10 16:00 UTC"),
        ({"all_day": 1}, "2024-03-09"),
        ({"all_day": 1, "end_time": NOW + 2 * 86_400}, "2024-03-09 to 2024-03-11"),
        (
            {"start_time": 253_402_300_799, "end_time": 253_402_300_799, "timezone": "Asia/Tokyo"},
            "9999-12-31 23:59-23:59 UTC",
        ),
    ],
)
async def test_it_says_when_the_event_is_in_the_event_s_own_zone(
    desk: Desk, event: dict[str, Any], text: str
) -> None:
    receiver = await connected_as(desk, TEN)
    await desk.add(TEN, remind_time=NOW - 1, **event)
    await reminded(desk)
    assert [reminder[2] for reminder in receiver.reminders] == [text]
