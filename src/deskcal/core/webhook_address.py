"""Where a webhook may lead: its URL, and the addresses that its host resolves to. Pure.

Source: contract, part 2, section 17.
"""

import ipaddress
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from msgspec import Struct

MAX_URL = 2048
PORTS = {"https": 443, "http": 80}

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


class BadUrl(ValueError):
    """A URL that no webhook may have; str() says why, for people."""


class Target(Struct, frozen=True):
    """What a URL leads to."""

    scheme: str
    host: str
    """A name, or an IP address without brackets."""
    port: int


class AllowedNetworks:
    """Networks that webhooks may lead to though they are not public, by http too; and ports."""

    def __init__(self, text: str, ports: Collection[int] = ()) -> None:
        """`text`: CIDRs with commas between; `ports` empty: any. Raises: ValueError."""
        self._ports = frozenset(ports)
        parts = [part.strip() for part in text.split(",")]
        self._networks: list[_Network] = [ipaddress.ip_network(part) for part in parts if part]

    def include(self, address: str) -> bool:
        """Whether the setting allows the address."""
        plain = _unwrapped(ipaddress.ip_address(address))
        return any(plain in network for network in self._networks)

    def allow(self, scheme: str, address: str) -> bool:
        """Whether a hook with this scheme may connect to the address."""
        return self.include(address) or (scheme == "https" and is_public(address))

    def refusal_of(self, target: Target, addresses: Iterable[str]) -> str | None:
        """Why a host with these addresses may not be connected to; None: it may be."""
        if self._ports and target.port not in self._ports:
            allowed = ", ".join(map(str, sorted(self._ports)))
            return f"leads to port {target.port}; the setting webhook_ports allows {allowed} only"
        return self.refusal(target.scheme, addresses)

    def refusal(self, scheme: str, addresses: Iterable[str]) -> str | None:
        """Why none of the addresses may be connected to; None: one of them may be."""
        found = list(addresses)
        if any(self.allow(scheme, address) for address in found):
            return None
        if scheme == "http":
            return (
                f"leads to {', '.join(found)} by http; use https, or have the administrator allow "
                "the network with webhook_networks"
            )
        return (
            f"leads to {', '.join(found)}, which is no public address; have the administrator "
            "allow the network with webhook_networks"
        )


def is_public(address: str) -> bool:
    """Whether an address is of the public internet: also one IPv4 address inside IPv6."""
    plain = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    return plain.is_global and not plain.is_multicast


def _unwrapped(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 address carries, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    if inner is None and any(address in network for network in _NAT64):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is None and int(address) >> 32 == 0 and int(address) > 1:
        inner = ipaddress.IPv4Address(int(address))
    return inner or address


def target_of(url: str) -> Target:
    """What an absolute http or https URL leads to. Raises: BadUrl."""
    if len(url) > MAX_URL:
        raise BadUrl(f"has {len(url)} characters; at most {MAX_URL} are allowed")
    if not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        raise BadUrl("has a character that is not allowed in a URL; escape it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise BadUrl(f"is no URL: {exc}") from exc
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadUrl("must be an https URL such as https://crm.example/hooks")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("has a user name in it; use the signature to know who calls")
    if "#" in url:
        raise BadUrl("has a fragment, which is never sent")
    return Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme])
