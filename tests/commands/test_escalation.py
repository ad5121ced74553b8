"""Reminders that nobody reads go to the lead of the desk. Source: contract, part 2, section 14."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deskcal.core.directory import Desk as DirectoryDesk
from deskcal.core.directory import Directory
from harness import ADMIN, Desk, error_of, open_desk, token
from helpers import NOW
from live import Receiver, reminded, step_to
from places import Place

FAR = NOW * 2
ALL = token(1, ADMIN, exp=FAR)
TEN, ELEVEN, LEAD = (token(manager_id, exp=FAR) for manager_id in (10, 11, 20))
DUE = NOW + 60
AFTER_SEC = 300
WHEN = DUE + AFTER_SEC
ESCALATED = f"1-{DUE}-20-20"
CODE = "DESK_EU"


async def connected_as(desk: Desk, token_: str) -> Receiver:
    receiver = Receiver(desk)
    await receiver.say(token_, "Ping")
    return receiver


async def at(desk: Desk, time: float) -> None:
    step_to(desk, time)
    await reminded(desk)


@asynccontextmanager
async def led(place: Place, **limits: Any) -> AsyncIterator[Desk]:
    """A desk whose lead is manager 20, and on which reminders are escalated."""
    async with open_desk(place, **({"escalate_after_sec": AFTER_SEC} | limits)) as desk:
        entry = DirectoryDesk(code=CODE, brand="default", title="EU", manager_id=20)
        await desk.services.store.directory.put(Directory(desks=[entry]))
        yield desk


@pytest.fixture
async def escalating(place: Place) -> AsyncIterator[Desk]:
    async with led(place) as desk:
        yield desk


async def add(server: Desk, **event: Any) -> None:
    fields = {"desk": CODE, "owner_manager_id": 10, "remind_time": DUE, "end_time": NOW + 90_000}
    await server.add(ALL, **(fields | event))


async def test_a_reminder_that_nobody_has_read_goes_to_the_lead_once(escalating: Desk) -> None:
    desk = escalating
    lead = await connected_as(desk, LEAD)
    receivers = [await connected_as(desk, one) for one in (TEN, ELEVEN)]
    await add(desk, participant_manager_ids=[11])
    await at(desk, DUE)
    await at(desk, WHEN - 1)
    assert lead.received == []
    await at(desk, WHEN)
    event = await desk.event(ALL, "MngGetCalendarEvent", id=1)
    times = "2024-03-09 16:00 to 2024-03-10 17:00 UTC"
    data = {"event": event, "due": DUE, "late_sec": AFTER_SEC}
    assert lead.received == [["n", "Retention sync", times, ESCALATED, 1, 20, 20, WHEN, data, 201]]
    for time in (WHEN + 1, WHEN + 5000):
        await at(desk, time)
    assert lead.tokens == [ESCALATED]
    assert [receiver.tokens for receiver in receivers] == [[f"1-{DUE}-10"], [f"1-{DUE}-11"]]


async def test_the_lead_who_takes_part_gets_it_as_well(escalating: Desk) -> None:
    lead = await connected_as(escalating, LEAD)
    await add(escalating, owner_manager_id=20)
    await at(escalating, DUE)
    await at(escalating, WHEN)
    assert lead.tokens == [f"1-{DUE}-20", ESCALATED]


@pytest.mark.parametrize("snoozes", [False, True])
async def test_what_one_of_the_event_has_read_is_not_escalated(
    escalating: Desk, snoozes: bool
) -> None:
    desk = escalating
    lead, ten = await connected_as(desk, LEAD), await connected_as(desk, TEN)
    await add(desk, participant_manager_ids=[11])
    await at(desk, DUE)
    own = f"1-{DUE}-10"
    if snoozes:
        await ten.say(TEN, "MngSnoozeCalendarReminder", token=own, until=WHEN + 900)
    else:
        await ten.say(TEN, "MngAckCalendarReminder", token=own)
    await at(desk, WHEN)
    assert lead.received == []


@pytest.mark.parametrize(
    "change",
    [{"status": 1}, {"status": 2}, {"remind_time": WHEN + 100}, {"remind_time": 0}, None],
)
async def test_what_was_done_moved_or_deleted_is_not_escalated(
    escalating: Desk, change: dict[str, Any] | None
) -> None:
    desk = escalating
    lead = await connected_as(desk, LEAD)
    await add(desk)
    await at(desk, DUE)
    if change is None:
        await desk.call(ALL, "MngDeleteCalendarEvent", id=1)
    else:
        await desk.event(ALL, "MngUpdateCalendarEvent", id=1, **change)
    await at(desk, WHEN)
    assert lead.received == []


async def test_a_moved_one_is_escalated_after_its_new_time(escalating: Desk) -> None:
    lead = await connected_as(escalating, LEAD)
    await add(escalating)
    await at(escalating, DUE)
    await escalating.event(ALL, "MngUpdateCalendarEvent", id=1, remind_time=DUE + 200)
    await at(escalating, DUE + 200)
    await at(escalating, WHEN)
    assert lead.received == []
    await at(escalating, WHEN + 200)
    assert lead.tokens == [f"1-{DUE + 200}-20-20"]


@pytest.mark.parametrize("event", [{"desk": "DESK_OTHER"}, {"desk": ""}, {"brand": "other"}])
async def test_without_a_lead_nobody_gets_it(escalating: Desk, event: dict[str, Any]) -> None:
    lead = await connected_as(escalating, LEAD)
    await add(escalating, **event)
    await at(escalating, DUE)
    await at(escalating, WHEN)
    assert lead.received == []


async def test_nothing_is_escalated_by_default(place: Place) -> None:
    async with led(place, escalate_after_sec=0) as desk:
        lead = await connected_as(desk, LEAD)
        await add(desk)
        await at(desk, DUE)
        await at(desk, WHEN + 90)
        assert lead.received == []


async def test_switched_off_what_was_to_be_escalated_is_not(place: Place) -> None:
    async with led(place) as desk:
        await add(desk)
        await at(desk, DUE)
    async with led(place, escalate_after_sec=0) as desk:
        lead = await connected_as(desk, LEAD)
        await at(desk, WHEN)
        assert lead.received == []


async def test_it_is_escalated_after_a_restart_and_waits_for_a_lead_who_is_away(
    place: Place,
) -> None:
    async with led(place) as desk:
        await add(desk)
        await at(desk, DUE)
    async with led(place) as desk:
        await at(desk, WHEN + 10)
    async with led(place) as desk:
        desk.clock.time = WHEN + 50
        lead = await connected_as(desk, LEAD)
        await lead.until(lambda receiver: receiver.tokens == [ESCALATED])


async def test_one_that_waits_for_the_lead_is_dropped_once_somebody_reads(
    escalating: Desk,
) -> None:
    desk = escalating
    ten = await connected_as(desk, TEN)
    await add(desk)
    await at(desk, DUE)
    await at(desk, WHEN)
    await ten.say(TEN, "MngAckCalendarReminder", token=f"1-{DUE}-10")
    lead = await connected_as(desk, LEAD)
    await reminded(desk)
    assert lead.received == []


async def test_the_lead_reads_snoozes_and_lists_it_by_its_own_token(escalating: Desk) -> None:
    desk = escalating
    lead = await connected_as(desk, LEAD)
    await add(desk, owner_manager_id=20)
    await at(desk, DUE)
    await at(desk, WHEN)
    await lead.say(LEAD, "MngSnoozeCalendarReminder", token=ESCALATED, until=WHEN + 60)
    await at(desk, WHEN + 60)
    again = f"1-{WHEN + 60}-20-20"
    assert lead.tokens == [f"1-{DUE}-20", ESCALATED, again]
    assert (lead.reminders[2][5], lead.reminders[2][9]) == (20, 201)
    await lead.say(LEAD, "MngAckCalendarReminder", token=again)
    page = (await desk.call(LEAD, "MngGetCalendarReminders"))["data"]["reminders"]
    assert [(row["token"], row["state"]) for row in page] == [
        (again, "read"),
        (ESCALATED, "read"),
        (f"1-{DUE}-20", "unread"),
    ]


@pytest.mark.parametrize("token_", [f"1-{DUE}-20-21", f"1-{DUE}-20-10", f"1-{DUE}-10-20"])
async def test_a_token_of_another_level_names_no_reminder(escalating: Desk, token_: str) -> None:
    await add(escalating, owner_manager_id=20)
    await at(escalating, DUE)
    answered = await escalating.call(LEAD, "MngAckCalendarReminder", token=token_)
    assert error_of(answered) == (404, "NOT_FOUND", "token")


async def test_a_reminder_that_a_change_fires_is_escalated_too(escalating: Desk) -> None:
    """A call without length: its end is past when it is changed, before the loop has fired it."""
    desk = escalating
    lead = await connected_as(desk, LEAD)
    await add(desk, start_time=DUE, end_time=DUE)
    desk.clock.time = DUE + 0.2
    await desk.event(ALL, "MngUpdateCalendarEvent", id=1, title="renamed just now")
    await reminded(desk)
    await at(desk, WHEN)
    assert lead.tokens == [ESCALATED]
