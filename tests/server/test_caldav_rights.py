"""CalDAV: what one may not write, and what a put leaves as it is. Source: contract, section 16."""

import pytest

from dav import Dav, dav_of, serving_dav
from deskcal.core.directory import Desk as DirectoryDesk
from deskcal.core.directory import Directory, checked_desk
from harness import token
from places import Place
from server.caldav_texts import ALARMS, TEN, calendar, rows, vevent

CALENDAR = {"content_type": "text/calendar"}
DESK = Directory(desks=[checked_desk(DirectoryDesk(code="DESK_EU", brand="default"))])


async def test_nothing_is_put_or_deleted_in_a_desks_calendar(place: Place) -> None:
    """Also of what is the manager's own."""
    async with serving_dav(place) as dav:
        await dav.desk.services.store.directory.put(DESK)
        made = await dav.desk.add(TEN, desk="DESK_EU")
        path = f"{dav.home}desk,default,DESK_EU/"
        (name,) = (await dav.sync(path=path)).etags
        text = (await dav.ask("GET", name)).body.decode()
        for got in (
            await dav.ask("PUT", name, text.replace("SUMMARY:", "SUMMARY:New "), **CALENDAR),
            await dav.ask("PUT", f"{path}a.ics", calendar(vevent()), **CALENDAR),
            await dav.ask("DELETE", name),
        ):
            assert got.status == 403 and b"need-privileges" in got.body, got
        assert await rows(dav) == [made]


@pytest.mark.parametrize("name", ["a" * 251, "a%07b"])
async def test_a_name_that_is_none_is_refused(place: Place, name: str) -> None:
    async with serving_dav(place) as dav:
        assert (await dav.put(name, calendar(vevent()))).status == 403
        assert (await dav.put("a" * 250, calendar(vevent()))).status == 201


async def test_a_put_leaves_the_brand_of_what_is_there(place: Place) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, brand="northgate")
        other = await dav_of(dav.desk, dav.address, 10, brand="default")
        name = f"event-{made['id']}.ics"
        text = (await other.text(name)).replace("SUMMARY:", "SUMMARY:New ")
        assert (await other.put(name, text)).status == 204
        assert (await other.put("b.ics", calendar(vevent()))).status == 201
        found = {event["title"]: event["brand"] for event in await rows(dav)}
    assert found == {"New Retention sync": "northgate", "Call": "default"}


async def test_alarms_of_a_participant_are_a_change_for_their_other_apps(place: Place) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, participant_manager_ids=[30])
        participant, name = await dav.of(30), f"event-{made['id']}.ics"
        before = await participant.sync()
        end = "\r\n".join([*ALARMS, "END:VEVENT"])
        text = (await participant.text(name)).replace("END:VEVENT", end)
        assert (await participant.put(name, text)).status == 204
        path = participant.mine + name
        after = await participant.sync(before.token)
        assert after.etags[path] != before.etags[path]


async def test_a_series_of_another_brand_is_not_shown_around_the_one_that_is_left(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(
            TEN, title="secret", brand="other", recurrence={"rrule": "FREQ=DAILY;COUNT=3"}
        )
        of_brand = token(10, desks="DESK_*", brands="default")
        device = await dav.desk.call(of_brand, "MngAddCalendarDevice", name="Phone")
        app = Dav(dav.desk, dav.address, 10, device["data"]["password"])
        before = await app.sync()
        assert before.etags == {}
        sent = {"id": made["id"], "brand": "default", "title": "mine"}
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", **sent)
        path = f"{app.mine}event-{made['id']}.ics"
        assert list((await app.sync(before.token)).etags) == [path]
        assert list((await app.sync()).etags) == [path]
        assert (await app.ask("GET", f"{app.mine}series-{made['series_id']}.ics")).status == 404
        texts = [await app.text(path.rpartition("/")[2]), *await app.query("")]
        assert ["SUMMARY:mine" in text for text in texts] == [True, True]
        assert not any("secret" in text or "RRULE" in text for text in texts)
        assert "secret" in (await dav.query(""))[0]
        assert await app.query("") == texts[1:]
