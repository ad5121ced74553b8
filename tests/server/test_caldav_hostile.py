"""CalDAV requests that are meant to do harm. Source: issue 17, "Hostile"; contract, section 16."""

import asyncio
import base64
from collections import Counter

import httpx
import pytest

from dav import NAMESPACES, Dav, serving_dav
from deskcal.http.page import site
from deskcal.ical.expand import MAX_INSTANCES
from deskcal.server.host import ConnectionHost
from deskcal.server.websocket import WebSockets
from harness import open_desk
from places import Place
from server.caldav_texts import TEN, calendar, rows, vevent

ATTEMPTS = 10_000
AT_ONCE = 10
ELSEWHERE = "198.51.100.7"
EVER = 'start="19700101T000000Z" end="99991231T000000Z"'


async def guesses(dav: Dav, number: int, count: int, source: str = "127.0.0.1") -> Counter[int]:
    """Statuses of wrong passwords sent over one connection from the address `source`."""
    requests = b"".join(
        b"OPTIONS /dav/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %b\r\n\r\n"
        % base64.b64encode(f"{dav.manager_id}:wrong-{number}-{one}".encode())
        for one in range(count)
    )
    host, port = dav.address.split(":")
    found: Counter[int] = Counter()
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(source, 0))
    writer.write(requests)
    while found.total() < count:
        head = await reader.readuntil(b"\r\n\r\n")
        found[int(head.split()[1])] += 1
        length = head.lower().partition(b"content-length: ")[2].split()[0]
        await reader.readexactly(int(length))
    writer.close()
    await writer.wait_closed()
    return found


