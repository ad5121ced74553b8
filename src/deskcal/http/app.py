"""HTTP and WebSocket beside TCP, in the same process and event loop, for the web calendar.

Requests enter at `answer`, as those of TCP do. The store is not used here.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import uvicorn

from deskcal.commands import Dispatcher
from deskcal.http.page import site
from deskcal.server.admission import Admission
from deskcal.server.websocket import Sockets

__all__ = ["Gateway"]

SPARE_BYTES = 64 * 1024
"""A message over the limit by less than this gets 413; a longer one ends the connection."""
SPARE_CONNECTIONS = 32
"""For health and metrics, also when clients use all other connections."""
PING_SEC = 20.0
"""Between the pings that detect a lost browser, and until an unanswered one counts as lost."""


class _Uvicorn(uvicorn.Server):
    """Leaves the process's signals to the caller."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Gateway:
    """Serves the page and its WebSocket as an asynchronous context; its end is a graceful stop."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        host: str,
        port: int,
        *,
        tls: tuple[str, str] | None = None,
        admission: Admission | None = None,
    ) -> None:
        """Port 0: any free one, see `addresses`; `tls`: files of certificate and key.

        `admission`: shared with the TCP server.
        """
        limits = dispatcher.services.limits
        self.sockets = Sockets(
            dispatcher, limits, Admission(limits) if admission is None else admission
        )
        self._address = (host, port)
        self._tls = tls
        self._limits = limits
        self._site = site(dispatcher, self.sockets)

    async def __aenter__(self) -> Self:
        """Raises: OSError if it can't listen there."""
        self._listeners = await _listeners(*self._address)
        config = uvicorn.Config(
            self._site,
            ws="websockets-sansio",
            ws_max_size=self._limits.max_message_bytes + SPARE_BYTES,
            ws_ping_interval=PING_SEC,
            ws_ping_timeout=PING_SEC,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=self._limits.max_connections + SPARE_CONNECTIONS,
            timeout_graceful_shutdown=max(1, round(self._limits.stop_timeout_sec)),
            ssl_certfile=self._tls[0] if self._tls else None,
            ssl_keyfile=self._tls[1] or None if self._tls else None,
        )
        self._uvicorn = _Uvicorn(config)
        self._running = asyncio.create_task(self._uvicorn.serve(sockets=self._listeners))
        while not self._uvicorn.started:
            if self._running.done():
                self._running.result()
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        await self.sockets.close()
        self._uvicorn.should_exit = True
        await self._running

    @property
    def addresses(self) -> list[str]:
        """HOST:PORT of each listening socket."""
        names = [listener.getsockname() for listener in self._listeners]
        return [f"[{n[0]}]:{n[1]}" if ":" in n[0] else f"{n[0]}:{n[1]}" for n in names]

    @property
    def scheme(self) -> str:
        """`https` with a certificate, else `http`."""
        return "https" if self._tls else "http"


async def _listeners(host: str, port: int) -> list[socket.socket]:
    """Bound sockets of every address of `host`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    listeners: list[socket.socket] = []
    try:
        for family, _, _, _, address in found:
            listener = socket.socket(family, socket.SOCK_STREAM)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind(address)
            listener.setblocking(False)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners
