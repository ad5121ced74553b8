"""Devices: a calendar app that signs in with a password of its own, and in whose scope. Pure.

Source: contract, part 2, section 16.
"""

import math

from msgspec import Struct

from deskcal.core.draft import checked_brand
from deskcal.core.event import DEFAULT_BRAND
from deskcal.core.masks import Mask, brand_mask, desk_mask
from deskcal.core.sessions import Session
from deskcal.errors import Forbidden
from deskcal.limits import Limits

MAX_NAME = 100
"""Characters of a device's name."""


class PublicDevice(Struct, frozen=True):
    """A device as its manager sees it."""

    id: int
    name: str
    created_time: int
    """Unix seconds."""
    last_used_time: int
    """Unix seconds, to the minute; 0: never."""


class Device(Struct, frozen=True, kw_only=True):
    """One password of a manager, with the scope of the session that made it."""

    id: int = 0
    """0: not added yet."""
    manager_id: int
    name: str
    brand: str
    """Of what the device creates."""
    type: int
    """Of the session."""
    desks: str
    brands: str
    selector: str
    """The beginning of the password, by which the device is found; no secret."""
    hash: str
    """Of the whole password, with its parameters; see `core.device_passwords`."""
    created_time: int
    last_used_time: int = 0


def public(device: Device) -> PublicDevice:
    """The device without scope and hash."""
    return PublicDevice(device.id, device.name, device.created_time, device.last_used_time)


def session_of(device: Device, limits: Limits, *, others_may_change: bool) -> Session:
    """The session that a device opens; it lasts as long as its request."""
    return Session(
        device.manager_id,
        desk_mask(device.desks, limits),
        brand_mask(device.brands, limits),
        type=device.type,
        exp=math.inf,
        others_may_change=others_may_change,
    )


def brand_for(wanted: str | None, brands: Mask) -> str:
    """The brand of what a device creates; absent: `default`, or the only one in scope.

    Raises: InvalidField for what can be no brand; Forbidden for one outside the scope.
    """
    brand = _usual(brands) if wanted is None else checked_brand("brand", wanted)
    if not brands.matches(brand):
        raise Forbidden(
            f"brand {brand!r} is outside your scope ({brands.text!r}); name one that is in it",
            field="brand",
        )
    return brand


def _usual(brands: Mask) -> str:
    is_one = not set(brands.text) & set(",*!")
    return brands.text if is_one else DEFAULT_BRAND
