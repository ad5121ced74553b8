"""Who comes to take part after a reminder has fired. Source: contract, section 7, "Reminders"."""

from typing import Any

import pytest

from harness import ADMIN, Desk, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import Place

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
TEN, ELEVEN, TWELVE = (token(manager_id, exp=FAR) for manager_id in (10, 11, 12))
DUE = NOW + 60
LATER = NOW + 100
DECLINED, ACCEPTED, TENTATIVE = 2, 1, 3


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


async def fired(desk: Desk, **event: Any) -> None:
    """Event 1 of manager 10, whose reminder has fired; the clock is then at `LATER`."""
    await desk.add(ALL, owner_manager_id=10, remind_time=DUE, **event)
    await at(desk, DUE)
    step_to(desk, LATER)


def late(receiver: Receiver) -> list[tuple[str, int]]:
    """Token and `late_sec` of each reminder that came."""
    return [(one[3], one[8].get("late_sec", 0)) for one in receiver.reminders]


@pytest.mark.parametrize(
    "change",
    [
        {"owner_manager_id": 11},
        {"owner_manager_id": 11, "participant_manager_ids": []},
        {"participant_manager_ids": [11]},
        {"participants": [{"manager_id": 11, "role": 2, "status": TENTATIVE}]},
    ],
)
async def test_who_is_made_owner_or_added_gets_it_at_once_and_late(
    desk: Desk, change: dict[str, Any]
) -> None:
    ten, eleven = await connected_as(desk, TEN), await connected_as(desk, ELEVEN)
    await fired(desk)
    event = await update(desk, **change)
    await reminded(desk)
    assert late(eleven) == [(f"1-{DUE}-11", LATER - DUE)]
    assert eleven.reminders[0][7:9] == [LATER, {"event": event, "due": DUE, "late_sec": 40}]
    assert ten.tokens == [f"1-{DUE}-10"]
    assert event["reminder_sent_time"] == DUE


async def test_one_second_late_is_late_too(desk: Desk) -> None:
    eleven = await connected_as(desk, ELEVEN)
    await fired(desk)
    desk.clock.time = DUE + 1
    await update(desk, participant_manager_ids=[11])
    await reminded(desk)
    assert late(eleven) == [(f"1-{DUE}-11", 1)]


@pytest.mark.parametrize("answer", [ACCEPTED, TENTATIVE])
async def test_who_had_declined_and_accepts_gets_it(desk: Desk, answer: int) -> None:
    eleven = await connected_as(desk, ELEVEN)
    await fired(desk, participants=[{"manager_id": 11, "status": DECLINED}])
    assert eleven.received == []
    await desk.event(ELEVEN, "MngRespondCalendarEvent", id=1, status=answer)
    await reminded(desk)
    assert late(eleven) == [(f"1-{DUE}-11", LATER - DUE)]


async def test_nobody_gets_it_twice_however_often_they_come_and_go(desk: Desk) -> None:
    receivers = [await connected_as(desk, one) for one in (TEN, ELEVEN)]
    await fired(desk)
    for _ in range(3):
        await update(desk, participant_manager_ids=[11])
        await desk.event(ELEVEN, "MngRespondCalendarEvent", id=1, status=DECLINED)
        await desk.event(ELEVEN, "MngRespondCalendarEvent", id=1, status=ACCEPTED)
        await update(desk, owner_manager_id=11, participant_manager_ids=[])
        await update(desk, owner_manager_id=10, participant_manager_ids=[])
    await reminded(desk)
    assert [receiver.tokens for receiver in receivers] == [[f"1-{DUE}-10"], [f"1-{DUE}-11"]]


async def test_who_is_away_gets_it_on_the_next_connection_also_after_a_restart(
    place: Place,
) -> None:
    async with open_desk(place) as desk:
        await fired(desk)
        await update(desk, owner_manager_id=11)
    async with open_desk(place) as desk:
        desk.clock.time = LATER + 20
        eleven = await connected_as(desk, ELEVEN)
        await eleven.until(lambda receiver: bool(receiver.reminders))
        assert late(eleven) == [(f"1-{DUE}-11", LATER + 20 - DUE)]


async def test_it_waits_as_long_as_any_reminder_from_when_it_was_given(place: Place) -> None:
    async with open_desk(place, reminder_grace_sec=100) as desk:
        await fired(desk, end_time=FAR)
        desk.clock.time = NOW + 5000
        await update(desk, participant_manager_ids=[11, 12])
        desk.clock.time = NOW + 5100
        eleven = await connected_as(desk, ELEVEN)
        await eleven.until(lambda receiver: receiver.tokens == [f"1-{DUE}-11"])
        desk.clock.time = NOW + 5101
        twelve = await connected_as(desk, TWELVE)
        await reminded(desk)
        assert twelve.received == []


