"""From a cursor to live without a gap and without a repetition, also for who was too slow."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from live import Receiver, all_pushed
from places import Place, Places

ALL = token(1, ADMIN)


async def write(desk: Desk, count: int) -> None:
    """Creates, updates and deletes from several connections at the same time."""

    async def one(number: int) -> None:
        event = await desk.add(ALL, desk="DESK_EU" if number % 2 else "DESK_US")
        await desk.event(ALL, "MngUpdateCalendarEvent", id=event["id"], title=f"no. {number}")
        if number % 3 == 0:
            await desk.call(ALL, "MngDeleteCalendarEvent", id=event["id"])

    await asyncio.gather(*(one(number) for number in range(count)))


async def newest(desk: Desk) -> int:
    answered = await desk.call(ALL, "MngGetCalendarChanges", deskFilter="*")
    found: int = answered["data"]["next"]
    return found


async def test_what_came_after_the_cursor_is_pushed_first_then_what_is_new(desk: Desk) -> None:
    for _ in range(4):
        await desk.add(ALL)
    receiver = Receiver(desk)
    await receiver.subscribe(ALL, since=2)
    await desk.add(ALL)
    await receiver.until(lambda receiver: 5 in receiver.seqs)
    assert receiver.seqs == [3, 4, 5]


async def test_without_a_cursor_only_what_is_new_is_pushed(desk: Desk) -> None:
    other = Receiver(desk)
    await other.subscribe(ALL)
    await asyncio.gather(*(desk.add(ALL) for _ in range(50)))
    receiver = Receiver(desk)
    await receiver.subscribe(ALL)
    await desk.add(ALL)
    await receiver.until(lambda receiver: bool(receiver.seqs))
    assert receiver.seqs == [51]


async def test_the_cursor_of_now_repeats_nothing_that_is_about_to_be_pushed(desk: Desk) -> None:
    other, receiver = Receiver(desk), Receiver(desk)
    await other.subscribe(ALL)
    for _ in range(20):
        await desk.add(ALL)
        cursor = await newest(desk)
        receiver = Receiver(desk)
        await receiver.subscribe(ALL, since=cursor)
        await desk.add(ALL)
        await receiver.until(lambda receiver: bool(receiver.seqs))
        assert receiver.seqs[0] == cursor + 1


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0, 1)), min_size=1, max_size=6))
def test_no_gap_and_no_repetition_wherever_one_subscribes_while_others_write(
    places: Places, joins: list[tuple[int, float]]
) -> None:
    with places() as place:
        asyncio.run(_subscribe_amid_writers(place, joins))


async def _subscribe_amid_writers(place: Place, joins: list[tuple[int, float]]) -> None:
    async with open_desk(place) as desk:
        await write(desk, 10)
        writing = asyncio.ensure_future(write(desk, 40))
        receivers = []
        for pauses, share in joins:
            for _ in range(pauses):
                await asyncio.sleep(0)
            since = int(desk.services.feed.newest_seq * share)
            receiver = Receiver(desk)
            await receiver.subscribe(ALL, since=since)
            receivers.append((receiver, since))
        await writing
        last = desk.services.feed.newest_seq
        for receiver, since in receivers:
            if since < last:
                await receiver.until(lambda receiver: last in receiver.seqs)
            assert receiver.seqs == list(range(since + 1, last + 1))


async def test_several_channels_that_join_at_different_cursors_get_each_change_once(
    desk: Desk,
) -> None:
    for number in range(6):
        await desk.add(ALL, desk="DESK_EU" if number % 2 else "DESK_US")
    receiver = Receiver(desk)
    await asyncio.gather(
        receiver.subscribe(ALL, "calendar:desk:DESK_EU", since=0),
        receiver.subscribe(token(2, ADMIN), "calendar", since=3),
        receiver.subscribe(token(3, desks="DESK_US"), "calendar", since=1),
    )
    await desk.add(ALL)
    await receiver.until(lambda receiver: 7 in receiver.seqs)
    assert receiver.seqs == [2, 3, 4, 5, 6, 7]


async def test_a_second_channel_with_a_cursor_replays_for_that_channel_alone(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL, "calendar:desk:DESK_EU")
    await desk.add(ALL, desk="DESK_EU")
    await desk.add(ALL, desk="DESK_US")
    await all_pushed(desk)
    await receiver.subscribe(ALL, "calendar:desk:DESK_US", since=0)
    await receiver.until(lambda receiver: len(receiver.changes) > 1)
    await all_pushed(desk)
    assert receiver.changes == [(0, 1), (0, 2)]


async def test_catching_up_pushes_no_loss_of_an_event_that_another_manager_sees(
    desk: Desk,
) -> None:
    """Each line is the one that was pushed to a connection on which both were subscribed."""
    eu, us = token(2, desks="DESK_EU"), token(3, desks="DESK_US")
    event_id = (await desk.add(ALL, desk="DESK_US"))["id"]
    live, joined, moved = Receiver(desk), Receiver(desk), Receiver(desk)
    for receiver, tokens in ((live, (eu, us)), (joined, (eu,)), (moved, (eu,))):
        for one in tokens:
            await receiver.subscribe(one)
    for values in ({"desk": "DESK_EU"}, {"title": "Kept"}):
        await desk.event(ALL, "MngUpdateCalendarEvent", id=event_id, **values)
    await all_pushed(desk)
    seen = live.pushes
    assert live.changes == [(1, event_id), (1, event_id)]
    before = len(joined.pushes)
    await joined.subscribe(us, since=1)
    await joined.until(lambda receiver: len(receiver.pushes) >= before + 2)
    assert joined.pushes[before:] == seen

    await desk.event(ALL, "MngUpdateCalendarEvent", id=event_id, desk="DESK_ASIA")
    await all_pushed(desk)
    before = len(moved.pushes)
    await moved.subscribe(us, since=1)
    await moved.until(lambda receiver: len(receiver.pushes) >= before + 3)
    assert moved.pushes[before:] == live.pushes
    assert live.changes[-1] == (2, event_id)


async def test_a_channel_that_catches_up_goes_by_the_other_channels_of_its_manager(
    desk: Desk,
) -> None:
    event_id = (await desk.add(ALL, desk="DESK_US"))["id"]
    receiver = Receiver(desk)
    await receiver.subscribe(ALL, "calendar:desk:DESK_EU")
    await desk.event(ALL, "MngUpdateCalendarEvent", id=event_id, desk="DESK_EU")
    await all_pushed(desk)
    await receiver.subscribe(ALL, "calendar:desk:DESK_US", since=1)
    await receiver.until(lambda receiver: len(receiver.changes) == 2)
    assert receiver.changes == [(1, event_id), (1, event_id)]


async def test_a_cursor_of_another_store_or_below_the_floor_gets_a_resync(
    place: Place,
) -> None:
    async with open_desk(place, change_retention_sec=100, retry_window_sec=1) as desk:
        await desk.add(ALL)
        answered = await desk.call(ALL, "Subscribe", chanels=["calendar"], since=2)
        assert error_of(answered) == (410, "RESYNC_REQUIRED", "since")
        desk.clock.time = NOW + 50
        await desk.add(ALL)
        assert await desk.services.store.feed.prune(NOW + 50, 1000) == 1
        answered = await desk.call(ALL, "Subscribe", chanels=["calendar"], since=0)
        assert error_of(answered) == (410, "RESYNC_REQUIRED", "since")
        assert desk.services.feed.subscriber_count == 0
        receiver = Receiver(desk)
        await receiver.subscribe(ALL, since=1)
        await receiver.until(lambda receiver: receiver.seqs == [2])


async def test_a_slow_subscriber_gets_a_resync_and_continues_while_others_are_not_delayed(
    desk: Desk,
) -> None:
    slow, quick = Receiver(desk), Receiver(desk)
    await slow.subscribe(ALL)
    await quick.subscribe(ALL)
    await desk.add(ALL)
    await quick.until(lambda receiver: receiver.seqs == [1])
    slow.is_slow = True
    for seq in (2, 3, 4):
        await desk.add(ALL)
        await quick.until(lambda receiver, seq=seq: seq in receiver.seqs)  # type: ignore[misc]
    slow.is_slow = False
    desk.services.resume(slow.peer)
    await desk.add(ALL)
    await slow.until(lambda receiver: 5 in receiver.seqs)
    assert slow.received[1] == {"event": "calendar:resync", "seq": 4}
    assert slow.seqs == [1, 5]
    assert quick.seqs == [1, 2, 3, 4, 5]
    assert desk.services.feed.resyncs == 1


async def test_after_a_resync_a_client_fills_the_gap_from_its_own_cursor(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL)
    receiver.is_slow = True
    await desk.add(ALL)
    await all_pushed(desk)
    receiver.is_slow = False
    desk.services.resume(receiver.peer)
    assert [m["event"] for m in receiver.received] == ["calendar:resync"]
    await receiver.subscribe(ALL, since=0)
    await receiver.until(lambda receiver: 2 in receiver.seqs)
    assert receiver.seqs == [1, 2]


async def test_a_connection_that_resumes_without_missed_changes_gets_nothing(
    desk: Desk,
) -> None:
    receiver = Receiver(desk)
    await receiver.subscribe(ALL)
    desk.services.resume(receiver.peer)
    assert receiver.received == []
