"""All-day events are found by their dates, whatever instants were sent, on both backends."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import apsw
import psycopg
import pytest

from deskcal.core.filters import EventFilter
from deskcal.core.masks import brand_mask, desk_mask
from deskcal.limits import Limits
from deskcal.store.ports import Store, StoreError
from deskcal.store.postgres.store import open_postgres
from deskcal.store.sqlite.connection import DATABASE
from places import Place, PostgresPlace, SqlitePlace
from postgres_server import PostgresServer
from store.mutations import ADMIN_SESSION, adding, changing, ids, listed

TOKYO, BEIRUT, APIA = "Asia/Tokyo", "Asia/Beirut", "Pacific/Apia"


def at(text: str, zone: str = "UTC") -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


async def opened(place: Place, default_timezone: str) -> Store:
    return await place.open(Limits(), default_timezone=default_timezone)


async def between(store: Store, since: int, until: int, **named: Any) -> list[int]:
    return await ids(store, since=since, until=until, **named)


async def test_an_all_day_event_is_in_the_range_of_every_second_of_its_dates(store: Store) -> None:
    noon = at("2026-11-27T12:00")
    await store.mutate(adding(all_day=1, start_time=noon, end_time=noon))
    midnight, following = at("2026-11-27T00:00"), at("2026-11-28T00:00")
    for named in ({}, {"manager_id": 10}, {"manager_ids": (10, 11)}):
        assert await between(store, midnight, midnight + 1, **named) == [1]
        assert await between(store, following - 1, following, **named) == [1]
        assert await between(store, midnight - 9, midnight, **named) == []
        assert await between(store, following, following + 9, **named) == []
    assert await ids(store, overdue_at=following - 1) == []
    assert await ids(store, overdue_at=following) == [1]


@pytest.mark.parametrize(
    ("zone", "day", "first", "after"),
    [
        (TOKYO, "2026-11-27T12:00", "2026-11-27T00:00", "2026-11-28T00:00"),
        (BEIRUT, "2022-03-27T12:00", "2022-03-27T01:00", "2022-03-28T00:00"),
        ("America/Havana", "2024-03-10T12:00", "2024-03-10T01:00", "2024-03-11T00:00"),
        ("Africa/Cairo", "2026-04-24T12:00", "2026-04-24T01:00", "2026-04-25T00:00"),
        (APIA, "2011-12-29T12:00", "2011-12-29T00:00", "2011-12-31T00:00"),
    ],
)
async def test_dates_are_read_in_the_zone_of_the_event(
    store: Store, zone: str, day: str, first: str, after: str
) -> None:
    noon, since, until = at(day, zone), at(first, zone), at(after, zone)
    await store.mutate(adding(all_day=1, timezone=zone, type=3, start_time=noon, end_time=noon))
    assert await between(store, since, since + 1) == [1]
    assert await between(store, since - 1, since) == []
    assert await between(store, until - 1, until) == [1]
    assert await between(store, until, until + 1) == []
    busy = await store.busy([10], since - 5, until + 5, brand_mask("*"))
    assert busy[10].all() == [(since, until)]


async def test_rows_are_in_the_order_of_the_dates_and_times_are_as_sent(store: Store) -> None:
    day = at("2026-11-27T00:00")
    await store.mutate(adding(start_time=day + 3600, end_time=day + 7200))
    noon = day + 43_200
    await store.mutate(adding(all_day=1, start_time=noon, end_time=noon + 60))
    rows, _ = await listed(store, since=day, until=day + 86_400)
    assert [row["id"] for row in rows] == [2, 1]
    assert (rows[0]["start_time"], rows[0]["end_time"]) == (noon, noon + 60)
    await store.mutate(changing(2, all_day=0))
    assert await between(store, day, day + 86_400) == [1, 2]
    assert await between(store, day, day + 3600) == []


async def test_another_default_timezone_moves_the_events_without_a_zone(place: Place) -> None:
    noon = at("2026-11-27T12:00")
    store = await opened(place, "UTC")
    await store.mutate(adding(all_day=1, start_time=noon, end_time=noon))
    await store.mutate(adding(all_day=1, start_time=noon, end_time=noon, timezone="UTC"))
    await store.mutate(adding(start_time=noon, end_time=noon))
    await store.close()
    store = await opened(place, TOKYO)
    first = at("2026-11-27T00:00", TOKYO)
    assert await between(store, first, first + 1) == [1]
    assert await between(store, first, first + 1, manager_id=10) == [1]
    assert await between(store, at("2026-11-27T23:00"), at("2026-11-28T00:00")) == [2]
    await store.mutate(changing(1, title="other"))
    await store.close()
    assert (await place.check()).differences == []


async def test_another_default_timezone_moves_the_end_that_reminders_are_checked_against(
    place: Place,
) -> None:
    """Noon in UTC is 21:00 in Tokyo: the date is over three hours later."""
    noon = at("2026-11-27T12:00")
    evening = noon + 8 * 3600
    store = await opened(place, "UTC")
    await store.mutate(adding(all_day=1, start_time=noon, end_time=noon, remind_time=evening))
    assert await store.reminders.next_due() == evening
    await store.close()
    for default_timezone, due in ((TOKYO, None), ("UTC", evening)):
        store = await opened(place, default_timezone)
        assert await store.reminders.next_due() == due
        await store.close()
        assert (await place.check()).differences == []


OLD_INDEX = (
    "UPDATE all_day_index SET default_timezone = '', zones = ''",
    "UPDATE event SET start_time = {noon}, end_time = {noon}, duration_class = 0 WHERE id = 1",
    "UPDATE event_manager SET start_time = {noon}, end_time = {noon}, duration_class = 0"
    " WHERE event_id = 1",
)
"""As a store of the time before has it."""


async def test_a_store_of_the_time_before_is_brought_up_to_date(place: Place) -> None:
    noon = at("2026-11-27T12:00")
    store = await opened(place, "UTC")
    await store.mutate(adding(all_day=1, start_time=noon, end_time=noon))
    await store.close()
    for text in OLD_INDEX:
        statement = text.format(noon=noon)
        if isinstance(place, SqlitePlace):
            connection = apsw.Connection(str(place.directory / DATABASE))
            connection.execute(statement)
            connection.close()
        elif isinstance(place, PostgresPlace):
            with psycopg.connect(place.url, autocommit=True) as database:
                database.execute(statement.encode())
    assert len((await place.check()).differences) == 2
    store = await opened(place, "UTC")
    assert await between(store, noon - 43_200, noon - 43_199) == [1]
    await store.close()
    assert (await place.check()).differences == []


async def test_a_node_with_another_default_timezone_is_refused(postgres: PostgresServer) -> None:
    with postgres.scratch_database() as url:
        store = await open_postgres(url, Limits(), default_timezone=TOKYO)
        with pytest.raises(StoreError, match="give all nodes of a database the same"):
            await open_postgres(url, Limits(), default_timezone=BEIRUT)
        await store.close()
        await (await open_postgres(url, Limits(), default_timezone=BEIRUT)).close()


async def test_all_day_events_and_others_agree_with_a_walk(store: Store) -> None:
    """Ranges of an hour over three days, both kinds, against the dates."""
    start = at("2026-11-26T00:00")
    for number in range(8):
        noon = start + number * 21_600
        await store.mutate(adding(all_day=number % 2, start_time=noon, end_time=noon + 3600))
    for hour in range(0, 96, 3):
        since, until = start + hour * 3600, start + (hour + 1) * 3600
        wanted = []
        for number in range(8):
            begin, end = start + number * 21_600, start + number * 21_600 + 3600
            if number % 2:
                begin = begin - begin % 86_400
                end = begin + 86_400
            if begin < until and end > since:
                wanted.append(number + 1)
        filter_ = EventFilter(since=since, until=until, limit=99, desk_filter=desk_mask("*"))
        assert (await store.list_events(filter_, ADMIN_SESSION)).count == len(wanted), hour
        assert sorted(await between(store, since, until)) == wanted
