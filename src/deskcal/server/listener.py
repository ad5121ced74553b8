"""Listening sockets: they accept connections while entered."""

import asyncio
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

BACKLOG = 1024
"""Connections that the kernel holds until they are accepted."""


class Listener:
    """Accepts connections on every address of a host."""

    def __init__(
        self,
        connect: Callable[[], asyncio.Protocol],
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        handshake_timeout_sec: float,
    ) -> None:
        """`connect` makes the protocol of a connection; port 0: any free one, see `addresses`."""
        self._connect = connect
        self._address = (host, port)
        self._tls = tls
        self._handshake_timeout_sec = handshake_timeout_sec

    async def __aenter__(self) -> Self:
        """Raises: OSError if it can't listen there."""
        self._server = await asyncio.get_running_loop().create_server(
            self._connect,
            *self._address,
            ssl=self._tls,
            ssl_handshake_timeout=self._handshake_timeout_sec if self._tls else None,
            backlog=BACKLOG,
        )
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Accepts no more; connections stay open."""
        self._server.close()

    @property
    def addresses(self) -> list[str]:
        """HOST:PORT of each listening socket."""
        names = [socket.getsockname() for socket in self._server.sockets]
        return [f"[{n[0]}]:{n[1]}" if ":" in n[0] else f"{n[0]}:{n[1]}" for n in names]

    @property
    def port(self) -> int:
        """The port of the first listening socket."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port
