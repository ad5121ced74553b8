"""A visible occurrence of a series that is not visible. Source: contract, sections 3 and 13."""

from typing import Any

import pytest

from commands.series_calls import SERIES, TEN, UPDATE, add, ask, error_of, monday, ok, rows
from harness import Desk, token
from helpers import NOW

THERE = {"brand": "other", "desk": "HERE"}
GUEST = token(30, desks="HERE", brands="other", exp=NOW * 2)
"""Sees the occurrence that has moved to another brand, and nothing else of its series."""


async def moved(desk: Desk, **fields: Any) -> dict[str, Any]:
    """The third occurrence of the review, moved to another brand under a title of its own."""
    await add(desk, title="Secret", location="Secret", **fields)
    third = (await rows(desk))[2]
    sent = {"id": third["id"], "title": "Open", "location": ""} | THERE
    answer = await ok(desk, UPDATE, sent, TEN)
    event: dict[str, Any] = answer["event"]
    return event


@pytest.mark.parametrize("scope", [1, 2])
@pytest.mark.parametrize("sent", [{}, THERE])
async def test_another_rule_makes_nothing_of_an_invisible_series(
    desk: Desk, scope: int, sent: dict[str, Any]
) -> None:
    event = await moved(desk)
    rule = {"recurrence": {"rrule": "FREQ=WEEKLY;BYDAY=MO;COUNT=9"}}
    before = await rows(desk)
    answer = await ask(desk, UPDATE, {"id": event["id"], "scope": scope} | rule | sent, GUEST)
    assert (answer["status"], error_of(answer)["field"]) == (403, "recurrence")
    assert "default" not in str(answer) and "DESK" not in str(answer)
    assert await rows(desk) == before


@pytest.mark.parametrize("scope", [1, 2])
@pytest.mark.parametrize(
    ("command", "sent", "field"),
    [
        (UPDATE, {"recurrence": None}, "recurrence"),
        (UPDATE, {"start_time": monday(2, 16)}, "scope"),
        (UPDATE, {"all_day": 1}, "scope"),
        ("MngDeleteCalendarEvent", {}, "scope"),
    ],
)
async def test_an_invisible_series_is_not_moved_or_ended(
    desk: Desk, command: str, sent: dict[str, Any], field: str, scope: int
) -> None:
    event = await moved(desk)
    before = await rows(desk), await ok(desk, SERIES, {"id": event["id"]}, TEN)
    answer = await ask(desk, command, {"id": event["id"], "scope": scope} | sent, GUEST)
    assert (answer["status"], error_of(answer)["field"]) == (403, field)
    assert (await rows(desk), await ok(desk, SERIES, {"id": event["id"]}, TEN)) == before
    await ok(desk, "MngDeleteCalendarEvent", {"id": event["id"]}, GUEST)
    assert len(await rows(desk)) == len(before[0]) - 1


@pytest.mark.parametrize("scope", [1, 2])
async def test_an_invisible_series_does_not_come_along_with_its_occurrence(
    desk: Desk, scope: int
) -> None:
    event = await moved(desk)
    sent = {"id": event["id"], "scope": scope, "priority": 3, "participant_manager_ids": [30]}
    before = await ok(desk, SERIES, {"id": event["id"]}, TEN)
    answer = await ok(desk, UPDATE, sent | THERE, GUEST)
    assert (answer["changed"], answer["event"]["priority"]) == (1, 3)
    assert "priority" in answer["event"]["own_fields"]
    assert await ok(desk, SERIES, {"id": event["id"]}, TEN) == before
    exported = await ok(desk, "MngExportCalendarEvents", {"deskFilter": "*"}, GUEST)
    assert "SUMMARY:Open" in exported["ics"] and "Secret" not in exported["ics"]
    assert [row["id"] for row in await rows(desk, GUEST)] == [event["id"]]
    titles = [row["title"] for row in await rows(desk)]
    assert titles.count("Secret") == 5
    found = await ok(desk, SERIES, {"id": event["id"]}, GUEST)
    assert found["series"]["own"] == [event["id"]]
