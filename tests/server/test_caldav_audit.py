"""Histories tell what a calendar app has changed, and for whom. Contract, sections 7 and 16."""

from typing import Any

from dav import Dav, serving_dav
from deskcal.core.event import ChangeType
from harness import ADMIN, token
from helpers import NOW
from places import Place
from server.caldav_texts import WEEKLY, calendar, rows, vevent

AUDITOR = token(1, ADMIN, exp=4e9)


async def history(dav: Dav, event_id: int) -> list[dict[str, Any]]:
    answered = await dav.desk.call(AUDITOR, "MngGetCalendarEventHistory", id=event_id)
    assert answered["status"] == 200, answered
    found: list[dict[str, Any]] = answered["data"]["history"]
    return found


async def test_a_put_a_deletion_and_the_way_back_name_the_manager_of_the_app(place: Place) -> None:
    async with serving_dav(place) as dav:
        desk = dav.desk
        assert (await dav.put("a.ics", calendar(vevent()))).status == 201
        (event,) = await rows(dav)
        desk.clock.time = NOW + 1
        changed = calendar(vevent(summary="Call him"))
        assert (await dav.put("a.ics", changed)).status == 204
        desk.clock.time = NOW + 2
        assert (await dav.ask("DELETE", f"{dav.mine}a.ics")).status == 204
        desk.clock.time = NOW + 3
        assert (await dav.put("a.ics", changed)).status == 201
        found = await history(dav, event["id"])
    assert [(row["type"], row["actor"], row["time"] - NOW) for row in found] == [
        (ChangeType.ADDED, 10, 0),
        (ChangeType.UPDATED, 10, 1),
        (ChangeType.DELETED, 10, 2),
        (ChangeType.RESTORED, 10, 3),
    ]
    titles = [row["changed"].get("title") for row in found]
    assert titles == [[None, "Call"], ["Call", "Call him"], ["Call him", None], None]


async def test_each_occurrence_of_a_series_that_an_app_deletes_tells_it(place: Place) -> None:
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", calendar(vevent(*WEEKLY)))).status == 201
        events = await rows(dav)
        assert (await dav.ask("DELETE", f"{dav.mine}a.ics")).status == 204
        found = [(await history(dav, event["id"]))[-1] for event in events]
    assert len(found) > 2
    assert {(row["type"], row["actor"], row["batch_id"]) for row in found} == {
        (ChangeType.DELETED, 10, found[0]["seq"])
    }
