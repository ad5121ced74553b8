"""What a calendar app puts and deletes over CalDAV. Source: contract, part 2, section 16."""

import asyncio
from typing import Any

import pytest

from dav import serving_dav
from deskcal.store.ports.work import Applied, Transaction
from helpers import NOW
from places import Place
from server.caldav_texts import (
    ALARMS,
    DAY,
    EXTRAS,
    RICH,
    TEN,
    WEEKLY,
    calendar,
    override,
    rows,
    utc,
    vevent,
    without,
)


async def test_what_is_put_is_an_event_and_comes_back_to_the_byte(place: Place) -> None:
    text = calendar(vevent(*EXTRAS, *ALARMS, "LOCATION:Room 5", "DESCRIPTION:one\\ntwo"))
    async with serving_dav(place) as dav:
        put = await dav.put("my event.ics".replace(" ", "%20"), text, if_none_match="*")
        assert put.status == 201
        got = await dav.ask("GET", f"{dav.mine}my%20event.ics")
        assert got.body.decode() == text
        assert got.headers["etag"] == put.headers["etag"]
        (event,) = await rows(dav)
        assert (event["title"], event["location"]) == ("Call", "Room 5")
        assert event["remind_before_sec"] == 900 and event["start_time"] == NOW
        assert list((await dav.sync()).etags) == [f"{dav.mine}my%20event.ics"]


async def test_what_is_put_with_an_offer_of_http_2_is_taken(place: Place) -> None:
    """As Java's HttpClient puts; another HTTP parser gives such requests without their bodies."""
    text = calendar(vevent())
    offer = {
        "upgrade": "h2c",
        "connection": "Upgrade, HTTP2-Settings",
        "http2_settings": "AAMAAABk",
    }
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", text, **offer)).status == 201
        assert await dav.text("a.ics") == text


async def test_a_text_of_which_a_part_could_not_be_kept_is_refused(place: Place) -> None:
    attached = f"ATTACH;VALUE=BINARY:{'A' * 66_000}"
    async with serving_dav(place) as dav:
        put = await dav.put("a.ics", calendar(vevent(attached)))
        assert put.status == 403 and b"max-resource-size" in put.body
        assert await rows(dav) == []
        smaller = calendar(vevent(f"ATTACH;VALUE=BINARY:{'A' * 60_000}"))
        assert (await dav.put("a.ics", smaller)).status == 201
        assert await dav.text("a.ics") == smaller


async def test_a_change_here_is_in_the_text_and_all_else_stays(place: Place) -> None:
    async with serving_dav(place) as dav:
        put = await dav.put("a.ics", calendar(vevent(*EXTRAS, *ALARMS)))
        before = await dav.sync()
        (event,) = await rows(dav)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="Later; x")
        after = await dav.sync(before.token)
        assert after.etags[f"{dav.mine}a.ics"] != put.headers["etag"]
        lines = (await dav.text("a.ics")).splitlines()
    for line in (*EXTRAS, *ALARMS, "UID:a@b", f"DTSTART:{utc(NOW)}"):
        assert line in lines
    assert "SUMMARY:Later\\; x" in lines and "SUMMARY:Call" not in lines


async def test_a_rich_text_survives_an_app_that_only_moves_the_event(place: Place) -> None:
    async with serving_dav(place) as dav:
        fields = {"ast_json": RICH, "priority": 3, "type": 2, "customer_id": 7}
        made = await dav.desk.add(
            TEN, timezone="Europe/Nicosia", remind_before_sec=900, desk="DESK_EU", **fields
        )
        name = f"event-{made['id']}.ics"
        moved = without(await dav.text(name), "DTSTART;", "DTEND", "PRIORITY", "X-")
        times = f"DTSTART:{utc(NOW + 7200)}\r\nDTEND:{utc(NOW + 9000)}\r\n"
        assert (await dav.put(name, moved.replace("SUMMARY", f"{times}SUMMARY"))).status == 204
        (event,) = await rows(dav)
    assert event["version"] == 2 and event["id"] == made["id"]
    assert (event["start_time"], event["end_time"]) == (NOW + 7200, NOW + 9000)
    for name in (*fields, "timezone", "remind_before_sec", "desk", "brand", "participants"):
        assert event[name] == made[name], name


