"""Two nodes on one database: a device that is revoked on one, used on the other."""

from collections.abc import Iterator

import pytest

from harness import open_desk, token
from places import PostgresPlace
from postgres_server import PostgresServer

TEN = token(10)


@pytest.fixture
def place(postgres: PostgresServer) -> Iterator[PostgresPlace]:
    with postgres.database() as url:
        yield PostgresPlace(url)


async def test_a_node_refuses_at_once_what_another_has_revoked(place: PostgresPlace) -> None:
    async with open_desk(place) as one, open_desk(place) as other:
        made = await one.call(TEN, "MngAddCalendarDevice", name="Phone")
        password = made["data"]["password"]
        for _ in range(2):
            found = await other.services.devices.verify(10, password, "192.0.2.1")
            assert found is not None and found.name == "Phone"
        await one.call(TEN, "MngDeleteCalendarDevice", id=made["data"]["device"]["id"])
        assert await other.services.devices.verify(10, password, "192.0.2.1") is None


async def test_a_use_on_one_node_is_shown_by_the_other(place: PostgresPlace) -> None:
    async with open_desk(place) as one, open_desk(place) as other:
        made = await one.call(TEN, "MngAddCalendarDevice", name="Phone")
        await other.services.devices.verify(10, made["data"]["password"], "192.0.2.1")
        (shown,) = (await one.call(TEN, "MngGetCalendarDevices"))["data"]["devices"]
        assert shown["last_used_time"] == int(other.clock())
