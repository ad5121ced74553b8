"""CalDAV: what apps list, fetch, query and sync. Contract, section 16."""

import datetime as dt

import pytest

from dav import NAMESPACES, C, D, Dav, found_in, serving_dav
from deskcal.core.directory import Desk as DirectoryDesk
from deskcal.core.directory import Directory, Manager, checked_desk, checked_manager
from harness import ADMIN, token
from helpers import NOW
from places import Place

TEN = token(10)
DAY = 86_400


def utc(time: int) -> str:
    return f"{dt.datetime.fromtimestamp(time, dt.UTC):%Y%m%dT%H%M%SZ}"


def within(since: int, until: int) -> str:
    return f'<C:time-range start="{utc(since)}" end="{utc(until)}"/>'


def sync_body(sent: str) -> str:
    return (
        f"<D:sync-collection {NAMESPACES}><D:sync-token>{sent}</D:sync-token>"
        "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
    )


async def series(dav: Dav, rrule: str = "FREQ=DAILY;COUNT=3") -> dict[str, int]:
    """The first occurrence of a new series."""
    times = {"start_time": NOW, "end_time": NOW + 3600}
    made = await dav.desk.call(
        TEN, "MngAddCalendarEvent", title="Stand-up", recurrence={"rrule": rrule}, **times
    )
    event: dict[str, int] = made["data"]["event"]
    return event


async def test_a_calendar_lists_events_and_each_series_once(place: Place) -> None:
    async with serving_dav(place) as dav:
        event = await dav.desk.add(TEN)
        first = await series(dav)
        await dav.desk.add(token(11))
        await dav.desk.add(TEN, status=3)
        found = await dav.propfind(dav.mine, "D:getetag", "D:getcontenttype", depth="1")
    names = [path.removeprefix(dav.mine) for path in found if path != dav.mine]
    assert names == [f"event-{event['id']}.ics", f"series-{first['series_id']}.ics"]
    assert "VEVENT" in (found[dav.mine + names[0]].findtext(f"{D}getcontenttype") or "")


async def test_an_event_is_read_with_its_etag_and_not_again(place: Place) -> None:
    async with serving_dav(place) as dav:
        event = await dav.desk.add(TEN, title="Ring", timezone="Europe/Nicosia")
        path = f"{dav.mine}event-{event['id']}.ics"
        got = await dav.ask("GET", path)
        assert got.status == 200 and b"SUMMARY:Ring" in got.body
        assert b"DTSTART;TZID=Europe/Nicosia:" in got.body
        assert b"ATTENDEE" not in got.body, "nobody else takes part"
        tag = got.headers["etag"]
        assert (await dav.ask("GET", path, if_none_match=tag)).status == 304
        assert (await dav.ask("HEAD", path)).headers["content-length"] == str(len(got.body))
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="Later")
        again = await dav.ask("GET", path, if_none_match=tag)
    assert again.status == 200 and again.headers["etag"] != tag


@pytest.mark.parametrize(
    "name", ["event-99.ics", "series-1.ics", "nothing", "event-1.ics%00", "%2e%2e"]
)
async def test_what_is_not_there_is_404(place: Place, name: str) -> None:
    async with serving_dav(place) as dav:
        await dav.desk.add(token(11))
        assert (await dav.ask("GET", dav.mine + name)).status == 404


async def test_a_desks_calendar_has_its_events_and_cannot_be_written(place: Place) -> None:
    async with serving_dav(place) as dav:
        desk = checked_desk(DirectoryDesk(code="DESK_EU", brand="default"))
        await dav.desk.services.store.directory.put(Directory(desks=[desk]))
        admin = token(99, ADMIN)
        event = await dav.desk.add(admin, desk="DESK_EU")
        await dav.desk.add(admin, desk="DESK_US")
        path = f"{dav.home}desk,default,DESK_EU/"
        found = await dav.propfind(path, "D:getetag", depth="1")
        assert list(found) == [path, f"{path}event-{event['id']}.ics"]
        synced = await dav.sync(path=path)
        assert len(synced.etags) == 1
        await dav.desk.event(admin, "MngUpdateCalendarEvent", id=event["id"], desk="DESK_US")
        assert (await dav.sync(synced.token, path=path)).gone == list(synced.etags)


