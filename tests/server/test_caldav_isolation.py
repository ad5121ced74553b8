"""Calendar apps and imports of sessions that do not see all. Source: contract, sections 3, 16."""

from typing import Any

import pytest

from dav import Dav, serving_dav
from harness import token
from helpers import NOW
from places import Place
from server.caldav_texts import TEN, WEEKLY, calendar, rows, vevent

ONE_BRAND = token(10, desks="DESK_*", brands="default")
OTHER = {"brand": "other", "desk": "SECRET"}


async def narrow(dav: Dav) -> Dav:
    """An app of the same manager that sees one brand."""
    sent = {"name": "Narrow", "brand": "default"}
    answered = await dav.desk.call(ONE_BRAND, "MngAddCalendarDevice", **sent)
    return Dav(dav.desk, dav.address, 10, answered["data"]["password"])


async def move(dav: Dav, event: dict[str, Any]) -> None:
    sent = {"id": event["id"], "title": "Hidden"} | OTHER
    moved = await dav.desk.call(TEN, "MngUpdateCalendarEvent", **sent)
    assert moved["status"] == 200, moved


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_uid_of_an_invisible_event_is_as_free_as_any_other(
    place: Place, is_deleted: bool
) -> None:
    async with serving_dav(place) as dav:
        event = await dav.desk.add(TEN)
        await move(dav, event)
        if is_deleted:
            await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=event["id"])
        mine = calendar(vevent(uid=f"deskcal-{event['id']}@{event['created_time']}"))
        app = await narrow(dav)
        for text in (mine, mine.replace(f"deskcal-{event['id']}@", "deskcal-999@")):
            sent = {"ics": text, "dry_run": 1}
            answered = await dav.desk.call(ONE_BRAND, "MngImportCalendarEvents", **sent)
            assert (answered["data"]["created"], answered["data"]["skipped"]) == (1, [])
        got = await app.put("new.ics", mine)
        assert (got.status, got.body) == (201, b"")
        titles = sorted(row["title"] for row in await rows(dav))
        assert titles == (["Call"] if is_deleted else ["Call", "Hidden"])


async def test_a_series_changes_around_its_invisible_occurrence(place: Place) -> None:
    async with serving_dav(place) as dav:
        dav.desk.clock.time = NOW
        text = calendar(vevent(*WEEKLY))
        assert (await dav.put("a.ics", text)).status == 201
        hidden = (await rows(dav))[-1]
        await move(dav, hidden)
        (hidden,) = [row for row in await rows(dav) if row["id"] == hidden["id"]]
        app = await narrow(dav)
        got = await app.put("a.ics", text.replace("SUMMARY:Call", "SUMMARY:New"))
        assert (got.status, got.body) == (204, b"")
        sent = {"ics": text.replace("SUMMARY:Call", "SEQUENCE:9\r\nSUMMARY:Newer")}
        answered = await dav.desk.call(ONE_BRAND, "MngImportCalendarEvents", **sent)
        assert (answered["data"]["updated"], answered["data"]["skipped"]) == (1, [])
        left = [row for row in await rows(dav) if row["id"] != hidden["id"]]
        assert {row["title"] for row in left} == {"Newer"}
        assert hidden in await rows(dav)
        got = await app.ask("DELETE", f"{app.mine}a.ics")
        assert (got.status, got.body) == (204, b"")
        assert hidden in await rows(dav)
