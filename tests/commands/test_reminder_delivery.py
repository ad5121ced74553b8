"""Where a reminder is delivered, when somebody is away, and what is done with one afterwards."""

import pytest

from deskcal.wire.pushes import encode_read
from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import Place

FAR = NOW * 2
DAY = 86_400
ALL = token(1, ADMIN, exp=FAR)
TEN, ELEVEN = (token(manager_id, exp=FAR) for manager_id in (10, 11))
FIRST = f"1-{NOW + 60}-10"


async def connected_as(desk: Desk, token_: str) -> Receiver:
    """A connection that has carried the token."""
    receiver = Receiver(desk)
    await receiver.say(token_, "Ping")
    return receiver


async def at(desk: Desk, time: float) -> None:
    step_to(desk, time)
    await reminded(desk)


async def fired_while_away(desk: Desk, **event: object) -> None:
    await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 60, **event)
    await at(desk, NOW + 60)


async def test_every_connection_of_the_manager_gets_it(desk: Desk) -> None:
    receivers = [await connected_as(desk, TEN) for _ in range(3)]
    await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 60)
    await at(desk, NOW + 60)
    assert [receiver.tokens for receiver in receivers] == [[FIRST]] * 3


async def test_who_is_away_gets_it_on_the_next_connection_and_only_there(desk: Desk) -> None:
    await fired_while_away(desk)
    desk.clock.time = NOW + 3600
    first = await connected_as(desk, TEN)
    await first.until(lambda receiver: bool(receiver.reminders))
    later = await connected_as(desk, TEN)
    await reminded(desk)
    assert first.tokens == [FIRST]
    assert first.reminders[0][8]["late_sec"] == 3540
    assert later.received == []


async def test_after_a_restart_it_still_comes_and_with_the_same_token(place: Place) -> None:
    async with open_desk(place) as desk:
        await fired_while_away(desk)
    async with open_desk(place) as desk:
        desk.clock.time = NOW + 120
        receiver = await connected_as(desk, TEN)
        await receiver.until(lambda receiver: bool(receiver.reminders))
        assert receiver.tokens == [FIRST]


async def test_what_fell_due_while_the_server_was_down_fires_when_it_is_back(
    place: Place,
) -> None:
    async with open_desk(place) as desk:
        call = {"start_time": NOW + 60, "end_time": NOW + 60}
        await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 60, **call)
    async with open_desk(place) as desk:
        desk.clock.time = NOW + 10 * DAY
        desk.services.reminders.wake()
        receiver = await connected_as(desk, TEN)
        await receiver.until(lambda receiver: bool(receiver.reminders))
        assert receiver.tokens == [FIRST]
        assert receiver.reminders[0][8]["late_sec"] == 10 * DAY - 60


async def test_hundreds_that_waited_all_come_in_order(desk: Desk) -> None:
    for number in range(250):
        await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 1 + number % 7)
    await at(desk, NOW + 60)
    receiver = await connected_as(desk, TEN)
    await receiver.until(lambda receiver: len(receiver.reminders) == 250)
    due = [reminder[8]["due"] for reminder in receiver.reminders]
    assert due == sorted(due)
    assert len(set(receiver.tokens)) == 250


async def test_some_that_this_session_may_not_have_keep_none_behind_them_waiting(
    desk: Desk,
) -> None:
    for number in range(150):
        brand = "other" if number < 120 else "default"
        await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 1 + number, brand=brand)
    await at(desk, NOW + 200)
    receiver = await connected_as(desk, token(10, brands="default", exp=FAR))
    await receiver.until(lambda receiver: len(receiver.reminders) == 30)
    receiver = await connected_as(desk, TEN)
    await receiver.until(lambda receiver: len(receiver.reminders) == 120)


async def test_it_goes_only_to_sessions_that_may_use_calendar_commands(desk: Desk) -> None:
    user = await connected_as(desk, token(10, 0, exp=FAR))
    await fired_while_away(desk)
    manager = await connected_as(desk, TEN)
    await manager.until(lambda receiver: bool(receiver.reminders))
    assert user.received == []


async def test_it_does_not_go_where_the_token_has_expired_until_a_newer_one_comes(
    desk: Desk,
) -> None:
    receiver = await connected_as(desk, token(10, exp=NOW + 50))
    await fired_while_away(desk)
    assert receiver.received == []
    await receiver.say(TEN, "Ping")
    await receiver.until(lambda receiver: receiver.tokens == [FIRST])


