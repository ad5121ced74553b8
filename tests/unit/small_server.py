"""A small server that speaks the protocol, for tests of the client that answer by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from msgspec import Raw, Struct

from deskcal import Client, Event
from deskcal.core.document import encode_event

WAIT_SEC = 30.0


class Received(Struct):
    """One request as the server got it."""

    command: str
    extID: str
    writer: Any
    data: dict[str, Any] = {}
    token: str | None = None

    def answer(self, data: object) -> None:
        """Answers it with success."""
        self.send({"extID": self.extID, "status": 200, "data": data})

    def fail(self, status: int, code: str, **more: object) -> None:
        """Answers it with an error."""
        error = {"code": code, "message": "no"} | more
        self.send({"extID": self.extID, "status": status, "error": error})

    def send(self, message: object) -> None:
        """Sends a message of any kind."""
        self.send_bytes(msgspec.json.encode(message) + b"\r\n")

    def send_bytes(self, text: bytes) -> None:
        """Sends bytes as they are."""
        self.writer.write(text)

    def break_connection(self) -> None:
        """Ends the connection it came on."""
        self.writer.transport.abort()


class SmallServer:
    """Listens on loopback and hands each request to the test."""

    def __init__(self) -> None:
        self.accepted = 0
        self._received: asyncio.Queue[Received] = asyncio.Queue()
        self._writers: list[asyncio.StreamWriter] = []

    async def request(self) -> Received:
        """The next request of any connection."""
        async with asyncio.timeout(WAIT_SEC):
            return await self._received.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.accepted += 1
        self._writers.append(writer)
        try:
            while line := await reader.readline():
                sent = msgspec.json.decode(line)
                received = Received(
                    sent["command"], sent["extID"], writer, sent["data"], sent.get("__token")
                )
                self._received.put_nowait(received)
        except ConnectionError:
            return

    async def stop(self) -> None:
        """Ends all connections."""
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[tuple[SmallServer, Client]]:
    """A server, and a client that is connected to it."""
    server = SmallServer()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        async with Client.connect("127.0.0.1", port, **({"token": "T"} | options)) as client:
            yield server, client
    finally:
        await server.stop()
        listener.close()
        await listener.wait_closed()


def event(event_id: int = 1, **fields: Any) -> Event:
    """An event as a server has it."""
    values: dict[str, Any] = {
        "id": event_id,
        "owner_manager_id": 10,
        "created_by": 10,
        "title": "Retention sync",
        "start_time": 1_710_000_000,
        "end_time": 1_710_003_600,
        "created_time": 1,
        "updated_time": 1,
    }
    return Event(**(values | fields))


def one(found: Event) -> dict[str, Raw]:
    """The data of an answer with one event."""
    return {"event": Raw(encode_event(found))}


async def later(call: Any) -> "asyncio.Task[Any]":
    """A call that is under way."""
    return asyncio.ensure_future(call)


async def ended(call: "asyncio.Task[Any]") -> Any:
    """What it comes to."""
    async with asyncio.timeout(WAIT_SEC):
        return await call
