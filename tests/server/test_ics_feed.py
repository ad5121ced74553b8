"""The iCalendar feed, read back with the library that phones' servers use too."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from commands.test_calendar_import import IMPORT, file_of, vevent
from deskcal.core.directory import Directory, Manager, checked_manager
from harness import ADMIN, token
from helpers import NOW
from http_get import Got, get, serving
from places import Place

DAY_SEC = 86_400
SEPARATED = "first\u2028second\u0085third"
"""Ends of lines for Python, and none for iCalendar. Source: RFC 5545, 3.1."""
TOMORROW = datetime.datetime.fromtimestamp(NOW + DAY_SEC, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
TIMES = (f"DTSTART:{TOMORROW}", "DURATION:PT1H")
RULE = "SUMMARY:Rule\nRRULE:FREQ=DAILY;COUNT=3"
TITLE = 'O\'Brien, [VIP]; Анна\nsecond line \\ and a "quote"'


def feed_token(manager_id: int = 10, **claims: object) -> str:
    return token(manager_id, **({"use": "ics"} | claims))  # type: ignore[arg-type]


async def feed(address: str, token_: str | None = None, **headers: str) -> Got:
    return await get(address, f"/ics/{token_ or feed_token()}.ics", **headers)


def events_in(got: Got) -> dict[str, Any]:
    """The VEVENTs by their UIDs."""
    assert got.status == 200, got
    calendar = icalendar.Calendar.from_ical(got.body)
    return {str(one["uid"]): one for one in calendar.walk("VEVENT")}


async def only_event(place: Place, **named: Any) -> Any:
    """The VEVENT of an event of manager 10 that is created so."""
    async with serving(place) as (desk, address):
        await desk.add(token(10), **named)
        (found,) = events_in(await feed(address)).values()
        return found


def seconds(time: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(time, datetime.UTC)


async def test_a_title_with_everything_in_it_comes_back_as_it_was(place: Place) -> None:
    found = await only_event(place, title=TITLE)
    assert str(found["summary"]) == TITLE


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("Anna Petrova", "calendar-anna-petrova.ics"),
        (
            '\n../Бо\\ "#1"; Zoe\u0308\r',
            "calendar-%D0%B1%D0%BE-1-zo%C3%AB.ics",
        ),
        ("a" * 39 + " b", f"calendar-{'a' * 39}.ics"),
        ("\N{SLIGHTLY SMILING FACE}", "calendar.ics"),
    ],
)
async def test_a_saved_feed_is_named_after_its_manager_and_not_by_its_token(
    place: Place, name: str, saved: str
) -> None:
    async with serving(place) as (_, address):
        got = await feed(address, feed_token(name=name))
    disposition = got.headers["content-disposition"]
    assert disposition == f"inline; filename=\"calendar.ics\"; filename*=UTF-8''{saved}"


async def test_the_name_of_a_calendar_is_escaped(place: Place) -> None:
    """Source: RFC 7986, 5.1, a TEXT; and what other programs read instead."""
    async with serving(place) as (_, address):
        got = await feed(address, feed_token(name=TITLE))
    lines = got.body.decode().replace("\r\n ", "").split("\r\n")
    escaped = 'O\'Brien\\, [VIP]\\; Анна\\nsecond line \\\\ and a "quote"'
    assert [f"NAME:{escaped}", f"X-WR-CALNAME:{escaped}"] == [
        one for one in lines if "NAME:" in one
    ]


async def test_an_event_has_its_times_marks_and_people(place: Place) -> None:
    async with serving(place) as (desk, address):
        named = [Manager(id=10, name='Ann "O" Lee; x'), Manager(id=11, name="Бо")]
        names = Directory(managers=list(map(checked_manager, named)))
        await desk.services.store.directory.put(names)
        people = [
            {"manager_id": 11, "role": 2, "status": 2},
            {"manager_id": 12, "role": 1, "status": 3},
        ]
        made = await desk.add(token(10), priority=3, participants=people)
        desk.clock.time += 60
        await desk.event(token(10), "MngUpdateCalendarEvent", id=made["id"], title="Later")
        got = await feed(address)
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    assert got.headers["cache-control"].startswith("private")
    ((uid, found),) = events_in(got).items()
    assert uid.startswith(f"deskcal-{made['id']}@")
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (seconds(NOW), seconds(NOW + 3600))
    assert found.decoded("created") == seconds(NOW)
    assert found.decoded("last-modified") == found.decoded("dtstamp") == seconds(NOW + 60)
    assert (found["sequence"], found["priority"], found["status"]) == (1, 1, "CONFIRMED")
    assert found["organizer"].params["CN"] == 'Ann "O" Lee; x'
    shown = [
        (one.params["CN"], one.params["ROLE"], one.params["PARTSTAT"]) for one in found["attendee"]
    ]
    assert shown == [
        ('Ann "O" Lee; x', "CHAIR", "ACCEPTED"),
        ("Бо", "OPT-PARTICIPANT", "DECLINED"),
        ("Manager 12", "REQ-PARTICIPANT", "TENTATIVE"),
    ]


@pytest.mark.parametrize(("priority", "shown"), [(0, 9), (1, 5), (2, 3), (3, 1)])
async def test_the_most_urgent_has_the_smallest_number(
    place: Place, priority: int, shown: int
) -> None:
    assert (await only_event(place, priority=priority))["priority"] == shown


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (0, ("CONFIRMED", "OPAQUE")),
        (1, ("CONFIRMED", "TRANSPARENT")),
        (2, ("CANCELLED", "TRANSPARENT")),
    ],
)
async def test_a_cancelled_event_says_so(place: Place, status: int, shown: tuple[str, str]) -> None:
    found = await only_event(place, status=status, remind_before_sec=900)
    assert (found["status"], found["transp"]) == shown
    assert bool(found.walk("VALARM")) == (status == 0)


async def test_an_archived_event_is_left_out(place: Place) -> None:
    async with serving(place) as (desk, address):
        await desk.add(token(10), status=3)
        await desk.add(token(10), title="kept")
        assert [str(one["summary"]) for one in events_in(await feed(address)).values()] == ["kept"]


@pytest.mark.parametrize(
    ("viewer", "answer", "is_own"),
    [(20, 1, True), (10, None, False), (30, 0, True), (30, 1, True), (30, 3, True), (30, 2, False)],
)
async def test_busy_time_and_alarm_are_those_of_the_manager_whose_feed_it_is(
    place: Place, viewer: int, answer: int | None, is_own: bool
) -> None:
    """Issue 12, no. 20: manager 10 only created the event, manager 30 is a guest."""
    async with serving(place) as (desk, address):
        guest = {"manager_id": 30, "status": answer or 0}
        fields = {"owner_manager_id": 20, "participants": [guest], "remind_before_sec": 900}
        await desk.add(token(10), **fields)
        (found,) = events_in(await feed(address, feed_token(viewer))).values()
    assert found["transp"] == ("OPAQUE" if is_own else "TRANSPARENT")
    assert bool(found.walk("VALARM")) == is_own


@pytest.mark.parametrize(
    ("named", "transp"),
    [
        ({"show_as": 1}, "TRANSPARENT"),
        ({"show_as": 0}, "OPAQUE"),
        ({"all_day": 1, "type": 0}, "TRANSPARENT"),
        ({"all_day": 1, "type": 3}, "OPAQUE"),
        ({"all_day": 1, "type": 0, "show_as": 0}, "OPAQUE"),
    ],
)
async def test_what_is_shown_as_free_is_transparent(
    place: Place, named: dict[str, Any], transp: str
) -> None:
    assert (await only_event(place, **named))["transp"] == transp


async def test_the_place_is_reported(place: Place) -> None:
    assert str((await only_event(place, location="Room 5; left"))["location"]) == "Room 5; left"


async def test_an_all_day_event_across_a_clock_change_keeps_its_dates(place: Place) -> None:
    """Clocks in Nicosia went forward on 31 March 2024, so these three days have 71 hours."""
    zone = ZoneInfo("Europe/Nicosia")
    start = int(datetime.datetime(2024, 3, 30, tzinfo=zone).timestamp())
    end = int(datetime.datetime(2024, 4, 2, tzinfo=zone).timestamp())
    assert end - start == 71 * 3600
    found = await only_event(
        place, start_time=start, end_time=end, all_day=1, timezone="Europe/Nicosia"
    )
    assert found.decoded("dtstart") == datetime.date(2024, 3, 30)
    assert found.decoded("dtend") == datetime.date(2024, 4, 2)
    assert found["dtstart"].params["VALUE"] == found["dtend"].params["VALUE"] == "DATE"


async def test_an_event_without_length_has_no_end(place: Place) -> None:
    found = await only_event(place, start_time=NOW, end_time=NOW)
    assert found.decoded("dtstart") == seconds(NOW) and "dtend" not in found


async def test_an_all_day_event_up_to_the_last_day_of_the_calendar_is_written(place: Place) -> None:
    found = await only_event(place, end_time=253_402_300_799, all_day=1, timezone="Asia/Tokyo")
    assert found.decoded("dtstart") == datetime.date(2024, 3, 9)
    assert "dtend" not in found


@pytest.mark.parametrize(
    ("named", "trigger"),
    [
        ({"remind_before_sec": 900}, datetime.timedelta(minutes=-15)),
        ({"remind_time": NOW - 60}, seconds(NOW - 60)),
        ({"remind_before_sec": 900, "all_day": 1}, seconds(NOW - 900)),
    ],
)
async def test_a_reminder_is_an_alarm(place: Place, named: dict[str, Any], trigger: object) -> None:
    (alarm,) = (await only_event(place, **named)).walk("VALARM")
    assert (alarm["action"], alarm.decoded("trigger")) == ("DISPLAY", trigger)


async def test_the_description_is_the_text_of_the_tree(place: Place) -> None:
    tree = {"type": "doc", "content": [{"type": "paragraph", "content": [{"text": "Ring, Анна"}]}]}
    assert str((await only_event(place, ast_json=tree))["description"]) == "Ring, Анна"


async def test_only_the_managers_own_events_in_scope_and_in_the_window_are_there(
    place: Place,
) -> None:
    async with serving(place) as (desk, address):
        admin = token(99, ADMIN)
        own = await desk.add(admin, title="own", owner_manager_id=10)
        asked = await desk.add(admin, title="asked", participant_manager_ids=[10])
        await desk.add(admin, title="of others", owner_manager_id=11)
        await desk.add(admin, title="other brand", owner_manager_id=10, brand="other")
        for title, days in (("long gone", -91), ("far ahead", 366)):
            start = NOW + days * DAY_SEC
            times = {"start_time": start, "end_time": start + 60}
            await desk.add(admin, title=title, owner_manager_id=10, **times)
        seen = events_in(await feed(address, feed_token(brands="default", type=ADMIN)))
    assert sorted(str(one["summary"]) for one in seen.values()) == ["asked", "own"]
    assert {uid.split("@")[0] for uid in seen} == {f"deskcal-{e['id']}" for e in (own, asked)}


async def test_the_uid_stays_when_the_event_moves_to_another_brand(place: Place) -> None:
    async with serving(place) as (desk, address):
        made = await desk.add(token(10))
        before = set(events_in(await feed(address)))
        await desk.event(token(10), "MngUpdateCalendarEvent", id=made["id"], brand="other")
        assert set(events_in(await feed(address))) == before


async def test_what_the_app_has_is_not_sent_again(place: Place) -> None:
    async with serving(place) as (desk, address):
        await desk.add(token(10))
        first = await feed(address)
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = await feed(address, if_none_match=known)
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        await desk.add(token(10), title="new")
        changed = await feed(address, if_none_match=tag)
        assert changed.status == 200 and changed.headers["etag"] != tag


@pytest.mark.parametrize(
    "bad",
    [
        "rubbish",
        "a.b.c",
        token(10),
        feed_token(exp=NOW),
        feed_token(exp=NOW - 1),
        feed_token(nbf=NOW + 60),
        feed_token(type=0),
        feed_token(use="other"),
        feed_token(use=7),
        feed_token(use=None),
        feed_token()[:-3] + "abc",
        "x" * 20_000,
    ],
)
async def test_any_other_token_gets_404_without_details(place: Place, bad: str) -> None:
    async with serving(place) as (_, address):
        got = await feed(address, bad)
        assert (got.status, got.body) == (404, b"not found\n")


async def test_a_feeds_token_opens_nothing_else(place: Place) -> None:
    async with serving(place) as (desk, _):
        for use in ("ics", "other", "", None, 7):
            refused = await desk.call(feed_token(use=use), "MngGetCalendarEvent", id=1)
            assert (refused["status"], refused["error"]["code"]) == (401, "UNAUTHORIZED")


async def test_a_feed_counts_as_a_request_of_its_manager(place: Place) -> None:
    async with serving(place, max_requests_per_manager_sec=1) as (_, address):
        assert [(await feed(address)).status for _ in range(2)] == [200, 429]


async def test_a_server_that_stops_gives_no_feed(place: Place) -> None:
    async with serving(place) as (desk, address):
        desk.dispatcher.lifecycle.is_stopping = True
        assert (await feed(address)).status == 503


async def test_a_crowded_calendar_leaves_the_past_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskcal.http.ical_feed.MAX_EVENTS", 2)
    async with serving(place) as (desk, address):
        for days in (-30, -20, 1, 2, 3):
            start = NOW + days * DAY_SEC
            await desk.add(token(10), title=str(days), start_time=start, end_time=start + 60)
        titles = {str(one["summary"]) for one in events_in(await feed(address)).values()}
    assert titles == {"1", "2"}


async def test_what_was_imported_without_a_field_comes_out_in_the_feed(place: Place) -> None:
    colored = ["X-COLOR:red", "CATEGORIES:a,b", "BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"]
    named = f"SUMMARY:Imported\nLOCATION:{SEPARATED}"
    async with serving(place) as (desk, address):
        await desk.add(token(10), title=SEPARATED)
        parts = [vevent(*TIMES, named, *colored), vevent(*TIMES, RULE, "X-COLOR:blue", uid="c@d")]
        answered = await desk.call(token(10), IMPORT, ics=file_of(*parts))
        assert answered["data"]["skipped"] == []
        got = await feed(address)
        guest = await feed(address, feed_token(11))
        again = await feed(address, if_none_match=got.headers["etag"])
    found = events_in(got)
    assert len(found) == 3 and again.status == 304
    colors = {str(one["summary"]): str(one.get("x-color", "")) for one in found.values()}
    assert colors == {SEPARATED: "", "Imported": "red", "Rule": "blue"}
    (one,) = (one for one in found.values() if one.get("x-color") == "red")
    assert one["categories"].to_ical() == b"a,b" and len(one.walk("VALARM")) == 1
    assert str(one["location"]) == SEPARATED
    assert events_in(guest) == {}


async def test_no_feed_of_a_disabled_manager_is_served_not_even_as_unchanged(place: Place) -> None:
    async with serving(place) as (desk, address):
        await desk.add(token(10))
        tag = ""
        for disabled, statuses in ((0, (200, 200)), (1, (404, 404)), (0, (200, 304))):
            ann = Manager(id=10, name="Ann", disabled=disabled)
            await desk.services.store.directory.put(Directory(managers=[ann]))
            got, again = await feed(address), await feed(address, if_none_match=tag)
            assert (got.status, again.status) == statuses
            assert (got.headers["cache-control"] == "no-store") == bool(disabled)
            tag = got.headers.get("etag", tag)
            assert (await feed(address, feed_token(11))).status == 200


async def test_a_series_of_another_brand_is_not_shown_around_the_one_that_is_left(
    place: Place,
) -> None:
    async with serving(place) as (desk, address):
        admin, rule = token(1, ADMIN), {"rrule": "FREQ=DAILY;COUNT=3"}
        made = await desk.add(
            admin, title="secret", owner_manager_id=10, brand="other", recurrence=rule
        )
        sent = {"id": made["id"], "brand": "default", "title": "mine"}
        await desk.event(admin, "MngUpdateCalendarEvent", **sent)
        got = await feed(address, feed_token(brands="default"))
        whole = await feed(address, feed_token())
    assert [str(one["summary"]) for one in events_in(got).values()] == ["mine"]
    assert "secret" not in got.body.decode() and "secret" in whole.body.decode()
