"""What guests may put and delete over CalDAV. Source: contract, part 2, section 16."""

from typing import Any

import pytest

from dav import Dav, serving_dav
from harness import token
from helpers import NOW
from places import Place
from server.caldav_texts import ALARMS, GUEST, RICH, TEN, rows, utc


async def invitation(dav: Dav, **fields: Any) -> tuple[Dav, str, dict[str, Any]]:
    """A guest's app, the name there, and the event."""
    made = await dav.desk.add(TEN, participant_manager_ids=[30, 31], **fields)
    return await dav.of(30), f"event-{made['id']}.ics", made


async def invitation_to_series(dav: Dav, end_time: int) -> tuple[Dav, dict[str, Any]]:
    """A guest's app, and the answer to the create of three weekly events."""
    made = await dav.desk.call(
        TEN,
        "MngAddCalendarEvent",
        title="Weekly",
        start_time=NOW,
        end_time=end_time,
        recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"},
        participant_manager_ids=[30],
    )
    return await dav.of(30), made["data"]


async def test_a_guest_who_puts_the_event_back_answers_and_changes_nothing_else(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        guest, name, made = await invitation(dav, ast_json=RICH, title="Meeting")
        text = await guest.text(name)
        assert text.count("PARTSTAT=NEEDS-ACTION") == 2
        mine = [one for one in text.replace("\r\n ", "").split("\r\n") if "manager-30@" in one]
        answer = text.replace("\r\n ", "").replace(
            mine[0], mine[0].replace("NEEDS-ACTION", "ACCEPTED")
        )
        answer = answer.replace("END:VEVENT", "\r\n".join([*ALARMS, "END:VEVENT"]))
        put = await guest.put(name, answer)
        assert put.status == 204, put
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, 1, 0]
        assert await guest.text(name) == answer, "alarms are the guest's own"
        assert "VALARM" not in await dav.text(name)
        for field in ("title", "ast_json", "start_time", "remind_before_sec"):
            assert event[field] == made[field]
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=made["id"], location="There")
        later = await guest.text(name)
    assert "LOCATION:There" in later and "TRIGGER:-P1D" in later


@pytest.mark.parametrize("change", [("SUMMARY:Meeting", "SUMMARY:Party"), ("DTSTART:", "DTSTART:")])
async def test_a_guest_may_not_change_the_event(place: Place, change: tuple[str, str]) -> None:
    async with serving_dav(place) as dav:
        guest, name, made = await invitation(dav, title="Meeting")
        text = await guest.text(name)
        if change[0] == "DTSTART:":
            change = (f"DTSTART:{utc(NOW)}", f"DTSTART:{utc(NOW - 600)}")
        got = await guest.put(name, text.replace(*change))
        assert got.status == 403 and b"need-privileges" in got.body
        assert await rows(dav) == [made]


async def test_a_guest_who_deletes_the_event_declines(place: Place) -> None:
    async with serving_dav(place) as dav:
        guest, name, made = await invitation(dav)
        before = await guest.sync()
        assert (await guest.ask("DELETE", guest.mine + name)).status == 204
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, 2, 0]
        assert (await guest.sync(before.token)).gone == [guest.mine + name]
        await dav.desk.event(token(30), "MngRespondCalendarEvent", id=made["id"], status=1)
        assert list((await guest.sync()).etags) == [guest.mine + name]


async def test_a_guest_answers_for_a_whole_series(place: Place) -> None:
    async with serving_dav(place) as dav:
        guest, made = await invitation_to_series(dav, NOW + 3600)
        name = f"series-{made['series']['series_id']}.ics"
        text = (await guest.text(name)).replace("\r\n ", "")
        assert (await guest.put(name, text.replace("NEEDS-ACTION", "TENTATIVE"))).status == 204
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
    assert answers == [[1, 3]] * 3


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=30", "FREQ=DAILY;COUNT=3", "FREQ=HOURLY"])
async def test_a_guest_may_not_change_the_rule_of_a_series(place: Place, rule: str) -> None:
    async with serving_dav(place) as dav:
        guest, made = await invitation_to_series(dav, NOW + 3600)
        name = f"series-{made['series']['series_id']}.ics"
        text = await guest.text(name)
        (line,) = [one for one in text.split("\r\n") if one.startswith("RRULE:")]
        assert (await guest.put(name, text.replace(line, f"RRULE:{rule}"))).status == 403
        assert await guest.text(name) == text


async def test_a_guest_who_deletes_a_series_leaves_the_answers_of_what_is_over(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        guest, made = await invitation_to_series(dav, NOW + 60)
        (address,) = (await guest.sync()).etags
        first = made["event"]["id"]
        await dav.desk.event(GUEST, "MngRespondCalendarEvent", id=first, status=1)
        dav.desk.clock.time = NOW + 60
        mark = (await guest.sync()).token
        assert (await guest.ask("DELETE", address)).status == 204
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
        assert answers == [[1, 1], [1, 2], [1, 2]]
        assert (await guest.sync(mark)).gone == [address]
        assert not (await guest.sync()).etags
        later = (await rows(dav))[1]["id"]
        await dav.desk.event(GUEST, "MngRespondCalendarEvent", id=later, status=1)
        assert list((await guest.sync()).etags) == [address]


async def test_an_owners_stale_text_does_not_take_back_the_answers_of_guests(place: Place) -> None:
    async with serving_dav(place) as dav:
        guest, name, made = await invitation(dav)
        stale = await dav.text(name)
        await dav.desk.event(GUEST, "MngRespondCalendarEvent", id=made["id"], status=1)
        assert (await dav.put(name, stale.replace("SUMMARY:", "SUMMARY:Now "))).status == 204
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, 1, 0]
        assert event["title"].startswith("Now ")
        assert guest.manager_id == 30