async def test_a_connection_that_takes_nothing_gets_it_once_it_does(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    receiver.is_slow = True
    await fired_while_away(desk)
    receiver.is_slow = False
    desk.services.resume(receiver.peer)
    await receiver.until(lambda receiver: receiver.tokens == [FIRST])


async def test_beyond_the_grace_it_is_missed_and_counted(place: Place) -> None:
    async with open_desk(place, reminder_grace_sec=100) as desk:
        await fired_while_away(desk)
        step_to(desk, NOW + 161)
        receiver = await connected_as(desk, TEN)
        await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 162)
        await at(desk, NOW + 162)
        assert receiver.tokens == [f"3-{NOW + 162}-10"]
        assert desk.services.reminders.missed == 1


async def test_within_the_grace_it_comes(place: Place) -> None:
    async with open_desk(place, reminder_grace_sec=100) as desk:
        await fired_while_away(desk)
        desk.clock.time = NOW + 160
        receiver = await connected_as(desk, TEN)
        await receiver.until(lambda receiver: receiver.tokens == [FIRST])
        assert desk.services.reminders.missed == 0


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("MngCompleteCalendarEvent", {}),
        ("MngArchiveCalendarEvent", {}),
        ("MngDeleteCalendarEvent", {}),
        ("MngUpdateCalendarEvent", {"status": 2}),
        ("MngUpdateCalendarEvent", {"remind_time": NOW + DAY}),
        ("MngUpdateCalendarEvent", {"owner_manager_id": 12, "participant_manager_ids": []}),
    ],
)
async def test_what_is_no_longer_so_when_the_manager_comes_is_dropped(
    desk: Desk, command: str, data: dict[str, object]
) -> None:
    await fired_while_away(desk)
    assert (await desk.call(ALL, command, id=1, **data))["status"] == 200
    receiver = await connected_as(desk, TEN)
    await reminded(desk)
    assert receiver.received == []


async def test_who_declined_meanwhile_does_not_get_it(desk: Desk) -> None:
    await fired_while_away(desk, participant_manager_ids=[11])
    carried = Receiver(desk)
    frame = {"id": 1, "participants": [{"manager_id": 11, "status": 2}]}
    await carried.say(ALL, "MngUpdateCalendarEvent", **frame)
    receiver = await connected_as(desk, ELEVEN)
    await reminded(desk)
    assert receiver.received == []


async def test_a_read_reminder_is_pushed_on_the_manager_s_other_subscribed_connections(
    desk: Desk,
) -> None:
    receivers = [await connected_as(desk, TEN) for _ in range(3)]
    other = await connected_as(desk, ELEVEN)
    for receiver in (*receivers[:2], other):
        await receiver.subscribe(TEN if receiver is not other else ELEVEN, "calendar:manager:99")
    await fired_while_away(desk)
    answered = await receivers[0].say(TEN, "MngAckCalendarReminder", token=FIRST)
    assert answered["data"] == {"token": FIRST}
    read = {"event": "calendar:reminder", "type": 2, "token": FIRST}
    assert encode_read(FIRST).startswith(b'{"event":"calendar:reminder","type":2')
    assert [[m for m in receiver.received if m == read] for receiver in receivers] == [
        [],
        [read],
        [],
    ]
    assert other.received == []


async def test_a_reminder_that_was_read_before_it_was_delivered_does_not_come(desk: Desk) -> None:
    await fired_while_away(desk)
    slow = Receiver(desk)
    slow.is_slow = True
    assert (await slow.say(TEN, "MngAckCalendarReminder", token=FIRST))["status"] == 200
    await reminded(desk)  # The slow connection came: what waited may have been read before that.
    receiver = await connected_as(desk, TEN)
    await reminded(desk)
    assert receiver.received == []


