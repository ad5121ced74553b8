"""Connections of webhooks: HTTP/1.1 by h11 over asyncio, each to an address that was checked.

A transport of httpx. Connections that may be used again are kept by what they lead to, so that a
request costs the same however many hooks and connections there are.
"""

import asyncio
import functools
import ssl
from typing import cast

import h11
import httpx

from deskcal.core.webhook_address import PORTS, AllowedNetworks, BadUrl, Target
from deskcal.live.webhook_names import resolved

ANSWER_BYTES = 16 * 1024
"""Of an answer's body that is read, so that its connection can be used again; else it is closed.
The head of an answer may be as long."""
KEPT_CONNECTIONS = 200
"""That may wait for a next message; in use are at most `LANES` of each hook."""
KEEP_ALIVE_SEC = 4
"""After which one is not used again: many receivers close theirs after 5 s."""


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._http = _new_http()
        self._head: h11.Response | None = None
        self._size_bytes = 0
        self._answered: asyncio.Future[h11.Response] | None = None
        self.is_open = False
        """Whether another request may be sent, once the one before is answered."""
        self.kept_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Part of an answer; what nothing was asked for ends the connection."""
        if self._answered is None:
            self.abort()
        else:
            self._read(data)

    def eof_received(self) -> None:
        """The end of a body whose length was not given, or of an answer too early."""
        if self._head is not None:
            self._read(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """What waits for an answer has none."""
        self.is_open = False
        self._fail(exc or ConnectionResetError("the receiver has disconnected without an answer"))

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Sends a request; the head of its answer, once its body has come or is long enough.

        Raises: OSError, h11.ProtocolError; then, and if it is cancelled, the connection is closed.
        """
        self._head, self._size_bytes = None, 0
        self._answered = asyncio.get_running_loop().create_future()
        try:
            self._transport.write(self._bytes_of(request))
            return await self._answered
        except BaseException:
            self.abort()
            raise
        finally:
            self._answered = None

    def abort(self) -> None:
        """Closes it at once."""
        self.is_open = False
        self._transport.abort()

    def _bytes_of(self, request: httpx.Request) -> bytes:
        head = h11.Request(
            method=request.method, target=request.url.raw_path, headers=request.headers.raw
        )
        parts = (head, h11.Data(data=request.content), h11.EndOfMessage())
        return b"".join(self._http.send(part) or b"" for part in parts)

    def _read(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while self._is_reading():
                pass
        except h11.RemoteProtocolError as exc:
            self._fail(exc)
            self.abort()

    def _is_reading(self) -> bool:
        """Reads the next part of an answer; False: it has not come, or was the last."""
        event = self._http.next_event()
        if isinstance(event, h11.Response):
            self._head = event
        elif isinstance(event, h11.Data):
            self._size_bytes += len(event.data)
            if self._size_bytes > ANSWER_BYTES:
                self.abort()
                self._finish()
                return False
        elif isinstance(event, h11.EndOfMessage):
            self._begin_next()
            self._finish()
            return False
        return isinstance(event, h11.Response | h11.InformationalResponse | h11.Data)

    def _begin_next(self) -> None:
        """Gets ready for another request, or closes the connection where there can't be one."""
        states = self._http.states
        if states == {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}:
            self._http.start_next_cycle()
            if self._http.trailing_data == (b"", False):
                return
        self.abort()

    def _finish(self) -> None:
        if self._answered is not None and not self._answered.done() and self._head is not None:
            self._answered.set_result(self._head)

    def _fail(self, exc: Exception) -> None:
        """An answer whose head has come counts, whatever becomes of its body."""
        self._finish()
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc)


class Connections(httpx.AsyncBaseTransport):
    """Sends requests, each over a connection that waits for one, else over a new one."""

    def __init__(self, networks: AllowedNetworks, ca_file: str = "") -> None:
        """`ca_file`: of CAs that are trusted besides the public ones; empty: none."""
        self._networks = networks
        self._ca_file = ca_file
        self._kept: dict[Target, list[Connection]] = {}
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None

    @functools.cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made once it is needed, as that takes long."""
        context = httpx.create_ssl_context(trust_env=False)
        context.set_alpn_protocols(["http/1.1"])
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        return context

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request; no redirect is followed, and of the answer's headers one is given.

        Raises: BadUrl if the address may not be connected to; httpx.TransportError.
        """
        url = request.url
        target = Target(url.scheme, url.host, url.port or PORTS[url.scheme])
        try:
            connection = self._take(target) or await self._connect(target)
            head = await connection.ask(request)
        except (OSError, h11.ProtocolError) as exc:
            raise httpx.TransportError(str(exc) or type(exc).__name__) from exc
        self._keep(target, connection)
        shown = [(name, value) for name, value in head.headers if name == b"retry-after"]
        return httpx.Response(head.status_code, headers=shown)

    async def aclose(self) -> None:
        """Closes the connections that wait for a message."""
        if self._sweep is not None:
            self._sweep.cancel()
        for kept in self._kept.values():
            for connection in kept:
                connection.abort()
        self._kept.clear()

    def _take(self, target: Target) -> Connection | None:
        """The connection that was used last; None: there is none that is open."""
        since = asyncio.get_running_loop().time() - KEEP_ALIVE_SEC
        kept = self._kept.get(target, [])
        while kept:
            connection = kept.pop()
            self._count -= 1
            if connection.is_open and connection.kept_since > since:
                return connection
            connection.abort()
        return None

    def _keep(self, target: Target, connection: Connection) -> None:
        if not connection.is_open:
            return
        if self._count >= KEPT_CONNECTIONS:
            connection.abort()
            return
        loop = asyncio.get_running_loop()
        connection.kept_since = loop.time()
        self._kept.setdefault(target, []).append(connection)
        self._count += 1
        if self._sweep is None:
            self._sweep = loop.call_later(KEEP_ALIVE_SEC, self._close_old)

    def _close_old(self) -> None:
        """Closes what has waited for long, the first time after once to twice `KEEP_ALIVE_SEC`."""
        loop = asyncio.get_running_loop()
        since = loop.time() - KEEP_ALIVE_SEC
        for target, kept in list(self._kept.items()):
            for connection in kept:
                if connection.kept_since <= since:
                    connection.abort()
            self._kept[target] = [connection for connection in kept if connection.is_open]
            if not self._kept[target]:
                del self._kept[target]
        self._count = sum(map(len, self._kept.values()))
        self._sweep = loop.call_later(KEEP_ALIVE_SEC, self._close_old) if self._count else None

    async def _connect(self, target: Target) -> Connection:
        """To the first of the host's addresses that may be used and can be connected to.

        Raises: BadUrl if none of the addresses may be used; OSError.
        """
        addresses = await resolved(target)
        refusal = self._networks.refusal_of(target, addresses)
        if refusal:
            raise BadUrl(f"{target.host} {refusal}")
        allowed = [one for one in addresses if self._networks.allow(target.scheme, one)]
        for address in allowed[:-1]:
            try:
                return await self._connect_to(address, target)
            except OSError:
                continue
        return await self._connect_to(allowed[-1], target)

    async def _connect_to(self, address: str, target: Target) -> Connection:
        """The certificate, if any, must be of the host of the URL. Raises: OSError."""
        loop = asyncio.get_running_loop()
        is_tls = target.scheme == "https"
        _, connection = await loop.create_connection(
            Connection,
            address,
            target.port,
            ssl=self._tls if is_tls else None,
            server_hostname=target.host if is_tls else None,
        )
        return connection


def _new_http() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=ANSWER_BYTES)
