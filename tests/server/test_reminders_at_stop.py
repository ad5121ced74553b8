"""A reminder in a stop: what left the socket is not repeated, what did not comes again."""

import json
from typing import Any

import pytest

from harness import everything, new_event, token
from helpers import NOW
from places import Place
from wire import Running, Wire, serving, until

TEN = token(10)


async def reminder_titles(wire: Wire) -> list[str]:
    """Titles of the reminders that a new connection of manager 10 gets, to the newest one."""
    wire.ask(TEN, "Ping")
    wire.ask(TEN, "MngAddCalendarEvent", "last", **new_event(title="last", remind_time=NOW - 1))
    titles: list[str] = []
    while "last" not in titles:
        message = json.loads(await wire.line())
        if isinstance(message, list):
            titles.append(message[1])
    return titles


@pytest.mark.parametrize("is_stopped_first", [False, True])
async def test_a_reminder_that_was_read_before_a_stop_is_not_repeated(
    place: Place, is_stopped_first: bool
) -> None:
    async with serving(place) as running:
        running.is_stopped_first = is_stopped_first
        wire = await running.connect()
        await wire.call(TEN, "Ping")
        wire.ask(TEN, "MngAddCalendarEvent", **new_event(title="read", remind_time=NOW - 1))
        while b'"n"' not in await wire.line():
            pass
    async with serving(place) as running:
        assert await reminder_titles(await running.connect()) == ["last"]


async def stocked(running: Running) -> None:
    wire = await running.connect()
    for _ in range(40):
        await wire.call(token(1, 11), "MngAddCalendarEvent", **new_event(ast_json="x" * 150_000))


@pytest.mark.parametrize("is_stopped_first", [False, True])
async def test_a_reminder_that_had_not_left_at_a_stop_comes_again(
    place: Place, is_stopped_first: bool
) -> None:
    """Issue 12: it was taken for sent, as its connection was closed before anybody looked."""
    limits: dict[str, Any] = {"stop_timeout_sec": 0.1}
    async with serving(place, **limits) as running:
        running.is_stopped_first = is_stopped_first
        await stocked(running)
        deaf = await running.connect()
        await deaf.call(TEN, "Ping")
        deaf.stop_reading()
        deaf.ask(token(1, 11), "MngGetCalendarEventsByFilter", **everything())
        await until(lambda: running.server.unsent_bytes > 1_000_000)
        before = running.server.unsent_bytes
        other = await running.connect()
        late = new_event(title="held", remind_time=NOW - 1, owner_manager_id=10)
        await other.call(token(1, 11), "MngAddCalendarEvent", **late)
        await until(lambda: running.server.unsent_bytes > before)
    async with serving(place) as running:
        assert await reminder_titles(await running.connect()) == ["held", "last"]
