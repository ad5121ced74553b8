"""The connection of a client: the calls that wait on it, and re-establishing it.

Answers find their call by extID. No command but Ping and Subscribe is known by its meaning here.
"""

import asyncio
import functools
import itertools
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from deskcal.client.calls import (
    Answer,
    Call,
    Incoming,
    Options,
    decode_incoming,
    encode_line,
    may_repeat,
)
from deskcal.client.diagnosis import Diagnosis, unreachable
from deskcal.client.subscriptions import Subscriptions
from deskcal.errors import DeskcalError, MessageTooLarge, Unauthorized, Unavailable
from deskcal.wire.frames import FrameDecoder

READ_BYTES = 256 * 1024
CLOSE_SEC = 1.0
TLS_HANDSHAKE_SEC = 10.0
FIRST_DELAY_SEC, LONGEST_DELAY_SEC = 0.1, 10.0
"""Bounds of the delay before reconnecting: it doubles, then a random part is taken."""
MAX_CARRIED = 1_000
"""Tokens that a new connection sends first, so that their reminders go on; then the oldest goes."""
_GARBAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading a message raises that is none of a deskcal server: the client connects again."""
_END = object()
"""Stands last in the queue of pushed messages."""


class Listener(Protocol):
    """Somebody who takes some of what is pushed."""

    def take(self, message: Any) -> bool:
        """Whether the message is theirs; then it does not wait for `Link.messages`."""

    def look_again(self) -> None:
        """There is a new connection, or none any more: something may have been missed."""


class Link:
    """A connection that is re-established when it breaks; see `Client` for its effect on calls."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._pending: dict[str, Call] = {}
        self._ext_ids = map(str, itertools.count(1))
        self._carried: dict[str, None] = {}
        self.subscriptions = Subscriptions()
        """What every new connection subscribes to."""
        self._pushed: asyncio.Queue[Any] = asyncio.Queue(options.max_pushed)
        self._listeners: list[Listener] = []
        self._failures = 0
        self._peer = Diagnosis()
        self._connected = False
        self._closed = False
        self.dropped_messages = 0
        self.reconnects = 0

    async def start(self) -> None:
        """Connects. Raises: Unavailable if that fails."""
        where = f"{self._options.host}:{self._options.port}"
        try:
            await self._open()
        except (OSError, UnicodeError) as exc:
            raise Unavailable(f"can't reach {where}: {unreachable(exc)}") from exc
        self._running = asyncio.create_task(self._run(), name=f"deskcal client of {where}")

    async def stop(self) -> None:
        """Closes the connection; calls without an answer raise."""
        self._running.cancel()
        await asyncio.wait([self._running])
        self._end()
        self._writer.close()
        with suppress(OSError):
            async with asyncio.timeout(CLOSE_SEC):
                await self._writer.wait_closed()

    async def ask(
        self,
        command: str,
        data: Mapping[str, Any],
        token: str | None,
        on_answer: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """The answer to one request, whatever its status.

        `on_answer` is called with it before any later message is looked at.

        Raises: Unavailable when it could not be sent; Timeout when it was, and no answer came.
        """
        if self._closed:
            raise Unavailable(f"{command}: this client is closed; connect a new one")
        call = self._post(command, data, token)
        call.on_answer = on_answer
        try:
            async with asyncio.timeout(self._options.timeout_sec):
                await self._drain()
                return await call.answer
        except TimeoutError as exc:
            hint = self._peer.hint(self.reconnects)
            raise call.lost(f"no answer within {self._options.timeout_sec:g} s{hint}") from exc
        finally:
            self._pending.pop(call.ext_id, None)

    async def messages(self) -> AsyncIterator[Any]:
        """Pushed messages until the link is stopped. Raises: what ended a subscription."""
        while (message := await self._pushed.get()) is not _END:
            if isinstance(message, DeskcalError):
                raise message
            yield message
        self._push(_END)

    @property
    def is_closed(self) -> bool:
        """Whether it was stopped."""
        return self._closed

    def listen(self, listener: Listener) -> None:
        """From now on `listener` is asked first; at once of what waits and nobody has taken."""
        self._listeners.append(listener)
        for _ in range(self._pushed.qsize()):
            message = self._pushed.get_nowait()
            if message is _END or isinstance(message, Exception) or not listener.take(message):
                self._pushed.put_nowait(message)

    def leave(self, listener: Listener) -> None:
        """`listener` is asked no more."""
        self._listeners.remove(listener)

    def leave_channel(self, token: str | None, name: str) -> None:
        """Unsubscribes, here and on new connections; nobody waits for the answer."""
        self.subscriptions.drop(token, [name])
        if self._connected:
            self._send("Unsubscribe", {"chanels": [name]}, token, _failure_of)

    async def _open(self) -> None:
        to = self._options
        async with asyncio.timeout(to.timeout_sec):
            self._reader, self._writer = await asyncio.open_connection(
                to.host,
                to.port,
                ssl=to.ssl,
                ssl_handshake_timeout=TLS_HANDSHAKE_SEC if to.ssl else None,
                limit=4 * READ_BYTES,
            )
        self._connected = True

    async def _run(self) -> None:
        try:
            while True:
                await self._receive()
                self._break()
                await self._reconnect()
        finally:
            self._end()

    async def _receive(self) -> None:
        """Takes messages until the connection ends, or sends something else."""
        decoder = FrameDecoder(self._options.max_message_bytes)
        with suppress(OSError):
            while data := await self._read():
                for frame in decoder.feed(data):
                    try:
                        self._take(frame)
                    except _GARBAGE:
                        return self._refuse_protocol(frame)
                    self._peer.is_deskcal = True
                if decoder.overflowed:
                    return self._refuse_long_answer()

    async def _read(self) -> bytes:
        """The next bytes; none when the connection has ended, or is silent after a Ping too."""
        asked = False
        while True:
            try:
                async with asyncio.timeout(self._options.quiet_sec) as silence:
                    return await self._reader.read(READ_BYTES)
            except TimeoutError:
                if asked or not silence.expired():
                    return b""
            asked = bool(self._pending or self.subscriptions)
            if asked:
                self._send("Ping", {}, None, _failure_of)

    def _take(self, frame: bytes) -> None:
        """Raises: ValueError if the frame is no message."""
        if frame[:1] != b"{":
            return self._push(msgspec.json.decode(frame))
        came = decode_incoming(frame)
        if came.ext_id is UNSET or came.event is not UNSET:
            return self._take_push(msgspec.json.decode(frame))
        return self._take_answer(came, frame)

    def _take_push(self, message: dict[str, Any]) -> None:
        self._failures = 0
        seq = message.get("seq")
        if isinstance(seq, int):
            self.subscriptions.advance(seq)
        self._push(message)

    def _notify_listeners(self) -> None:
        for listener in self._listeners:
            listener.look_again()

    def _take_answer(self, came: Incoming, frame: bytes) -> None:
        if came.ext_id is None:
            call = self._culprit(came.status)
        else:
            self._failures = 0
            call = self._pending.pop(str(came.ext_id), None)
        if call is not None and not call.answer.done():
            answer = Answer(came.status, came.data, came.error or {}, frame)
            if call.on_answer is not None:
                call.on_answer(answer)
            call.answer.set_result(answer)

    def _push(self, message: object) -> None:
        is_taken = [listener.take(message) for listener in self._listeners]
        if any(is_taken):
            return
        if self._pushed.full():
            self._pushed.get_nowait()
            self.dropped_messages += 1
        self._pushed.put_nowait(message)

    def _culprit(self, status: int) -> Call | None:
        """The call that an error without extID is about: the only one, or the longest of all."""
        if len(self._pending) == 1 or (self._pending and status == MessageTooLarge.status):
            return max(self._pending.values(), key=lambda call: len(call.frame))
        return None

    def _refuse_long_answer(self) -> None:
        """Nobody knows whose it is, so it fails all: asked again, it would be as long."""
        limit = self._options.max_message_bytes
        for call in self._pending.values():
            if not call.answer.done():
                call.answer.set_exception(
                    MessageTooLarge(f"an answer is over {limit} bytes; ask for fewer rows")
                )

    def _refuse_protocol(self, line: bytes) -> None:
        """Fails all calls if the peer will never be a deskcal server."""
        to = self._options
        refusal = self._peer.refusal(line, f"{to.host}:{to.port}")
        for call in self._pending.values():
            if refusal is not None and not call.answer.done():
                call.answer.set_exception(refusal)

    def _break(self) -> None:
        """Ends the connection and the calls that can't be repeated."""
        self._connected = False
        self.subscriptions.disconnected()
        self._writer.transport.abort()
        for call in list(self._pending.values()):
            if not call.repeatable:
                self._give_up(call, "the connection broke")

    def _give_up(self, call: Call, why: str) -> None:
        del self._pending[call.ext_id]
        if not call.answer.done():
            call.answer.set_exception(call.lost(why))

    async def _reconnect(self) -> None:
        while not self._connected:
            await asyncio.sleep(_delay_sec(self._failures))
            self._failures += 1
            with suppress(OSError):
                await self._open()
        self.reconnects += 1
        self._resume()

    def _resume(self) -> None:
        """Sends the tokens and channels to the new connection, then repeats the calls."""
        waiting = list(self._pending.values())
        for token in list(self._carried):
            self._send("Ping", {}, token, functools.partial(self._token_taken, token))
        for key, data in self.subscriptions.resumes():
            call = self._send("Subscribe", data, key, _failure_of)
            call.on_answer = functools.partial(self._resubscribed, key, data["chanels"])
        for call in waiting:
            if not call.answer.done():
                self._write(call)
        self._notify_listeners()

    def _token_taken(self, token: str, answer: asyncio.Future[Answer]) -> None:
        if isinstance(_failure_of(answer), Unauthorized):
            self._carried.pop(token, None)

    def _resubscribed(self, token: str | None, names: list[str], answer: Answer) -> None:
        failure = answer.failure()
        if failure is None:
            self.subscriptions.resumed(token, names)
        else:
            self.subscriptions.drop(token, names)
            self._push(failure)
            self._notify_listeners()

    def _post(self, command: str, data: Mapping[str, Any], token: str | None) -> Call:
        """A call that is under way, or goes out with the next connection."""
        ext_id = next(self._ext_ids)
        request = {"command": command, "extID": ext_id, "data": dict(data)}
        if token is not None:
            request["__token"] = token
            self._remember(token)
        future = asyncio.get_running_loop().create_future()
        call = Call(ext_id, command, encode_line(request), may_repeat(command, data), future)
        self._pending[ext_id] = call
        if self._connected:
            self._write(call)
        return call

    def _send(
        self,
        command: str,
        data: Mapping[str, Any],
        token: str | None,
        on_done: Callable[[asyncio.Future[Answer]], object],
    ) -> Call:
        """Sends a request whose answer nobody awaits, on this connection only."""
        call = self._post(command, data, token)
        call.repeatable = False
        call.answer.add_done_callback(on_done)
        return call

    def _remember(self, token: str) -> None:
        self._carried[token] = None
        if len(self._carried) > MAX_CARRIED:
            del self._carried[next(iter(self._carried))]

    def _write(self, call: Call) -> None:
        call.sent = True
        self._writer.write(call.frame)

    async def _drain(self) -> None:
        if self._connected:
            with suppress(OSError):
                await self._writer.drain()

    def _end(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._connected = False
        for call in list(self._pending.values()):
            self._give_up(call, "this client was closed")
        self._push(_END)
        self._notify_listeners()


def _failure_of(answer: asyncio.Future[Answer]) -> DeskcalError | None:
    """What a background call was refused for; None when it was not, or broke with its link."""
    if answer.cancelled() or answer.exception() is not None:
        return None
    return answer.result().failure()


def _delay_sec(failures: int) -> float:
    """A random part of a bound that doubles, so that many clients don't come back at once."""
    return random.uniform(0, min(LONGEST_DELAY_SEC, FIRST_DELAY_SEC * 2 ** min(failures, 10)))
