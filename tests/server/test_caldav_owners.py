"""CalDAV: what has become somebody else's is not taken back by a put. Contract, section 16."""

from typing import Any

import pytest

from dav import Dav, serving_dav
from harness import new_event, token
from helpers import NOW
from places import Place
from server.caldav_texts import TEN, WEEKLY, calendar, rows, vevent

TWENTY = token(20)
GIVEN = {"owner_manager_id": 20, "participant_manager_ids": [], "title": "Theirs"}


async def given_away(dav: Dav, text: str, **data: Any) -> list[dict[str, Any]]:
    """Puts a text as a.ics; its events, which are those of manager 20 by now."""
    assert (await dav.put("a.ics", text)).status == 201
    first = (await rows(dav))[0]["id"]
    given = await dav.desk.call(TEN, "MngUpdateCalendarEvent", id=first, **GIVEN, **data)
    assert given["status"] == 200, given
    theirs = await rows(dav)
    assert {event["owner_manager_id"] for event in theirs} == {20}
    return theirs


@pytest.mark.parametrize("name", ["a.ics", "b.ics"])
async def test_a_deleted_event_that_had_gone_to_somebody_else_stays_deleted(
    place: Place, name: str
) -> None:
    text = calendar(vevent())
    async with serving_dav(place) as dav:
        (theirs,) = await given_away(dav, text)
        await dav.desk.call(TWENTY, "MngDeleteCalendarEvent", id=theirs["id"])
        assert (await dav.put(name, text, if_none_match="*")).status == 201
        (event,) = await rows(dav)
        assert event["id"] != theirs["id"]
        assert (event["title"], event["owner_manager_id"], event["version"]) == ("Call", 10, 1)
        assert await dav.text(name) == text
        back = await dav.desk.event(TWENTY, "MngRestoreCalendarEvent", id=theirs["id"])
        assert (back["title"], back["owner_manager_id"]) == ("Theirs", 20)
        assert list((await dav.sync()).etags) == [dav.mine + name]
        other = await dav.of(20)
        assert list((await other.sync()).etags) == [f"{other.mine}event-{theirs['id']}.ics"]


@pytest.mark.parametrize(("lines", "data"), [([], {}), (WEEKLY, {"scope": 2})])
async def test_what_has_gone_to_somebody_else_is_not_taken_back(
    place: Place, lines: list[str], data: dict[str, Any]
) -> None:
    text = calendar(vevent(*lines))
    async with serving_dav(place) as dav:
        theirs = await given_away(dav, text, **data)
        assert (await dav.put("a.ics", text)).status == 201
        found = await rows(dav)
        assert [event for event in found if event["owner_manager_id"] == 20] == theirs
        own = [event for event in found if event["owner_manager_id"] == 10]
        assert [event["title"] for event in own] == ["Call"] * len(theirs)
        assert await dav.text("a.ics") == text


async def test_of_several_events_with_one_uid_those_that_are_left_are_changed(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        parts = [vevent(f"RECURRENCE-ID:2024030{n}T090000Z") for n in (1, 2)]
        await dav.put("a.ics", calendar(*parts))
        first, second = await rows(dav)
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=first["id"], **GIVEN)
        await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=second["id"])
        assert (await dav.put("a.ics", calendar(*parts))).status == 201
        found = {event["id"]: event["owner_manager_id"] for event in await rows(dav)}
    new = max(found)
    assert found == {first["id"]: 20, second["id"]: 10, new: 10} and new > second["id"]


@pytest.mark.parametrize("changed", [("NEEDS-ACTION", "DECLINED"), ("manager-30@", "manager-31@")])
async def test_a_participant_who_puts_what_they_deleted_does_not_become_the_owner(
    place: Place, changed: tuple[str, str]
) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, participant_manager_ids=[30], desk="DESK_EU")
        participant, name = await dav.of(30), f"event-{made['id']}.ics"
        text = (await participant.text(name)).replace("\r\n ", "")
        assert (await participant.ask("DELETE", participant.mine + name)).status == 204
        before = await rows(dav)
        got = await participant.put(name, text.replace(*changed))
        assert got.status == 403 and b"need-privileges" in got.body
        assert await rows(dav) == before


