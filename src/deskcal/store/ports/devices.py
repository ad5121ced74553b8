"""What a store offers for the passwords of devices. No SQL."""

from typing import Protocol

from deskcal.core.devices import Device


class DeviceStore(Protocol):
    """Devices of managers. A change is seen by all nodes once it is answered."""

    async def add(self, device: Device, most: int) -> Device | None:
        """Adds `device`; with the id that it got. None: its manager has `most` of them already."""

    async def all(self, manager_id: int) -> list[Device]:
        """The devices of a manager, by id."""

    async def usable(self, manager_id: int) -> list[Device]:
        """The same, but none of a manager whom the directory lists as disabled."""

    async def delete(self, manager_id: int, device_id: int) -> bool:
        """Whether the manager had that device; its password is no longer valid."""

    async def used(self, device_id: int, time: int) -> None:
        """Records a use, in Unix seconds; an earlier one than is known changes nothing."""
