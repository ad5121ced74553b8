"""Devices on PostgreSQL. The command line changes them too, while servers run."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from deskcal.core.devices import Device
from deskcal.limits import Limits
from deskcal.store.batch.batch import Batch
from deskcal.store.columns.devices import device_of, values_of
from deskcal.store.postgres.connection import Connection, Read, RunJob
from deskcal.store.postgres.directory import within

_Result = TypeVar("_Result")

_ALL = """
    SELECT id, manager_id, name, brand, type, desks, brands, selector, hash, created_time,
        last_used_time
    FROM device WHERE manager_id = %(manager)s
    ORDER BY id"""
_USABLE = """
    SELECT id, manager_id, name, brand, type, desks, brands, selector, hash, created_time,
        last_used_time
    FROM device WHERE manager_id = %(manager)s
        AND NOT EXISTS (SELECT 1 FROM manager AS m WHERE m.id = %(manager)s AND m.disabled <> 0)
    ORDER BY id"""
_COUNT = "SELECT count(*) FROM device WHERE manager_id = %s"
_INSERT = """
    INSERT INTO device (manager_id, name, brand, type, desks, brands, selector, hash, created_time,
        last_used_time)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"""
_DELETE = "DELETE FROM device WHERE manager_id = %s AND id = %s"
_USED = "UPDATE device SET last_used_time = greatest(last_used_time, %s) WHERE id = %s"


class PostgresDevices:
    """A `DeviceStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def add(self, device: Device, most: int) -> Device | None:
        """Adds a device."""

        async def run(connection: Connection, _: Batch) -> Device | None:
            return await _add(connection, device, most)

        added: Device | None = await self._job(run)
        return added

    async def all(self, manager_id: int) -> list[Device]:
        """By id."""
        found: list[Device] = await self._read(_devices, _ALL, manager_id)
        return found

    async def usable(self, manager_id: int) -> list[Device]:
        """By id."""
        found: list[Device] = await self._read(_devices, _USABLE, manager_id)
        return found

    async def delete(self, manager_id: int, device_id: int) -> bool:
        """Deletes a device."""

        async def run(connection: Connection, _: Batch) -> bool:
            return await _delete(connection, manager_id, device_id)

        deleted: bool = await self._job(run)
        return deleted

    async def used(self, device_id: int, time: int) -> None:
        """Records a use."""

        async def run(connection: Connection, _: Batch) -> None:
            await connection.execute(_USED, (time, device_id))

        await self._job(run)


class PostgresDevicesAt:
    """A `BlockingDevices` for the database that a URL names."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._url = url
        self._limits = limits

    def add(self, device: Device, most: int) -> Device | None:
        """Adds a device."""
        return self._within(lambda connection: _add(connection, device, most))

    def all(self, manager_id: int) -> list[Device]:
        """By id."""
        return self._within(lambda connection: _devices(connection, _ALL, manager_id))

    def delete(self, manager_id: int, device_id: int) -> bool:
        """Deletes a device."""
        return self._within(lambda connection: _delete(connection, manager_id, device_id))

    def _within(self, work: Callable[[Connection], Awaitable[_Result]]) -> _Result:
        return asyncio.run(within(self._url, self._limits, "devices", work))


async def _devices(connection: Connection, statement: str, manager_id: int) -> list[Device]:
    values: Any = {"manager": manager_id}
    rows = await (await connection.execute(statement.encode(), values)).fetchall()
    return [device_of(row) for row in rows]


async def _add(connection: Connection, device: Device, most: int) -> Device | None:
    """Two nodes that add at the same time may both add the last one."""
    counted = await (await connection.execute(_COUNT, (device.manager_id,))).fetchone()
    if counted is not None and counted[0] >= most:
        return None
    made = await (await connection.execute(_INSERT, values_of(device))).fetchone()
    assert made is not None
    return msgspec.structs.replace(device, id=made[0])


async def _delete(connection: Connection, manager_id: int, device_id: int) -> bool:
    return (await connection.execute(_DELETE, (manager_id, device_id))).rowcount == 1
