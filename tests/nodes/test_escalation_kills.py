"""A server that is killed while it escalates thousands of reminders, again and again: then counted.

Source: contract, section 14, "Escalation"; issue 15, "once for each reminder, whatever crash".
"""

import asyncio
import random
import signal
import time
from collections import Counter

from deskcal.core.directory import Desk, Directory
from deskcal.limits import Limits
from deskcal.store.ports import Store
from deskcal.store.ports.reminders import Level
from nodes.reminded import Managers
from nodes.running import WAIT_SEC
from nodes.test_reminder_kills import life, until_nothing_waits
from places import Ask, Place
from store.mutations import adding, mutate_all

EVENTS = 6_000
KILLS_AMID_WRITES = 6
KILLS_AMID_DELIVERY = 3
AFTER_SEC = 60
LEAD = 20
ESCALATES = ("--escalate-after-sec", str(AFTER_SEC))


COUNTS = """
    SELECT (SELECT count(*) FROM escalation),
        (SELECT count(*) FROM notification WHERE level = 20)"""


async def test_kills_amid_the_escalation_lose_none_and_send_none_by_two_tokens(
    place: Place,
) -> None:
    due = int(time.time()) - 2 * AFTER_SEC
    store = await place.open(Limits(escalate_after_sec=AFTER_SEC))
    await fire_unread(store, due)
    await store.close()
    lead = Managers([LEAD])
    with place.asking() as ask:
        assert counted(ask) == (EVENTS, 0)
        amid = await kill_amid(place, lead, ask)
        assert amid > 2, "the kills came when all was escalated"
        async with life(place, lead, *ESCALATES) as server:
            await lead.until_received(EVENTS)
            await until_nothing_waits(ask, Level.ESCALATION)
            server.send_signal(signal.SIGTERM)
            await server.wait()
        assert counted(ask) == (0, EVENTS)

    tokens = Counter(token for _, _, token in lead.received)
    assert tokens == Counter(f"{n}-{due}-{LEAD}-20" for n in range(1, EVENTS + 1))
    assert lead.repeated == []
    assert (await place.check()).differences == []


async def kill_amid(place: Place, lead: Managers, ask: Ask) -> int:
    """Kills servers one after the other; how many when some but not all was escalated."""
    chance = random.Random(7)
    amid = 0
    written = sorted(chance.randrange(1, EVENTS - 1000) for _ in range(KILLS_AMID_WRITES))
    received = sorted(chance.randrange(1, EVENTS) for _ in range(KILLS_AMID_DELIVERY))
    for write_mark, mark in [*((one, 0) for one in written), *((0, one) for one in received)]:
        async with life(place, lead, *ESCALATES) as server:
            await until_written(ask, write_mark)
            await lead.until_received(mark)
            server.send_signal(signal.SIGKILL)
            await server.wait()
        waiting, escalated = counted(ask)
        assert waiting + escalated == EVENTS, "an escalation is neither to come nor there"
        amid += 0 < waiting < EVENTS
    return amid


async def fire_unread(store: Store, due: int) -> None:
    """Reminders of one manager each, fired at `due`, that nobody is there to read."""
    desk = Desk(code="DESK_EU", brand="default", title="EU", manager_id=LEAD)
    await store.directory.put(Directory(desks=[desk]))
    mutations = [
        adding(
            now=due - 3600,
            title=f"call {number}",
            desk="DESK_EU",
            owner_manager_id=1,
            start_time=due + 36_000,
            end_time=due + 37_000,
            remind_time=due,
        )
        for number in range(EVENTS)
    ]
    await mutate_all(store, mutations)
    while await store.reminders.next_due() == due:
        await store.reminders.fire(due, 1000)


async def until_written(ask: Ask, count: int) -> None:
    """Until so many escalations are in the database."""
    async with asyncio.timeout(WAIT_SEC):
        while counted(ask)[1] < count:
            await asyncio.sleep(0.002)


def counted(ask: Ask) -> tuple[int, int]:
    """Escalations that are to come, and those that are there."""
    row = ask(COUNTS)
    assert row is not None
    return row[0], row[1]
