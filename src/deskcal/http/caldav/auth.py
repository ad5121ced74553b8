"""Who asks: HTTP Basic with a manager's id and a device password.

Source: RFC 7617; contract, section 16.
"""

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from deskcal.core.event import MAX_ID
from deskcal.core.sessions import Session
from deskcal.http.caldav.conditions import Refused

CHALLENGE = {"www-authenticate": 'Basic realm="deskcal", charset="UTF-8"'}
MAX_WRONG = 10
"""Wrong passwords of one address for one manager within `WINDOW_SEC`; beyond: 429."""
WINDOW_SEC = 60
MAX_REMEMBERED = 10_000
"""Pairs of address and manager."""
MAX_PASSWORD = 256


class Device(Struct, frozen=True):
    """A calendar app that is logged in."""

    session: Session
    brand: str = ""
    """Of what it creates; empty: the server's default."""


class Devices(Protocol):
    """Device passwords."""

    async def verify(self, manager_id: int, password: str) -> Device | None:
        """The device with that password; None: there is none, or it has been revoked."""


class Client(Struct, frozen=True):
    """Where a request comes from."""

    host: str
    is_secure: bool
    """Whether the connection is TLS."""


class Login:
    """Checks the credentials of every request."""

    def __init__(
        self, devices: Devices, now: Callable[[], float], *, allows_plain: bool = False
    ) -> None:
        """`allows_plain`: passwords are taken without TLS from other hosts, too."""
        self._devices = devices
        self._now = now
        self._allows_plain = allows_plain
        self._wrong: dict[tuple[str, int], list[float]] = {}

    async def device_of(self, headers: Mapping[str, str], client: Client) -> Device:
        """The device of a request. Raises: Refused with 401, 403 or 429."""
        if not (client.is_secure or self._allows_plain or is_loopback(client.host)):
            raise Refused(
                403, "a password is taken over TLS only: use https:// in the address of the server"
            )
        manager_id, password = _credentials(headers.get("authorization", ""))
        pair = (client.host, manager_id)
        self._require_few(pair)
        device = await self._devices.verify(manager_id, password)
        if device is None:
            self._count(pair)
            raise _unauthorized("there is no device of this manager with that password")
        self._wrong.pop(pair, None)
        return device

    def _require_few(self, pair: tuple[str, int]) -> None:
        """Before the password is hashed: more wrong ones cost nothing."""
        since = self._now() - WINDOW_SEC
        times = [time for time in self._wrong.get(pair, ()) if time > since]
        if len(times) < MAX_WRONG:
            return
        wait = max(int(times[0] - since) + 1, 1)
        raise Refused(
            429,
            f"{len(times)} wrong passwords in {WINDOW_SEC} s; try again in {wait} s",
            headers={"retry-after": str(wait)},
        )

    def _count(self, pair: tuple[str, int]) -> None:
        times = self._wrong.pop(pair, [])
        if len(self._wrong) >= MAX_REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
        self._wrong[pair] = [*times, self._now()][-MAX_WRONG:]


def is_loopback(host: str) -> bool:
    """Whether it is an address of this machine."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _credentials(header: str) -> tuple[int, str]:
    """Manager and password. Raises: Refused with 401."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise _unauthorized("log in with the manager id and a device password")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise _unauthorized("the credentials are no Basic credentials in UTF-8") from None
    user, _, password = text.partition(":")
    is_id = user.isascii() and user.isdigit() and 0 < len(user) <= 16
    if not is_id or not 0 < int(user) <= MAX_ID or not 0 < len(password) <= MAX_PASSWORD:
        raise _unauthorized("the user is a manager id, the password one of its devices")
    return int(user), password


def _unauthorized(message: str) -> Refused:
    return Refused(401, message, headers=CHALLENGE)