async def test_a_sync_tells_what_changed_since_the_last(place: Place) -> None:
    async with serving_dav(place) as dav:
        kept, gone = [await dav.desk.add(TEN) for _ in range(2)]
        first = await dav.sync()
        assert len(first.etags) == 2
        assert not (await dav.sync(first.token)).etags
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=kept["id"], title="x")
        await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=gone["id"])
        await dav.desk.add(token(11))
        second = await dav.sync(first.token)
        path = f"{dav.mine}event-{kept['id']}.ics"
        assert list(second.etags) == [path]
        assert second.etags[path] != first.etags[path]
        assert second.gone == [f"{dav.mine}event-{gone['id']}.ics"]
        third = await dav.sync(second.token)
    assert not third.etags and not third.gone


async def test_an_event_that_is_archived_or_lost_is_gone(place: Place) -> None:
    async with serving_dav(place) as dav:
        owner = token(20)
        archived = await dav.desk.add(TEN)
        lost = await dav.desk.add(owner, participant_manager_ids=[10])
        first = await dav.sync()
        await dav.desk.event(TEN, "MngArchiveCalendarEvent", id=archived["id"])
        await dav.desk.event(
            owner, "MngUpdateCalendarEvent", id=lost["id"], participant_manager_ids=[]
        )
        second = await dav.sync(first.token)
    assert not second.etags
    assert set(second.gone) == set(first.etags)


async def test_a_change_of_one_occurrence_is_a_change_of_its_series(place: Place) -> None:
    async with serving_dav(place) as dav:
        first = await series(dav)
        path = f"{dav.mine}series-{first['series_id']}.ics"
        before = await dav.sync()
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=first["id"], title="Other")
        after = await dav.sync(before.token)
        assert list(after.etags) == [path] and not after.gone
        assert after.etags[path] != before.etags[path]
        await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=first["id"], scope=2)
        assert path in (await dav.sync(after.token)).gone


async def test_a_single_occurrence_that_one_is_invited_to_is_an_event_of_its_own(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        first = await series(dav)
        guest = await dav.of(30)
        before = await guest.sync()
        await dav.desk.event(
            TEN, "MngUpdateCalendarEvent", id=first["id"], participant_manager_ids=[30]
        )
        after = await guest.sync(before.token)
        assert list(after.etags) == [f"{guest.mine}event-{first['id']}.ics"]
        got = await guest.ask("GET", next(iter(after.etags)))
    assert got.body.count(b"BEGIN:VEVENT") == 1


async def test_a_series_that_changed_with_an_occurrence_of_somebody_else_is_in_the_sync(
    place: Place,
) -> None:
    """Else its ETag would be stale for an app, and each PUT with If-Match refused."""
    async with serving_dav(place) as dav:
        first = await series(dav)
        path, owner = f"{dav.mine}series-{first['series_id']}.ics", token(20)
        given = {"owner_manager_id": 20, "participant_manager_ids": []}
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=first["id"], **given)
        participant = await dav.of(30)
        before, theirs = await dav.sync(), await participant.sync()
        await dav.desk.call(owner, "MngDeleteCalendarEvent", id=first["id"])
        after = await dav.sync(before.token, limit=1)
        assert (list(after.etags), after.gone, after.is_cut) == ([path], [], False)
        assert after.etags == (await dav.sync()).etags != before.etags
        nothing = await participant.sync(theirs.token)
    assert not nothing.etags and not nothing.gone


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_a_sync_that_is_cut_goes_on_until_everything_was_sent(
    place: Place, limit: int
) -> None:
    async with serving_dav(place) as dav:
        made = [await dav.desk.add(TEN) for _ in range(4)]
        await series(dav)
        found, last = await _all(dav, "", limit)
        assert len(found) == 5
        for event in made:
            await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="x")
        changed, _ = await _all(dav, last, limit)
    assert len(changed) == 4


async def _all(dav: Dav, start: str, limit: int) -> tuple[set[str], str]:
    found: set[str] = set()
    last = start
    for _ in range(20):
        synced = await dav.sync(last, limit)
        found |= set(synced.etags)
        last = synced.token
        if not synced.is_cut:
            return found, last
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    "sent", ["urn:deskcal:cursor:99999999", "http://example.com/1", "urn:deskcal:cursor:x", "0"]
)
async def test_a_token_that_is_not_known_is_refused_with_its_precondition(
    place: Place, sent: str
) -> None:
    async with serving_dav(place) as dav:
        got = await dav.report(dav.mine, sync_body(sent))
    assert got.status == 403 and b"valid-sync-token" in got.body


