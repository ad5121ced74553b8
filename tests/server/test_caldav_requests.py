"""What RFC 9110, 4918 and 4791 say of requests that apps seldom send."""

import gzip

import pytest

from dav import NAMESPACES, C, D, found_in, serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, TEN, WEEKLY, calendar, rows, utc, vevent

ZONE = [
    *("BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
    *("TZOFFSETFROM:+0900", "TZOFFSETTO:+0900", "END:STANDARD", "END:VTIMEZONE"),
]


async def test_what_is_put_as_it_is_changes_nothing(place: Place) -> None:
    """Contract, section 4: no new version, no change."""
    text = calendar(vevent(*WEEKLY))
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN)
        name = f"event-{made['id']}.ics"
        assert (await dav.put("a.ics", text)).status == 201
        before, events = await dav.sync(), await rows(dav)
        for one in ("a.ics", name):
            got = await dav.ask("GET", dav.mine + one)
            tag = got.headers["etag"]
            put = await dav.put(one, got.body.decode(), if_match=tag)
            assert (put.status, put.headers["etag"]) == (204, tag)
            assert (await dav.put(one, got.body.decode(), if_match='"other"')).status == 412
        after = await dav.sync(before.token)
        assert (after.etags, after.token) == ({}, before.token)
        assert await rows(dav) == events


async def test_a_method_that_an_address_does_not_answer_is_refused_with_those_it_does(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        for method in ("PUT", "DELETE", "GET", "HEAD", "POST", "LOCK"):
            got = await dav.ask(method, dav.mine)
            assert got.status == 405 and "PROPFIND" in got.headers["allow"], method


async def test_a_reader_who_wants_one_version_gets_no_other(place: Place) -> None:
    async with serving_dav(place) as dav:
        tag = (await dav.put("a.ics", calendar(vevent()))).headers["etag"]
        for method in ("GET", "HEAD"):
            for wanted, status in ((tag, 200), ("*", 200), ('"other"', 412)):
                got = await dav.ask(method, f"{dav.mine}a.ics", if_match=wanted)
                assert got.status == status, wanted


async def test_a_property_that_is_not_there_can_be_taken_away_and_a_fixed_one_cannot(
    place: Place,
) -> None:
    """Source: RFC 4918, 14.23."""
    body = (
        f'<D:propertyupdate {NAMESPACES} xmlns:x="urn:x"><D:remove><D:prop>%s</D:prop>'
        "</D:remove></D:propertyupdate>"
    )
    async with serving_dav(place) as dav:
        for inner, status in (
            ("<x:none/>", b"200 OK"),
            ("<A:calendar-color/>", b"200 OK"),
            ("<D:getetag/>", b"403 Forbidden"),
            ("<D:resourcetype/>", b"403 Forbidden"),
        ):
            got = await dav.ask("PROPPATCH", dav.mine, body % inner)
            assert got.status == 207 and status in got.body, got


async def test_a_text_with_a_method_is_refused(place: Place) -> None:
    """Source: RFC 4791, 4.1."""
    text = calendar(vevent()).replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST")
    async with serving_dav(place) as dav:
        got = await dav.put("a.ics", text)
        assert got.status == 403 and b"valid-calendar-object-resource" in got.body
        assert await rows(dav) == []


async def test_a_text_with_a_byte_order_mark_comes_back_without_it(place: Place) -> None:
    """So the answer has no ETag: what is read next is not what was put."""
    async with serving_dav(place) as dav:
        for _ in range(2):
            got = await dav.put("a.ics", "\ufeff" + calendar(vevent()))
            assert got.status in (201, 204) and "etag" not in got.headers
        assert await dav.text("a.ics") == calendar(vevent())


async def test_a_part_of_a_text_is_not_taken_for_the_whole(place: Place) -> None:
    async with serving_dav(place) as dav:
        got = await dav.put("a.ics", calendar(vevent()), content_range="bytes 0-99/200")
        assert got.status == 400
        assert await rows(dav) == []


async def test_a_body_that_is_compressed_is_refused_with_what_is_taken(place: Place) -> None:
    text = gzip.compress(calendar(vevent()).encode()).decode("latin-1")
    async with serving_dav(place) as dav:
        for method, path in (("PUT", f"{dav.mine}a.ics"), ("PROPFIND", dav.mine)):
            got = await dav.ask(method, path, text, content_encoding="gzip")
            assert (got.status, got.headers["accept-encoding"]) == (415, "identity")
        got = await dav.put("a.ics", calendar(vevent()), content_encoding="Identity")
        assert got.status == 201


async def test_reports_of_one_event_are_about_that_event(place: Place) -> None:
    """Source: RFC 4791, 7: servers answer them on calendars and on what is in them."""
    event = '<C:comp-filter name="VEVENT">%s</C:comp-filter>'
    near = f'<C:time-range start="{utc(NOW)}" end="{utc(NOW + 60)}"/>'
    far = f'<C:time-range start="{utc(NOW + DAY)}" end="{utc(NOW + DAY + 60)}"/>'
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent()))
        await dav.put("b.ics", calendar(vevent(uid="b")))
        path = f"{dav.mine}a.ics"

        async def found(inner: str) -> list[str]:
            body = (
                f"<C:calendar-query {NAMESPACES}><D:prop><D:getetag/></D:prop>"
                f'<C:filter><C:comp-filter name="VCALENDAR">{event % inner}</C:comp-filter>'
                "</C:filter></C:calendar-query>"
            )
            got = await dav.report(path, body, depth="0")
            assert got.status == 207, got
            return list(found_in(got))

        assert await found("") == await found(near) == [path]
        assert await found(far) == []
        body = f"<C:free-busy-query {NAMESPACES}>{near}</C:free-busy-query>"
        got = await dav.report(path, body, depth="0")
        assert got.status == 200 and b"FREEBUSY;FBTYPE=BUSY:" in got.body
        listed = await dav.propfind(path, "D:supported-report-set")
        tags = {one.tag for one in listed[path].iter()}
        assert f"{C}calendar-query" in tags and f"{D}sync-collection" not in tags
        sync = f"<D:sync-collection {NAMESPACES}><D:sync-token/></D:sync-collection>"
        assert (await dav.report(path, sync)).status == 403
        body = f"<C:free-busy-query {NAMESPACES}>{near}</C:free-busy-query>"
        assert (await dav.report(f"{dav.mine}none.ics", body)).status == 404


@pytest.mark.parametrize(
    ("name", "start", "end", "count"),
    [
        ("DTSTART", "20270301T000000Z", "20270301T000001Z", 1),
        ("DTSTART", "20270301T090000Z", "20270301T090001Z", 0),
        ("DTEND", "20270301T010000Z", "20270301T010001Z", 1),
        ("DTEND", "20270301T100000Z", "20270301T100001Z", 0),
    ],
)
async def test_times_of_properties_are_in_their_zone(
    place: Place, name: str, start: str, end: str, count: int
) -> None:
    """Source: RFC 4791, 9.9."""
    event = [
        *("BEGIN:VEVENT", "UID:a", "DTSTAMP:20270101T000000Z"),
        *("DTSTART;TZID=Asia/Tokyo:20270301T090000", "DTEND;TZID=Asia/Tokyo:20270301T100000"),
        "END:VEVENT",
    ]
    inner = (
        f'<C:prop-filter name="{name}"><C:time-range start="{start}" end="{end}"/></C:prop-filter>'
    )
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", calendar(ZONE, event))).status == 201
        assert len(await dav.query(inner)) == count
