"""A GET that is no more than a socket, and a gateway to ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from deskcal.http.app import Gateway
from deskcal.server.host import ConnectionHost
from harness import Desk, open_desk
from places import Place

WAIT_SEC = 30


class Got(NamedTuple):
    """An answer: its status, its headers in lower case, its body."""

    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def serving(place: Place, **limits: Any) -> AsyncIterator[tuple[Desk, str]]:
    """A gateway, and HOST:PORT of it."""
    async with (
        open_desk(place, **limits) as desk,
        ConnectionHost(desk.dispatcher) as clients,
        Gateway(clients, "127.0.0.1", 0) as gateway,
    ):
        yield desk, gateway.addresses[0]


async def get(address: str, path: str, **headers: str) -> Got:
    """The answer to a GET; `if_none_match` is the header If-None-Match."""
    host, port = address.split(":")
    lines = [f"GET {path} HTTP/1.1", f"Host: {address}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    async with asyncio.timeout(WAIT_SEC):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
    status, *rest = head.decode().split("\r\n")
    found = (line.partition(": ") for line in rest)
    return Got(int(status.split()[1]), {name.lower(): value for name, _, value in found}, body)
