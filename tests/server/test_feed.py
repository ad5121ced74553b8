"""The change feed and reminders over real sockets: slow readers, many writers, restarts."""

import asyncio
import json
import random
from typing import Any, cast

import pytest

from harness import ADMIN, new_event, request, token
from helpers import NOW
from places import Place
from wire import Running, Wire, serving

ALL = token(1, ADMIN, exp=NOW * 2)
TEN = token(10, exp=NOW * 2)
LARGE = "x" * 100_000
WRITERS = 8
WRITES = 40


async def message(wire: Wire) -> Any:
    """The next message of whatever kind; heartbeats are passed over."""
    while True:
        line = await wire.line()
        assert line, "the server has closed the connection"
        if line != b"\r\n":
            return json.loads(line)


async def subscribe(wire: Wire, *, since: int | None = None, token_: str = ALL) -> None:
    data = {"chanels": ["calendar"]} | ({} if since is None else {"since": since})
    assert (await wire.call(token_, "Subscribe", **data))["status"] == 200


async def seqs_until(wire: Wire, last: int) -> list[int]:
    found: list[int] = []
    while not found or found[-1] < last:
        pushed = await message(wire)
        assert pushed["event"] == "calendar:event"
        found.append(pushed["seq"])
    return found


async def write(running: Running, count: int) -> None:
    """Creates and completes, one after the other."""
    wire = await running.connect()
    for _ in range(count // 2):
        added = await wire.call(ALL, "MngAddCalendarEvent", **new_event())
        await wire.call(ALL, "MngCompleteCalendarEvent", id=added["data"]["event"]["id"])


@pytest.mark.parametrize("seed", range(3))
async def test_subscribers_at_random_cursors_amid_writers_get_each_change_once_and_in_order(
    running: Running, seed: int
) -> None:
    chance = random.Random(seed)
    writing = asyncio.gather(*(write(running, WRITES) for _ in range(WRITERS)))
    wires = []
    for _ in range(20):
        newest = running.store.feed.last_seq
        since = chance.choice([0, newest, chance.randint(0, newest)])
        wire = await running.connect()
        wire.ask(ALL, "Subscribe", chanels=["calendar"], since=since)
        wires.append((wire, since))
        await (await running.connect()).call(None, "Ping")
    await writing
    last = WRITERS * WRITES
    assert running.store.feed.last_seq == last
    for wire, since in wires:
        assert (await message(wire))["status"] == 200
        if since < last:
            assert await seqs_until(wire, last) == list(range(since + 1, last + 1))


async def test_a_subscriber_that_does_not_read_gets_a_resync_and_delays_no_other(
    place: Place,
) -> None:
    async with serving(place, max_unsent_bytes=65_536) as running:
        stalled, reader = await running.connect(), await running.connect()
        await subscribe(stalled)
        await subscribe(reader)
        writer = await running.connect()
        feed = running.server.services.feed
        transport = cast(asyncio.Transport, stalled.writer.transport)
        transport.pause_reading()
        last = 0
        while not feed.resyncs:
            event = new_event(ast_json=LARGE)
            assert (await writer.call(ALL, "MngAddCalendarEvent", **event))["status"] == 200
            last += 1
            assert await seqs_until(reader, last) == [last]
        assert feed.subscriber_count == 2

        transport.resume_reading()
        got = [await message(stalled)]
        while got[-1]["event"] == "calendar:event":
            got.append(await message(stalled))
        seqs = [one["seq"] for one in got[:-1]]
        assert seqs == list(range(1, len(seqs) + 1))
        resync = got[-1]
        assert resync["event"] == "calendar:resync"
        assert len(seqs) < resync["seq"] <= last
        await writer.call(ALL, "MngAddCalendarEvent", **new_event())
        assert await seqs_until(stalled, last + 1) == list(range(resync["seq"] + 1, last + 2))

        missed = await stalled.call(
            ALL, "MngGetCalendarChanges", deskFilter="*", since=seqs[-1], limit=5000
        )
        assert [row["seq"] for row in missed["data"]["changes"]] == list(
            range(seqs[-1] + 1, last + 2)
        )


async def test_a_long_replay_to_a_slow_reader_waits_for_it_and_loses_nothing(
    place: Place,
) -> None:
    async with serving(place, max_unsent_bytes=65_536) as running:
        writer = await running.connect()
        for _ in range(60):
            await writer.call(ALL, "MngAddCalendarEvent", **new_event(ast_json=LARGE))
        slow = await running.connect()
        slow.ask(ALL, "Subscribe", chanels=["calendar"], since=0)
        await writer.call(ALL, "MngAddCalendarEvent", **new_event())
        assert (await message(slow))["status"] == 200
        assert await seqs_until(slow, 61) == list(range(1, 62))


async def test_a_cursor_goes_on_after_a_restart(place: Place) -> None:
    async with serving(place) as running:
        wire = await running.connect()
        await subscribe(wire)
        wire.ask(ALL, "MngAddCalendarEvent", **new_event())
        came = [await message(wire), await message(wire)]
        seq = next(one["seq"] for one in came if "seq" in one)
    async with serving(place) as running:
        writer, wire = await running.connect(), await running.connect()
        new = await writer.call(ALL, "MngAddCalendarEvent", **new_event())
        wire.ask(ALL, "Subscribe", chanels=["calendar"], since=seq)
        assert (await message(wire))["status"] == 200
        pushed = await message(wire)
        assert pushed["data"]["id"] == new["data"]["event"]["id"]
        assert pushed["seq"] > seq


async def test_a_reminder_comes_without_a_subscription_and_once_on_each_connection(
    running: Running,
) -> None:
    first, second = await running.connect(), await running.connect()
    for wire in (first, second):
        assert (await wire.call(TEN, "Ping"))["status"] == 200
    writer = await running.connect()
    event = new_event(owner_manager_id=10, remind_time=NOW - 30)
    await writer.call(ALL, "MngAddCalendarEvent", **event)
    for wire in (first, second):
        kind, title, _, name, *_ = await message(wire)
        assert (kind, title, name) == ("n", "Retention sync", f"1-{NOW - 30}-10")
    first.send(request("MngAckCalendarReminder", 1, {"token": f"1-{NOW - 30}-10"}, TEN) + b"\r\n")
    assert (await first.answer())["status"] == 200
    third = await running.connect()
    assert (await third.call(TEN, "Ping"))["status"] == 200
    assert (await third.call(TEN, "Ping"))["status"] == 200
