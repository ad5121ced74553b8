"""Reminders of occurrences, each once, and their follow-ups. Source: contract, section 13."""

from commands.series_calls import DAY, TEN, UPDATE, add, ok, rows
from harness import Desk
from helpers import NOW
from live import Receiver, reminded, step_to

START, BEFORE = NOW + 3600, 600


async def fired(desk: Desk, receiver: Receiver, time: int) -> list[tuple[int, int]]:
    """Event and due time of each reminder that has come by `time`."""
    step_to(desk, time)
    await reminded(desk)
    found = [m for m in receiver.received if isinstance(m, list)]
    return [(m[8]["event"]["id"], m[8]["due"]) for m in found]


async def test_reminders_of_occurrences_come_once_and_again_only_after_a_move(desk: Desk) -> None:
    receiver = Receiver(desk)
    await receiver.say(TEN, "Ping")
    times = {"start_time": START, "end_time": START + 3600, "timezone": "UTC"}
    await add(desk, "FREQ=DAILY;COUNT=4", **times, remind_before_sec=BEFORE)
    ids = [event["id"] for event in await rows(desk)]
    due = [START - BEFORE + day * DAY for day in range(4)]
    expected = [(ids[0], due[0])]
    assert await fired(desk, receiver, due[0]) == expected
    await ok(desk, UPDATE, {"id": ids[0], "scope": 2, "title": "Other"}, TEN)
    assert await fired(desk, receiver, due[0] + 60) == expected, "a title arms nothing"
    expected.append((ids[1], due[1]))
    assert await fired(desk, receiver, due[1]) == expected
    moved = {"id": ids[1], "scope": 2, "start_time": START + DAY + 1200}
    await ok(desk, UPDATE, moved, TEN)
    assert await fired(desk, receiver, due[1] + 1199) == expected
    expected.append((ids[1], due[1] + 1200))
    assert await fired(desk, receiver, due[1] + 1200) == expected
    await ok(desk, UPDATE, {"id": ids[1], "scope": 1, "title": "Split"}, TEN)
    assert await fired(desk, receiver, due[1] + 1800) == expected, "a split arms nothing"
    expected += [(ids[2], due[2] + 1200)]
    assert await fired(desk, receiver, due[2] + 1200) == expected
    expected += [(ids[3], due[3] + 1200)]
    assert await fired(desk, receiver, due[3] + 1200) == expected


async def test_a_follow_up_of_an_occurrence_is_a_single_event(desk: Desk) -> None:
    await add(desk, "FREQ=DAILY;COUNT=3")
    first = (await rows(desk))[0]
    sent = {"id": first["id"], "follow_up": {"in_sec": 3600}}
    answer = await ok(desk, "MngCompleteCalendarEvent", sent, TEN)
    assert answer["event"]["series_id"] == first["series_id"]
    assert answer["follow_up"]["follows_id"] == first["id"]
    assert not {"series_id", "original_start_time", "own_fields"} & answer["follow_up"].keys()
    assert len(await rows(desk, series_id=first["series_id"])) == 3
