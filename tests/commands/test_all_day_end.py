"""When an all-day event without a zone is over: with its last date in `default_timezone`."""

import pytest

from harness import ADMIN, Desk, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import Place

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
TEN, ELEVEN = token(10, exp=FAR), token(11, exp=FAR)
HOUR = 3600
TOKYO, HONOLULU = ("Asia/Tokyo", 0, 23), ("Pacific/Honolulu", 20, 42)
"""Default zone; hours of the end after `NOW`, 16:00 in UTC; hours after which its date is over."""

zones = pytest.mark.parametrize(("zone", "length", "over"), [TOKYO, HONOLULU])


async def connected(desk: Desk, token_: str) -> Receiver:
    receiver = Receiver(desk)
    await receiver.say(token_, "Ping")
    return receiver


async def at(desk: Desk, time: float) -> None:
    """Lets everything fire that is due by `time`."""
    step_to(desk, time)
    await reminded(desk)


@zones
async def test_a_reminder_fires_up_to_the_end_of_the_date(
    place: Place, zone: str, length: int, over: int
) -> None:
    """Issue 12, number 7."""
    end, last = NOW + length * HOUR, NOW + over * HOUR
    async with open_desk(place, default_timezone=zone) as desk:
        ten = await connected(desk, TEN)
        for remind_time in (last, last + 1):
            named = {"start_time": NOW, "end_time": end, "remind_time": remind_time}
            await desk.add(TEN, all_day=1, **named)
        await at(desk, last + 1)
        assert ten.tokens == [f"1-{last}-10"]


@zones
@pytest.mark.parametrize("seconds", [-1, 0])
async def test_a_participant_who_comes_late_gets_it_until_the_date_is_over(
    place: Place, zone: str, length: int, over: int, seconds: int
) -> None:
    """Issue 12, number 6."""
    end, due = NOW + length * HOUR, NOW + 60
    async with open_desk(place, default_timezone=zone) as desk:
        eleven = await connected(desk, ELEVEN)
        await desk.add(TEN, all_day=1, start_time=NOW, end_time=end, remind_time=due)
        await at(desk, due)
        step_to(desk, NOW + over * HOUR + seconds)
        command = "MngUpdateCalendarEvent"
        await desk.event(ALL, command, id=1, participant_manager_ids=[11])
        await reminded(desk)
        assert eleven.tokens == ([f"1-{due}-11"] if seconds else [])


@zones
async def test_lists_and_changes_agree_on_what_is_overdue(
    place: Place, zone: str, length: int, over: int
) -> None:
    """Issue 12, number 10."""
    end, last = NOW + length * HOUR, NOW + over * HOUR
    async with open_desk(place, default_timezone=zone) as desk:
        await desk.add(ALL, all_day=1, start_time=NOW, end_time=end)
        for time, wanted in ((last - 1, []), (last, [1])):
            desk.clock.time = time
            rows, _ = await desk.rows(ALL, overdue=1)
            named = {"since": 0, "deskFilter": "*", "overdue": 1}
            answered = await desk.call(ALL, "MngGetCalendarChanges", **named)
            assert rows == [one["id"] for one in answered["data"]["changes"]] == wanted


async def test_an_update_of_a_series_goes_to_occurrences_until_their_date_is_over(
    place: Place,
) -> None:
    """An occurrence may name no zone, also where its series does."""
    zone, length, over = HONOLULU
    async with open_desk(place, default_timezone=zone) as desk:
        end, rule = NOW + length * HOUR, {"rrule": "FREQ=DAILY;INTERVAL=2;COUNT=2"}
        times = {"start_time": NOW, "end_time": end}
        first = (await desk.add(ALL, all_day=1, recurrence=rule, **times))["id"]
        command = "MngUpdateCalendarEvent"
        event = await desk.event(ALL, command, id=first, timezone=None)
        assert event["timezone"] == ""
        for time, wanted in ((NOW + over * HOUR - 1, 2), (NOW + over * HOUR, 1)):
            desk.clock.time = time
            changed = await desk.call(ALL, command, id=first, title=f"At {time}", scope=2)
            assert changed["data"]["changed"] == wanted
