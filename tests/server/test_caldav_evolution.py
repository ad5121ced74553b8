"""The requests of Evolution in its order: discovery, sync, change, deletion, conflict.

As evolution-data-server 3.46 was seen to do, and as its source says: OPTIONS without credentials,
getctag, a calendar-query for ETags around today and then for all, multiget without Depth; never
sync-collection. Source: docs/clients.md.
"""

from dav import CS, C, D, Dav, found_in, serving_dav
from helpers import NOW
from http_get import Got
from places import Place
from server.caldav_texts import DAY, TEN, calendar, rows, utc, vevent

CALDAV = 'xmlns="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:"'
XML = 'application/xml; charset="utf-8"'
TEXT = 'text/calendar; charset="utf-8"'
UID = "8f0c6a@desk"
NEW = "8f0c6a%40desk.ics"
"""The name in PUT; in DELETE it has the character as it is."""


async def getctag(dav: Dav) -> str:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<propfind xmlns="DAV:" '
        'xmlns:CS="http://calendarserver.org/ns/"><prop><CS:getctag/></prop></propfind>'
    )
    got = await dav.ask("PROPFIND", dav.mine, body, depth="0", content_type=XML)
    assert got.status == 207
    return found_in(got)[dav.mine].findtext(f"{CS}getctag") or ""


async def etags(dav: Dav, time_range: str = "") -> dict[str, str]:
    """What a calendar-query finds; `time_range`: inside the filter of VEVENT."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<calendar-query {CALDAV}><D:prop><D:getetag/>'
        '</D:prop><filter><comp-filter name="VCALENDAR"><comp-filter name="VEVENT">'
        f"{time_range}</comp-filter></comp-filter></filter></calendar-query>"
    )
    got = await dav.ask("REPORT", dav.mine, body, depth="1", content_type=XML)
    assert got.status == 207
    return {href: prop.findtext(f"{D}getetag") or "" for href, prop in found_in(got).items()}


async def multiget(dav: Dav, hrefs: list[str]) -> dict[str, str]:
    """Texts by address; it has no Depth."""
    inner = "".join(f"<D:href>{href}</D:href>" for href in hrefs)
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<calendar-multiget {CALDAV}><D:prop>'
        f"<D:getetag/><calendar-data/></D:prop>{inner}</calendar-multiget>"
    )
    got = await dav.ask("REPORT", dav.mine, body, content_type=XML)
    assert got.status == 207
    found = found_in(got)
    return {href: prop.findtext(f"{C}calendar-data") or "" for href, prop in found.items()}


async def put(dav: Dav, text: str, **headers: str) -> Got:
    return await dav.ask("PUT", dav.mine + NEW, text, content_type=TEXT, **headers)


async def test_evolution_finds_that_the_calendar_can_be_written(place: Place) -> None:
    async with serving_dav(place) as dav:
        refused = await dav.ask("OPTIONS", dav.mine, password=None)
        assert refused.status == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
        got = await dav.ask("OPTIONS", dav.mine)
        assert got.status in (200, 204)
        assert "calendar-access" in got.headers["dav"].replace(" ", "").split(",")
        allowed = got.headers["allow"].replace(" ", "").split(",")
        assert {"PUT", "DELETE", "REPORT", "PROPFIND"} <= set(allowed)
        assert await getctag(dav)
        owner = await dav.propfind(dav.mine, "D:owner")
        assert owner[dav.mine].findtext(f"{D}owner/{D}href") == "/dav/managers/10/"


async def test_the_first_sync_of_evolution_reads_near_events_then_all(place: Place) -> None:
    async with serving_dav(place) as dav:
        near = await dav.desk.add(TEN, title="Near")
        far = {"start_time": NOW + 200 * DAY, "end_time": NOW + 200 * DAY + 60}
        later = await dav.desk.add(TEN, title="Far", **far)
        weeks = f'<time-range start="{utc(NOW - 35 * DAY)}" end="{utc(NOW + 35 * DAY)}"/>'
        before = await getctag(dav)
        first = await etags(dav, weeks)
        assert list(first) == [f"{dav.mine}event-{near['id']}.ics"]
        (text,) = (await multiget(dav, list(first))).values()
        assert "SUMMARY:Near" in text
        whole = await etags(dav)
        rest = [href for href in whole if href not in first]
        assert rest == [f"{dav.mine}event-{later['id']}.ics"]
        (text,) = (await multiget(dav, rest)).values()
        assert "SUMMARY:Far" in text
        assert {href: whole[href] for href in first} == first
        assert await getctag(dav) == before


async def test_a_change_in_evolution_and_one_in_deskcal_reach_the_other(place: Place) -> None:
    async with serving_dav(place) as dav:
        made = await put(dav, calendar(vevent(uid=UID)), if_none_match="*")
        assert made.status == 201
        changed = await put(
            dav, calendar(vevent(uid=UID, summary="Moved")), if_match=made.headers["etag"]
        )
        assert changed.status == 204
        (event,) = await rows(dav)
        assert event["title"] == "Moved"
        known, before = await etags(dav), await getctag(dav)
        assert list(known.values()) == [changed.headers["etag"]]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="By the desk")
        assert await getctag(dav) != before
        now = await etags(dav)
        assert now.keys() == known.keys() and now != known
        (text,) = (await multiget(dav, list(now))).values()
        assert "SUMMARY:By the desk" in text


async def test_evolution_deletes_by_the_name_without_escapes(place: Place) -> None:
    async with serving_dav(place) as dav:
        await put(dav, calendar(vevent(uid=UID)), if_none_match="*")
        before = await getctag(dav)
        path = dav.mine + NEW.replace("%40", "@")
        assert (await dav.ask("DELETE", path)).status == 204
        assert await getctag(dav) != before
        assert await etags(dav) == {} and await rows(dav) == []
        assert (await dav.ask("DELETE", path)).status == 404


async def test_a_conflict_in_evolution_overwrites_only_where_the_user_chooses_so(
    place: Place,
) -> None:
    """It reads the event again; where the user keeps the own text, it puts without a condition."""
    async with serving_dav(place) as dav:
        first = calendar(vevent(uid=UID))
        made = await put(dav, first, if_none_match="*")
        (event,) = await rows(dav)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="By the desk")
        mine = calendar(vevent(uid=UID, summary="By Evolution"))
        refused = await put(dav, mine, if_match=made.headers["etag"])
        assert refused.status == 412 and b"read it again" in refused.body
        assert (await put(dav, first, if_none_match="*")).status == 412
        got = await dav.ask("GET", dav.mine + NEW)
        assert got.status == 200 and b"SUMMARY:By the desk" in got.body
        assert got.headers["etag"] in (await etags(dav)).values()
        assert (await put(dav, mine)).status == 204
        (event,) = await rows(dav)
        assert event["title"] == "By Evolution"
