"""One browser's WebSocket: the messages of TCP, one per text frame. Limits as in `connection`.

Source: contract, section 10.
"""

import asyncio
import functools
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw, Struct
from starlette.websockets import WebSocket, WebSocketDisconnect

from deskcal.commands import Data, Dispatcher, FastPath, PendingAnswer, Services
from deskcal.errors import DeskcalError, MessageTooLarge, Unavailable
from deskcal.limits import Limits
from deskcal.live.connections import Peer
from deskcal.server.admission import Admission
from deskcal.server.tcp import READS_AT_ONCE
from deskcal.wire.envelope import NO_EXT_ID, encode_error

logger = logging.getLogger(__name__)

GOING_AWAY, POLICY, TOO_BIG, TRY_LATER = 1001, 1008, 1009, 1013
"""Close codes of RFC 6455, 7.4.1, and of its registry."""
CLOSE_SEC = 2.0
"""How long open sockets are given to close when the server stops."""

_decode_keys = msgspec.json.Decoder(dict[str, Raw]).decode


class _Authorization(Struct):
    authorization: str


_decode_authorization = msgspec.json.Decoder(_Authorization).decode


class Sockets:
    """Every WebSocket that is open."""

    def __init__(self, dispatcher: Dispatcher, limits: Limits, admission: Admission) -> None:
        self.services = dispatcher.services
        self._requests = FastPath(dispatcher)
        self._lifecycle = dispatcher.lifecycle
        self.limits = limits
        self.admission = admission
        self.messages_total = 0
        """Frames that browsers have sent."""
        self._open: dict[BrowserSocket, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, websocket: WebSocket) -> None:
        """Runs one WebSocket from its handshake to its end."""
        if not same_origin(websocket.headers.get("origin"), websocket.headers.get("host", "")):
            await websocket.close(POLICY)
            return
        await websocket.accept()
        one = BrowserSocket(websocket, self.services, self._requests, self.limits)
        one.on_known = functools.partial(self.admission.known, one)
        if self._lifecycle.is_stopping:
            await one.end_with(Unavailable("the server is stopping"), TRY_LATER)
            return
        if not self.admission.admit(one):
            limit = self.limits.max_connections
            full = Unavailable(f"this server has its {limit} connections; try again later")
            await one.end_with(full, TRY_LATER)
            return
        self._open[one] = None
        try:
            await one.run(self._count)
        finally:
            del self._open[one]
            self.admission.forget(one)
            self.services.forget(one.peer)

    def _count(self) -> None:
        self.messages_total += 1

    async def close(self) -> None:
        """Finishes what is in flight and closes every socket."""
        loop = asyncio.get_running_loop()
        self._lifecycle.stop(loop.time() + self.limits.stop_timeout_sec)
        ending = [asyncio.ensure_future(one.stop()) for one in self._open]
        if ending:
            await asyncio.wait(ending, timeout=self.limits.stop_timeout_sec)


def same_origin(origin: str | None, host: str) -> bool:
    """Whether a handshake comes from our own page; what is no browser sends no Origin."""
    if origin is None:
        return True
    return urlsplit(origin).netloc.lower() == host.lower()


