"""The way of a request: frame, session, command, answer. Handlers are elsewhere in the package.

`Dispatcher.answer` applies every rule of the contract in its order; `fast_path` answers a usual
request in fewer steps.
"""

import contextlib
import difflib
from asyncio import Future
from collections.abc import Callable, Coroutine
from typing import Any, cast

from msgspec import Struct

from deskcal.commands.registry import COMMANDS, Changing, Command, Data, PagedData, Reading, Work
from deskcal.commands.services import Lifecycle, RequestStats, Services
from deskcal.core.document import Record
from deskcal.core.sessions import Session
from deskcal.errors import (
    DeskcalError,
    FieldRequired,
    Forbidden,
    Unauthorized,
    Unavailable,
    UnknownCommand,
)
from deskcal.incidents import incident_of
from deskcal.live.connections import Peer
from deskcal.wire.data import decode_data
from deskcal.wire.envelope import (
    BadRequest,
    EventAnswer,
    JsonText,
    Request,
    decode_request,
    encode_answer,
    encode_error,
    event_answer,
    with_ignored,
)
from deskcal.wire.field_errors import ignored_keys, ignored_text, with_suggestion

UNKNOWN = "unknown"
"""The name under which answers to names that are no commands are counted."""

SPLIT = b"\n"
"""Marks the place of the pieces; a line contains none."""


class PendingAnswer(Struct):
    """An answer whose work is not done yet."""

    ext_id: JsonText
    work: Work
    """Await it once."""
    command: Command
    stats: RequestStats
    ignored: bytes = b""
    """JSON text that follows the members of `data`; see `ignored_text`."""

    async def finish(self) -> "Data | PagedAnswer":
        """The answer as a line, whole, in pieces or in pages, once the work is done. Never raises.

        Close pages in any case.
        """
        try:
            data = await self._begun()
            if not isinstance(data, bytes | list):
                return PagedAnswer(self, data)
            self.stats.answered[self.command.number] += 1
            return self._encode(data)
        except Exception as exc:
            return self.refuse(exc)

    def finish_done(self, change: Future[Any]) -> "bytes | PendingAnswer":
        """`finish`, for work that is a future or `Changing`, once the change is done.

        This answer itself where something is to be read for it: `work` is what is left to do.
        """
        if isinstance(self.work, Changing):
            return self._finish_change(self.work.answer, change)
        try:
            document = change.result()
            self.stats.answered[self.command.number] += 1
            return b"".join(event_answer(self.ext_id, document, self.ignored))
        except Exception as exc:
            return self.refuse(exc)

    def _finish_change(
        self, answer: Callable[[Any], bytes | Coroutine[Any, Any, Data]], change: Future[Any]
    ) -> "bytes | PendingAnswer":
        try:
            data = answer(change.result())
            if not isinstance(data, bytes):
                self.work = data
                return self
            self.stats.answered[self.command.number] += 1
            return encode_answer(self.ext_id, data, self.ignored)
        except Exception as exc:
            return self.refuse(exc)

    def finish_read(self, event: Record | None, error: Exception | None) -> bytes:
        """`finish`, for an event that has been read, or why it has not."""
        reading = self.work
        assert isinstance(reading, Reading)
        try:
            if error is not None:
                raise error
            document = reading.see(event)
            self.stats.answered[self.command.number] += 1
            return b"".join(event_answer(self.ext_id, document, self.ignored))
        except Exception as exc:
            return self.refuse(exc)

    def refuse(self, exc: Exception) -> bytes:
        """The answer to work that failed, or that was not begun.

        The frames of `exc` hold this object, which holds `exc` by its work: memory that only the
        garbage collector would free.
        """
        answer = failed(self.stats, self.command.name, self.ext_id, exc)
        exc.__traceback__ = None
        return answer

    def close(self) -> None:
        """Gives up work that was not begun."""
        if not isinstance(self.work, (Future, Reading, Changing)):
            self.work.close()

    def around(self) -> list[bytes]:
        """What stands before and after the `data` of a success."""
        return encode_answer(self.ext_id, SPLIT).split(SPLIT, 1)

    def _begun(self) -> Coroutine[Any, Any, Data | PagedData] | Future[bytes]:
        if isinstance(self.work, Changing):
            return self.work.data()
        return self.work.document() if isinstance(self.work, Reading) else self.work

    def _encode(self, data: Data) -> Data:
        if isinstance(data, list):
            head, tail = self.around()
            return [head, *with_ignored(data, self.ignored), tail]
        if self.command.gives_event:
            return b"".join(event_answer(self.ext_id, data, self.ignored))
        return encode_answer(self.ext_id, data, self.ignored)


class PagedAnswer:
    """An answer as one line in pages, made as they are taken. The first one is not empty."""

    def __init__(self, pending: PendingAnswer, data: PagedData) -> None:
        self._pending = pending
        self._data = data
        self._before, self._after = pending.around()
        self._is_ended = False

    async def take(self) -> list[bytes]:
        """The next pieces of the line; empty after its end.

        Raises: Unavailable, or what is an incident. Then the line has no end: see `fail`.
        """
        if self._is_ended:
            return []
        page = await self._data.take()
        if not page:
            self._is_ended = True
            self._pending.stats.answered[self._pending.command.number] += 1
            page = [*with_ignored([self._data.end()], self._pending.ignored), self._after]
        before, self._before = self._before, b""
        return [before, *page] if before else page

    def fail(self, exc: Exception) -> None:
        """Counts the answer as failed, and logs what is an incident: there is no line for it."""
        self._pending.refuse(exc)

    def close(self) -> None:
        """Nothing more is taken; call it in any case."""
        self._data.close()


