"""HTTP of webhooks: one POST, to an address that was checked, within one time limit.

The host of a URL is resolved at each connect, and the connection goes to the very address that was
checked, so that a name which leads elsewhere a moment later gains nothing.
"""

import asyncio
import functools
import time
from collections.abc import Mapping

import httpx

from deskcal.core.webhook_address import AllowedNetworks, BadUrl
from deskcal.core.webhooks import Outcome, retry_after_sec
from deskcal.live.webhook_connection import Connections

ALWAYS = (("user-agent", "deskcal"), ("accept", "*/*"))
"""Headers of every request, besides those of its message, Host and Content-Length."""


class Poster:
    """Sends messages of all hooks; close it with `aclose`."""

    def __init__(self, networks: AllowedNetworks, timeout_sec: float, ca_file: str = "") -> None:
        """`ca_file`: of CAs that are trusted besides the public ones; empty: none."""
        self._timeout_sec = timeout_sec
        self._connections = Connections(networks, ca_file)

    async def prepare(self) -> None:
        """Nothing to do."""

    async def aclose(self) -> None:
        """Closes every connection that is not in use."""
        await self._connections.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
        """One try; never raises what a receiver or a network can cause."""
        began = time.monotonic()
        try:
            request = httpx.Request(
                "POST", _parsed(url), headers=[*ALWAYS, *headers.items()], content=body
            )
            async with asyncio.timeout(self._timeout_sec):
                response = await self._connections.handle_async_request(request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, BadUrl) as exc:
            why = "no answer in time" if isinstance(exc, TimeoutError) else str(exc)
            return Outcome(0, 0, _elapsed_ms(began), why or type(exc).__name__)
        retry_after = retry_after_sec(response.headers.get("retry-after"), now)
        return Outcome(response.status_code, retry_after, _elapsed_ms(began))


@functools.lru_cache(maxsize=256)
def _parsed(url: str) -> httpx.URL:
    """Cached, since each hook has one. Raises: httpx.InvalidURL."""
    return httpx.URL(url)


def _elapsed_ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
