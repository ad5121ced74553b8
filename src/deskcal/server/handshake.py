"""TLS: accepts connections, each of which has a place and a time limit from its accept on.

`loop.create_server` shows a connection to nobody before its handshake is complete, nor one whose
handshake fails; so sockets are accepted here. No requests here.
"""

import asyncio
import functools
import logging
import socket
import ssl
from collections.abc import Callable
from typing import cast

from msgspec import Struct

from deskcal.incidents import LastingFault
from deskcal.live.tasks import Tasks
from deskcal.server.admission import Admission
from deskcal.server.tls_transport import TlsTransport

RETRY_SEC = 1.0
"""After a failed accept, as when the process has no file descriptor left."""

logger = logging.getLogger(__name__)


class Tls(Struct, frozen=True):
    """What a listener needs for connections with TLS."""

    context: ssl.SSLContext
    admission: Admission
    """Counts a connection from its accept on."""
    timeout_sec: float
    """Of a handshake; beyond: close. Source: contract, section 11."""
    tasks: Tasks
    """Where connections are accepted."""


class TlsAcceptor:
    """Accepts connections on listening sockets until it is closed."""

    def __init__(
        self, connect: Callable[[], asyncio.Protocol], tls: Tls, sockets: list[socket.socket]
    ) -> None:
        """`connect` makes the protocol of a connection once its handshake is complete."""
        self._connect = connect
        self._tls = tls
        self._sockets = sockets
        self._handshakes: set[asyncio.Task[None]] = set()
        self._accepting = [
            tls.tasks.start("accept with TLS", functools.partial(self._accept, one))
            for one in sockets
        ]

    async def aclose(self) -> None:
        """Accepts no more and aborts handshakes; complete connections stay open."""
        running = [*self._accepting, *self._handshakes]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for one in self._sockets:
            one.close()

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        fault = LastingFault(logger)
        while True:
            try:
                accepted, _ = await loop.sock_accept(listening)
                fault.succeeded()
            except ConnectionAbortedError:
                continue
            except OSError as exc:
                fault.failed("can't accept connections, trying again", exc)
                await asyncio.sleep(RETRY_SEC)
                continue
            task = Handshake(self._connect, self._tls, accepted).task
            self._handshakes.add(task)
            task.add_done_callback(self._handshakes.discard)


class Handshake(asyncio.Protocol):
    """One connection from its accept to the end of its handshake: an `AdmittedConnection`."""

    def __init__(
        self, connect: Callable[[], asyncio.Protocol], tls: Tls, accepted: socket.socket
    ) -> None:
        """Takes a place, and begins the handshake."""
        self._connect = connect
        self._tls = tls
        self._accepted: socket.socket | None = accepted
        self.task = asyncio.get_running_loop().create_task(self._run(accepted))
        """Ends with the handshake."""
        self.task.add_done_callback(self._end)
        tls.admission.admit_handshake(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called when the handshake is complete: gives up its place to the connection."""
        self._tls.admission.forget(self)
        TlsTransport(cast(asyncio.Transport, transport), self._connect())

    def abort(self, why: str) -> None:
        """Closes at once."""
        logger.debug("a TLS handshake is aborted: %s", why)
        self.task.cancel()

    async def _run(self, accepted: socket.socket) -> None:
        self._accepted = None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: self,
                accepted,
                ssl=self._tls.context,
                ssl_handshake_timeout=self._tls.timeout_sec,
            )
        except OSError as exc:
            logger.debug("a TLS handshake failed: %s", exc)

    def _end(self, _: asyncio.Task[None]) -> None:
        """Closes the socket if the task was cancelled before it began."""
        self._tls.admission.forget(self)
        if self._accepted is not None:
            self._accepted.close()
