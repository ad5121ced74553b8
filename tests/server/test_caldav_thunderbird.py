"""The requests of Thunderbird in its order: discovery, sync, change, deletion, conflict.

As Thunderbird 153 was seen to do, and as its source says: PROPFIND and OPTIONS without credentials,
sync-collection with Depth 1 that asks for getcontenttype, multiget with Depth 1, also after each
PUT, Origin and Sec-Fetch on every request. Source: docs/clients.md.
"""

from typing import Any
from xml.etree.ElementTree import Element

from dav import C, D, Dav, Synced, found_in, serving_dav
from http_get import Got
from places import Place
from server.caldav_texts import TEN, calendar, rows, vevent

BROWSER = {
    "Origin": "null",
    "Sec_Fetch_Dest": "empty",
    "Sec_Fetch_Mode": "cors",
    "Sec_Fetch_Site": "cross-site",
    "Accept": "text/xml",
    "Accept_Charset": "utf-8,*;q=0.1",
}
XML = "text/xml; charset=utf-8"
TEXT = "text/calendar; charset=utf-8"
FOUND = (
    "<D:resourcetype/><D:owner/><D:current-user-principal/><D:current-user-privilege-set/>"
    "<D:supported-report-set/><C:supported-calendar-component-set/><CS:getctag/>"
)


async def ask(dav: Dav, method: str, path: str, body: str = "", **headers: Any) -> Got:
    return await dav.ask(method, path, body, **BROWSER, **headers)


async def discover(dav: Dav, **more: Any) -> Got:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<D:propfind xmlns:D="DAV:" '
        'xmlns:CS="http://calendarserver.org/ns/" xmlns:C="urn:ietf:params:xml:ns:caldav">'
        f"<D:prop>{FOUND}</D:prop></D:propfind>"
    )
    return await ask(dav, "PROPFIND", dav.mine, body, depth="0", content_type=XML, **more)


async def sync(dav: Dav, token: str = "") -> tuple[Synced, dict[str, Element]]:
    shown = f"<sync-token>{token}</sync-token>" if token else "<sync-token/>"
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sync-collection xmlns="DAV:">{shown}'
        "<sync-level>1</sync-level><prop><getcontenttype/><getetag/></prop></sync-collection>"
    )
    got = await ask(dav, "REPORT", dav.mine, body, depth="1", content_type=XML)
    assert got.status == 207
    return Synced(got), found_in(got)


async def multiget(dav: Dav, *hrefs: str) -> dict[str, Element]:
    inner = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<C:calendar-multiget xmlns:D="DAV:" '
        'xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>'
        f"{inner}</C:calendar-multiget>"
    )
    got = await ask(dav, "REPORT", dav.mine, body, depth="1", content_type=XML)
    assert got.status == 207
    return found_in(got)


async def put(dav: Dav, text: str, **headers: str) -> str:
    """The ETag that the multiget after it names."""
    got = await ask(dav, "PUT", f"{dav.mine}new.ics", text, content_type=TEXT, **headers)
    assert got.status in (201, 204), got
    (prop,) = (await multiget(dav, f"{dav.mine}new.ics")).values()
    assert prop.findtext(f"{C}calendar-data") == text
    return prop.findtext(f"{D}getetag") or ""


async def test_thunderbird_finds_a_calendar_that_can_be_written(place: Place) -> None:
    async with serving_dav(place) as dav:
        for refused in (
            await discover(dav, password=None),
            await ask(dav, "OPTIONS", dav.home, password=None),
        ):
            assert refused.status == 401
            assert refused.headers["www-authenticate"].startswith("Basic ")
        prop = found_in(await discover(dav))[dav.mine]
        assert prop.find(f"{D}resourcetype/{C}calendar") is not None
        principal = prop.findtext(f"{D}current-user-principal/{D}href")
        assert principal == prop.findtext(f"{D}owner/{D}href") == "/dav/managers/10/"
        assert prop.find(f".//{D}privilege/{D}write") is not None
        assert prop.find(f".//{D}report/{D}sync-collection") is not None
        components = prop.iterfind(f"{C}supported-calendar-component-set/{C}comp")
        assert [one.get("name") for one in components] == ["VEVENT"]
        for path in (dav.home, principal):
            got = await ask(dav, "OPTIONS", path)
            assert got.status in (200, 204)
            features = got.headers["dav"].replace(" ", "").split(",")
            assert "calendar-access" in features and "calendar-schedule" not in features


