"""The TCP server: who is connected, what they may take up together, a graceful stop."""

import asyncio
import logging
import ssl
from types import TracebackType
from typing import Self

from deskcal.commands import Dispatcher, FastPath
from deskcal.errors import DeskcalError, Unavailable
from deskcal.server.admission import Admission
from deskcal.server.tcp import Connection

logger = logging.getLogger(__name__)

BACKLOG = 1024
"""Connections that the kernel holds until they are accepted."""
LOOK_AT_ONCE = 500
"""Connections that the watch looks at before it lets others run."""
MAX_REFUSED = 32
"""Connections that are told that the server is full, at one time; more are closed at once."""


class Server:
    """Accepts connections while it is entered; leaving it stops gracefully."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Port 0: any free one, see `addresses`."""
        limits = dispatcher.services.limits
        self.admission = Admission(limits)
        """Shared with whatever else lets clients in."""
        self.dispatcher = dispatcher
        self.services = dispatcher.services
        self.requests = FastPath(dispatcher)
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self._address = (host, port)
        self._tls = tls
        self._connections: dict[Connection, None] = {}
        self._stalled: set[Connection] = set()
        self._refused: set[Connection] = set()
        self._taken = asyncio.Event()
        self._empty = asyncio.Event()

    async def __aenter__(self) -> Self:
        handshake = self.limits.tls_handshake_timeout_sec if self._tls else None
        self._listener = await self.loop.create_server(
            lambda: Connection(self),
            *self._address,
            ssl=self._tls,
            ssl_handshake_timeout=handshake,
            backlog=BACKLOG,
        )
        self._watch = self.loop.create_task(self._watch_connections())
        return self

    async def __aexit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        self.dispatcher.lifecycle.stop(self.loop.time() + self.limits.stop_timeout_sec)
        self._listener.close()
        for connection in list(self._connections):
            connection.stop()
        try:
            async with asyncio.timeout(self.limits.stop_timeout_sec):
                while self._connections:
                    self._empty.clear()
                    await self._empty.wait()
        except TimeoutError:
            for connection in list(self._connections):
                connection.abort("the server is stopping")
        self._watch.cancel()

    @property
    def addresses(self) -> list[str]:
        """HOST:PORT of each listening socket."""
        names = [socket.getsockname() for socket in self._listener.sockets]
        return [f"[{n[0]}]:{n[1]}" if ":" in n[0] else f"{n[0]}:{n[1]}" for n in names]

    @property
    def port(self) -> int:
        """The port of the first listening socket."""
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    @property
    def connection_count(self) -> int:
        """Clients that are connected now."""
        return len(self._connections)

    def admit(self, connection: Connection) -> DeskcalError | None:
        """Takes the connection in; where there are too many without a token, the oldest goes."""
        if not self.admission.admit(connection):
            if len(self._refused) >= MAX_REFUSED:
                connection.abort("too many connections")
            self._refused.add(connection)
            return Unavailable(
                f"this server has its {self.limits.max_connections} connections; try again later"
            )
        self._connections[connection] = None
        return None

    def known(self, connection: Connection) -> None:
        """The connection has carried a valid token."""
        self.admission.known(connection)

    def stalled(self, connection: Connection) -> None:
        """Its client does not take its output."""
        self._stalled.add(connection)

    def taken(self, connection: Connection) -> None:
        """Its client takes its output again."""
        self._stalled.discard(connection)
        self._taken.set()

    async def room_for_list(self) -> None:
        """Returns when all clients together have taken enough for one more large answer."""
        try:
            async with asyncio.timeout(self.limits.request_deadline_sec):
                while self.unsent_bytes > self.limits.max_unsent_total_bytes:
                    self._taken.clear()
                    await self._taken.wait()
        except TimeoutError:
            raise Unavailable(
                "too many large answers wait for clients that do not read them; try again later"
            ) from None

    @property
    def unsent_bytes(self) -> int:
        """What waits for clients that do not take it, of all of them together."""
        return sum(connection.unsent_bytes for connection in self._stalled)

    def forget(self, connection: Connection) -> None:
        """The connection is closed."""
        self._connections.pop(connection, None)
        self.admission.forget(connection)
        self._stalled.discard(connection)
        self._refused.discard(connection)
        self._taken.set()
        if not self._connections:
            self._empty.set()

    async def _watch_connections(self) -> None:
        """Looks at every connection's clocks, some at a time, as often as the limits need."""
        limits = self.limits
        shortest = min(
            limits.message_timeout_sec,
            limits.idle_timeout_sec,
            limits.write_timeout_sec,
            limits.heartbeat_sec,
        )
        while True:
            await asyncio.sleep(min(1, shortest / 4))
            now = self.loop.time()
            for number, connection in enumerate(list(self._connections)):
                connection.watch(now)
                if number % LOOK_AT_ONCE == LOOK_AT_ONCE - 1:
                    await asyncio.sleep(0)
