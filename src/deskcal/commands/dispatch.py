"""The way of a request: frame, session, command, answer. Handlers stand in the modules beside."""

import difflib
import logging
import uuid
from asyncio import Future
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar, Union, cast

import msgspec
from msgspec import Raw, Struct

from deskcal.core.document import deeper_than, wire_safe
from deskcal.core.rate_limit import RateLimit
from deskcal.core.sessions import Session
from deskcal.core.tokens import TokenVerifier
from deskcal.errors import (
    DeskcalError,
    FieldRequired,
    Forbidden,
    Internal,
    Unavailable,
    UnknownCommand,
)
from deskcal.limits import Limits
from deskcal.live.connections import Peer, Peers
from deskcal.live.feed import Feed
from deskcal.live.reminders import Reminders
from deskcal.store.ports import Store
from deskcal.wire.data import decode_data
from deskcal.wire.envelope import (
    AFTER_EVENT,
    BEFORE_EVENT,
    BEFORE_EXT_ID,
    BadRequest,
    EventAnswer,
    JsonText,
    Request,
    decode_request,
    encode_answer,
    encode_error,
    event_answer,
    plain_ext_id,
    with_ignored,
)
from deskcal.wire.field_errors import ignored_keys, with_suggestion

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
    roomy_bytes: int = 0
    """A frame needs more, beside its token, to hold two brackets for each level of the limit."""

    def __post_init__(self) -> None:
        self.roomy_bytes = 2 * self.limits.max_json_depth

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
    ignored: bytes = b""
    """JSON text that follows the members of `data`; see `_ignored`."""


Answer = bytes | EventAnswer | Later
"""To one frame: a line, whole or in pieces, or what there will be one of."""


class Command(Struct, frozen=True):
    """One command of the protocol."""

    name: str
    data: type[Struct]
    answer: Handler
    decoder: msgspec.json.Decoder[Any]
    """JSON text to `data`."""
    known: frozenset[str]
    """Keys of `data` that an answer does not name as ignored."""
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


_CALL_TYPES: list[Any] = []
_COMMAND_OF: dict[type, Command] = {}
"""By the type that a call of it is decoded to."""
_decode_call: Callable[[bytes], Any]
"""The whole table as one decoder: an envelope whose `data` is already that of its command."""


def _take_up(command: Command) -> None:
    """Takes a command up into the table and the decoder."""
    global _decode_call
    name = command.name
    is_collected = command.data.__struct_config__.gc
    strict = msgspec.defstruct(
        f"{name}Data", [], bases=(command.data,), forbid_unknown_fields=True, gc=is_collected
    )
    fields: list[tuple[str, Any, Any]] = [
        ("data", strict, msgspec.field()),
        ("token", str, msgspec.field(name="__token")),
        ("ext_id", str | int | None, msgspec.field(name="extID", default=None)),
    ]
    call = msgspec.defstruct(f"{name}Call", fields, tag_field="command", tag=name, gc=False)
    COMMANDS[name] = _COMMAND_OF[call] = command
    _CALL_TYPES.append(call)
    _decode_call = msgspec.json.Decoder(Union[tuple(_CALL_TYPES)]).decode  # noqa: UP007


def command(
    name: str,
    data: type[Struct],
    *,
    gives_event: bool = False,
    is_list: bool = False,
    needs_calendar: bool = True,
    read_only: Iterable[str] = (),
) -> Callable[[_Function], _Function]:
    """Puts the decorated handler into the table.

    `read_only`: further keys of `data` that may be sent back, and are not told as ignored.
    """

    def register(handler: _Function) -> _Function:
        one = Command(
            name=name,
            data=data,
            answer=handler,
            decoder=msgspec.json.Decoder(data),
            known=frozenset((*data.__struct_encode_fields__, *read_only)),
            gives_event=gives_event,
            is_list=is_list,
            needs_calendar=needs_calendar,
            number=len(COMMANDS),
        )
        _take_up(one)
        return handler

    return register


def answer(context: Context, peer: Peer, frame: bytes, now: float) -> Answer:
    """The answer to one frame that came at `now`: a line, whole or in pieces, at once or later.

    Never raises. A mutation is in the store's queue when this returns, so calls in order take
    effect in order.
    What is usual, with a token that the peer remembers, is decoded in one go, and an event at hand
    leaves without a further call. Everything else is for `_answer_carefully`, which knows all
    rules: also what has room for two brackets a level of the limit and is deeper.
    """
    try:
        if not (peer.is_ascii or frame.isascii()):
            frame.decode()
        call = _decode_call(frame)
    except (ValueError, RecursionError):
        return _answer_carefully(context, peer, frame, now)
    ext_id, token = call.ext_id, call.token
    if isinstance(ext_id, str) and ext_id.isalnum() and ext_id.isascii():
        ext_id = f'"{ext_id}"'.encode()
    else:
        ext_id = plain_ext_id(ext_id)
    session = peer.tokens.get(token)
    if session is None or now >= session.exp or ext_id is None or context.stopping:
        return _answer_carefully(context, peer, frame, now)
    is_roomy = len(frame) - len(token) > context.roomy_bytes
    if is_roomy and deeper_than(frame, context.limits.max_json_depth):
        return _answer_carefully(context, peer, frame, now)
    peer.bad_messages = 0
    command = _COMMAND_OF[type(call)]
    handler = command.answer  # Fetched and called in two steps: quicker, as it is no method.
    try:
        found = handler(context, peer, session, call.data)
        if command.gives_event and isinstance(found, bytes):
            context.answered[command.number] += 1
            return (BEFORE_EXT_ID, ext_id, BEFORE_EVENT, found, AFTER_EVENT)
        return _to_answer(context, command, ext_id, found)
    except Exception as exc:
        return failed(context, command.name, ext_id, exc)