async def test_a_token_older_than_the_changes_that_are_kept_is_refused(place: Place) -> None:
    async with serving_dav(place) as dav:
        event = await dav.desk.add(TEN)
        old = (await dav.sync()).token
        for title in ("second", "third"):
            await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title=title)
        new = (await dav.sync(old)).token
        assert await dav.desk.services.store.feed.prune(NOW + 1, 2) == 2
        got = await dav.report(dav.mine, sync_body(old))
        assert (await dav.sync(new)).etags == {}
    assert got.status == 403 and b"valid-sync-token" in got.body


async def test_a_multiget_has_an_answer_for_each_address(place: Place) -> None:
    """Without Depth, as vdirsyncer 0.21 sends it; percent-encoded and not."""
    async with serving_dav(place) as dav:
        event = await dav.desk.add(TEN, title="Caf\u00e9 <&>")
        hrefs = [f"{dav.mine}event-{event['id']}.ics", f"{dav.mine}no%20such.ics", "/elsewhere"]
        hrefs.append(f"{dav.mine}event%2D{event['id']}.ics")
        body = (
            f"<C:calendar-multiget {NAMESPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop>"
            + "".join(f"<D:href>{href}</D:href>" for href in hrefs)
            + "</C:calendar-multiget>"
        )
        got = await dav.ask("REPORT", dav.mine, body)
        whole = await dav.ask("GET", hrefs[0])
    assert got.body.count(b"404 Not Found") == 2
    found = found_in(got)
    assert found[hrefs[0]].findtext(f"{C}calendar-data") == whole.body.decode()
    assert found[hrefs[0]].findtext(f"{D}getetag") == whole.headers["etag"]


async def test_a_query_finds_by_range_whole_series_and_events_alike(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.desk.add(TEN, title="Near")
        await dav.desk.add(TEN, title="Far", start_time=NOW + 9 * DAY, end_time=NOW + 9 * DAY)
        await series(dav)
        found = await dav.query(within(NOW + DAY, NOW + 2 * DAY))
        assert ["RRULE" in text for text in found] == [True]
        assert len(await dav.query(within(NOW, NOW + DAY))) == 2
        assert len(await dav.query(within(NOW + 9 * DAY, NOW + 10 * DAY))) == 1, "without length"
        assert len(await dav.query("")) == 3


async def test_a_query_far_ahead_finds_what_the_rule_says(place: Place) -> None:
    async with serving_dav(place) as dav:
        await series(dav, "FREQ=WEEKLY")
        years = 20 * 52 * 7 * DAY
        data = (
            f'<C:calendar-data><C:expand start="{utc(NOW + years)}" '
            f'end="{utc(NOW + years + 14 * DAY)}"/></C:calendar-data>'
        )
        (text,) = await dav.query(within(NOW + years, NOW + years + 14 * DAY), data)
    assert text.count("BEGIN:VEVENT") == 2
    assert "RRULE" not in text and "VTIMEZONE" not in text
    assert f"RECURRENCE-ID:{utc(NOW + years)}" in text


async def test_expanded_occurrences_are_in_utc_and_moved_ones_where_they_are(place: Place) -> None:
    async with serving_dav(place) as dav:
        first = await series(dav)
        moved = {"start_time": NOW + 7200, "end_time": NOW + 9000}
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=first["id"], **moved)
        data = (
            f'<C:calendar-data><C:expand start="{utc(NOW - DAY)}" end="{utc(NOW + 5 * DAY)}"/>'
            "</C:calendar-data>"
        )
        (text,) = await dav.query(within(NOW - DAY, NOW + 5 * DAY), data)
        assert text.count("BEGIN:VEVENT") == 3
        assert f"DTSTART:{utc(NOW + 7200)}" in text and f"RECURRENCE-ID:{utc(NOW)}" in text
        limit = (
            f'<C:calendar-data><C:limit-recurrence-set start="{utc(NOW + 2 * DAY)}" '
            f'end="{utc(NOW + 3 * DAY)}"/></C:calendar-data>'
        )
        (text,) = await dav.query(within(NOW - DAY, NOW + 5 * DAY), limit)
    assert text.count("BEGIN:VEVENT") == 1 and "RRULE" in text


