"""`kill -9` amid a handover: each part of it whole; it is resumed, or undone, afterwards."""

import asyncio
import time
from collections import Counter
from contextlib import suppress

import pytest

from deskcal import Client, DeskcalError
from e2e.process import WAIT_SEC, ServerProcess, deskcal, serve
from harness import ADMIN, token
from helpers import NEVER
from places import Place

ADMIN_TOKEN = token(99, ADMIN, exp=NEVER)
START = int(time.time()) + 86_400
EVENTS = 2_000


def client(server: ServerProcess, timeout_sec: float = 30) -> Client:
    return Client.connect(server.host, server.port, token=ADMIN_TOKEN, timeout_sec=timeout_sec)


async def fill(own: Client) -> None:
    """Events of manager 10, an hour after one another."""
    times = [START + number * 3600 for number in range(EVENTS)]
    for part in range(0, EVENTS, 500):
        creates = [
            (
                "MngAddCalendarEvent",
                {
                    "title": "call",
                    "owner_manager_id": 10,
                    "start_time": start,
                    "end_time": start + 60,
                    "participant_manager_ids": [10, 20],
                },
            )
            for start in times[part : part + 500]
        ]
        await own.batch_events(creates)


async def hand_over(own: Client) -> int:
    """How many events have gone."""
    shown = await own.handover_events(10, [11, 12], mode="spread")
    done = await own.handover_events(10, [11, 12], mode="spread", digest=shown.digest)
    return done.count


async def owners(own: Client) -> Counter[int]:
    page = await own.get_events_by_filter(since=0, until=START * 2, limit=EVENTS)
    for event in page.rows:
        assert [row.manager_id for row in event.participants] == [event.owner_manager_id, 20]
    return Counter(event.owner_manager_id for event in page.rows)


async def first_part(own: Client, since: int) -> int:
    """The batch_id of the handover, as soon as a part of it is there."""
    async with asyncio.timeout(WAIT_SEC):
        while not (page := await own.get_changes(since=since, limit=1)).changes:
            await asyncio.sleep(0)
    return page.changes[0].batch_id


@pytest.mark.parametrize("resumes", [True, False])
async def test_a_handover_that_was_killed_is_resumed_or_undone(place: Place, resumes: bool) -> None:
    async with serve(place) as server, client(server) as own:
        await fill(own)
        since = (await own.get_changes(since=0, limit=1)).next
        while (page := await own.get_changes(since=since, limit=5000)).changes:
            since = page.next
        handover = asyncio.create_task(hand_over(own))
        async with client(server) as other:
            batch_id = await first_part(other, since)
        await server.kill()
        with suppress(DeskcalError):  # unless it was done before
            await handover
    status, output = await deskcal("check", *place.options)
    assert (status, output.splitlines()[-1]) == (0, "no differences")
    async with serve(place) as server, client(server) as own:
        before = await owners(own)
        gone = before[11] + before[12]
        assert gone > 0 and gone + before[10] == EVENTS
        if not resumes:
            undone = await own.undo_batch(batch_id)
            assert (undone.undone, undone.left) == (gone, [])
            assert await owners(own) == Counter({10: EVENTS})
        assert await hand_over(own) == (before[10] if resumes else EVENTS)
        after = await owners(own)
        assert after[10] == 0 and abs(after[11] - after[12]) <= 2