async def test_nobody_gets_it_once_the_event_is_over(desk: Desk) -> None:
    eleven = await connected_as(desk, ELEVEN)
    await fired(desk, start_time=NOW, end_time=LATER)
    await update(desk, participant_manager_ids=[11])
    await reminded(desk)
    assert eleven.received == []
    await update(desk, end_time=LATER + 1)
    await reminded(desk)
    assert late(eleven) == [(f"1-{DUE}-11", LATER - DUE)]


async def test_nobody_gets_it_until_a_done_event_is_open_again(desk: Desk) -> None:
    ten, eleven = await connected_as(desk, TEN), await connected_as(desk, ELEVEN)
    await fired(desk)
    await update(desk, status=1)
    await update(desk, participant_manager_ids=[11])
    await reminded(desk)
    assert eleven.received == []
    await update(desk, status=0)
    await reminded(desk)
    assert eleven.tokens == [f"1-{DUE}-11"]
    assert ten.tokens == [f"1-{DUE}-10"]


async def test_moved_to_another_due_time_it_comes_with_that_one_alone(desk: Desk) -> None:
    ten, eleven = await connected_as(desk, TEN), await connected_as(desk, ELEVEN)
    await fired(desk)
    await update(desk, remind_time=NOW + 500, participant_manager_ids=[11])
    await at(desk, NOW + 500)
    assert ten.tokens == [f"1-{DUE}-10", f"1-{NOW + 500}-10"]
    assert eleven.tokens == [f"1-{NOW + 500}-11"]


async def test_without_its_reminder_nobody_gets_any(desk: Desk) -> None:
    eleven = await connected_as(desk, ELEVEN)
    await fired(desk)
    await update(desk, remind_time=0, participant_manager_ids=[11])
    await reminded(desk)
    assert eleven.received == []


async def test_who_comes_to_a_snoozed_one_gets_it_and_the_snooze_stays_with_who_snoozed(
    desk: Desk,
) -> None:
    ten, eleven = await connected_as(desk, TEN), await connected_as(desk, ELEVEN)
    await fired(desk)
    first, again = f"1-{DUE}-10", f"1-{NOW + 300}-10"
    await ten.say(TEN, "MngSnoozeCalendarReminder", token=first, until=NOW + 300)
    await update(desk, owner_manager_id=11)
    await reminded(desk)
    assert eleven.tokens == [f"1-{DUE}-11"]
    await at(desk, NOW + 300)
    assert ten.tokens == [first, again]
    assert eleven.tokens == [f"1-{DUE}-11"]


async def test_who_snoozed_and_takes_no_part_any_more_is_not_reminded(desk: Desk) -> None:
    ten = await connected_as(desk, TEN)
    await fired(desk)
    first = f"1-{DUE}-10"
    await ten.say(TEN, "MngSnoozeCalendarReminder", token=first, until=NOW + 300)
    await update(desk, owner_manager_id=11, participant_manager_ids=[])
    await at(desk, NOW + 300)
    assert ten.tokens == [first]


async def test_who_snoozed_left_and_came_back_has_the_snooze_and_nothing_else(desk: Desk) -> None:
    ten = await connected_as(desk, TEN)
    await fired(desk)
    first, again = f"1-{DUE}-10", f"1-{NOW + 300}-10"
    await ten.say(TEN, "MngSnoozeCalendarReminder", token=first, until=NOW + 300)
    await update(desk, owner_manager_id=11, participant_manager_ids=[])
    await update(desk, participant_manager_ids=[10])
    await at(desk, NOW + 300)
    assert ten.tokens == [first, again]


async def test_it_goes_only_where_the_event_may_be_seen(desk: Desk) -> None:
    eleven = await connected_as(desk, token(11, brands="other", exp=FAR))
    await fired(desk)
    await update(desk, participant_manager_ids=[11])
    await reminded(desk)
    assert eleven.received == []


async def test_who_accepts_while_a_reminder_is_being_dropped_still_gets_it(desk: Desk) -> None:
    """The row waits, the event says declined when it is looked at, and accepted when it is marked.

    `drop` compares the event in its own transaction, so the answer in between is not lost.
    """
    await fired(desk, participant_manager_ids=[11])
    store = desk.services.store.reminders
    declined = {"participants": [{"manager_id": 11, "status": DECLINED}]}
    await update(desk, **declined)
    waiting = await store.waiting(11, None, 10)
    await update(desk, participants=[{"manager_id": 11, "status": ACCEPTED}])
    assert await store.drop(waiting, LATER) == [waiting[0].key]
    eleven = await connected_as(desk, ELEVEN)
    await eleven.until(lambda receiver: receiver.tokens == [f"1-{DUE}-11"])
    await update(desk, **declined)
