"""CalDAV: how apps find the calendars, and who is let in. Contract, section 16."""

import msgspec
import pytest

from dav import CS, NAMESPACES, C, D, Dav, exchange, found_in, serving_dav
from deskcal.core.directory import Desk as DirectoryDesk
from deskcal.core.directory import Directory, checked_desk
from deskcal.core.sessions import SessionType
from harness import token
from http_get import Got
from places import Place
from server.caldav_texts import calendar, vevent


@pytest.mark.parametrize("path", ["/", "/dav", "/dav/", "/dav/managers/10/", "/.well-known/caldav"])
async def test_without_credentials_every_path_answers_401(place: Place, path: str) -> None:
    async with serving_dav(place) as dav:
        for method in ("PROPFIND", "OPTIONS", "REPORT"):
            got = await dav.ask(method, path, password=None)
            assert got.status == 401
            assert got.headers["www-authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize("path", ["/.well-known/caldav", "/.well-known/caldav/"])
async def test_the_well_known_address_leads_to_the_root(place: Place, path: str) -> None:
    """As tsdav 2.3.4 asks: PROPFIND without Depth."""
    async with serving_dav(place) as dav:
        for method in ("GET", "PROPFIND"):
            got = await dav.ask(method, path)
            assert (got.status, got.headers["location"]) == (308, "/dav/")


@pytest.mark.parametrize("path", ["/", "/dav", "/dav/"])
async def test_the_root_names_the_principal(place: Place, path: str) -> None:
    """As vdirsyncer 0.21 asks: PROPFIND on `/` with Depth 1, never the well-known address."""
    async with serving_dav(place) as dav:
        found = await dav.propfind(path, "D:current-user-principal", depth="1")
        principal = found[path].findtext(f"{D}current-user-principal/{D}href")
        assert principal == "/dav/managers/10/"
        found = await dav.propfind(principal, "C:calendar-home-set", "C:calendar-user-address-set")
        prop = found[principal]
        assert prop.findtext(f"{C}calendar-home-set/{D}href") == dav.home
        addresses = [one.text for one in prop.findall(f"{C}calendar-user-address-set/{D}href")]
        assert addresses == ["mailto:manager-10@deskcal.invalid", principal]


async def test_the_home_has_the_own_calendar_and_those_of_desks_in_scope(place: Place) -> None:
    desks = [DirectoryDesk(code=code, brand="default") for code in ("DESK_EU", "OTHER")]
    names = Directory(desks=list(map(checked_desk, desks)))
    async with serving_dav(place) as dav:
        await dav.desk.services.store.directory.put(names)
        found = await dav.propfind(
            dav.home,
            *("D:resourcetype", "D:displayname", "C:supported-calendar-component-set"),
            *("D:supported-report-set", "D:current-user-privilege-set", "CS:getctag"),
            "D:sync-token",
            depth="1",
        )
    assert list(found) == [dav.home, dav.mine, f"{dav.home}desk,default,DESK_EU/"]
    for path in list(found)[1:]:
        prop = found[path]
        assert prop.find(f"{D}resourcetype/{C}calendar") is not None
        assert prop.find(f"{C}supported-calendar-component-set/{C}comp[@name='VEVENT']") is not None
        token = prop.findtext(f"{D}sync-token")
        assert token and token == prop.findtext(f"{CS}getctag")
        reports = {one.tag for one in prop.iterfind(f".//{D}report/*")}
        assert reports == {
            *(f"{C}{name}" for name in ("calendar-query", "calendar-multiget", "free-busy-query")),
            f"{D}sync-collection",
        }
    writes = [found[path].find(f".//{D}privilege/{D}write") is not None for path in found]
    assert writes == [False, True, False]


async def test_a_principal_of_somebody_else_is_as_one_that_is_not_there(place: Place) -> None:
    async with serving_dav(place) as dav:
        answers = [
            await dav.ask("PROPFIND", path, depth="0")
            for path in ("/dav/managers/11/", "/dav/managers/11/calendars/mine/", "/dav/nothing/")
        ]
    assert {(got.status, got.body) for got in answers} == {(404, answers[0].body)}


async def test_a_depth_of_infinity_is_answered_as_1(place: Place) -> None:
    async with serving_dav(place) as dav:
        found = await dav.propfind(dav.home, "D:resourcetype", depth="infinity")
    assert list(found) == [dav.home, dav.mine]


async def test_an_address_without_its_last_slash_is_the_same_resource(place: Place) -> None:
    async with serving_dav(place) as dav:
        assert (await dav.put("a%40b.ics", calendar(vevent()))).status == 201
        for path in ("/dav/managers/10/", dav.home, dav.mine):
            answers = [await dav.ask("PROPFIND", one, depth="1") for one in (path, path[:-1])]
            assert answers[0].status == 207
            assert answers[1].body == answers[0].body


async def test_options_tell_what_is_spoken(place: Place) -> None:
    async with serving_dav(place) as dav:
        got = await dav.ask("OPTIONS", dav.mine)
    assert got.status == 200
    assert got.headers["dav"] == "1, 3, calendar-access"
    assert "REPORT" in got.headers["allow"]


async def test_name_and_colour_of_a_calendar_can_be_set_and_nothing_else(place: Place) -> None:
    async with serving_dav(place) as dav:
        for inner in (
            "<D:displayname>Ring &amp; run</D:displayname>",
            "<A:calendar-color>#FF0000FF</A:calendar-color>",
        ):
            got = await _patched(dav, inner)
            assert got.status == 207 and b"200 OK" in got.body
        got = await _patched(dav, "<D:getetag>1</D:getetag><D:displayname>x</D:displayname>")
        assert b"403 Forbidden" in got.body and b"424 Failed Dependency" in got.body
        found = await dav.propfind(dav.mine, "D:displayname", "A:calendar-color")
    prop = found[dav.mine]
    assert prop.findtext(f"{D}displayname") == "Ring & run"
    assert prop.findtext("{http://apple.com/ns/ical/}calendar-color") == "#FF0000FF"


async def test_a_minimal_answer_to_what_was_set_has_no_body(place: Place) -> None:
    """What was refused is named all the same. Source: RFC 8144, 2.2."""
    async with serving_dav(place) as dav:
        got = await _patched(dav, "<D:displayname>A</D:displayname>", prefer="return=minimal")
        assert (got.status, got.body) == (204, b"")
        assert got.headers["preference-applied"] == "return=minimal"
        got = await _patched(dav, "<D:getetag>1</D:getetag>", prefer="return=minimal")
        assert got.status == 207 and b"403 Forbidden" in got.body
        found = await dav.propfind(dav.mine, "D:displayname")
    assert found[dav.mine].findtext(f"{D}displayname") == "A"


async def _patched(dav: Dav, inner: str, **headers: str) -> Got:
    body = (
        f"<D:propertyupdate {NAMESPACES}><D:set><D:prop>{inner}</D:prop></D:set></D:propertyupdate>"
    )
    return await dav.ask("PROPPATCH", dav.mine, body, **headers)


async def test_apps_do_not_make_calendars(place: Place) -> None:
    async with serving_dav(place) as dav:
        got = await dav.ask("MKCALENDAR", f"{dav.home}new/")
        assert got.status == 403 and b"<C:calendar-collection-location-ok/>" in got.body
        allowed = (await dav.ask("OPTIONS", dav.home)).headers["allow"]
        assert "PUT" in allowed and "MK" not in allowed
        assert (await dav.ask("LOCK", dav.mine)).status == 405


async def test_what_a_resource_does_not_have_is_reported_as_missing(place: Place) -> None:
    async with serving_dav(place) as dav:
        body = (
            f'<D:propfind {NAMESPACES} xmlns:x="urn:x"><D:prop><x:a/><D:getetag/></D:prop>'
            "</D:propfind>"
        )
        got = await dav.ask("PROPFIND", dav.mine, body, depth="0")
    assert found_in(got)[dav.mine].find("*") is None
    assert b"404 Not Found" in got.body and b'"urn:x"' in got.body


UNKNOWN = f'{NAMESPACES} xmlns:x="urn:x"'
PROP = "<D:prop><x:a/><D:getetag/></D:prop>"
EVENTS = '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"/></C:comp-filter>'
REPORTS = {
    "query": f"<C:calendar-query {UNKNOWN}>{PROP}<C:filter>{EVENTS}</C:filter></C:calendar-query>",
    "multiget": f"<C:calendar-multiget {UNKNOWN}>{PROP}<D:href>{{href}}</D:href>"
    "</C:calendar-multiget>",
    "sync": f"<D:sync-collection {UNKNOWN}><D:sync-token/><D:sync-level>1</D:sync-level>{PROP}"
    "</D:sync-collection>",
    "propfind": f"<D:propfind {UNKNOWN}>{PROP}</D:propfind>",
}


@pytest.mark.parametrize("name", REPORTS)
async def test_minimal_answers_leave_out_what_a_resource_does_not_have(
    place: Place, name: str
) -> None:
    """Source: RFC 8144, 2.1."""
    async with serving_dav(place) as dav:
        event = await dav.desk.add(token(10))
        href = f"{dav.mine}event-{event['id']}.ics"
        method = "PROPFIND" if name == "propfind" else "REPORT"
        body = REPORTS[name].format(href=href)
        usual = await dav.ask(method, dav.mine, body, depth="1")
        minimal = await dav.ask(method, dav.mine, body, depth="1", prefer="return=minimal")
        brief = await dav.ask(method, dav.mine, body, depth="1", brief="t")
    assert b"404 Not Found" in usual.body
    assert "preference-applied" not in usual.headers | brief.headers
    assert minimal.status == 207 and brief.body == minimal.body
    assert {got.headers["vary"] for got in (usual, minimal, brief)} == {"Prefer, Brief"}
    assert minimal.headers["preference-applied"] == "return=minimal"
    assert b"404" not in minimal.body
    assert b"urn:x" not in minimal.body
    assert found_in(minimal).keys() == found_in(usual).keys()
    assert found_in(minimal)[href].findtext(f"{D}getetag")


@pytest.mark.parametrize(
    ("prefer", "is_minimal"),
    [
        ('respond-async, Return = "minimal"; x=1', True),
        ("return=minimal, return=representation", True),
        ("return=representation, return=minimal", False),
        ("minimal", False),
    ],
)
async def test_the_first_return_of_prefer_counts(
    place: Place, prefer: str, is_minimal: bool
) -> None:
    """A resource that has nothing of what was asked for is there all the same."""
    body = f"<D:propfind {UNKNOWN}><D:prop><x:a/></D:prop></D:propfind>"
    async with serving_dav(place) as dav:
        got = await dav.ask("PROPFIND", dav.mine, body, depth="0", prefer=prefer)
    assert list(found_in(got)) == [dav.mine]
    assert ("preference-applied" in got.headers) == is_minimal
    assert (b"404 Not Found" in got.body) != is_minimal


async def test_too_many_wrong_passwords_have_to_wait_and_known_ones_are_not(
    place: Place,
) -> None:
    async with serving_dav(place, max_wrong_passwords_per_min=2) as dav:
        assert (await dav.ask("OPTIONS", "/dav/")).status == 200
        for _ in range(2):
            assert (await dav.ask("OPTIONS", "/dav/", password="wrong")).status == 401
        got = await dav.ask("OPTIONS", "/dav/", password="wrong")
        assert got.status == 429 and int(got.headers["retry-after"]) > 0
        assert (await dav.ask("OPTIONS", "/dav/")).status == 200


async def test_a_revoked_password_is_refused_at_once(place: Place) -> None:
    async with serving_dav(place) as dav:
        assert (await dav.ask("OPTIONS", "/dav/")).status == 200
        answered = await dav.desk.call(token(10), "MngGetCalendarDevices")
        (device,) = answered["data"]["devices"]
        await dav.desk.call(token(10), "MngDeleteCalendarDevice", id=device["id"])
        assert (await dav.ask("OPTIONS", "/dav/")).status == 401


@pytest.mark.parametrize("header", ["Bearer x", "Basic %%%", "Basic MTA=", "Basic YTpi"])
async def test_other_credentials_are_asked_for_again(place: Place, header: str) -> None:
    async with serving_dav(place) as dav:
        got = await dav.ask("OPTIONS", "/dav/", password=None, authorization=header)
    assert got.status == 401


async def test_a_server_that_stops_takes_nothing(place: Place) -> None:
    async with serving_dav(place) as dav:
        dav.desk.dispatcher.lifecycle.is_stopping = True
        for got in (await dav.ask("OPTIONS", "/dav/"), await dav.put("a.ics", calendar(vevent()))):
            assert (got.status, got.body) == (503, b"the server is stopping\n")
        dav.desk.dispatcher.lifecycle.is_stopping = False
        assert not (await dav.sync()).etags


async def test_a_device_of_a_session_that_may_not_use_the_calendar_is_refused(place: Place) -> None:
    """Such as one whose type has lost the right since the password was made."""
    async with serving_dav(place) as dav:
        devices = dav.desk.services.store.devices
        (made,) = await devices.all(10)
        for type_, status in ((SessionType.SESSION_USER, 403), (SessionType.SESSION_DEALER, 207)):
            (before,) = await devices.all(10)
            await devices.delete(10, before.id)
            await devices.add(msgspec.structs.replace(made, type=int(type_)), 9)
            got = await dav.ask("PROPFIND", dav.mine, depth="0")
            assert got.status == status, got


async def test_a_body_that_is_too_long_is_refused(place: Place) -> None:
    async with serving_dav(place, max_message_bytes=2048) as dav:
        got = await dav.ask("PROPFIND", dav.mine, "<a>" + " " * 4000 + "</a>", depth="0")
    assert got.status == 413 and b"max-resource-size" in got.body


async def test_a_request_that_is_no_http_does_not_matter(place: Place) -> None:
    async with serving_dav(place) as dav:
        assert (await exchange(dav.address, b"PROPFIND\r\n\r\n")).status == 400
        assert (await dav.ask("OPTIONS", "/dav/")).status == 200


@pytest.mark.parametrize(("name", "count"), [("", 1), ("manager 1", 1), ("Somebody", 0)])
async def test_a_search_for_principals_finds_oneself_alone(
    place: Place, name: str, count: int
) -> None:
    search = (
        f"<D:property-search><D:prop><D:displayname/></D:prop><D:match>{name}</D:match>"
        "</D:property-search>"
    )
    async with serving_dav(place) as dav:
        body = (
            f"<D:principal-property-search {NAMESPACES}>{search if name else ''}"
            "<D:prop><D:displayname/></D:prop></D:principal-property-search>"
        )
        got = await dav.report("/", body, depth="0")
    assert got.status == 207 and len(found_in(got)) == count
