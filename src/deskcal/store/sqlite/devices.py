"""Devices in the embedded store.

The command line changes them too, while a server runs, in short transactions of its own.
"""

from pathlib import Path
from typing import Any

import apsw
import msgspec

from deskcal.core.devices import Device
from deskcal.store.batch.batch import Batch
from deskcal.store.columns.devices import device_of, values_of
from deskcal.store.ports import StoreError
from deskcal.store.sqlite.changes import Read, RunJob
from deskcal.store.sqlite.connection import DATABASE, connection_in, why

_ALL = """
    SELECT id, manager_id, name, brand, type, desks, brands, selector, hash, created_time,
        last_used_time
    FROM device WHERE manager_id = ?1
    ORDER BY id"""
_USABLE = """
    SELECT id, manager_id, name, brand, type, desks, brands, selector, hash, created_time,
        last_used_time
    FROM device WHERE manager_id = ?1
        AND NOT EXISTS (SELECT 1 FROM manager AS m WHERE m.id = ?1 AND m.disabled)
    ORDER BY id"""
_COUNT = "SELECT count(*) FROM device WHERE manager_id = ?"
_INSERT = """
    INSERT INTO device (manager_id, name, brand, type, desks, brands, selector, hash, created_time,
        last_used_time)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""
_DELETE = "DELETE FROM device WHERE manager_id = ? AND id = ? RETURNING id"
_USED = "UPDATE device SET last_used_time = max(last_used_time, ?) WHERE id = ?"


class SqliteDevices:
    """A `DeviceStore`."""

    def __init__(self, read: Read, job: RunJob) -> None:
        self._read = read
        self._job = job

    async def add(self, device: Device, most: int) -> Device | None:
        """Adds a device."""

        def run(connection: apsw.Connection, _: Batch) -> Device | None:
            return _add(connection, device, most)

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

        def run(connection: apsw.Connection, _: Batch) -> bool:
            return _delete(connection, manager_id, device_id)

        deleted: bool = await self._job(run)
        return deleted

    async def used(self, device_id: int, time: int) -> None:
        """Records a use."""

        def run(connection: apsw.Connection, _: Batch) -> None:
            connection.execute(_USED, (time, device_id))

        await self._job(run)


class SqliteDevicesIn:
    """A `BlockingDevices` for the store in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def add(self, device: Device, most: int) -> Device | None:
        """Adds a device."""
        added: Device | None = self._within(_add, device, most)
        return added

    def all(self, manager_id: int) -> list[Device]:
        """By id; nothing where there is no store."""
        if not (self._directory / DATABASE).exists():
            return []
        found: list[Device] = self._within(_devices, _ALL, manager_id)
        return found

    def delete(self, manager_id: int, device_id: int) -> bool:
        """Deletes a device."""
        deleted: bool = self._within(_delete, manager_id, device_id)
        return deleted

    def _within(self, work: Any, *values: Any) -> Any:
        try:
            connection = connection_in(self._directory)
            with connection:
                found = work(connection, *values)
            connection.close()
        except apsw.Error as exc:
            raise StoreError(f"the devices in {self._directory} can't be used: {why(exc)}") from exc
        return found


def _devices(connection: apsw.Connection, statement: str, manager_id: int) -> list[Device]:
    return [device_of(row) for row in connection.execute(statement, (manager_id,))]


def _add(connection: apsw.Connection, device: Device, most: int) -> Device | None:
    if connection.execute(_COUNT, (device.manager_id,)).get >= most:
        return None
    device_id = connection.execute(_INSERT, values_of(device)).get
    return msgspec.structs.replace(device, id=device_id)


def _delete(connection: apsw.Connection, manager_id: int, device_id: int) -> bool:
    return connection.execute(_DELETE, (manager_id, device_id)).get is not None
