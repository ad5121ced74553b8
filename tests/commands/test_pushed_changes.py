"""Which changes are pushed to whom, and as which type. Source: contract, section 7."""

import pytest

from harness import ADMIN, Desk, error_of, token
from helpers import NOW
from live import Receiver, all_pushed

ALL = token(1, ADMIN)
TEN = token(10, desks="DESK_EU*")
ADDED, UPDATED, DELETED, ARCHIVED = 0, 1, 2, 4


async def test_each_kind_of_change_is_pushed_under_its_number(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL)
    event = await desk.add(ALL, title="first")
    changed = await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="second")
    archived = await desk.event(ALL, "MngArchiveCalendarEvent", id=1)
    await desk.call(ALL, "MngDeleteCalendarEvent", id=1)
    await receiver.until(lambda receiver: len(receiver.pushes) == 4)
    assert receiver.received == [
        {"event": "calendar:event", "type": 0, "seq": 1, "batch_id": 1, "data": event},
        {"event": "calendar:event", "type": 1, "seq": 2, "batch_id": 2, "data": changed},
        {"event": "calendar:event", "type": 4, "seq": 3, "batch_id": 3, "data": archived},
        {"event": "calendar:event", "type": 2, "seq": 4, "batch_id": 4, "data": {"id": 1}},
    ]


async def test_what_changes_nothing_is_not_pushed(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL)
    await desk.add(ALL)
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="Retention sync")
    await all_pushed(desk)
    assert receiver.changes[:-1] == [(ADDED, 1)]


async def test_an_invisible_event_is_not_pushed(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(TEN)
    await desk.add(ALL, desk="DESK_US")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="other")
    await desk.call(ALL, "MngDeleteCalendarEvent", id=1)
    await all_pushed(desk)
    assert receiver.received == []


async def test_loss_of_visibility_is_pushed_as_a_deletion_and_gain_as_an_update(desk: Desk) -> None:
    europe, america = Receiver(desk), Receiver(desk)
    await europe.subscribe(TEN)
    await america.subscribe(token(11, desks="DESK_US"))
    await desk.add(ALL, desk="DESK_EU")
    moved = await desk.event(ALL, "MngUpdateCalendarEvent", id=1, desk="DESK_US")
    await all_pushed(desk)
    assert europe.changes == [(ADDED, 1), (DELETED, 1)]
    assert europe.pushes[-1]["data"] == {"id": 1}
    assert america.pushes == [
        {"event": "calendar:event", "type": 1, "seq": 2, "batch_id": 2, "data": moved}
    ]


async def test_an_archived_event_that_becomes_visible_at_the_same_time_is_pushed_as_archived(
    desk: Desk,
) -> None:
    """Archiving moves nothing, so who sees it archived has seen it before."""
    receiver = Receiver(desk)
    await receiver.subscribe(TEN, "calendar:manager:10")
    await desk.add(ALL, desk="DESK_EU", participant_manager_ids=[10])
    await desk.event(ALL, "MngArchiveCalendarEvent", id=1)
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 1), (ARCHIVED, 1)]


async def test_a_participant_outside_the_desk_gains_and_loses_the_event(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(TEN)
    await desk.add(ALL, desk="DESK_US")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, participant_manager_ids=[10])
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, participant_manager_ids=[])
    await all_pushed(desk)
    assert receiver.changes == [(UPDATED, 1), (DELETED, 1)]


async def test_a_change_comes_once_however_many_channels_match(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL, "calendar", "calendar:manager:10", "calendar:desk:DESK_*")
    await desk.add(TEN, desk="DESK_EU")
    await all_pushed(desk)
    assert receiver.changes[:-1] == [(ADDED, 1)]


async def test_a_change_comes_once_for_several_managers_on_one_connection(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(TEN)
    await receiver.subscribe(token(11, desks="DESK_EU"))
    await receiver.subscribe(token(12, desks="DESK_US"))
    await desk.add(ALL, desk="DESK_EU")
    await desk.add(ALL, desk="DESK_US")
    await desk.add(ALL, desk="DESK_ASIA")
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 1), (ADDED, 2)]


async def test_an_event_that_moves_between_two_managers_of_a_connection_stays_visible_to_it(
    desk: Desk,
) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(token(11, desks="DESK_EU"))
    await receiver.subscribe(token(12, desks="DESK_US"))
    await desk.add(ALL, desk="DESK_EU")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, desk="DESK_US")
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 1), (UPDATED, 1)]


