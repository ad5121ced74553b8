"""Passwords of a manager's calendar apps: add, list, revoke.

Source: contract, part 2, section 16.
"""

import secrets
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from deskcal.commands.registry import Data, NoData, Work, command
from deskcal.commands.services import Services
from deskcal.core.device_passwords import PASSWORD_BYTES, password_of, selector_of
from deskcal.core.devices import MAX_NAME, Device, brand_for, public
from deskcal.core.document import wire_safe
from deskcal.core.event import Id
from deskcal.core.sessions import Session
from deskcal.errors import InvalidField, NotFound
from deskcal.live.connections import Peer

_encode = msgspec.json.Encoder().encode


class AddDevice(Struct, kw_only=True):
    """A device to add."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    brand: str | None = None


class DeviceId(Struct, kw_only=True):
    """Names one device."""

    id: Id


@command("MngAddCalendarDevice", AddDevice)
def add_device(services: Services, _: Peer, session: Session, data: AddDevice) -> Work:
    """Adds a password for a calendar app, in the session's scope. It is shown this once."""
    name = data.name.strip()
    if not name or not name.isprintable():
        raise InvalidField(
            "name must have a printable character and no control characters", field="name"
        )
    brand = brand_for(data.brand, session.brands)
    return _add(services, session, name, brand)


async def _add(services: Services, session: Session, name: str, brand: str) -> Data:
    password = password_of(secrets.token_bytes(PASSWORD_BYTES))
    device = Device(
        manager_id=session.manager_id,
        name=name,
        brand=brand,
        type=session.type,
        desks=session.desks.text,
        brands=session.brands.text,
        selector=selector_of(password),
        hash=await services.devices.hash(password),
        created_time=int(services.now()),
    )
    most = services.limits.max_devices
    added = await services.store.devices.add(device, most)
    if added is None:
        raise InvalidField(
            f"manager {session.manager_id} has {most} device passwords, and max_devices allows no "
            "more; revoke one first",
            field="name",
        )
    return wire_safe(_encode({"device": public(added), "password": password}))


@command("MngGetCalendarDevices", NoData, is_list=True, is_repeatable=True)
def get_devices(services: Services, _: Peer, session: Session, data: NoData) -> Work:
    """The caller's own devices, without their passwords."""

    async def found() -> Data:
        devices = await services.store.devices.all(session.manager_id)
        return wire_safe(_encode({"devices": [public(device) for device in devices]}))

    return found()


@command("MngDeleteCalendarDevice", DeviceId)
def delete_device(services: Services, _: Peer, session: Session, data: DeviceId) -> Work:
    """Revokes the password of one of the caller's devices, on all nodes at once."""
    return _delete(services, session.manager_id, data.id)


async def _delete(services: Services, manager_id: int, device_id: int) -> Data:
    if not await services.store.devices.delete(manager_id, device_id):
        raise NotFound(f"you have no device {device_id}", field="id")
    return b'{"id":%d}' % device_id
