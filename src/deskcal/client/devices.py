"""A client's methods for the passwords of calendar apps."""

import msgspec
from msgspec import Struct

from deskcal.client.caller import Caller
from deskcal.core.devices import PublicDevice


class DevicePassword(Struct, frozen=True):
    """A new device, and its password."""

    device: PublicDevice
    password: str
    """The server never shows it again."""


class DeviceCalls(Caller):
    """Commands of devices, each about the caller's own. Source: contract, section 16."""

    async def add_device(
        self, name: str, *, brand: str | None = None, token: str | None = None
    ) -> DevicePassword:
        """Adds a password for a calendar app, in the token's scope.

        `brand`: of what the app creates; None: `default`, or the only one in scope.
        Raises: InvalidField `name` where there are too many; Forbidden `brand`.
        """
        answer = await self.ask("MngAddCalendarDevice", {"name": name, "brand": brand}, token)
        return msgspec.json.decode(answer, type=DevicePassword)

    async def get_devices(self, *, token: str | None = None) -> list[PublicDevice]:
        """The caller's devices, by id."""
        answer = await self.ask("MngGetCalendarDevices", {}, token)
        return msgspec.json.decode(answer, type=_DevicesAnswer).devices

    async def delete_device(self, device_id: int, *, token: str | None = None) -> None:
        """Revokes a device's password, on all nodes at once. Raises: NotFound."""
        await self.ask("MngDeleteCalendarDevice", {"id": device_id}, token)


class _DevicesAnswer(Struct):
    devices: list[PublicDevice]