async def test_a_channel_limits_what_its_subscriber_sees(desk: Desk) -> None:
    mine, eu = Receiver(desk), Receiver(desk)
    await mine.subscribe(ALL, "calendar:manager:10")
    await eu.subscribe(ALL, "calendar:desk:DESK_*,!DESK_US")
    await desk.add(TEN, desk="DESK_EU")
    await desk.add(ALL, desk="DESK_US", owner_manager_id=10)
    await desk.add(ALL, desk="", owner_manager_id=11)
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, desk="DESK_US")
    await all_pushed(desk)
    assert mine.changes == [(ADDED, 1), (ADDED, 2), (UPDATED, 1)]
    assert eu.changes == [(ADDED, 1), (DELETED, 1)]


async def test_unknown_channels_are_silent(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL, "EURUSD", "quotes:calendar")
    await desk.add(ALL)
    await all_pushed(desk)
    assert receiver.received == []


async def test_after_unsubscribe_nothing_more_comes(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL, "calendar", "calendar:manager:1")
    await receiver.say(ALL, "Unsubscribe", chanels=["calendar"])
    await desk.add(TEN, desk="DESK_EU")
    await desk.add(ALL)
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 2)]
    await receiver.say(ALL, "Unsubscribe", chanels=["calendar:manager:1"])
    await desk.add(ALL)
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 2)]
    assert desk.services.feed.subscriber_count == 0


async def test_pushes_stop_with_the_token_and_go_on_with_a_newer_one_of_that_manager(
    desk: Desk,
) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(token(10, desks="*", exp=NOW + 10))
    await receiver.subscribe(token(11, desks="DESK_US", exp=NOW + 100))
    desk.clock.time = NOW + 10
    late = token(1, ADMIN, exp=NOW + 1000)
    await desk.add(late, desk="DESK_EU")
    await desk.add(late, desk="DESK_US")
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 2)]
    await receiver.say(token(10, desks="*", exp=NOW + 20), "Ping")
    await desk.add(late, desk="DESK_EU")
    await all_pushed(desk)
    assert [id_ for _, id_ in receiver.changes[1:-1]] == [4]


async def test_what_passed_while_a_token_was_over_does_not_come_with_a_further_channel(
    desk: Desk,
) -> None:
    """A subscriber that a look passes over has come as far as all others."""
    receiver = Receiver(desk)
    await receiver.subscribe(token(10, desks="*", exp=NOW + 10), "calendar:desk:DESK_EU")
    desk.clock.time = NOW + 10
    late = token(1, ADMIN, exp=NOW + 1000)
    await desk.add(late, desk="DESK_EU")
    await desk.add(late, desk="DESK_US")
    await all_pushed(desk)
    newer = token(10, desks="*", exp=NOW + 100)
    await receiver.subscribe(newer, "calendar:desk:DESK_US")
    seen = [await desk.add(late, desk=name) for name in ("DESK_EU", "DESK_US")]
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, event["id"]) for event in seen]


async def test_of_several_tokens_the_one_that_lasts_longest_decides_what_is_seen(
    desk: Desk,
) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(token(10, desks="DESK_EU", exp=NOW + 100))
    await receiver.say(token(10, desks="DESK_US", exp=NOW + 50), "Ping")
    await desk.add(ALL, desk="DESK_EU")
    await desk.add(ALL, desk="DESK_US")
    await all_pushed(desk)
    assert receiver.changes == [(ADDED, 1)]


async def test_a_session_without_calendar_rights_can_subscribe_to_quotes_alone(desk: Desk) -> None:
    user = token(10, 0)
    receiver = Receiver(desk)
    await receiver.subscribe(user, "EURUSD")
    answered = await receiver.say(user, "Subscribe", chanels=["calendar"])
    assert error_of(answered)[:2] == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "name", ["calendar:", "calendar:manager:", "calendar:manager:99999999999999999"]
)
async def test_a_name_that_resembles_a_channel_is_refused(desk: Desk, name: str) -> None:
    answered = await desk.call(ALL, "Subscribe", chanels=[name])
    assert error_of(answered) == (400, "INVALID_FIELD", "chanels")


async def test_a_closed_connection_is_forgotten(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL)
    desk.services.forget(receiver.peer)
    assert desk.services.feed.subscriber_count == 0
    await desk.add(ALL)
    await all_pushed(desk)
    assert receiver.received == []
