"""Requests leave nothing in memory that only the garbage collector would free."""

import gc
from typing import Any

import pytest

from harness import Desk, token

REQUESTS: dict[str, dict[str, Any]] = {
    "change": {"command": "MngUpdateCalendarEvent", "title": "other"},
    "no change": {"command": "MngCompleteCalendarEvent"},
    "refused": {"command": "MngUpdateCalendarEvent", "title": "x", "if_version": 0},
    "not found": {"command": "MngGetCalendarEvent", "id": 99},
}


@pytest.mark.parametrize("what", REQUESTS)
async def test_a_request_leaves_no_garbage(desk: Desk, what: str) -> None:
    data = {"id": (await desk.add(token(10)))["id"]} | REQUESTS[what]
    command = data.pop("command")
    await desk.call(token(10), command, **data)
    mine = token(10)
    gc.collect()
    gc.disable()
    try:
        for _ in range(30):
            await desk.call(mine, command, **data)
        assert gc.collect() < 30
    finally:
        gc.enable()
