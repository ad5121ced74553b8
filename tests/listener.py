"""A server on the loopback whose connections a test serves as it wants, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

WAIT_SEC = 60

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def read_only(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Reads without an answer until the other end closes."""
    try:
        while await reader.read(65_536):
            pass
    except ConnectionError:
        pass


async def nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Answers nothing."""


class Listener:
    """A server that ends each connection once `serve` has returned or the test has ended."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0

    @property
    def open(self) -> int:
        """Connections that have not ended."""
        return len(self._tasks)

    async def until(self, is_so: Callable[["Listener"], bool]) -> None:
        """Returns once it is so."""
        async with asyncio.timeout(WAIT_SEC):
            while not is_so(self):
                await asyncio.sleep(0.01)

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._one(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def listening(
    serve: Serve = nothing, host: str = "127.0.0.1", port: int = 0, **options: Any
) -> AsyncIterator[Listener]:
    """Calls `serve` for each connection."""
    listener = Listener(serve)
    server = await asyncio.start_server(listener.begin, host, port, **options)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        await listener.end()
        await server.wait_closed()
