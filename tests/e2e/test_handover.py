"""`deskcal handover` on a real server. Source: contract, section 15."""

import json
import re
import time

import pytest

from deskcal.cli.handover import table
from deskcal.client.batches import HandoverResult, HandoverShare
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
        assert await deskcal("handover", *who, "--dry-run") == (0, PREVIEW)
        status, output = await deskcal("handover", *who)
        assert (status, "Hand over 2 events of manager 12?" in output) == (1, True)
        status, output = await deskcal("handover", *who, "--yes")
        assert status == 0 and output.startswith(PREVIEW)
        undo = re.search(r"deskcal call (\w+) '(.+)'", output)
        assert undo is not None
        status, output = await deskcal("call", *options, undo[1], undo[2])
        assert (status, json.loads(output)["data"]["undone"]) == (0, 2)


@pytest.mark.parametrize("ids", ["", "x", "13,,14", "0", "13;14"])
async def test_ids_that_are_none_are_refused_with_an_example(ids: str) -> None:
    status, output = await deskcal("handover", "--from", "12", "--to", ids, "--token", "x")
    assert (status, "manager ids such as 13,14" in output) == (2, True)