async def test_the_first_sync_of_thunderbird_reads_all_and_the_next_one_nothing(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        for title in ("One", "Two"):
            await dav.desk.add(TEN, title=title)
        synced, props = await sync(dav)
        assert len(synced.etags) == 2 and synced.token
        kinds = {prop.findtext(f"{D}getcontenttype", "")[:13] for prop in props.values()}
        assert kinds == {"text/calendar"}
        found = await multiget(dav, *synced.etags)
        assert {href: prop.findtext(f"{D}getetag") for href, prop in found.items()} == synced.etags
        texts = [prop.findtext(f"{C}calendar-data") or "" for prop in found.values()]
        assert [title for title in ("One", "Two") if f"SUMMARY:{title}" in "".join(texts)] == [
            "One",
            "Two",
        ]
        again, _ = await sync(dav, synced.token)
        assert (again.etags, again.gone, again.token) == ({}, [], synced.token)


async def test_a_change_in_thunderbird_and_one_in_deskcal_reach_the_other(place: Place) -> None:
    async with serving_dav(place) as dav:
        first, _ = await sync(dav)
        etag = await put(dav, calendar(vevent()), if_none_match="*")
        etag = await put(dav, calendar(vevent(summary="Moved")), if_match=etag)
        (event,) = await rows(dav)
        assert event["title"] == "Moved"
        own, _ = await sync(dav, first.token)
        assert own.etags == {f"{dav.mine}new.ics": etag}
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="By the desk")
        theirs, _ = await sync(dav, own.token)
        assert list(theirs.etags) == [f"{dav.mine}new.ics"] and theirs.etags != own.etags
        (prop,) = (await multiget(dav, *theirs.etags)).values()
        assert "SUMMARY:By the desk" in (prop.findtext(f"{C}calendar-data") or "")


async def test_what_is_deleted_in_thunderbird_or_in_deskcal_is_gone_there_too(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        etag = await put(dav, calendar(vevent()), if_none_match="*")
        other = await dav.desk.add(TEN)
        synced, _ = await sync(dav)
        path = f"{dav.mine}new.ics"
        assert (await ask(dav, "DELETE", path, if_match=etag)).status == 204
        assert [event["id"] for event in await rows(dav)] == [other["id"]]
        answered = await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=other["id"])
        assert answered["status"] == 200
        again, _ = await sync(dav, synced.token)
        assert sorted(again.gone) == sorted(synced.etags) and not again.etags


async def test_a_conflict_in_thunderbird_overwrites_only_where_the_user_chooses_so(
    place: Place,
) -> None:
    """The user chooses to read the other text, or to send the own one without a condition."""
    async with serving_dav(place) as dav:
        etag = await put(dav, calendar(vevent()), if_none_match="*")
        (event,) = await rows(dav)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="By the desk")
        mine, path = calendar(vevent(summary="By Thunderbird")), f"{dav.mine}new.ics"
        got = await ask(dav, "PUT", path, mine, content_type=TEXT, if_match=etag)
        assert got.status == 412
        assert (await ask(dav, "DELETE", path, if_match=etag)).status == 412
        (prop,) = (await multiget(dav, path)).values()
        assert "SUMMARY:By the desk" in (prop.findtext(f"{C}calendar-data") or "")
        await put(dav, mine)
        (event,) = await rows(dav)
        assert event["title"] == "By Thunderbird"
        assert (await ask(dav, "DELETE", path)).status == 204
