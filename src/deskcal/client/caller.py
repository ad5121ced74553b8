"""What all groups of a client's methods use: a command is sent, its `data` comes back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from msgspec import Raw

WIRE_NAMES = {"since": "from", "until": "to", "desk_filter": "deskFilter"}
"""Names of a query whose key on the wire is a word of Python, or spelled otherwise."""


class Caller(ABC):
    """Sends commands. Methods for a group of commands are a subclass in a module of their own."""

    @abstractmethod
    async def ask(self, command: str, data: Mapping[str, Any], token: str | None) -> Raw:
        """`data` of the answer as JSON text. Raises: the error that the answer names."""


def target_of(event_id: int, if_version: int | None) -> dict[str, int]:
    """The event to change, and the version that it must have; None: any."""
    target = {"id": event_id}
    if if_version is not None:
        target["if_version"] = if_version
    return target
