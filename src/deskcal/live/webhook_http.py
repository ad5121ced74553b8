"""HTTP of webhooks: one POST, to an address that was checked, within one time limit.

The host of a URL is resolved at each connect, and the connection goes to the very address that was
checked, so that a name which leads elsewhere a moment later gains nothing.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import anyio
import httpcore
import httpx
from msgspec import Struct

from deskcal.core.webhook_address import AllowedNetworks, BadUrl, Target, target_of
from deskcal.core.webhooks import retry_after_sec

ANSWER_BYTES = 16 * 1024
"""Of an answer's body that is read, so that its connection can be used again; else it is closed."""
KEPT_CONNECTIONS = 200
"""That may wait for a next message; in use are at most `LANES` of each hook."""
KEEP_ALIVE_SEC = 30


class Outcome(Struct, frozen=True):
    """What came of one try."""

    status: int
    """Of the answer; 0: there was none."""
    retry_after_sec: int
    took_ms: int
    why: str = ""
    """Why there was no answer."""

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken the message."""
        return 200 <= self.status < 300


class Poster:
    """Sends messages of all hooks; close it with `aclose`."""

    def __init__(self, networks: AllowedNetworks, timeout_sec: float) -> None:
        self._networks = networks
        self._timeout_sec = timeout_sec
        self._client = httpx.AsyncClient(
            transport=_Transport(networks), timeout=timeout_sec, trust_env=False
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._client.aclose()

    async def check(self, url: str) -> None:
        """Raises: BadUrl if no hook may have this URL, as far as its host can be resolved now."""
        target = target_of(url)
        addresses = await _resolved(target)
        refusal = self._networks.refusal(target.scheme, addresses)
        if refusal:
            raise BadUrl(refusal)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Outcome:
        """One try; never raises what a receiver or a network can cause."""
        scope = anyio.CancelScope()
        trying = asyncio.create_task(self._within(scope, url, headers, body, now))
        try:
            return await asyncio.shield(trying)
        except asyncio.CancelledError:
            scope.cancel()
            await asyncio.wait([trying])
            raise

    async def _within(
        self,
        scope: anyio.CancelScope,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        now: float,
    ) -> Outcome:
        """One try until `scope` ends it, which httpcore cleans up after.

        A cancelled task would leave connections in the pool for good, as httpcore shields its
        cleaning up by scopes.
        """
        began = time.monotonic()
        try:
            with scope, anyio.fail_after(self._timeout_sec):
                status, retry_after = await self._post(url, headers, body)
                return Outcome(status, retry_after_sec(retry_after, now), _elapsed_ms(began))
        except (httpx.HTTPError, OSError, BadUrl) as exc:
            why = "no answer in time" if isinstance(exc, TimeoutError) else str(exc)
            return Outcome(0, 0, _elapsed_ms(began), why or type(exc).__name__)
        return Outcome(0, 0, _elapsed_ms(began), "the server has stopped sending")

    async def _post(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, str | None]:
        request = self._client.build_request("POST", url, headers=headers, content=body)
        response = await self._client.send(request, stream=True)
        try:
            await _skim(response)
        finally:
            await response.aclose()
        return response.status_code, response.headers.get("retry-after")


async def _skim(response: httpx.Response) -> None:
    """Reads a short body to its end; of a longer one no more than its beginning."""
    size = 0
    try:
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > ANSWER_BYTES:
                return
    except httpx.HTTPError:
        return


def _elapsed_ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


async def _resolved(target: Target) -> list[str]:
    """The addresses of a host. Raises: BadUrl if there are none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise BadUrl(f"has the host {target.host!r}, which can't be resolved: {exc}") from exc
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Transport(httpx.AsyncBaseTransport):
    """httpx over a pool of httpcore whose connections are guarded, a pool for each scheme."""

    def __init__(self, networks: AllowedNetworks) -> None:
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=httpx.create_ssl_context(trust_env=False),
                max_connections=None,
                max_keepalive_connections=KEPT_CONNECTIONS,
                keepalive_expiry=KEEP_ALIVE_SEC,
                network_backend=_GuardedBackend(networks, scheme),
            )
            for scheme in ("http", "https")
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request; redirects are not followed."""
        url = request.url
        wanted = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = await self._pools[url.scheme].handle_async_request(wanted)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as exc:
            raise httpx.TransportError(str(exc) or type(exc).__name__) from exc
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), request=request
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        for pool in self._pools.values():
            await pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, its errors those of httpx."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._answer.aiter_stream():
                yield chunk
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as exc:
            raise httpx.TransportError(str(exc) or type(exc).__name__) from exc

    async def aclose(self) -> None:
        """Gives the connection back to its pool."""
        await self._answer.aclose()


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves the host, and connects to the first of its addresses that a hook may use."""

    def __init__(self, networks: AllowedNetworks, scheme: str) -> None:
        self._networks = networks
        self._scheme = scheme
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises: BadUrl if none of the addresses may be used; httpcore.ConnectError."""
        addresses = await _resolved(Target(self._scheme, host, port))
        refusal = self._networks.refusal(self._scheme, addresses)
        if refusal:
            raise BadUrl(f"{host} {refusal}")
        allowed = [one for one in addresses if self._networks.allow(self._scheme, one)]
        for address in allowed[:-1]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError:
                continue
        return await self._inner.connect_tcp(
            allowed[-1], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """For the retries of httpcore, of which there are none."""
        await asyncio.sleep(seconds)
