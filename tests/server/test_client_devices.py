"""The client's methods for devices against a real server."""

import pytest

from deskcal import Client, Forbidden, InvalidField, NotFound
from harness import token
from helpers import NOW
from places import Place
from wire import serving

TEN = token(10, brands="acme", exp=NOW * 2)


async def test_a_device_is_added_listed_and_revoked(place: Place) -> None:
    async with (
        serving(place, max_devices=1) as server,
        Client.connect("127.0.0.1", server.port, token=TEN) as client,
    ):
        made = await client.add_device("Phone", brand="acme")
        assert (made.device.name, made.device.last_used_time) == ("Phone", 0)
        assert await client.get_devices() == [made.device]
        assert await client.get_devices(token=token(11, exp=NOW * 2)) == []
        with pytest.raises(InvalidField):
            await client.add_device("Second")
        with pytest.raises(Forbidden):
            await client.add_device("Third", brand="other")
        await client.delete_device(made.device.id)
        assert await client.get_devices() == []
        with pytest.raises(NotFound):
            await client.delete_device(made.device.id)
