"""Real processes: killed under load, started again, stopped, started twice."""

import asyncio
import itertools
import signal
from pathlib import Path
from typing import Any

import pytest

from deskcal import Client, Event
from e2e.process import WAIT_SEC, ServerProcess, deskcal, serve, until_gone
from harness import token
from helpers import NEVER
from places import Place, SqlitePlace

TEN = token(10, exp=NEVER)
START = 1_710_000_000


def client(server: ServerProcess, **options: Any) -> Client:
    return Client.connect(server.host, server.port, token=TEN, **options)


async def write(server: ServerProcess, number: int, answered: dict[int, str]) -> None:
    """Creates events until the server is gone."""
    async with client(server, timeout_sec=WAIT_SEC) as own:
        await until_gone(own, create(own, number, answered))


async def create(own: Client, number: int, answered: dict[int, str]) -> None:
    """Events without end, each with guests and a text."""
    for step in itertools.count():
        title = f"{number} {step}"
        event = await own.add_event(
            title=title,
            start_time=START + step,
            end_time=START + step + 60,
            ast_json={"title": title, "text": "x" * 500},
            participant_manager_ids=[10, 20 + number, 40 + number],
        )
        assert event.title == title
        answered[event.id] = title


async def stored(server: ServerProcess) -> list[Event]:
    async with client(server) as own:
        page = await own.get_events_by_filter(since=START, until=START * 2, limit=50_000)
    assert page.count == len(page.rows)
    return page.rows


async def test_every_answered_create_survives_kill_9_under_concurrent_writers(
    place: Place,
) -> None:
    answered: dict[int, str] = {}
    for round_ in range(3):
        wanted = len(answered) + 150
        async with serve(place) as server:
            writers = [asyncio.create_task(write(server, n, answered)) for n in range(16)]
            async with asyncio.timeout(WAIT_SEC):
                while len(answered) < wanted:
                    await asyncio.sleep(0)
            await server.kill()
            await asyncio.gather(*writers)
        status, output = await deskcal("check", *place.options)
        assert (status, output.splitlines()[-1]) == (0, "no differences"), round_
    async with serve(place) as server:
        events = await stored(server)
    titles = {event.id: event.title for event in events}
    assert len(titles) == len(events)
    assert {number: titles.get(number) for number in answered} == answered
    for event in events:
        assert event.version == 1
        assert len(event.participants) == 3
        assert event.title.encode() in bytes(event.ast_json)


async def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    place = SqlitePlace(tmp_path / "data")
    async with serve(place) as server:
        status, output = await deskcal("serve", *place.options, "--tcp", "127.0.0.1:0")
        assert status != 0
        assert "in use by another deskcal" in output and str(place.directory) in output
        async with client(server) as own:
            assert await own.ping() > 0
    async with serve(place) as server, client(server) as own:
        assert await own.ping() > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_server_in_time_with_status_zero(
    place: Place, number: signal.Signals
) -> None:
    """Also with clients that write, that idle and that have subscribed."""
    answered: dict[int, str] = {}
    async with serve(place) as server:
        idle = await asyncio.open_connection(server.host, server.port)
        async with client(server) as own:
            await own.subscribe(["calendar"])
            writers = [asyncio.create_task(write(server, n, answered)) for n in range(4)]
            async with asyncio.timeout(WAIT_SEC):
                while len(answered) < 50:
                    await asyncio.sleep(0)
            assert await server.stop(number) == 0
            await asyncio.gather(*writers)
        idle[1].close()
    async with serve(place) as server:
        titles = {event.id: event.title for event in await stored(server)}
    assert {number: titles.get(number) for number in answered} == answered
