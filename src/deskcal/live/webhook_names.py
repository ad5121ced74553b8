"""Addresses of the hosts that webhooks lead to, as they are at the time of the look-up."""

import asyncio
import socket

from deskcal.core.webhook_address import AllowedNetworks, BadUrl, Target, target_of


async def check_url(networks: AllowedNetworks, url: str) -> None:
    """Raises: BadUrl if no hook may have this URL, as far as its host can be resolved now."""
    target = target_of(url)
    refusal = networks.refusal_of(target, await resolved(target))
    if refusal:
        raise BadUrl(refusal)


async def resolved(target: Target) -> list[str]:
    """The addresses of a host. Raises: BadUrl if there are none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise BadUrl(f"has the host {target.host!r}, which can't be resolved: {exc}") from exc
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
