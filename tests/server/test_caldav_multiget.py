"""CalDAV: a multiget of many addresses. Contract, section 16."""

from dav import NAMESPACES, C, D, Dav, found_in, serving_dav
from helpers import NOW
from http_get import Got
from places import Place
from server.caldav_texts import TEN, calendar, vevent


async def multiget(dav: Dav, paths: list[str]) -> Got:
    """The ETags and texts of these addresses."""
    hrefs = "".join(f"<D:href>{path}</D:href>" for path in paths)
    props = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
    return await dav.report(
        dav.mine, f"<C:calendar-multiget {NAMESPACES}>{props}{hrefs}</C:calendar-multiget>"
    )


async def test_many_names_are_found_as_each_alone(place: Place) -> None:
    """Names of apps and of deskcal, events and series, some that are not there."""
    async with serving_dav(place) as dav:
        events = [await dav.desk.add(TEN, title=f"Event {number}") for number in range(60)]
        times = {"start_time": NOW, "end_time": NOW + 3600}
        rule = {"rrule": "FREQ=DAILY;COUNT=3"}
        made = await dav.desk.call(
            TEN, "MngAddCalendarEvent", title="Daily", recurrence=rule, **times
        )
        names = [f"event-{event['id']}.ics" for event in events]
        names.append(f"series-{made['data']['event']['series_id']}.ics")
        for name in ("one.ics", "two.ics"):
            assert (await dav.put(name, calendar(vevent(uid=name)))).status == 201
            names.append(name)
        missing = ["event-999999.ics", "series-999999.ics", "three.ics"]
        got = await multiget(dav, [dav.mine + name for name in [*names, *missing]])
        found = found_in(got)
        assert list(found) == [dav.mine + name for name in names]
        assert got.body.count(b"404 Not Found") == len(missing)
        for name in (names[0], *names[-3:]):
            alone = await dav.ask("GET", dav.mine + name)
            prop = found[dav.mine + name]
            assert prop.findtext(f"{D}getetag") == alone.headers["etag"]
            assert prop.findtext(f"{C}calendar-data") == alone.body.decode()


async def test_an_occurrence_is_given_once_beside_its_series(place: Place) -> None:
    """Of a series that the manager takes part in by one occurrence alone."""
    async with serving_dav(place) as dav:
        guest = await dav.of(30)
        times = {"start_time": NOW, "end_time": NOW + 3600}
        rule = {"rrule": "FREQ=DAILY;COUNT=3"}
        made = await dav.desk.call(
            TEN, "MngAddCalendarEvent", title="Daily", recurrence=rule, **times
        )
        event = made["data"]["event"]
        await dav.desk.event(
            TEN,
            "MngUpdateCalendarEvent",
            id=event["id"],
            participant_manager_ids=[30],
            scope=0,
        )
        name = f"{guest.mine}event-{event['id']}.ics"
        alone = await guest.ask("GET", name)
        got = await multiget(guest, [f"{guest.mine}series-{event['series_id']}.ics", name])
    assert alone.status == 200
    prop = found_in(got)[name]
    assert prop.findtext(f"{D}getetag") == alone.headers["etag"]
    assert prop.findtext(f"{C}calendar-data") == alone.body.decode()


async def test_names_and_texts_that_are_special_in_xml_come_back_as_they_are(place: Place) -> None:
    name, text = "a&b's.ics", calendar(vevent(summary="1 < 2 && ]]> &amp;"))
    async with serving_dav(place) as dav:
        assert (await dav.put(name, text)).status == 201
        path = f"{dav.mine}{name}"
        found = found_in(await multiget(dav, [path.replace("&", "&amp;")]))
        listed = found_in(await dav.ask("PROPFIND", dav.mine, depth="1"))
    assert list(found) == [path]
    assert found[path].findtext(f"{C}calendar-data") == text
    assert path in listed
