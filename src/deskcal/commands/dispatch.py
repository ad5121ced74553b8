"""The way of a request: frame, session, command, answer. Handlers stand in the modules beside."""

import logging
import uuid
from asyncio import Future
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, TypeVar, Union, cast

import msgspec
from msgspec import Struct

from deskcal.access import CALENDAR_TYPES, Session, TokenVerifier
from deskcal.documents import deeper_than
from deskcal.errors import (
    DeskcalError,
    Forbidden,
    Internal,
    Unavailable,
    UnknownCommand,
)
from deskcal.feed import Feed
from deskcal.limits import Limits
from deskcal.messages import (
    BadRequest,
    EventAnswer,
    JsonText,
    Request,
    decode_data,
    decode_request,
    encode_answer,
    encode_error,
    event_answer,
    plain_ext_id,
)
from deskcal.peers import Peer, Peers
from deskcal.rates import RateLimit
from deskcal.reminders import Reminders
from deskcal.store import Store

logger = logging.getLogger(__name__)

Data = bytes | list[bytes]
"""JSON text of an answer's `data`, whole or in pieces; safe to send.

Of a command that `gives_event` it is the document alone: its `data` is `{"event":<document>}`.
"""
Work = Coroutine[Any, Any, Data] | Future[bytes]
"""A future is the document of one event."""
Handler = Callable[["Context", "Peer", Session, Any], Data | Work]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Context(Struct):
    """What every request needs of the server."""

    store: Store
    verifier: TokenVerifier
    now: Callable[[], float]
    """Unix seconds."""
    rates: RateLimit
    limits: Limits
    peers: Peers
    feed: Feed
    reminders: Reminders
    default_timezone: str = "UTC"
    """Of events that name none."""
    stopping: bool = False
    """True once no new request is taken."""
    answered: list[int] = msgspec.field(default_factory=lambda: [0] * len(COMMANDS))
    """Requests that were answered with 200, by `Command.number`."""
    refused: dict[tuple[str, int], int] = msgspec.field(default_factory=dict)
    """Other answers, by command and status."""

    def resume(self, peer: Peer) -> None:
        """A slow client takes its output again."""
        self.feed.resume(peer)
        self.peers.resume(peer)

    def forget(self, peer: Peer) -> None:
        """A connection is closed: nothing is pushed to it any more."""
        self.peers.forget(peer)
        self.feed.forget(peer)

    def requests(self) -> dict[tuple[str, int], int]:
        """Answers since the start, by command and status; what is no command is `UNKNOWN`."""
        done = {(one.name, 200): self.answered[one.number] for one in COMMANDS.values()}
        return done | self.refused


class Later(Struct):
    """An answer that is still being worked on."""

    ext_id: JsonText
    work: Work
    """Await it once; what it raises goes through `failed`."""
    command: "Command"
    context: Context


Answer = bytes | EventAnswer | Later
"""To one frame: a line, whole or in pieces, or what there will be one of."""


class Command(Struct, frozen=True):
    """One command of the protocol."""

    name: str
    data: type[Struct]
    answer: Handler
    decoder: msgspec.json.Decoder[Any]
    """JSON text to `data`."""
    gives_event: bool
    """Whether its `data` is one event."""
    is_list: bool
    """Whether its answer may be large: a connection works on one such at a time."""
    needs_calendar: bool
    """Whether only the five session types of the seeds may use it."""
    number: int
    """Its place in the table."""

    @property
    def summary(self) -> str:
        """First line of the handler's docstring."""
        return (self.answer.__doc__ or "").strip().splitlines()[0]


UNKNOWN = "unknown"
"""Under this name answers to what is no command of ours are counted, whatever it is called."""

SPLIT = b"\n"
"""Stands where the pieces go; a line holds none."""

COMMANDS: dict[str, Command] = {}
"""Every command by its name on the wire."""


class _Calls:
    """The whole table as one decoder: an envelope whose `data` is already that of its command."""

    decode: Callable[[bytes], Any]
    _types: ClassVar[list[Any]] = []

    @classmethod
    def add(cls, command: Command) -> None:
        """Takes a command up into the decoder."""
        fields: list[tuple[str, Any, Any]] = [
            ("data", command.data, msgspec.field()),
            ("token", str, msgspec.field(name="__token")),
            ("ext_id", str | int | None, msgspec.field(name="extID", default=None)),
        ]
        cls._types.append(
            msgspec.defstruct(
                f"{command.name}Call",
                fields,
                tag_field="command",
                tag=command.name,
                gc=False,
                namespace={"command": command},
            )
        )
        cls.decode = msgspec.json.Decoder(Union[tuple(cls._types)]).decode  # noqa: UP007


def command(
    name: str,
    data: type[Struct],
    *,
    gives_event: bool = False,
    is_list: bool = False,
    needs_calendar: bool = True,
) -> Callable[[_Function], _Function]:
    """Puts the decorated handler into the table."""

    def register(handler: _Function) -> _Function:
        decoder = msgspec.json.Decoder(data)
        one = Command(
            name, data, handler, decoder, gives_event, is_list, needs_calendar, len(COMMANDS)
        )
        COMMANDS[name] = one
        _Calls.add(one)
        return handler

    return register