async def test_reading_twice_is_as_reading_once(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await fired_while_away(desk)
    for _ in range(2):
        assert (await receiver.say(TEN, "MngAckCalendarReminder", token=FIRST))["status"] == 200


@pytest.mark.parametrize(
    "token_", ["", "1-2", f"1-{NOW + 60}-11", f"1-{NOW + 61}-10", "1-x-10", "9" * 30 + "-1-10"]
)
@pytest.mark.parametrize(
    ("command", "data"),
    [("MngAckCalendarReminder", {}), ("MngSnoozeCalendarReminder", {"until": FAR})],
)
async def test_the_reminder_of_somebody_else_is_as_one_that_is_not_there(
    desk: Desk, token_: str, command: str, data: dict[str, object]
) -> None:
    await fired_while_away(desk, participant_manager_ids=[11])
    answered = await desk.call(TEN, command, token=token_, **data)
    assert error_of(answered) == (404, "NOT_FOUND", "token")


async def test_a_snoozed_reminder_comes_again_for_that_manager_alone(desk: Desk) -> None:
    ten, eleven = await connected_as(desk, TEN), await connected_as(desk, ELEVEN)
    await fired_while_away(desk, participant_manager_ids=[11])
    answered = await ten.say(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 300)
    again = f"1-{NOW + 300}-10"
    assert answered["data"] == {"token": again, "until": NOW + 300}
    await at(desk, NOW + 299)
    assert ten.tokens == [FIRST]
    await at(desk, NOW + 300)
    assert ten.tokens == [FIRST, again]
    assert eleven.tokens == [f"1-{NOW + 60}-11"]
    event = await desk.event(ALL, "MngGetCalendarEvent", id=1)
    assert event["reminder_sent_time"] == NOW + 60


async def test_a_snooze_survives_a_restart_and_waits_for_who_is_away(place: Place) -> None:
    async with open_desk(place) as desk:
        receiver = await connected_as(desk, TEN)
        await fired_while_away(desk)
        await receiver.say(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 300)
    async with open_desk(place) as desk:
        await at(desk, NOW + 300)
        receiver = await connected_as(desk, TEN)
        await receiver.until(lambda receiver: receiver.tokens == [f"1-{NOW + 300}-10"])


async def test_a_snooze_to_the_past_is_refused(desk: Desk) -> None:
    await fired_while_away(desk)
    answered = await desk.call(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 60)
    assert error_of(answered) == (400, "INVALID_FIELD", "until")


async def test_a_snooze_that_was_taken_back_can_be_asked_for_again(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await fired_while_away(desk)
    again = f"1-{NOW + 300}-10"
    await receiver.say(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 300)
    await receiver.say(TEN, "MngAckCalendarReminder", token=again)
    await at(desk, NOW + 200)
    await receiver.say(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 300)
    await at(desk, NOW + 300)
    assert receiver.tokens == [FIRST, again]


async def test_an_event_that_moves_to_where_it_was_snoozed_reminds_once(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await fired_while_away(desk)
    await receiver.say(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 300)
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, remind_time=NOW + 300)
    await at(desk, NOW + 300)
    assert receiver.tokens == [FIRST, f"1-{NOW + 300}-10"]


async def test_a_snoozed_event_that_was_completed_does_not_come_again(desk: Desk) -> None:
    receiver = await connected_as(desk, TEN)
    await fired_while_away(desk)
    await receiver.say(TEN, "MngSnoozeCalendarReminder", token=FIRST, until=NOW + 300)
    await desk.event(ALL, "MngCompleteCalendarEvent", id=1)
    await at(desk, NOW + 300)
    assert receiver.tokens == [FIRST]


async def test_a_clock_stepped_back_fires_nothing_twice_and_forward_what_became_due(
    desk: Desk,
) -> None:
    receiver = await connected_as(desk, TEN)
    await fired_while_away(desk)
    await desk.add(ALL, owner_manager_id=10, remind_time=NOW + 5000, end_time=NOW + 9000)
    await at(desk, NOW - 5000)
    await at(desk, NOW + 61)
    assert receiver.tokens == [FIRST]
    await at(desk, NOW + 9000)
    assert receiver.tokens == [FIRST, f"3-{NOW + 5000}-10"]


def stuck(receiver: Receiver) -> Receiver:
    """Nothing of what it is sent leaves the server."""
    receiver.peer.written_bytes = receiver.peer.unsent_bytes = lambda: 1
    return receiver


def amid_list(receiver: Receiver) -> list[bytes]:
    """It is being sent a long list until the list that is returned has something in it."""
    ended: list[bytes] = []
    receiver.peer.is_deferring = lambda: not ended
    return ended


async def test_a_reminder_that_waits_behind_a_list_is_sent_there_once(desk: Desk) -> None:
    """Also where the connection that it was sent to first is closed before it has left."""
    first, second = stuck(await connected_as(desk, TEN)), await connected_as(desk, TEN)
    ended = amid_list(second)
    await fired_while_away(desk)
    desk.services.forget(first.peer)
    await at(desk, NOW + 61)
    ended.append(b"the list")
    desk.services.resume(second.peer)
    await at(desk, NOW + 62)
    third = await connected_as(desk, TEN)
    await at(desk, NOW + 63)
    assert [receiver.tokens for receiver in (first, second, third)] == [[FIRST], [FIRST], []]


async def test_a_reminder_behind_a_list_that_never_ended_comes_again(desk: Desk) -> None:
    first, second = stuck(await connected_as(desk, TEN)), await connected_as(desk, TEN)
    amid_list(second)
    await fired_while_away(desk)
    for receiver in (first, second):
        desk.services.forget(receiver.peer)
    third = await connected_as(desk, TEN)
    await third.until(lambda receiver: receiver.tokens == [FIRST])