@pytest.mark.parametrize("fields", [{}, {"all_day": 1, "timezone": "Asia/Tokyo"}, {"status": 1}])
async def test_what_is_put_back_as_it_was_changes_no_field(
    place: Place, fields: dict[str, Any]
) -> None:
    async with serving_dav(place) as dav:
        people = [{"manager_id": 30, "status": 3, "role": 2}]
        times = {"start_time": NOW + DAY, "end_time": NOW + DAY + 7200}
        rich = {"ast_json": RICH, "participants": people, "remind_before_sec": 600} | times
        made = await dav.desk.add(TEN, **(rich | fields))
        name = f"event-{made['id']}.ics"
        assert (await dav.put(name, await dav.text(name))).status == 204
        (event,) = await rows(dav)
    for field in ("version", "updated_by", "updated_time"):
        event.pop(field), made.pop(field)
    assert event == made


async def test_an_app_takes_away_what_it_knows(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent(*ALARMS, "DESCRIPTION:text", "LOCATION:there")))
        await dav.put("a.ics", calendar(vevent()))
        (event,) = await rows(dav)
    assert (event["ast_json"], event["remind_before_sec"]) == (None, 0)
    assert "location" not in event


async def test_a_change_of_what_has_no_field_is_a_change_for_other_apps(place: Place) -> None:
    async with serving_dav(place) as dav:
        first = await dav.put("a.ics", calendar(vevent(*EXTRAS)))
        before = await dav.sync()
        second = await dav.put("a.ics", calendar(vevent(*EXTRAS[1:])))
        assert first.headers["etag"] != second.headers["etag"]
        assert list((await dav.sync(before.token)).etags) == [f"{dav.mine}a.ics"]


async def test_conditions_of_a_put_and_a_delete(place: Place) -> None:
    text = calendar(vevent())
    async with serving_dav(place) as dav:
        assert (await dav.put("a.ics", text, if_match='"1-1"')).status == 412
        assert (await dav.put("a.ics", text, if_match="*")).status == 412
        tag = (await dav.put("a.ics", text, if_none_match="*")).headers["etag"]
        assert (await dav.put("a.ics", text, if_none_match="*")).status == 412
        other = calendar(vevent(summary="x"))
        assert (await dav.put("a.ics", other, if_match=f"W/{tag}")).status == 204
        for old in (tag, f"W/{tag}"):
            assert (await dav.put("a.ics", text, if_match=old)).status == 412
        assert (await dav.put("a.ics", text, if_match="*")).status == 204
        assert (await dav.ask("DELETE", f"{dav.mine}a.ics", if_match=tag)).status == 412
        assert (await dav.ask("DELETE", f"{dav.mine}a.ics")).status == 204
        assert (await dav.ask("DELETE", f"{dav.mine}a.ics")).status == 404


async def test_what_is_deleted_is_in_the_trash_and_comes_back_as_the_same_event(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent()))
        (made,) = await rows(dav)
        await dav.ask("DELETE", f"{dav.mine}a.ics")
        answered = await dav.desk.call(TEN, "MngGetCalendarTrash", deskFilter="*", limit=9)
        assert [one["event"]["id"] for one in answered["data"]["rows"]] == [made["id"]]
        assert (await dav.put("b.ics", calendar(vevent(summary="Again")))).status == 201
        (event,) = await rows(dav)
        assert (event["id"], event["title"]) == (made["id"], "Again")
        assert list((await dav.sync()).etags) == [f"{dav.mine}b.ics"]


async def test_a_uid_whose_event_has_left_the_trash_is_a_new_event(place: Place) -> None:
    text = calendar(vevent())
    async with serving_dav(place, trash_retention_sec=60, change_retention_sec=60) as dav:
        await dav.put("a.ics", text)
        (gone,) = await rows(dav)
        await dav.ask("DELETE", f"{dav.mine}a.ics")
        dav.desk.clock.time = NOW + 61
        assert (await dav.put("a.ics", text)).status == 201
        (event,) = await rows(dav)
        assert event["id"] != gone["id"] and event["version"] == 1
        assert await dav.desk.services.store.trash.purge(NOW + 1, 10) == 1
        assert await dav.text("a.ics") == text


async def test_a_name_whose_event_is_gone_can_be_taken_by_another(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent()))
        await dav.ask("DELETE", f"{dav.mine}a.ics")
        assert (await dav.put("a.ics", calendar(vevent(uid="other")))).status == 201
        assert "UID:other" in await dav.text("a.ics")


