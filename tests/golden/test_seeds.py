"""Every example of the seeds, sent as written over a real socket."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from golden.examples import (
    ADD_REQUEST,
    ADD_RESPONSE_DATA,
    DESK_FILTERS,
    PARTICIPANT_IDS,
    PARTICIPANT_ROWS,
    as_line,
    missing,
)
from harness import ADMIN, CRM_ADMIN, CRM_MANAGER, DEALER, MANAGER, everything, new_event, token
from helpers import NOW
from places import Place
from wire import Wire, serving

TEN = token(10)


@pytest.fixture
async def wire(place: Place) -> AsyncIterator[Wire]:
    async with serving(place) as running:
        yield await running.connect()


async def test_the_example_request_gets_the_example_response(wire: Wire) -> None:
    wire.send(as_line(ADD_REQUEST, TEN))
    answered = await wire.answer()
    assert (answered["extID"], answered["status"]) == ("1", 200)
    assert missing(json.loads(ADD_RESPONSE_DATA), answered["data"]) == []


@pytest.mark.parametrize("kind", [MANAGER, ADMIN, DEALER, CRM_MANAGER, CRM_ADMIN])
async def test_each_of_the_five_session_types_may_send_it(wire: Wire, kind: int) -> None:
    wire.send(as_line(ADD_REQUEST, token(10, kind)))
    assert (await wire.answer())["status"] == 200


async def test_what_the_example_sends_comes_back_with_every_core_field(wire: Wire) -> None:
    wire.send(as_line(ADD_REQUEST, TEN))
    event = (await wire.answer())["data"]["event"]
    sent = json.loads(ADD_REQUEST)["data"]
    ids = sent.pop("participant_manager_ids")
    assert missing(sent, event) == []
    assert [row["manager_id"] for row in event["participants"]] == ids
    assert [row["role"] for row in event["participants"]] == [0, 1, 1]
    assert (event["status"], event["all_day"], event["created_by"]) == (0, 0, 10)


@pytest.mark.parametrize("example", [PARTICIPANT_IDS, PARTICIPANT_ROWS])
async def test_both_formats_of_participants_work_on_create_and_update(
    wire: Wire, example: str
) -> None:
    fields = json.loads(example)
    created = await wire.call(TEN, "MngAddCalendarEvent", **new_event(**fields))
    await wire.call(TEN, "MngAddCalendarEvent", **new_event())
    updated = await wire.call(TEN, "MngUpdateCalendarEvent", id=2, **fields)
    for answered in (created, updated):
        assert (
            missing(fields.get("participants", []), answered["data"]["event"]["participants"]) == []
        )
    wanted = fields.get("participant_manager_ids") or [10]
    for answered in (created, updated):
        rows = answered["data"]["event"]["participants"]
        assert [row["manager_id"] for row in rows] == wanted


async def test_participants_are_used_if_both_formats_are_sent(wire: Wire) -> None:
    both = json.loads(PARTICIPANT_IDS) | json.loads(PARTICIPANT_ROWS)
    event = (await wire.call(TEN, "MngAddCalendarEvent", **new_event(**both)))["data"]["event"]
    assert [row["manager_id"] for row in event["participants"]] == [10]


@pytest.mark.parametrize("mask", DESK_FILTERS)
async def test_each_desk_filter_shows_the_desks_it_should(wire: Wire, mask: str) -> None:
    for desk in DESK_FILTERS["*"]:
        await wire.call(TEN, "MngAddCalendarEvent", **new_event(desk=desk))
    answered = await wire.call(TEN, "MngGetCalendarEventsByFilter", **everything(deskFilter=mask))
    assert [row["desk"] for row in answered["data"]["rows"]] == DESK_FILTERS[mask]


async def test_an_update_with_status_two_cancels_the_example(wire: Wire) -> None:
    wire.send(as_line(ADD_REQUEST, TEN))
    before = (await wire.answer())["data"]["event"]
    answered = await wire.call(TEN, "MngUpdateCalendarEvent", id=1, status=2)
    now = {"status": 2, "version": 2, "updated_by": 10}
    assert answered["data"]["event"] == before | now


async def test_every_participant_of_the_example_has_it_in_the_calendar(wire: Wire) -> None:
    wire.send(as_line(ADD_REQUEST, TEN))
    event = (await wire.answer())["data"]["event"]
    for manager_id in (10, 11, 12):
        listed = await wire.call(
            token(manager_id),
            "MngGetCalendarEventsByFilter",
            **everything(manager_id=manager_id, since=NOW, until=NOW + 3600),
        )
        assert listed["data"] == {"rows": [event], "count": 1}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"start_time": 0, "end_time": 0}, 400),
        ({"end_time": 1_709_999_999}, 400),
        ({"end_time": 1_710_000_000}, 200),
        ({"ast_json": None}, 200),
        ({"ast_json": "text"}, 200),
        ({"ast_json": {}}, 200),
        ({"ast_json": []}, 200),
        ({"ast_json": 1}, 400),
    ],
)
async def test_the_validation_rules_hold_for_the_example(
    wire: Wire, fields: dict[str, Any], status: int
) -> None:
    data = json.loads(ADD_REQUEST)["data"] | fields
    assert (await wire.call(TEN, "MngAddCalendarEvent", **data))["status"] == status
