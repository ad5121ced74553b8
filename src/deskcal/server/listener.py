"""Listening sockets: they accept connections while entered."""

import asyncio
import errno
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

from deskcal.server.handshake import Tls, TlsAcceptor

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
        tls: Tls | None = None,
    ) -> None:
        """`connect` makes the protocol of a connection; port 0: any free one, see `addresses`."""
        self._connect = connect
        self._address = (host, port)
        self._tls = tls

    async def __aenter__(self) -> Self:
        """Raises: OSError if it can't listen there."""
        self._sockets = await _listening(*self._address)
        self._names = [one.getsockname() for one in self._sockets]
        loop = asyncio.get_running_loop()
        self._servers = []
        self._acceptor = None
        if self._tls is None:
            self._servers = [
                await loop.create_server(self._connect, sock=one, backlog=BACKLOG)
                for one in self._sockets
            ]
        else:
            self._acceptor = TlsAcceptor(self._connect, self._tls, self._sockets)
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Accepts no more; connections stay open, but for those in their TLS handshake."""
        for server in self._servers:
            server.close()
        if self._acceptor is not None:
            await self._acceptor.aclose()

    @property
    def addresses(self) -> list[str]:
        """HOST:PORT of each listening socket."""
        return [f"[{n[0]}]:{n[1]}" if ":" in n[0] else f"{n[0]}:{n[1]}" for n in self._names]

    @property
    def port(self) -> int:
        """The port of the first listening socket."""
        port: int = self._names[0][1]
        return port


async def _listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the host. Raises: OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sockets: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            sockets += _bound(family, address)
    except OSError:
        for one in sockets:
            one.close()
        raise
    if not sockets:
        raise OSError(errno.EADDRNOTAVAIL, f"{host} has no address of this machine")
    return sockets


def _bound(family: int, address: tuple[object, ...]) -> list[socket.socket]:
    """A listening socket; none where this machine has no addresses of that family."""
    try:
        found = socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as exc:
        if exc.errno == errno.EAFNOSUPPORT:
            return []
        raise
    found.setblocking(False)
    return [found]