async def test_of_ten_thousand_wrong_passwords_ten_are_hashed_and_others_are_answered(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        other = await dav.of(11)
        assert (await other.ask("OPTIONS", "/dav/")).status == 200
        flood = asyncio.gather(
            *(guesses(dav, number, ATTEMPTS // AT_ONCE) for number in range(AT_ONCE))
        )
        asked = 0
        while not flood.done() or asked < 3:
            got = await other.ask("PROPFIND", other.mine, depth="0")
            assert got.status == 207
            asked += 1
        found = sum(await flood, Counter[int]())
    assert found == {401: 10, 429: ATTEMPTS - 10}


async def test_wrong_passwords_are_limited_by_address_and_by_manager(place: Place) -> None:
    async with serving_dav(place, max_wrong_passwords_per_min=1) as dav:
        other = await dav.of(11)
        for number in range(2, 7):
            found = await guesses(dav, number, 2, f"127.0.0.{number}")
            assert found == {401: 1, 429: 1}
        assert await guesses(dav, 7, 2, "127.0.0.7") == {429: 2}
        assert await guesses(other, 7, 2, "127.0.0.7") == {401: 1, 429: 1}


@pytest.mark.parametrize(
    ("scheme", "without_tls", "right", "wrong"),
    [("http", False, 403, 403), ("http", True, 207, 401), ("https", False, 207, 401)],
)
async def test_a_password_from_another_host_is_taken_over_tls_only(
    place: Place, scheme: str, without_tls: bool, right: int, wrong: int
) -> None:
    async with open_desk(place) as desk, ConnectionHost(desk.dispatcher) as clients:
        added = await desk.call(TEN, "MngAddCalendarDevice", name="Phone")
        app = site(clients, WebSockets(clients), passwords_without_tls=without_tls)
        transport = httpx.ASGITransport(app=app, client=(ELSEWHERE, 1))
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://dav") as client:
            for password, status in ((added["data"]["password"], right), ("wrong", wrong)):
                got = await client.request("PROPFIND", "/dav/", auth=("10", password))
                assert got.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><D:propfind xmlns:D="DAV:"/>',
        "<a>" * 10_000 + "x" * 900_000 + "</a>" * 10_000,
        "<a>" + "<b/>" * 200_000 + "</a>",
        "<a>",
        "\x00",
    ],
    ids=["entity", "external entity", "nested 10,000 deep", "200,000 elements", "cut", "zero"],
)
async def test_hostile_xml_is_refused(place: Place, body: str) -> None:
    async with serving_dav(place) as dav:
        for method in ("PROPFIND", "REPORT", "PROPPATCH"):
            assert (await dav.ask(method, dav.mine, body, depth="0")).status == 400
        assert (await dav.ask("PROPFIND", dav.mine, depth="0")).status == 207


async def test_an_address_of_somebody_else_is_as_one_that_is_not_there(place: Place) -> None:
    """Whatever the method, whether there is such a manager or not."""
    async with serving_dav(place) as dav:
        other = await dav.of(11)
        assert (await other.put("a.ics", calendar(vevent()))).status == 201
        for method in ("PROPFIND", "REPORT", "PROPPATCH", "GET", "PUT", "DELETE", "MKCALENDAR"):
            found = []
            for address in (other.mine, "/dav/managers/12/calendars/mine/"):
                got = await dav.ask(method, f"{address}a.ics", calendar(vevent(uid="b@b")))
                found.append((got.status, got.body))
            assert found[0] == found[1] and found[0][0] == 404
        multiget = (
            f"<C:calendar-multiget {NAMESPACES}><D:prop><C:calendar-data/></D:prop>"
            f"<D:href>{other.mine}a.ics</D:href></C:calendar-multiget>"
        )
        got = await dav.report(dav.mine, multiget)
        assert b"404 Not Found" in got.body and b"VEVENT" not in got.body
        assert "Call" in await other.text("a.ics")


LONG = {
    "a million by COUNT": (403, "RRULE:FREQ=DAILY;COUNT=1000000"),
    "a million by the second": (403, "RRULE:FREQ=SECONDLY;COUNT=1000000"),
    "one less than a million": (201, "RRULE:FREQ=DAILY;COUNT=999999"),
    "until the year 9999": (201, "RRULE:FREQ=DAILY;UNTIL=99991231T000000Z"),
    "a day that no month has": (403, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "every day by its weekday": (201, "RRULE:FREQ=YEARLY;COUNT=999999;BYDAY=MO,TU,WE,TH,FR,SA,SU"),
}


@pytest.mark.parametrize(("status", "rule"), LONG.values(), ids=LONG)
async def test_of_a_million_occurrences_those_to_the_horizon_are_made(
    place: Place, status: int, rule: str
) -> None:
    """By a put and by an import alike."""
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", calendar(vevent(rule)))).status == status
        text = calendar(vevent(rule, uid="other"))
        answered = await dav.desk.call(TEN, "MngImportCalendarEvents", ics=text)
        assert answered["data"]["created"] == (status == 201)
        assert len(answered["data"]["skipped"]) == (status != 201)
        assert len(await rows(dav)) <= 2 * 401


EXPAND = (
    f"<C:calendar-query {NAMESPACES}><D:prop><C:calendar-data><C:expand {EVER}/></C:calendar-data>"
    f'</D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
    f"<C:time-range {EVER}/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
)


async def test_an_expansion_to_the_year_9999_has_a_limit(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", calendar(vevent("RRULE:FREQ=DAILY")))).status == 201
        got = await dav.report(dav.mine, EXPAND)
        assert got.status == 207 and got.body.count(b"BEGIN:VEVENT") == MAX_INSTANCES
        monkeypatch.setattr("deskcal.http.caldav.shown.MAX_EXPANDED", 1_000_000)
        got = await dav.report(dav.mine, EXPAND)
        assert got.status == 403 and b"number-of-matches-within-limits" in got.body


async def test_a_proxy_on_this_machine_says_who_the_client_is(place: Place) -> None:
    async with serving_dav(place) as dav:
        client = {"depth": "0", "x_forwarded_for": "203.0.113.7"}
        assert (await dav.ask("PROPFIND", dav.mine, **client)).status == 403
        client["x_forwarded_proto"] = "https"
        assert (await dav.ask("PROPFIND", dav.mine, **client)).status == 207
        most = dav.desk.services.limits.max_wrong_passwords_per_min
        for expected in (*[401] * most, 429):
            got = await dav.ask("PROPFIND", dav.mine, password="wrong", **client)
            assert got.status == expected
        client["x_forwarded_for"] = "203.0.113.8"
        assert (await dav.ask("PROPFIND", dav.mine, password="wrong", **client)).status == 401