class BrowserSocket:
    """Reads, answers and writes for one WebSocket."""

    def __init__(
        self, websocket: WebSocket, services: Services, requests: FastPath, limits: Limits
    ) -> None:
        self._websocket = websocket
        self._services = services
        self._requests = requests
        self._limits = limits
        self._token = b""
        """JSON text of the token that messages without one carry."""
        self._outbox: deque[Data] = deque()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._list_turn = asyncio.Semaphore(1)
        self._read_turns = asyncio.Semaphore(READS_AT_ONCE)
        self._is_ending = False
        self._is_behind = False
        """Whether something could not be pushed."""
        self._full_at = 0.0
        """Since when much is unsent, by the loop's clock; 0: it is not."""
        self._now = asyncio.get_running_loop().time
        self._code = GOING_AWAY
        self._reading: asyncio.Task[None] | None = None
        self.on_known: Callable[[], None] = _noop
        """Called once, when a message has carried a valid token."""
        self.unsent_bytes = 0
        """What waits for the browser to take it."""
        client = websocket.client
        name = f"{client.host}:{client.port}" if client else ""
        self.peer = Peer(name, self.push, lambda: self.unsent_bytes)

    async def run(self, count: Callable[[], None]) -> None:
        """Until the browser or a limit ends it."""
        writing = asyncio.create_task(self._write())
        reading = self._reading = asyncio.create_task(self._read(count))
        try:
            await asyncio.wait({writing, reading}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._is_ending = True
            for task in (writing, reading, *self._tasks):
                task.cancel()
            await asyncio.gather(writing, reading, *self._tasks, return_exceptions=True)
            with suppress(RuntimeError, WebSocketDisconnect):
                await self._websocket.close(self._code)

    def abort(self, why: str) -> None:
        """Closes at once."""
        logger.info("%s closed: %s", self.peer.name, why)
        self._code = POLICY
        self._is_ending = True
        if self._reading is not None:
            self._reading.cancel()

    async def _read(self, count: Callable[[], None]) -> None:
        while True:
            await self._room.wait()
            message = await self._next()
            if message is None:
                return
            count()
            if len(message) > self._limits.max_message_bytes:
                limit = self._limits.max_message_bytes
                error = MessageTooLarge(f"the message is longer than {limit} bytes")
                await self.end_with(error, TOO_BIG)
                return
            self._take(message)
            if self.peer.sessions:
                self.on_known()
                self.on_known = _noop
            if self.peer.bad_messages >= self._limits.max_bad_messages:
                await self._websocket.close(POLICY)
                return

    async def _next(self) -> bytes | None:
        """The next message; None when there is none to come."""
        while True:
            try:
                async with asyncio.timeout(self._limits.idle_timeout_sec):
                    got = await self._websocket.receive()
            except TimeoutError:
                if self.peer.channels or self._tasks:
                    continue
                logger.info("%s closed: idle", self.peer.name)
                return None
            if got["type"] != "websocket.receive":
                return None
            text: str | None = got.get("text")
            binary: bytes | None = got.get("bytes")
            return binary if text is None else text.encode()

    def _take(self, message: bytes) -> None:
        """Answers one message, at once or later."""
        message = message.strip()
        if not message:
            return
        frame = self._with_token(message)
        if frame is None:
            return
        found = self._requests.answer(self.peer, frame, self._services.now())
        if isinstance(found, PendingAnswer):
            task = asyncio.create_task(self._finish(found))
            self._tasks.add(task)
            task.add_done_callback(self._done)
            if len(self._tasks) >= self._limits.max_requests_in_flight:
                self._room.clear()
        else:
            self._send(found if isinstance(found, bytes) else b"".join(found))

    def _with_token(self, message: bytes) -> bytes | None:
        """The message with the socket's token where it has none; None for an authorization."""
        is_object = message.startswith(b"{") and message.endswith(b"}")
        if not is_object:
            return message
        if b'"authorization"' in message or b'"__token"' in message:
            try:
                keys = _decode_keys(message)
            except ValueError:
                return message
            if "authorization" in keys and "command" not in keys:
                return self._authorize(message)
            if "__token" in keys:
                return message
        if not self._token:
            return message
        body = message[:-1].rstrip()
        comma = b"" if body == b"{" else b","
        return b'%b%b"__token":%b}' % (body, comma, self._token)

    def _authorize(self, message: bytes) -> bytes | None:
        """Takes the token up; each request checks it anew."""
        try:
            self._token = msgspec.json.encode(_decode_authorization(message).authorization)
        except ValueError:
            return message
        return None

    async def _finish(self, later: PendingAnswer) -> None:
        try:
            async with self._list_turn if later.command.is_list else self._read_turns:
                await self._drained()
                self._send(await later.finish())
        except Unavailable as exc:
            self._send(later.refuse(exc))
        finally:
            later.close()

    async def _drained(self) -> None:
        """Returns when the browser has taken enough for one more answer."""
        while self._is_full():
            await asyncio.sleep(0.02)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._read_if_free()

    def _read_if_free(self) -> None:
        is_free = len(self._tasks) < self._limits.max_requests_in_flight
        if is_free and not self._is_full():
            self._room.set()

    def push(self, lines: bytes) -> bool:
        """Queues what nobody asked for; False, and nothing queued, where the browser is slow."""
        if self._is_ending or self._is_too_slow():
            self._is_behind = True
            return False
        self._send(lines)
        return True

    def _is_full(self) -> bool:
        return self.unsent_bytes > self._limits.max_unsent_bytes

    def _is_much(self) -> bool:
        return self.unsent_bytes > self._limits.max_unsent_bytes // 8

    def _is_too_slow(self) -> bool:
        if not self._full_at:
            return False
        is_long_full = self._now() - self._full_at > self._limits.write_timeout_sec
        return is_long_full or self._is_full()

    def _send(self, data: Data) -> None:
        self._outbox.append(data)
        self.unsent_bytes += _size(data)
        if self._is_full():
            self._room.clear()
        if not self._full_at and self._is_much():
            self._full_at = self._now()
        self._wake.set()

    async def _write(self) -> None:
        """The one writer: a browser that takes nothing for too long is left."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                data = self._outbox.popleft()
                text = data if isinstance(data, bytes) else b"".join(data)
                for line in text.split(b"\r\n"):
                    if line.strip():
                        async with asyncio.timeout(self._limits.write_timeout_sec):
                            await self._websocket.send_text(line.decode())
                self._sent(data)

    def _sent(self, data: Data) -> None:
        self.unsent_bytes -= _size(data)
        self._read_if_free()
        if self._full_at and not self._is_much():
            self._full_at = 0.0
            if self._is_behind:
                self._is_behind = False
                self._services.resume(self.peer)

    async def end_with(self, error: DeskcalError, code: int) -> None:
        """Says why, and ends."""
        line = encode_error(NO_EXT_ID, error).rstrip()
        await self._websocket.send_text(line.decode())
        await self._websocket.close(code, error.code)

    async def stop(self) -> None:
        """Finishes what is in flight, then closes."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self._limits.stop_timeout_sec)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SEC):
                while self._outbox:
                    await asyncio.sleep(0.01)
        with suppress(RuntimeError, WebSocketDisconnect):
            await self._websocket.close(GOING_AWAY)


def _noop() -> None:
    pass


def _size(data: Data) -> int:
    return len(data) if isinstance(data, bytes) else sum(map(len, data))
