"""HTTP and WebSocket on one port, in the process and event loop of the TCP server.

Requests of WebSockets are answered as those of TCP are. The store is not used here.
"""

import asyncio
import ssl
from types import TracebackType
from typing import Self

from uvicorn.config import Config
from uvicorn.server import ServerState

from deskcal.http.page import site
from deskcal.http.protocol import HttpConnection
from deskcal.server.host import ConnectionHost
from deskcal.server.listener import Listener
from deskcal.server.websocket import WebSockets

__all__ = ["Gateway"]


class Gateway:
    """Serves the page and its WebSocket as an asynchronous context; its end is a graceful stop."""

    def __init__(
        self,
        clients: ConnectionHost,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        passwords_without_tls: bool = False,
    ) -> None:
        """`clients`: shared with the other listeners; port 0: any free one, see `addresses`.

        `passwords_without_tls`: CalDAV takes them from other hosts, too.
        """
        self._clients = clients
        self._state = ServerState()
        self.sockets = WebSockets(clients)
        self._config = Config(
            site(clients, self.sockets, passwords_without_tls=passwords_without_tls),
            ws=self.sockets.connect,  # type: ignore[arg-type]
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
        )
        self._config.load()
        self._tls = tls
        self._listener = Listener(
            lambda: HttpConnection(clients, self._config, self._state),
            host,
            port,
            tls=clients.tls(tls),
        )

    async def __aenter__(self) -> Self:
        """Raises: OSError if it can't listen there."""
        await self._listener.__aenter__()
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Finishes requests that are being answered, until the deadline of the stop."""
        await self._listener.__aexit__(None, None, None)
        lifecycle = self._clients.dispatcher.lifecycle
        lifecycle.stop(self._clients.loop.time() + self._clients.limits.stop_timeout_sec)
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            left = lifecycle.stop_deadline - self._clients.loop.time()
            await asyncio.wait(list(self._state.tasks), timeout=max(left, 0))
        for task in self._state.tasks:
            task.cancel()

    @property
    def addresses(self) -> list[str]:
        """HOST:PORT of each listening socket."""
        return self._listener.addresses

    @property
    def scheme(self) -> str:
        """`https` with a certificate, else `http`."""
        return "https" if self._tls else "http"