def answer(context: Context, peer: Peer, frame: bytes) -> Answer:
    """The answer to one frame as a line, whole or in pieces, at once or later. Never raises.

    A mutation is in the store's queue when this returns, so calls in order take effect in order.
    What is usual is decoded in one go; whatever else it is, `_answer_carefully` finds out: also
    what has room for two brackets a level of the limit and is deeper.
    """
    try:
        if not frame.isascii():
            frame.decode()
        call = _Calls.decode(frame)
    except (ValueError, RecursionError):
        return _answer_carefully(context, peer, frame)
    ext_id, token = call.ext_id, call.token
    if isinstance(ext_id, str) and ext_id.isalnum() and ext_id.isascii():
        ext_id = f'"{ext_id}"'.encode()
    else:
        ext_id = plain_ext_id(ext_id)
    max_depth = context.limits.max_json_depth
    is_roomy = len(frame) - len(token) > 2 * max_depth
    if ext_id is None or (is_roomy and deeper_than(frame, max_depth)):
        return _answer_carefully(context, peer, frame)
    peer.bad_messages = 0
    try:
        session = _authenticate(context, peer, token)
        return _perform(context, peer, session, call.command, ext_id, call.data)
    except Exception as exc:
        return failed(context, call.command.name, ext_id, exc)


def _answer_carefully(context: Context, peer: Peer, frame: bytes) -> Answer:
    """The answer to a frame in which something is unusual, or the first fault of it.

    Source: contract, section 2, "Order of checks".
    """
    try:
        request = decode_request(frame, context.limits.max_json_depth)
    except BadRequest as bad:
        peer.bad_messages += 1
        return failed(context, UNKNOWN, bad.ext_id, bad.error)
    peer.bad_messages = 0
    try:
        return _answer_request(context, peer, request)
    except Exception as exc:
        name = request.command if request.command in COMMANDS else UNKNOWN
        return failed(context, name, request.ext_id, exc)


def _answer_request(context: Context, peer: Peer, request: Request) -> Answer:
    if request.command == "Ping" and request.token is None:
        context.answered[COMMANDS["Ping"].number] += 1
        return encode_answer(request.ext_id, ping(context))
    session = _authenticate(context, peer, request.token)
    found = COMMANDS.get(request.command)
    if found is None:
        raise UnknownCommand(_unknown(request.command))
    _require_type(session, found)
    data = decode_data(found.decoder, request.data)
    return _perform(context, peer, session, found, request.ext_id, data)


def _authenticate(context: Context, peer: Peer, token: str | None) -> Session:
    """The session of a token that was verified before, while it lasts; else of a look at it."""
    now = context.now()
    session = context.verifier.known.get(token or "")
    if session is None or now >= session.exp:
        session = context.verifier.authenticate(token, now)
    if peer.sessions.get(session.manager_id) is not session:
        context.peers.carry(peer, session)
    if context.rates.is_on:
        context.rates.count(session.manager_id, now)
    return session


def _require_type(session: Session, command: Command) -> None:
    if command.needs_calendar and not session.may_use_calendar:
        raise Forbidden(f"sessions of type {session.type} may not use {command.name}")


def _perform(
    context: Context, peer: Peer, session: Session, command: Command, ext_id: JsonText, data: Any
) -> Answer:
    if session.type not in CALENDAR_TYPES:
        _require_type(session, command)
    if context.stopping:
        raise Unavailable("the server is stopping; nothing was applied")
    found = command.answer(context, peer, session, data)
    if not isinstance(found, bytes):
        return Later(ext_id, cast(Work, found), command, context)
    context.answered[command.number] += 1
    if command.gives_event:
        return event_answer(ext_id, found)
    return encode_answer(ext_id, found)


async def finish(later: Later) -> Data:
    """The answer that was still being worked on, as a line in one piece or more. Never raises."""
    try:
        data = await later.work
        later.context.answered[later.command.number] += 1
        return _encode(later, data)
    except Exception as exc:
        return refuse(later, exc)


def finish_done(later: Later, work: Future[bytes]) -> bytes:
    """`finish`, for work that is a future and done."""
    try:
        document = work.result()
        later.context.answered[later.command.number] += 1
        return b"".join(event_answer(later.ext_id, document))
    except Exception as exc:
        return refuse(later, exc)


def refuse(later: Later, exc: Exception) -> bytes:
    """The answer where it came to nothing."""
    return failed(later.context, later.command.name, later.ext_id, exc)


def close(later: Later) -> None:
    """Gives up work that was not begun."""
    if not isinstance(later.work, Future):
        later.work.close()


def _encode(later: Later, data: Data) -> Data:
    if isinstance(data, list):
        head, tail = encode_answer(later.ext_id, SPLIT).split(SPLIT, 1)
        return [head, *data, tail]
    if later.command.gives_event:
        return b"".join(event_answer(later.ext_id, data))
    return encode_answer(later.ext_id, data)


def failed(context: Context, name: str, ext_id: JsonText, exc: Exception) -> bytes:
    """The answer to a request that failed; what is no error of ours is logged as an incident."""
    error = exc if isinstance(exc, DeskcalError) else _incident(exc)
    key = (name, error.status)
    context.refused[key] = context.refused.get(key, 0) + 1
    return encode_error(ext_id, error)


def _incident(exc: Exception) -> Internal:
    incident = uuid.uuid4().hex[:12]
    logger.error("incident %s", incident, exc_info=exc)
    told = f"our fault; report incident {incident} to whoever runs this server"
    return Internal(told, incident=incident)


def ping(context: Context) -> bytes:
    """The answer to Ping: the server's time."""
    return b'{"time":%d}' % context.now()


def _unknown(name: str) -> str:
    near = [known for known in COMMANDS if known.lower() == name.lower()]
    hint = f"; did you mean {near[0]}?" if near else "; see docs/protocol.md for the commands"
    return f"there is no command {name[:64]!r}{hint}"
