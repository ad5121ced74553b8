"""Devices of managers, by what every store offers, and by the command line beside a server."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from deskcal.core.devices import Device
from deskcal.limits import Limits
from deskcal.store.ports import Store, StoreError
from deskcal.store.sqlite.devices import SqliteDevicesIn
from helpers import NOW
from places import Place
from store.conftest import Backend

PHONE = Device(
    manager_id=10,
    name="Phone",
    brand="default",
    type=1,
    desks="*",
    brands="*",
    selector="abcd",
    hash="scrypt$",
    created_time=NOW,
)


async def test_devices_are_kept_over_a_restart(backend: Backend) -> None:
    store = await backend.open()
    assert await store.devices.add(PHONE, 9) == msgspec.structs.replace(PHONE, id=1)
    await store.devices.used(1, NOW + 5)
    store = await backend.open()
    used = msgspec.structs.replace(PHONE, id=1, last_used_time=NOW + 5)
    assert await store.devices.all(10) == [used]
    assert await store.devices.usable(10) == [used]
    assert await store.devices.all(11) == []


async def test_an_id_is_never_given_out_again(store: Store) -> None:
    await store.devices.add(PHONE, 9)
    assert await store.devices.delete(10, 1)
    added = await store.devices.add(PHONE, 9)
    assert added is not None and added.id == 2


async def test_only_the_managers_own_device_is_deleted(store: Store) -> None:
    await store.devices.add(PHONE, 9)
    assert not await store.devices.delete(11, 1)
    assert await store.devices.delete(10, 1)
    assert not await store.devices.delete(10, 1)


async def test_no_more_are_added_than_allowed(store: Store) -> None:
    assert await store.devices.add(PHONE, 1) is not None
    assert await store.devices.add(PHONE, 1) is None
    assert len(await store.devices.all(10)) == 1


async def test_the_command_line_changes_them_while_a_server_runs(
    place: Place, store: Store
) -> None:
    beside = place.backend(Limits()).devices()
    added = await asyncio.to_thread(beside.add, PHONE, 9)
    assert added is not None
    assert await store.devices.all(10) == [added] == await asyncio.to_thread(beside.all, 10)
    assert not await asyncio.to_thread(beside.delete, 11, added.id)
    assert await asyncio.to_thread(beside.delete, 10, added.id)
    assert await store.devices.all(10) == []


def test_no_devices_are_listed_where_there_is_no_store(tmp_path: Path) -> None:
    assert SqliteDevicesIn(tmp_path / "none").all(10) == []
    assert not (tmp_path / "none").exists()


def test_a_store_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    (tmp_path / "deskcal.db").write_text("no database, but a file of some length" * 100)
    with pytest.raises(StoreError):
        SqliteDevicesIn(tmp_path).all(10)
