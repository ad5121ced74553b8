"""Who asks: HTTP Basic with a manager's id and a device password.

Source: RFC 7617; contract, section 16.
"""

import base64
import binascii
import ipaddress
from collections.abc import Mapping

from msgspec import Struct

from deskcal.commands.services import Services
from deskcal.core.event import MAX_ID
from deskcal.core.sessions import Session
from deskcal.http.caldav.conditions import Refused

CHALLENGE = {"www-authenticate": 'Basic realm="deskcal", charset="UTF-8"'}


class Client(Struct, frozen=True):
    """Where a request comes from."""

    host: str
    is_secure: bool
    """Whether a password may come over the connection: it is TLS, or the settings allow it."""


class Login(Struct, frozen=True):
    """The device of a request, and what it may do."""

    session: Session
    brand: str
    """Of what it creates."""


async def login(services: Services, headers: Mapping[str, str], client: Client) -> Login:
    """Who asks. Raises: Refused with 401 or 403; TooManyRequests."""
    if not (client.is_secure or is_loopback(client.host)):
        raise Refused(
            403, "a password is taken over TLS only: use https:// in the address of the server"
        )
    manager_id, password = _credentials(headers.get("authorization", ""))
    device = await services.devices.verify(manager_id, password, client.host)
    if device is None:
        raise _unauthorized("there is no device of this manager with that password")
    session = services.session_of(device)
    if not session.may_use_calendar:
        raise Refused(403, "sessions of this type may not use the calendar")
    return Login(session, device.brand)


def is_loopback(host: str) -> bool:
    """Whether it is an address of this machine."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


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
    if not is_id or not 0 < int(user) <= MAX_ID or not password:
        raise _unauthorized("the user is a manager id, the password one of its devices")
    return int(user), password


def _unauthorized(message: str) -> Refused:
    return Refused(401, message, headers=CHALLENGE)