def _answer_carefully(context: Context, peer: Peer, frame: bytes, now: float) -> Answer:
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
        return _answer_request(context, peer, request, now)
    except Exception as exc:
        name = request.command if request.command in COMMANDS else UNKNOWN
        return failed(context, name, request.ext_id, exc)


def _answer_request(context: Context, peer: Peer, request: Request, now: float) -> Answer:
    if request.command == "Ping" and request.token is None:
        if request.fault is not None:
            raise request.fault
        context.answered[COMMANDS["Ping"].number] += 1
        return encode_answer(request.ext_id, ping(context))
    session = _authenticate(context, peer, request.token, now)
    command = COMMANDS.get(request.command)
    if command is None:
        raise UnknownCommand(_unknown(request.command))
    if command.needs_calendar and not session.may_use_calendar:
        raise Forbidden(f"sessions of type {session.type} may not use {command.name}")
    if request.fault is not None:
        raise request.fault
    try:
        data = decode_data(command.decoder, request.data)
        if context.stopping:
            raise Unavailable("the server is stopping; nothing was applied")
        found = command.answer(context, peer, session, data)
    except FieldRequired as error:
        raise with_suggestion(error, ignored_keys(command.known, request.data)) from error
    return _to_answer(context, command, request.ext_id, found, _ignored(command, request.data))


def _authenticate(context: Context, peer: Peer, token: str | None, now: float) -> Session:
    """The session of a token. What needs no look but at its `exp` from now on, the peer remembers.

    That is no session that some commands refuse, and none while requests are counted.
    """
    session = context.verifier.authenticate(token, now)
    if peer.sessions.get(session.manager_id) is not session:
        context.peers.register_session(peer, session)
    if context.rates.is_on:
        context.rates.count(session.manager_id, now)
    elif token and session.may_use_calendar:
        peer.remember(token, session)
    return session


def _to_answer(
    context: Context, command: Command, ext_id: JsonText, found: Data | Work, ignored: bytes = b""
) -> Answer:
    """What a handler found, as an answer."""
    if not isinstance(found, bytes):
        return Later(ext_id, cast(Work, found), command, context, ignored)
    context.answered[command.number] += 1
    if command.gives_event:
        return event_answer(ext_id, found, ignored)
    return encode_answer(ext_id, found, ignored)


def _ignored(command: Command, data: Raw) -> bytes:
    """`,"ignored":[...]` where keys of `data` are unknown, else nothing."""
    names = ignored_keys(command.known, data)
    return b',"ignored":' + wire_safe(msgspec.json.encode(names)) if names else b""


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
        return b"".join(event_answer(later.ext_id, document, later.ignored))
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
        return [head, *with_ignored(data, later.ignored), tail]
    if later.command.gives_event:
        return b"".join(event_answer(later.ext_id, data, later.ignored))
    return encode_answer(later.ext_id, data, later.ignored)


def failed(context: Context, name: str, ext_id: JsonText, exc: Exception) -> bytes:
    """The answer to a request that failed; what is no error of ours is logged as an incident."""
    error = exc if isinstance(exc, DeskcalError) else _incident(exc)
    key = (name, error.status)
    context.refused[key] = context.refused.get(key, 0) + 1
    return encode_error(ext_id, error)


def _incident(exc: Exception) -> Internal:
    incident = uuid.uuid4().hex[:12]
    logger.error("incident %s", incident, exc_info=exc)
    message = f"our fault; report incident {incident} to whoever runs this server"
    return Internal(message, incident=incident)


def ping(context: Context) -> bytes:
    """The answer to Ping: the server's time."""
    return b'{"time":%d}' % context.now()


def _unknown(name: str) -> str:
    names = {known.lower(): known for known in COMMANDS}
    near = difflib.get_close_matches(name[:64].lower(), names, n=3)
    meant = " or ".join(names[one] for one in near)
    hint = f"; did you mean {meant}?" if near else "; see docs/protocol.md for the commands"
    return f"there is no command {name[:64]!r}{hint}"
