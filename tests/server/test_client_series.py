"""The client's methods for series against a real server."""

from collections.abc import Awaitable, Callable

import pytest

from deskcal import Client, Conflict, InvalidField, ParticipantStatus, Rule
from harness import token
from helpers import NOW
from places import Place
from server.test_client_feed import FAR, TEN, RestartableServer

WEEK = 7 * 86_400


async def test_a_series_is_created_changed_and_ended(place: Place) -> None:
    server = RestartableServer(place)
    async with server.open(), Client.connect("127.0.0.1", server.port, token=TEN) as client:
        made = await client.add_series(
            Rule("FREQ=WEEKLY;COUNT=5"),
            title="Review",
            start_time=NOW + 60,
            end_time=NOW + 3660,
            participant_manager_ids=[11],
        )
        assert (made.occurrences, made.series.rrule) == (5, "FREQ=WEEKLY;COUNT=5")
        assert made.event.series_id == made.series.series_id
        page = await client.get_events_by_filter(since=NOW, until=NOW + 9 * WEEK)
        ids = [event.id for event in page.rows]
        later = await client.update_series(ids[2], 1, start_time=NOW + 2 * WEEK + 600)
        assert (later.changed, later.event.start_time) == (3, NOW + 2 * WEEK + 600)
        eleven = token(11, exp=FAR)
        answered = await client.respond_series(ids[2], 2, ParticipantStatus.ACCEPTED, token=eleven)
        assert answered.changed == 3
        assert (await client.archive_series(ids[4], 1)).changed == 1
        assert await client.delete_series(ids[3], 1) == [ids[3]]
        single = await client.update_series(ids[0], 2, rule=None)
        assert (single.series, single.event.series_id) == (None, 0)
        assert (await client.get_series(ids[2])).rrule.startswith("FREQ=WEEKLY")


async def test_answers_say_from_where_on_they_may_be_incomplete(place: Place) -> None:
    server = RestartableServer(place)
    async with server.open(), Client.connect("127.0.0.1", server.port, token=TEN) as client:
        start = NOW + 60
        made = await client.add_series(
            Rule("FREQ=WEEKLY"), title="Review", start_time=start, end_time=start + 60
        )
        near, far = NOW + 50 * WEEK, NOW + 70 * WEEK
        for until, horizon in ((near, None), (far, made.series.horizon)):
            since = until - WEEK
            page = await client.get_events_by_filter(since=since, until=until)
            busy = await client.get_free_busy([10], since, until)
            slots = await client.find_slots(
                manager_ids=[10], since=since, until=until, duration_sec=60
            )
            assert [page.horizon, busy.horizon, slots.horizon] == [horizon] * 3
            assert list(busy) == [10]
            assert slots


async def test_a_single_event_becomes_a_series(place: Place) -> None:
    server = RestartableServer(place)
    async with server.open(), Client.connect("127.0.0.1", server.port, token=TEN) as client:
        event = await client.add_event(title="Review", start_time=NOW + 60, end_time=NOW + 120)
        with pytest.raises(InvalidField):
            await client.get_series(event.id)
        made = await client.update_series(event.id, rule=Rule("FREQ=WEEKLY;COUNT=3"))
        assert (made.event.id, made.changed) == (event.id, 3)
        assert made.series is not None
        series_id = made.series.series_id
        assert made.event.series_id == series_id
        assert await client.get_series(series_id=series_id) == made.series
        assert await client.get_series(event.id) == made.series


async def test_a_series_is_changed_only_from_the_version_that_was_read(place: Place) -> None:
    server = RestartableServer(place)
    async with server.open(), Client.connect("127.0.0.1", server.port, token=TEN) as client:
        made = await client.add_series(
            Rule("FREQ=WEEKLY;COUNT=3"), title="Review", start_time=NOW + 60, end_time=NOW + 120
        )
        first, accepted = made.event.id, ParticipantStatus.ACCEPTED
        changes: list[Callable[[int], Awaitable[object]]] = [
            lambda version: client.update_series(first, 2, if_version=version, title="Other"),
            lambda version: client.respond_series(first, 2, accepted, if_version=version),
            lambda version: client.archive_series(first, 2, if_version=version),
            lambda version: client.delete_series(first, 2, if_version=version),
        ]
        for change in changes:
            with pytest.raises(Conflict):
                await change(7)
        assert (await client.get_event(first)).version == 1
        changed = await client.update_series(first, 2, if_version=1, title="Other")
        assert (changed.changed, changed.event.version) == (3, 2)
