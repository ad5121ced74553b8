"""Nodes of one database that use other time zones are found out. Source: issue 12, no. 21."""

import logging

import psycopg
import pytest

from deskcal.core.zones import zone_data
from deskcal.limits import Limits
from places import Place, PostgresPlace
from postgres_server import PostgresServer

_NAMES = """
    SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, 'deskcal ')"""


@pytest.fixture
def database(postgres: PostgresServer) -> object:
    with postgres.database() as url:
        yield PostgresPlace(url)


async def test_nodes_with_the_same_zones_are_not_remarked_on(
    database: Place, caplog: pytest.LogCaptureFixture
) -> None:
    first = await database.open(Limits())
    second = await database.open(Limits())
    assert (await database.check()).differences == []
    await first.close()
    await second.close()
    assert "time zones" not in caplog.text


async def test_the_zones_are_found_beside_a_long_name_of_the_url(
    database: PostgresPlace,
) -> None:
    """PostgreSQL (18.4; NAMEDATALEN) cuts an `application_name` after 63 bytes, without an error.

    With the zones behind the name in the URL, 2026f was cut to 2026, or was not there.
    """
    for length in (45, 63):
        named = PostgresPlace(f"{database.url}?application_name={'n' * length}")
        store = await named.open(Limits())
        assert (await named.check()).differences == []
        async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as other:
            names = await (await other.execute(_NAMES)).fetchall()
        await store.close()
        assert {name.split()[1] for (name,) in names} == {f"zones={zone_data().version}"}


async def test_a_node_with_other_zones_is_in_the_log_and_in_the_check(
    database: PostgresPlace, caplog: pytest.LogCaptureFixture
) -> None:
    store = await database.open(Limits())
    await store.close()
    async with await psycopg.AsyncConnection.connect(
        database.url, application_name="deskcal zones=2025b"
    ):
        with caplog.at_level(logging.WARNING):
            store = await database.open(Limits())
        (difference,) = (await database.check()).differences
        await store.close()
    assert f"release 2025b and another one those of {zone_data().version}" in difference
    assert difference in caplog.text
