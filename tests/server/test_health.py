"""Health, readiness and metrics over HTTP."""

import asyncio
import importlib

import pytest

from deskcal.errors import Unavailable
from harness import everything, new_event, token
from http_get import get, serving
from places import Place, SqlitePlace


async def metrics(address: str) -> dict[str, float]:
    """What `/metrics` tells, by name with labels."""
    lines = (await get(address, "/metrics")).body.decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def test_a_server_that_takes_requests_is_alive_and_ready(place: Place) -> None:
    async with serving(place) as (_, address):
        assert (await get(address, "/healthz")).status == 200
        ready = await get(address, "/readyz")
        assert (ready.status, ready.body) == (200, b"ready\n")
        assert ready.headers["cache-control"] == "no-store"


async def test_a_server_that_stops_is_alive_but_not_ready(place: Place) -> None:
    async with serving(place) as (desk, address):
        desk.dispatcher.lifecycle.is_stopping = True
        assert (await get(address, "/healthz")).status == 200
        ready = await get(address, "/readyz")
        assert (ready.status, ready.body) == (503, b"not ready: the server is stopping\n")


async def test_a_store_that_does_not_answer_makes_it_unready(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = importlib.import_module("deskcal.http.page")
    async with serving(place) as (desk, address):
        never = asyncio.get_running_loop().create_future()
        with monkeypatch.context() as patch:
            patch.setattr(page, "READY_SEC", 0.05)
            patch.setattr(desk.services.store, "load", lambda _: asyncio.shield(never))
            ready = await get(address, "/readyz")
            assert ready.status == 503 and b"small read within 0.05 s" in ready.body
            assert (await get(address, "/healthz")).status == 200
        assert (await get(address, "/readyz")).status == 200


async def test_a_store_that_fails_makes_it_unready(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: int) -> None:
        raise Unavailable("the database failed")

    async with serving(place) as (desk, address):
        monkeypatch.setattr(desk.services.store, "load", fails)
        ready = await get(address, "/readyz")
        assert ready.body == b"not ready: the store can't be used: the database failed\n"


async def test_requests_are_counted_by_command_and_status(place: Place) -> None:
    ten = token(10)
    async with serving(place) as (desk, address):
        event = await desk.add(ten)
        for _ in range(3):
            await desk.call(ten, "MngGetCalendarEvent", id=event["id"])
        await desk.call(ten, "MngGetCalendarEvent", id=999)
        await desk.call(ten, "MngAddCalendarEvent", **new_event(title=""))
        await desk.call(ten, "MngUpdateCalendarEvent", id=event["id"], if_version=7)
        await desk.call(ten, "MngGetCalendarEventsByFilter", **everything())
        await desk.call("no token", "MngGetCalendarEvent", id=1)
        await desk.call(None, "Ping")
        await desk.call(ten, "Ping")
        for name in ("MngNoSuchThing", "MngNorThis"):
            await desk.call(ten, name)
        await desk.frame(b"rubbish")
        found = await metrics(address)
    counted = {
        name.removeprefix("deskcal_requests_total"): value
        for name, value in found.items()
        if name.startswith("deskcal_requests_total") and value
    }
    assert counted == {
        '{command="MngAddCalendarEvent",status="200"}': 1,
        '{command="MngAddCalendarEvent",status="400"}': 1,
        '{command="MngGetCalendarEvent",status="200"}': 3,
        '{command="MngGetCalendarEvent",status="401"}': 1,
        '{command="MngGetCalendarEvent",status="404"}': 1,
        '{command="MngGetCalendarEventsByFilter",status="200"}': 1,
        '{command="MngUpdateCalendarEvent",status="409"}': 1,
        '{command="Ping",status="200"}': 2,
        '{command="unknown",status="400"}': 1,
        '{command="unknown",status="405"}': 2,
    }


async def test_queue_cache_feed_and_reminders_have_their_metrics(place: Place) -> None:
    async with serving(place) as (desk, address):
        await desk.add(token(10))
        async with asyncio.timeout(20):
            while (found := await metrics(address))["deskcal_writer_queue"]:
                continue  # What the server does at its start may be waiting.
    assert (found["deskcal_cache_bytes"] > 0) == isinstance(place, SqlitePlace)
    for name in (
        "deskcal_feed_subscribers",
        "deskcal_feed_resyncs_total",
        'deskcal_reminders_total{outcome="fired"}',
        'deskcal_reminders_total{outcome="delivered"}',
        'deskcal_reminders_total{outcome="missed"}',
        'deskcal_connections{transport="tcp"}',
        'deskcal_connections{transport="websocket"}',
    ):
        assert found[name] == 0