@pytest.mark.parametrize(
    ("inner", "count"),
    [
        ('<C:prop-filter name="SUMMARY"><C:text-match>ring</C:text-match></C:prop-filter>', 1),
        (
            '<C:prop-filter name="SUMMARY"><C:text-match collation="i;octet">ring</C:text-match>'
            "</C:prop-filter>",
            0,
        ),
        (
            '<C:prop-filter name="SUMMARY"><C:text-match negate-condition="yes">ring'
            "</C:text-match></C:prop-filter>",
            1,
        ),
        ('<C:prop-filter name="LOCATION"><C:is-not-defined/></C:prop-filter>', 1),
        ('<C:prop-filter name="LOCATION"/>', 1),
        ('<C:comp-filter name="VALARM"/>', 1),
        ('<C:comp-filter name="VALARM"><C:is-not-defined/></C:comp-filter>', 1),
        (f'<C:comp-filter name="VALARM">{within(NOW - 901, NOW - 899)}</C:comp-filter>', 1),
        (f'<C:comp-filter name="VALARM">{within(NOW, NOW + 60)}</C:comp-filter>', 0),
    ],
)
async def test_filters_of_properties_and_alarms(place: Place, inner: str, count: int) -> None:
    async with serving_dav(place) as dav:
        await dav.desk.add(TEN, title="RING Anna", location="Room 5", remind_before_sec=900)
        await dav.desk.add(TEN, title="Other")
        assert len(await dav.query(inner)) == count


async def test_todos_are_asked_for_and_there_are_none(place: Place) -> None:
    """As vdirsyncer 0.21 asks, VTODO first."""
    async with serving_dav(place) as dav:
        await dav.desk.add(TEN)
        body = (
            f"<C:calendar-query {NAMESPACES}><D:prop><D:getetag/></D:prop><C:filter>"
            '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"/></C:comp-filter>'
            "</C:filter></C:calendar-query>"
        )
        got = await dav.report(dav.mine, body)
    assert got.status == 207 and not found_in(got)


@pytest.mark.parametrize(
    ("inner", "condition"),
    [
        ('<C:time-range start="tomorrow"/>', b"valid-filter"),
        ('<C:time-range start="20270105T000000Z" end="20270104T000000Z"/>', b"valid-filter"),
        (
            '<C:prop-filter name="SUMMARY"><C:text-match collation="i;x">a</C:text-match>'
            "</C:prop-filter>",
            b"supported-collation",
        ),
    ],
)
async def test_a_filter_that_is_not_valid_is_refused(
    place: Place, inner: str, condition: bytes
) -> None:
    async with serving_dav(place) as dav:
        body = (
            f"<C:calendar-query {NAMESPACES}><D:prop/><C:filter>"
            f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{inner}'
            "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
        )
        got = await dav.report(dav.mine, body)
    assert got.status == 403 and condition in got.body


async def test_free_and_busy_times(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.desk.add(TEN)
        await dav.desk.add(TEN, start_time=NOW + 3600, end_time=NOW + 7200)
        await dav.desk.add(TEN, start_time=NOW + DAY, end_time=NOW + DAY + 60, show_as=1)
        await dav.desk.add(TEN, start_time=NOW + DAY, end_time=NOW + DAY + 60, status=2)
        await dav.desk.add(TEN, start_time=NOW + DAY, end_time=NOW + DAY)
        body = (
            f"<C:free-busy-query {NAMESPACES}>{within(NOW - DAY, NOW + 2 * DAY)}"
            "</C:free-busy-query>"
        )
        got = await dav.report(dav.mine, body)
    assert got.status == 200 and got.headers["content-type"].startswith("text/calendar")
    busy = [line for line in got.body.decode().splitlines() if line.startswith("FREEBUSY")]
    assert busy == [f"FREEBUSY;FBTYPE=BUSY:{utc(NOW)}/{utc(NOW + 7200)}"]


async def test_a_report_that_is_not_known_is_refused(place: Place) -> None:
    async with serving_dav(place) as dav:
        got = await dav.report(dav.mine, f"<D:expand-property {NAMESPACES}/>")
    assert got.status == 403 and b"supported-report" in got.body


async def test_a_text_that_was_sent_before_changes_with_all_that_it_is_made_of(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        event = await dav.desk.add(TEN, title="Ring", participant_manager_ids=[11])
        texts = await dav.query("")
        assert texts == await dav.query(""), "nothing has changed"
        named = checked_manager(Manager(id=11, name="Zoe"))
        await dav.desk.services.store.directory.put(Directory(managers=[named]))
        texts += await dav.query("")
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="Call")
        texts += await dav.query("")
        other = await dav.of(11)
        texts += await other.query("")
    assert ["Zoe" in text for text in texts] == [False, True, True, True]
    assert ["SUMMARY:Ring" in text for text in texts] == [True, True, False, False]
    assert [text.count("TRANSP:OPAQUE") for text in texts] == [1, 1, 1, 1]
