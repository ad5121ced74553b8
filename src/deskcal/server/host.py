"""What all clients share, whatever their transport: admission, the memory of unsent output, a stop.

One host serves all listeners of a server.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from deskcal.commands import Dispatcher, FastPath
from deskcal.errors import DeskcalError, Unavailable
from deskcal.limits import Limits
from deskcal.server.admission import Admission, AdmittedConnection
from deskcal.server.handshake import Tls
from deskcal.server.run_queue import RunQueue

WATCHED_AT_ONCE = 500
"""Connections whose clocks are checked before other tasks run."""
MAX_REFUSED = 32
"""Connections that are sent the reason of a refusal, at one time; more are closed at once."""


class HostedConnection(AdmittedConnection, Protocol):
    """A connection of a client that sends commands."""

    @property
    def unsent_bytes(self) -> int:
        """Output that waits for the client to read it."""

    def watch(self, now: float) -> None:
        """Checks the connection's clocks."""

    def stop(self) -> None:
        """Finishes what is in flight, and closes."""


class ConnectionHost:
    """Knows all clients; watches their clocks while it is entered."""

    def __init__(self, dispatcher: Dispatcher, clock: Callable[[], float] | None = None) -> None:
        """Call it in a running event loop.

        `clock`: of silence, messages and output, in seconds that never go back; None: the event
        loop's.
        """
        self.dispatcher = dispatcher
        self.services = dispatcher.services
        self.requests = FastPath(dispatcher)
        self.limits: Limits = dispatcher.services.limits
        self.loop = asyncio.get_running_loop()
        self.clock = clock or self.loop.time
        self.run_queue = RunQueue(
            time.perf_counter, self.loop.call_soon, self.services.store.let_write
        )
        self.admission = Admission(self.limits, self.clock)
        self._connections: dict[HostedConnection, None] = {}
        self._refused: set[HostedConnection] = set()
        self._stalled: set[HostedConnection] = set()
        self._some_drained = asyncio.Event()
        self._empty = asyncio.Event()

    async def __aenter__(self) -> Self:
        tasks = self.dispatcher.lifecycle.tasks
        self._watching = tasks.start("connection clocks", self._watch_connections)
        self.dispatcher.lifecycle.stops.subscribe(self._stop_connections)
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Finishes what is in flight, and closes all connections by the deadline of the stop."""
        lifecycle = self.dispatcher.lifecycle
        lifecycle.stop(self.loop.time() + self.limits.stop_timeout_sec)
        try:
            async with asyncio.timeout_at(lifecycle.stop_deadline):
                while self._connections:
                    self._empty.clear()
                    await self._empty.wait()
        except TimeoutError:
            for connection in list(self._connections):
                connection.abort("the server is stopping")
        self._watching.cancel()

    def _stop_connections(self, _: float) -> None:
        for connection in list(self._connections):
            connection.stop()

    @property
    def connection_count(self) -> int:
        """Clients that are connected now."""
        return len(self._connections)

    def admit(self, connection: HostedConnection) -> DeskcalError | None:
        """Admits a client; an error: send it, and close."""
        if self.dispatcher.lifecycle.is_stopping:
            return Unavailable("the server is stopping")
        if not self.admission.admit(connection):
            if len(self._refused) >= MAX_REFUSED:
                connection.abort("too many connections")
            self._refused.add(connection)
            return Unavailable(
                f"all connections of this server ({self.limits.max_connections}) are in use; "
                "try again later"
            )
        self._connections[connection] = None
        return None

    def tls(self, context: ssl.SSLContext | None) -> Tls | None:
        """What a listener needs for TLS with this certificate; None: without TLS."""
        if context is None:
            return None
        tasks = self.dispatcher.lifecycle.tasks
        return Tls(context, self.admission, self.limits.tls_handshake_timeout_sec, tasks)

    def stalled(self, connection: HostedConnection) -> None:
        """Its client does not read its output."""
        self._stalled.add(connection)

    def drained(self, connection: HostedConnection) -> None:
        """Its client has read its output."""
        self._stalled.discard(connection)
        self._some_drained.set()

    async def room_for_list(self) -> None:
        """Returns when all clients together have read enough for one more large answer.

        Raises: Unavailable, after the deadline of a request.
        """
        try:
            async with asyncio.timeout(self.limits.request_deadline_sec):
                while self.unsent_bytes > self.limits.max_unsent_total_bytes:
                    self._some_drained.clear()
                    await self._some_drained.wait()
        except TimeoutError:
            raise Unavailable(
                "too many large answers wait for clients that do not read them; try again later"
            ) from None

    @property
    def unsent_bytes(self) -> int:
        """Output that waits for clients that do not read it, of all of them together."""
        return sum(connection.unsent_bytes for connection in self._stalled)

    def forget(self, connection: HostedConnection) -> None:
        """The connection is closed."""
        self._connections.pop(connection, None)
        self._refused.discard(connection)
        self.admission.forget(connection)
        self.drained(connection)
        if not self._connections:
            self._empty.set()

    async def _watch_connections(self) -> None:
        """Checks every connection's clocks, some at a time, as often as the limits need."""
        limits = self.limits
        shortest = min(
            limits.message_timeout_sec,
            limits.idle_timeout_sec,
            limits.write_timeout_sec,
            limits.heartbeat_sec,
        )
        while True:
            await asyncio.sleep(min(1, shortest / 4))
            now = self.clock()
            for number, connection in enumerate(list(self._connections), 1):
                connection.watch(now)
                if number % WATCHED_AT_ONCE == 0:
                    await asyncio.sleep(0)
