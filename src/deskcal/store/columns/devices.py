"""A device as a row: its columns, the same on both backends. No SQL."""

from collections.abc import Sequence
from typing import Any

import msgspec

from deskcal.core.devices import Device


def device_of(row: Sequence[Any]) -> Device:
    """The device of a row; its columns are in the order of the fields."""
    return Device(**dict(zip(Device.__struct_fields__, row, strict=True)))


def values_of(device: Device) -> tuple[Any, ...]:
    """The values of a row without its id."""
    return msgspec.structs.astuple(device)[1:]