async def test_of_two_events_that_are_put_under_one_name_at_a_time_one_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has seen that the name is free before the other one is written."""
    texts = [calendar(vevent(uid=uid)) for uid in ("one", "two")]
    async with serving_dav(place) as dav:
        store, both = dav.desk.services.store, asyncio.Barrier(2)
        transact = store.transact

        async def together(transaction: Transaction) -> Applied:
            await both.wait()
            return await transact(transaction)

        monkeypatch.setattr(store, "transact", together)
        puts = await asyncio.gather(*(dav.put("a.ics", text) for text in texts))
        statuses = [put.status for put in puts]
        assert sorted(statuses) == [201, 409]
        assert b"no-uid-conflict" in puts[statuses.index(409)].body
        assert await dav.text("a.ics") == texts[statuses.index(201)]
        assert len(await rows(dav)) == 1


async def test_an_event_whose_name_was_taken_comes_back_under_another(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent()))
        (gone,) = await rows(dav)
        await dav.ask("DELETE", f"{dav.mine}a.ics")
        assert (await dav.put("a.ics", calendar(vevent(uid="other")))).status == 201
        await dav.desk.event(TEN, "MngRestoreCalendarEvent", id=gone["id"])
        names = sorted((await dav.sync()).etags)
        assert names == [f"{dav.mine}a.ics", f"{dav.mine}event-{gone['id']}.ics"]
        assert "UID:other" in await dav.text("a.ics")


NO_UID = calendar(["BEGIN:VEVENT", f"DTSTART:{utc(NOW)}", "END:VEVENT"])


TODO = calendar(["BEGIN:VTODO", "UID:t", "SUMMARY:x", "END:VTODO"])


PERIOD = f"RDATE;VALUE=PERIOD:{utc(NOW)}/PT1H"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("hello", "valid-calendar-data"),
        (calendar(vevent())[:150], "valid-calendar-data"),
        (calendar(), "valid-calendar-object-resource"),
        (calendar(vevent(), vevent(uid="c")), "valid-calendar-object-resource"),
        (NO_UID, "valid-calendar-object-resource"),
        (TODO, "supported-calendar-component"),
        (calendar(vevent(PERIOD)), "supported-calendar-data"),
        (calendar(vevent("RRULE:FREQ=SECONDLY")), "supported-calendar-data"),
        (calendar(vevent("DTSTART:17000101T000000Z")), "min-date-time"),
        (calendar(vevent(), vevent(start=NOW + DAY)), "valid-calendar-object-resource"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_precondition(
    place: Place, text: str, condition: str
) -> None:
    async with serving_dav(place) as dav:
        got = await dav.put("a.ics", text)
        assert got.status == 403 and condition.encode() in got.body, got
        assert not await rows(dav)


async def test_a_uid_is_at_one_address_and_stays_what_it_is(place: Place) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN)
        await dav.put("a.ics", calendar(vevent()))
        for name, uid in (("b.ics", "a@b"), ("a.ics", "other"), ("b.ics", _uid_of(made))):
            got = await dav.put(name, calendar(vevent(uid=uid)))
            assert got.status == 409 and b"no-uid-conflict" in got.body, got
        other = await dav.of(11)
        assert (await other.put("a.ics", calendar(vevent()))).status == 201


def _uid_of(event: dict[str, Any]) -> str:
    return f"deskcal-{event['id']}@{event['created_time']}"


async def test_nothing_is_put_where_it_does_not_belong(place: Place) -> None:
    async with serving_dav(place) as dav:
        text = calendar(vevent())
        for path, status in ((dav.mine, 405), (dav.home, 405), (f"{dav.home}no/a.ics", 404)):
            assert (await dav.ask("PUT", path, text)).status == status
        assert (await dav.put("a.ics", text, content_type="text/plain")).status == 403


async def test_a_series_is_put_whole_with_what_differs(place: Place) -> None:
    text = calendar(vevent(*WEEKLY), override(1, start=NOW + 7 * DAY + 7200))
    async with serving_dav(place) as dav:
        assert (await dav.put("s.ics", text)).status == 201
        assert await dav.text("s.ics") == text
        events = await rows(dav)
        assert [event["title"] for event in events] == ["Call", "Moved", "Call", "Call"]
        ids = [event["id"] for event in events]
        again = calendar(vevent(*WEEKLY, f"EXDATE:{utc(NOW + 14 * DAY)}", summary="Renamed"))
        assert (await dav.put("s.ics", again)).status == 204
        events = await rows(dav)
        assert [event["title"] for event in events] == ["Renamed"] * 3
        assert [event["id"] for event in events] == [ids[0], ids[1], ids[3]]
        assert len((await dav.sync()).etags) == 1


async def test_a_change_of_one_occurrence_here_leaves_the_rule_as_it_was_put(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        await dav.put("s.ics", calendar(vevent(*WEEKLY)))
        second = (await rows(dav))[1]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=second["id"], title="Other")
        text = await dav.text("s.ics")
        assert text.count("BEGIN:VEVENT") == 2 and text.count("RRULE:FREQ=WEEKLY;COUNT=4") == 1
        assert f"RECURRENCE-ID:{utc(NOW + 7 * DAY)}" in text and "SUMMARY:Other" in text
        assert all(line in text for line in EXTRAS)
        assert (await dav.put("s.ics", text)).status == 204
        events = await rows(dav)
        assert [event["title"] for event in events] == ["Call", "Other", "Call", "Call"]


async def test_the_past_of_a_long_series_stays_in_its_text(place: Place) -> None:
    start = NOW - 1001 * 7 * DAY
    async with serving_dav(place) as dav:
        text = calendar(vevent("RRULE:FREQ=WEEKLY", start=start))
        await dav.put("s.ics", text)
        assert len(await rows(dav)) < 100
        window = f'<C:time-range start="{utc(start)}" end="{utc(start + DAY)}"/>'
        assert await dav.query(window) == [text]
        coming = next(event for event in await rows(dav) if event["status"] == 0)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=coming["id"], title="Other")
        lines = (await dav.text("s.ics")).splitlines()
        assert f"DTSTART:{utc(start)}" in lines and "RRULE:FREQ=WEEKLY" in lines


async def test_a_single_event_that_begins_to_repeat_stays_the_first(place: Place) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, ast_json=RICH, customer_id=7, desk="DESK_EU")
        name = f"event-{made['id']}.ics"
        text = (await dav.text(name)).replace(
            "END:VEVENT", "RRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT"
        )
        assert (await dav.put(name, text)).status == 204
        events = await rows(dav)
        assert len(events) == 3 and events[0]["id"] == made["id"]
        assert {(one["customer_id"], one["desk"]) for one in events} == {(7, "DESK_EU")}
        assert all(one["ast_json"] == RICH for one in events)
        assert list((await dav.sync()).etags) == [dav.mine + name]


async def test_what_is_over_stays_on_the_desk_when_a_series_is_deleted(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("s.ics", calendar(vevent("RRULE:FREQ=DAILY;COUNT=6", start=NOW - 3 * DAY)))
        before = await dav.sync()
        assert (await dav.ask("DELETE", f"{dav.mine}s.ics")).status == 204
        assert (await dav.ask("GET", f"{dav.mine}s.ics")).status == 404
        assert (await dav.sync(before.token)).gone == [f"{dav.mine}s.ics"]
        assert [event["status"] for event in await rows(dav)] == [1, 1, 1]


async def test_a_device_creates_in_its_brand(place: Place) -> None:
    async with serving_dav(place) as dav:
        await dav.put("a.ics", calendar(vevent()))
        (event,) = await rows(dav)
    assert (event["brand"], event["desk"], event["owner_manager_id"]) == ("default", "", 10)


@pytest.mark.parametrize(("change_retention_sec", "left"), [(90 * DAY, 1), (0, 3)])
async def test_what_has_left_the_trash_leaves_no_name(
    place: Place, change_retention_sec: int, left: int
) -> None:
    """But where changes are kept for longer than the trash, so that apps may still ask."""
    async with serving_dav(place, change_retention_sec=change_retention_sec) as dav:
        for name, lines in (("a", []), ("b", WEEKLY), ("c", [])):
            text = calendar(vevent(*lines, uid=name, start=NOW + DAY))
            assert (await dav.put(f"{name}.ics", text)).status == 201
        for name in ("a", "b"):
            assert (await dav.ask("DELETE", f"{dav.mine}{name}.ics")).status == 204
        store = dav.desk.services.store
        assert await store.trash.purge(NOW + 1, 100) == 5
        assert len(await store.objects.all(10)) == left
        assert (await dav.put("a.ics", calendar(vevent(uid="a")))).status == 201
        assert await dav.text("a.ics")
