"""`deskcal handover` on a real server. Source: contract, section 15."""

import datetime as dt
import json
import re
import time
from typing import Any

import msgspec
import pytest

from deskcal.cli.handover import listing, table
from deskcal.cli.options import UtcTime
from deskcal.client.batches import HandoverResult, HandoverRow, HandoverShare
from e2e.process import deskcal, serve
from harness import token
from places import Place

PREVIEW = """\
manager    events  conflicts
13              2          0
14              0          0
total           2          0
"""


def test_the_table_has_a_row_for_each_manager_and_the_sum() -> None:
    shares = [HandoverShare(13, 120, 3), HandoverShare(1234567, 1, 0)]
    assert table(HandoverResult(121, shares, "x")) == (
        "manager    events  conflicts\n"
        "13            120          3\n"
        "1234567         1          0\n"
        "total         121          3"
    )


def row(event_id: int, start: str, end: str, **named: object) -> HandoverRow:
    """An event with times of Tuesday 2027-03-30 and after, UTC."""
    times = [int(dt.datetime.fromisoformat(f"{at}+00:00").timestamp()) for at in (start, end)]
    usual = {"all_day": 0, "timezone": "", "desk": "", "conflict": 0, "title": "Call", "type": 2}
    return msgspec.convert(
        {"id": event_id, "start_time": times[0], "end_time": times[1]} | usual | named, HandoverRow
    )


def test_the_list_marks_conflicts_and_counts_what_it_leaves_out() -> None:
    rows = [
        row(5, "2027-03-30T09:00", "2027-03-30T09:30", conflict=1, desk="DESK_EU"),
        row(6, "2027-03-30T23:00", "2027-03-31T01:00", title="Night\tshift"),
        row(7, "2027-03-30T22:00", "2027-03-31T22:00", all_day=1, timezone="Europe/Berlin"),
    ]
    assert listing(HandoverShare(13, 5, 1, rows)).splitlines() == [
        "",
        "to manager 13, times in UTC:",
        "! 2027-03-30 09:00-09:30  Call (event 5, DESK_EU): busy then",
        "  2027-03-30 23:00 to 2027-03-31 01:00  Night\\tshift (event 6)",
        "  2027-03-31 all day      Call (event 7)",
        "    and 2 more",
    ]
    assert listing(HandoverShare(14, 0, 0)) == ""


async def test_it_shows_asks_and_hands_over(place: Place) -> None:
    now = int(time.time())
    admin = token(99, type=3, exp=now + 3600)
    async with serve(place) as server:
        options = ("--connect", f"{server.host}:{server.port}", "--token", admin)
        for hour in (1, 2):
            start = now + hour * 3600
            event = {"title": "call", "start_time": start, "end_time": start + 60}
            data = json.dumps(event | {"owner_manager_id": 12})
            status, output = await deskcal("call", *options, "MngAddCalendarEvent", data)
            assert status == 0, output
        who = ("--from", "12", "--to", "13, 14", *options)
        assert await deskcal("handover", *who, "--dry-run", "--rows", "0") == (0, PREVIEW)
        status, output = await deskcal("handover", *who, "--dry-run")
        assert (status, output.startswith(PREVIEW)) == (0, True)
        assert re.findall(r"call \(event (\d)\)", output) == ["1", "2"]
        status, output = await deskcal("handover", *who)
        assert (status, "Hand over 2 events of manager 12?" in output) == (1, True)
        status, output = await deskcal("handover", *who, "--yes")
        assert status == 0 and output.startswith(PREVIEW)
        undo = re.search(r"deskcal call (\w+) '(.+)'", output)
        assert undo is not None
        status, output = await deskcal("call", *options, undo[1], undo[2])
        assert (status, json.loads(output)["data"]["undone"]) == (0, 2)


def at(time: int) -> str:
    return f"{dt.datetime.fromtimestamp(time, dt.UTC):%Y-%m-%dT%H:%M:%S}"


async def test_it_takes_a_period_and_a_role(place: Place) -> None:
    """Event n starts n hours from now; of the last one the manager is a participant only."""
    now = int(time.time())
    admin = token(99, type=3, exp=now + 3600)
    async with serve(place) as server:
        options = ("--connect", f"{server.host}:{server.port}", "--token", admin)
        for hour in (1, 2, 3):
            start = now + hour * 3600
            owner: dict[str, Any] = {"owner_manager_id": 12}
            if hour == 3:
                owner = {"owner_manager_id": 20, "participant_manager_ids": [12]}
            data = {"title": "call", "start_time": start, "end_time": start + 60, **owner}
            status, output = await deskcal(
                "call", *options, "MngAddCalendarEvent", json.dumps(data)
            )
            assert status == 0, output

        async def shown(*narrowed: str) -> list[str]:
            who = ("--from", "12", "--to", "13", *options)
            status, output = await deskcal("handover", *who, *narrowed, "--dry-run")
            assert status == 0, output
            return re.findall(r"call \(event (\d)\)", output)

        assert await shown("--since", at(now + 3700), "--until", f"{at(now + 10800)}Z") == ["2"]
        assert await shown("--role", "participant") == ["3"]
        assert await shown("--role", "participant", "--role", "owner") == ["1", "2", "3"]
        who = ("--from", "12", "--to", "13", "--since", at(now + 3700), "--role", "owner")
        status, output = await deskcal("handover", *who, *options, "--yes")
        assert status == 0 and "1 event handed over" in output
        assert await shown("--until", at(now + 10900)) == ["1", "3"]
        status, output = await deskcal("handover", *who, "--until", at(now), *options, "--yes")
        assert (status, "--until must be after --since, and in the future" in output) == (2, True)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2027-03-30", 1806364800),
        ("2027-03-30T09:30", 1806399000),
        ("2027-03-30 09:30:05", 1806399005),
        ("2027-03-30T09:30+02:00", 1806391800),
        ("2027-03-30T09:30Z", 1806399000),
    ],
)
def test_a_time_without_an_offset_is_utc(text: str, time: int) -> None:
    assert UtcTime().convert(text, None, None) == time


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-30", "1969-12-31", "1711000000"])
async def test_times_that_are_none_are_refused_with_an_example(text: str) -> None:
    who = ("--from", "12", "--to", "13", "--token", "x")
    status, output = await deskcal("handover", *who, "--until", text)
    assert (status, "a time such as 2027-03-30" in output) == (2, True)


@pytest.mark.parametrize("ids", ["", "x", "13,,14", "0", "13;14"])
async def test_ids_that_are_none_are_refused_with_an_example(ids: str) -> None:
    status, output = await deskcal("handover", "--from", "12", "--to", ids, "--token", "x")
    assert (status, "manager ids such as 13,14" in output) == (2, True)