@pytest.mark.parametrize(("partstat", "status"), [("ACCEPTED", 1), ("NEEDS-ACTION", 0)])
@pytest.mark.parametrize("name", ["", "again.ics"])
async def test_a_participant_who_puts_another_answer_has_it_again(
    place: Place, partstat: str, status: int, name: str
) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, participant_manager_ids=[30], desk="DESK_EU")
        participant, first = await dav.of(30), f"event-{made['id']}.ics"
        text = (await participant.text(first)).replace("\r\n ", "")
        assert (await participant.ask("DELETE", participant.mine + first)).status == 204
        mark = (await participant.sync()).token
        changed = text.replace("SUMMARY:", "SUMMARY:Other ").replace("NEEDS-ACTION", partstat)
        assert (await participant.put(first, changed)).status == 403
        text = text.replace("NEEDS-ACTION", partstat)
        got = await participant.put(name or first, text, if_none_match="*")
        assert got.status == 201, got
        (event,) = await rows(dav)
        assert [row["status"] for row in event["participants"]] == [1, status]
        address = participant.mine + (name or first)
        assert list((await participant.sync(mark)).etags) == [address]
        assert list((await participant.sync()).etags) == [address]
        assert await participant.text(name or first) == text


async def test_a_participant_has_a_series_again_but_for_what_is_over(place: Place) -> None:
    async with serving_dav(place) as dav:
        rule = {"rrule": "FREQ=DAILY;COUNT=3"}
        fields = {"participant_manager_ids": [30], "recurrence": rule, "end_time": NOW + 60}
        made = await dav.desk.call(TEN, "MngAddCalendarEvent", **new_event(**fields))
        participant = await dav.of(30)
        name = f"series-{made['data']['series']['series_id']}.ics"
        text = (await participant.text(name)).replace("\r\n ", "")
        assert (await participant.ask("DELETE", participant.mine + name)).status == 204
        dav.desk.clock.time = NOW + 60
        put = await participant.put(name, text.replace("NEEDS-ACTION", "TENTATIVE"))
        assert put.status == 201, put
        answers = [[row["status"] for row in one["participants"]] for one in await rows(dav)]
        assert answers == [[1, 2], [1, 3], [1, 3]]
        assert list((await participant.sync()).etags) == [participant.mine + name]


async def test_what_a_participant_deleted_does_not_take_the_name_of_another_event(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, participant_manager_ids=[30], desk="DESK_EU")
        participant, name = await dav.of(30), f"event-{made['id']}.ics"
        text = (await participant.text(name)).replace("NEEDS-ACTION", "ACCEPTED")
        await participant.ask("DELETE", participant.mine + name)
        assert (await participant.put("a.ics", calendar(vevent()))).status == 201
        await participant.ask("DELETE", participant.mine + "a.ics")
        assert (await participant.put("a.ics", text)).status == 403
        assert (await participant.put(name, text)).status == 201


@pytest.mark.parametrize("has_answered", [True, False])
async def test_a_participant_does_not_restore_what_its_owner_deleted(
    place: Place, has_answered: bool
) -> None:
    async with serving_dav(place) as dav:
        made = await dav.desk.add(TEN, participant_manager_ids=[30], desk="DESK_EU")
        participant, name = await dav.of(30), f"event-{made['id']}.ics"
        text = (await participant.text(name)).replace("NEEDS-ACTION", "ACCEPTED")
        if has_answered:
            assert (await participant.put(name, text)).status == 204
        await dav.desk.call(TEN, "MngDeleteCalendarEvent", id=made["id"])
        got = await participant.put(name, text)
        assert got.status == 403 and b"need-privileges" in got.body
        assert await rows(dav) == []