Answer = bytes | EventAnswer | PendingAnswer
"""The answer to one frame: a line, whole or in pieces, or one that is not done yet."""


class Dispatcher(Struct, frozen=True):
    """Answers frames."""

    services: Services
    stats: RequestStats
    lifecycle: Lifecycle

    def answer(self, peer: Peer, frame: bytes, now: float) -> Answer:
        """The answer to one frame that arrived at `now` (Unix seconds). Never raises.

        A mutation is in the store's queue when this returns, so calls in order take effect in
        order. Source: contract, section 2, "Order of checks".
        """
        try:
            request = decode_request(frame, self.services.limits.max_json_depth)
        except BadRequest as bad:
            peer.bad_messages += 1
            return failed(self.stats, UNKNOWN, bad.ext_id, bad.error)
        peer.bad_messages = 0
        try:
            return self._answer_request(peer, request, now)
        except Exception as exc:
            name = request.command if request.command in COMMANDS else UNKNOWN
            return failed(self.stats, name, request.ext_id, exc)

    def carry(self, peer: Peer, token: str, now: float) -> None:
        """The connection has carried `token` without a request: what is pushed goes by it.

        One that is not valid is refused with the requests that need it. Source: contract, 3.
        """
        with contextlib.suppress(Unauthorized):
            self._register(peer, token, now)

    def to_answer(
        self, command: Command, ext_id: JsonText, found: Data | Work, ignored: bytes = b""
    ) -> Answer:
        """What a handler returned, as an answer."""
        if not isinstance(found, bytes):
            return PendingAnswer(ext_id, cast(Work, found), command, self.stats, ignored)
        self.stats.answered[command.number] += 1
        if command.gives_event:
            return event_answer(ext_id, found, ignored)
        return encode_answer(ext_id, found, ignored)

    def requests(self) -> dict[tuple[str, int], int]:
        """Answers since the start, by command and status."""
        done = {(one.name, 200): self.stats.answered[one.number] for one in COMMANDS.values()}
        return done | {(name, status): count for name, status, count in self.stats.refused()}

    def _answer_request(self, peer: Peer, request: Request, now: float) -> Answer:
        if request.command == "Ping" and request.token is None:
            if request.fault is not None:
                raise request.fault
            self.stats.answered[COMMANDS["Ping"].number] += 1
            return encode_answer(request.ext_id, ping(self.services))
        session = self._authenticate(peer, request.token, now)
        command = COMMANDS.get(request.command)
        if command is None:
            raise UnknownCommand(_unknown(request.command))
        if command.types is not None and session.type not in command.types:
            raise Forbidden(f"sessions of type {session.type} may not use {command.name}")
        if request.fault is not None:
            raise request.fault
        try:
            data = decode_data(command.decoder, request.data)
            if self.lifecycle.is_stopping:
                raise Unavailable("the server is stopping; nothing was applied")
            found = command.answer(self.services, peer, session, data)
        except FieldRequired as error:
            raise with_suggestion(error, ignored_keys(command.known, request.data)) from error
        ignored = ignored_text(command.known, request.data)
        return self.to_answer(command, request.ext_id, found, ignored)

    def _authenticate(self, peer: Peer, token: str | None, now: float) -> Session:
        """The session of a request's token.

        The peer remembers tokens of which only `exp` must be checked from now on: of sessions that
        may use calendar commands, while requests are not counted.
        """
        services = self.services
        session = self._register(peer, token, now)
        if services.rates.is_on:
            services.rates.count(session.manager_id)
        elif token and session.may_use_calendar:
            peer.remember(token, session)
        return session

    def _register(self, peer: Peer, token: str | None, now: float) -> Session:
        """The session of a token that the connection has carried."""
        services = self.services
        session = services.verifier.authenticate(token, now)
        if peer.sessions.get(session.manager_id) is not session:
            services.peers.register_session(peer, session)
        return session


def failed(stats: RequestStats, name: str, ext_id: JsonText, exc: Exception) -> bytes:
    """The answer to a request that failed; what is no error of ours is logged as an incident."""
    error = exc if isinstance(exc, DeskcalError) else incident_of(exc)
    stats.count_refused(name, error.status)
    return encode_error(ext_id, error)


def ping(services: Services) -> bytes:
    """The answer to Ping: the server's time."""
    return b'{"time":%d}' % services.now()


def _unknown(name: str) -> str:
    names = {known.lower(): known for known in COMMANDS}
    near = difflib.get_close_matches(name[:64].lower(), names, n=3)
    meant = " or ".join(names[one] for one in near)
    hint = f"; did you mean {meant}?" if near else "; see docs/protocol.md for the commands"
    return f"there is no command {name[:64]!r}{hint}"
