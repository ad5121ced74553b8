"""A wire between a node and its database that a test can cut, freeze, or tamper with."""

import asyncio
import enum
import re
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_KEY_DATA = re.compile(rb"K\0\0\0\x0c.{8}", re.DOTALL)
_NOTIFICATION = re.compile(rb"A\0\0\0\x11.{4}deskcal\0\0", re.DOTALL)
_READY = b"Z\0\0\0\5I"
_PLAIN = "?sslmode=disable&gssencmode=disable"
CHUNK_BYTES = 65_536


class AtCommit(enum.Enum):
    """What is done to the connection on which the next COMMIT comes."""

    PASS = enum.auto()
    CUT_BEFORE = enum.auto()
    """The COMMIT never reaches the database."""
    CUT_AFTER = enum.auto()
    """The database has committed; its answer never reaches the node."""


class PostgresProxy:
    """Listens while it is entered."""

    def __init__(self, url: str) -> None:
        """`url` of the database, with user, password, host and port."""
        self._place = urlsplit(url)
        self._forwarding = asyncio.Event()
        self._forwarding.set()
        self._connections: set[asyncio.Task[None]] = set()
        self.at_commit = AtCommit.PASS
        self.is_pooler = False
        """Whether clients are given numbers of other server processes than theirs."""
        self.loses_notifications = False
        """Whether what NOTIFY sends never reaches the node."""
        self.lost = 0
        """Notifications."""
        self.freezes_after_greeting = False
        """Whether nothing comes through any more once a client is let in."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        if self._connections:
            await asyncio.wait(self._connections)

    @property
    def url(self) -> str:
        """What the node is to use."""
        who, _, _ = self._place.netloc.rpartition("@")
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://{who}@127.0.0.1:{port}{self._place.path}{_PLAIN}"

    def freeze(self) -> None:
        """From now on nothing comes through, without an error to anybody."""
        self._forwarding.clear()

    def thaw(self) -> None:
        """What was sent meanwhile comes through."""
        self._forwarding.set()

    def cut(self) -> None:
        """Ends all connections; new ones are taken."""
        for task in self._connections:
            task.cancel()

    async def _serve(self, from_node: asyncio.StreamReader, to_node: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        place = self._place
        try:
            from_base, to_base = await asyncio.open_connection(place.hostname, place.port)
            try:
                await self._carry(from_node, to_node, from_base, to_base)
            finally:
                to_base.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            to_node.close()
            self._connections.discard(task)

    async def _carry(
        self,
        from_node: asyncio.StreamReader,
        to_node: asyncio.StreamWriter,
        from_base: asyncio.StreamReader,
        to_base: asyncio.StreamWriter,
    ) -> None:
        """Until one of the two ends, or the cut comes."""
        is_hushed = asyncio.Event()
        up = asyncio.ensure_future(self._up(from_node, to_base, is_hushed))
        down = asyncio.ensure_future(self._down(from_base, to_node, is_hushed))
        try:
            await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
            if is_hushed.is_set():
                await down
        finally:
            up.cancel()
            down.cancel()

    async def _up(
        self,
        from_node: asyncio.StreamReader,
        to_base: asyncio.StreamWriter,
        is_hushed: asyncio.Event,
    ) -> None:
        while data := await from_node.read(CHUNK_BYTES):
            await self._forwarding.wait()
            if b"COMMIT" in data and self.at_commit is AtCommit.CUT_BEFORE:
                return
            if b"COMMIT" in data and self.at_commit is AtCommit.CUT_AFTER:
                is_hushed.set()
            to_base.write(data)
            await to_base.drain()

    async def _down(
        self,
        from_base: asyncio.StreamReader,
        to_node: asyncio.StreamWriter,
        is_hushed: asyncio.Event,
    ) -> None:
        while data := await from_base.read(CHUNK_BYTES):
            await self._forwarding.wait()
            if is_hushed.is_set():
                if data.endswith(_READY):
                    return
                continue
            if self.is_pooler:
                data = _KEY_DATA.sub(b"K\0\0\0\x0c\0\0\0\1\0\0\0\1", data)
            if self.loses_notifications:
                data, count = _NOTIFICATION.subn(b"", data)
                self.lost += count
            to_node.write(data)
            await to_node.drain()
            if self.freezes_after_greeting and _KEY_DATA.search(data):
                self.freeze()
