"""A real server on a free port, and a client that is no more than a socket."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from deskcal.app.runtime import running
from deskcal.commands import Dispatcher
from deskcal.core.tokens import TokenVerifier
from deskcal.limits import Limits
from deskcal.server.host import ConnectionHost
from deskcal.server.listener import Listener
from deskcal.server.tcp import TcpConnection
from deskcal.store.ports import Store
from harness import Answer, FakeClock, parsed, request
from helpers import KEY
from places import Place

WAIT_SEC = 30
HOST = "127.0.0.1"
DEAF_BYTES = 65_536


class Running:
    """A server that listens, and the clients that the test has connected."""

    def __init__(
        self, server: ConnectionHost, listener: Listener, store: Store, clock: FakeClock
    ) -> None:
        self.server = server
        self.port = listener.port
        self.store = store
        self.clock = clock
        self.is_stopped_first = False
        """Whether the server stops before the clients hang up."""
        self._wires: list[Wire] = []

    async def connect(self, *, tls: ssl.SSLContext | None = None) -> "Wire":
        """A new connection."""
        wire = Wire(*await asyncio.open_connection(HOST, self.port, ssl=tls, limit=2**28))
        self._wires.append(wire)
        return wire

    async def hang_up(self) -> None:
        """Closes all connections."""
        self.abort()
        await until(lambda: self.server.connection_count == 0)

    def abort(self) -> None:
        """Closes the clients' side of all connections."""
        for wire in self._wires:
            wire.writer.transport.abort()


class Wire:
    """One connection: bytes out, lines in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(data)

    def ask(self, token: str | None, command: str, ext_id: object = 1, **data: Any) -> None:
        """Sends one request."""
        self.send(request(command, ext_id, data, token) + b"\r\n")

    async def line(self) -> bytes:
        """The next line with its end; nothing once the server has closed."""
        async with asyncio.timeout(WAIT_SEC):
            try:
                return await self.reader.readline()
            except ConnectionError:
                return b""

    async def answer(self) -> Answer:
        """The next answer; heartbeats are passed over."""
        line = await self.line()
        while line == b"\r\n":
            line = await self.line()
        return parsed(line)

    async def call(self, token: str | None, command: str, **data: Any) -> Answer:
        """The answer to one request."""
        self.ask(token, command, **data)
        return await self.answer()

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(WAIT_SEC):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    def stop_reading(self) -> None:
        """Takes no more, and has the kernel take little: some would take tens of megabytes."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, DEAF_BYTES)
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]

    def read_again(self) -> None:
        """Takes what comes."""
        self.writer.transport.resume_reading()  # type: ignore[attr-defined]

    async def is_closed(self) -> bool:
        """Whether the server closes without another word."""
        return await self.rest() == b""


@asynccontextmanager
async def listening(
    dispatcher: Dispatcher,
    port: int = 0,
    *,
    tls: ssl.SSLContext | None = None,
    silence: FakeClock | None = None,
) -> AsyncIterator[tuple[ConnectionHost, Listener]]:
    """A TCP listener, and its clients; `silence`: the `clock` of `ConnectionHost`."""
    async with ConnectionHost(dispatcher, silence) as clients:

        def connect() -> TcpConnection:
            return TcpConnection(clients)

        async with Listener(connect, HOST, port, tls=clients.tls(tls)) as listener:
            yield clients, listener


@asynccontextmanager
async def serving(
    place: Place,
    *,
    tls: ssl.SSLContext | None = None,
    silence: FakeClock | None = None,
    **limits: Any,
) -> AsyncIterator[Running]:
    """A server over a store in `place`, with the clock of the test; `silence`: see `listening`."""
    bounds = Limits(**limits)
    clock = FakeClock()
    store = await place.open(bounds)
    try:
        async with (
            running(store, TokenVerifier([KEY]), bounds, now=clock) as dispatcher,
            listening(dispatcher, tls=tls, silence=silence) as (server, listener),
        ):
            found = Running(server, listener, store, clock)
            try:
                yield found
            finally:
                if not found.is_stopped_first:
                    await found.hang_up()
        found.abort()
    finally:
        await store.close()


async def until(is_so: Callable[[], bool]) -> None:
    """Waits for a condition."""
    async with asyncio.timeout(WAIT_SEC):
        while not is_so():
            await asyncio.sleep(0)


async def soon(work: Awaitable[Any]) -> Any:
    """The result of `work`, which must not take long."""
    async with asyncio.timeout(WAIT_SEC):
        return await work
