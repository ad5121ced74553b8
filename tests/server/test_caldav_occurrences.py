"""Occurrences that are in a calendar without their series. Source: contract, sections 13 and 16."""

from typing import Any

import pytest

from dav import Dav, serving_dav
from helpers import NOW
from places import Place
from server.caldav_texts import DAY, TEN, calendar, rows, vevent

OTHERS = {"owner_manager_id": 31, "participant_manager_ids": [31]}


async def occurrence_of_30(dav: Dav, **fields: Any) -> tuple[Dav, dict[str, Any]]:
    """The app of manager 30, who owns the second of three daily events of manager 10."""
    made = await dav.desk.call(
        TEN,
        "MngAddCalendarEvent",
        title="Daily",
        start_time=NOW,
        end_time=NOW + 3600,
        recurrence={"rrule": "FREQ=DAILY;COUNT=3"},
    )
    given = {"id": made["data"]["event"]["id"] + 1, "owner_manager_id": 30}
    event = await dav.desk.event(
        TEN, "MngUpdateCalendarEvent", **given, participant_manager_ids=[30], **fields
    )
    return await dav.of(30), event


@pytest.mark.parametrize("status", [0, 1])
async def test_the_date_of_one_that_is_deleted_is_left_out_of_its_series(
    place: Place, status: int
) -> None:
    async with serving_dav(place) as dav:
        owner, event = await occurrence_of_30(dav, status=status)
        address = f"{owner.mine}event-{event['id']}.ics"
        assert (await owner.ask("DELETE", address)).status == 204
        answered = await dav.desk.call(TEN, "MngGetCalendarSeries", series_id=event["series_id"])
        assert len(answered["data"]["series"]["exdates"]) == 1
    assert (await place.check()).differences == []


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("MngArchiveCalendarEvent", {}),
        ("MngUpdateCalendarEvent", OTHERS),
        ("MngDeleteCalendarEvent", {}),
        ("MngDeleteCalendarEvent", {"scope": 2}),
    ],
)
async def test_one_that_leaves_is_gone_by_its_own_name(
    place: Place, command: str, fields: dict[str, Any]
) -> None:
    async with serving_dav(place) as dav:
        owner, event = await occurrence_of_30(dav)
        before = await owner.sync()
        address = f"{owner.mine}event-{event['id']}.ics"
        assert list(before.etags) == [address]
        answered = await dav.desk.call(TEN, command, id=event["id"], **fields)
        assert answered["status"] == 200, answered
        after = await owner.sync(before.token)
        assert address in after.gone and not after.etags
        assert not (await owner.sync()).etags


async def test_one_that_its_participant_deleted_stays_away_when_it_changes(place: Place) -> None:
    async with serving_dav(place) as dav:
        owner, event = await occurrence_of_30(dav)
        people = {"id": event["id"], "participant_manager_ids": [30, 31]}
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", **people)
        participant = await dav.of(31)
        (address,) = (await participant.sync()).etags
        assert (await participant.ask("DELETE", address)).status == 204
        before = await participant.sync()
        await dav.desk.event(TEN, "MngUpdateCalendarEvent", id=event["id"], title="Other")
        assert not (await participant.sync(before.token)).etags
        assert list((await owner.sync()).etags)


async def test_a_series_has_changed_with_an_occurrence_that_is_another_managers(
    place: Place,
) -> None:
    async with serving_dav(place) as dav:
        owner, event = await occurrence_of_30(dav)
        before = await dav.sync()
        await owner.ask("DELETE", f"{owner.mine}event-{event['id']}.ics")
        after = await dav.sync(before.token)
        assert after.etags == (await dav.sync()).etags != before.etags


@pytest.mark.parametrize("rule", ["FREQ=DAILY;COUNT=3", "FREQ=DAILY"])
async def test_what_is_done_of_a_series_that_is_put_without_its_rule_stays(
    place: Place, rule: str
) -> None:
    async with serving_dav(place) as dav:
        repeated = vevent(f"RRULE:{rule}", start=NOW - DAY)
        assert (await dav.put("s.ics", calendar(repeated))).status == 201
        first, second, *_ = await rows(dav)
        await dav.desk.event(TEN, "MngCompleteCalendarEvent", id=second["id"])
        assert (await dav.put("s.ics", calendar(vevent(start=NOW + DAY)))).status == 204
        left = await rows(dav)
        assert [one["status"] for one in left] == [1, 1, 0]
        assert [one["id"] for one in left[:2]] == [first["id"], second["id"]]
    assert (await place.check()).differences == []
