"""The way of a request: frame, session, command, answer. Handlers stand in the modules beside."""

import logging
import uuid
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from deskcal.access import CALENDAR_TYPES, Session, TokenVerifier
from deskcal.errors import (
    DeskcalError,
    Forbidden,
    Internal,
    InvalidRequest,
    Unavailable,
    UnknownCommand,
)
from deskcal.feed import Feed
from deskcal.limits import Limits
from deskcal.messages import (
    BadRequest,
    Request,
    check_data,
    decode_data,
    decode_request,
    encode_answer,
    encode_error,
    encode_event_answer,
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
Work = Coroutine[Any, Any, Data]
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

    def resume(self, peer: Peer) -> None:
        """A slow client takes its output again."""
        self.feed.resume(peer)
        self.peers.resume(peer)

    def forget(self, peer: Peer) -> None:
        """A connection is closed: nothing is pushed to it any more."""
        self.peers.forget(peer)
        self.feed.forget(peer)


class Later(Struct):
    """An answer that is still being worked on."""

    ext_id: Raw
    work: Work
    """Await it once; what it raises goes through `failed`."""
    command: "Command"


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

    @property
    def summary(self) -> str:
        """First line of the handler's docstring."""
        return (self.answer.__doc__ or "").strip().splitlines()[0]


SPLIT = b"\n"
"""Stands where the pieces go; a line holds none."""

COMMANDS: dict[str, Command] = {}
"""Every command by its name on the wire."""


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
        COMMANDS[name] = Command(name, data, handler, decoder, gives_event, is_list, needs_calendar)
        return handler

    return register


def answer(context: Context, peer: Peer, frame: bytes) -> bytes | Later:
    """The answer to one frame as a line, at once or later. Never raises.

    A mutation is in the store's queue when this returns, so calls in order take effect in order.
    Source: contract, section 2, "Order of checks".
    """
    try:
        request = decode_request(frame, context.limits.max_json_depth)
    except BadRequest as bad:
        peer.bad_messages += 1
        return encode_error(bad.ext_id, bad.error)
    peer.bad_messages = 0
    try:
        return _answer(context, peer, request)
    except DeskcalError as exc:
        return encode_error(request.ext_id, _first_fault(request, exc))
    except Exception as exc:
        return failed(request.ext_id, exc)


def _first_fault(request: Request, exc: DeskcalError) -> DeskcalError:
    """An unusable envelope is told before anything else that is wrong with the request."""
    try:
        check_data(request)
    except InvalidRequest as fault:
        return fault
    return exc


def _answer(context: Context, peer: Peer, request: Request) -> bytes | Later:
    name, token = request.command, request.token
    if token is None and name == "Ping":
        check_data(request)
        return encode_answer(request.ext_id, ping(context))
    now = context.now()
    session = context.verifier.authenticate(token, now)
    if peer.sessions.get(session.manager_id) is not session:
        context.peers.carry(peer, session)
    if context.rates.is_on:
        context.rates.count(session.manager_id, now)
    found = COMMANDS.get(name)
    if found is None:
        raise UnknownCommand(_unknown(name))
    if session.type not in CALENDAR_TYPES and found.needs_calendar:
        raise Forbidden(f"sessions of type {session.type} may not use {found.name}")
    if context.stopping:
        raise Unavailable("the server is stopping; nothing was applied")
    data = found.answer(context, peer, session, decode_data(found.decoder, request.data))
    if isinstance(data, bytes):
        if found.gives_event:
            return encode_event_answer(request.ext_id, data)
        return encode_answer(request.ext_id, data)
    assert not isinstance(data, list)
    return Later(request.ext_id, data, found)


async def finish(later: Later) -> Data:
    """The answer that was still being worked on, as a line in one piece or more. Never raises."""
    try:
        data = await later.work
    except Exception as exc:
        return failed(later.ext_id, exc)
    if later.command.gives_event and isinstance(data, bytes):
        return encode_event_answer(later.ext_id, data)
    if isinstance(data, bytes):
        return encode_answer(later.ext_id, data)
    head, tail = encode_answer(later.ext_id, SPLIT).split(SPLIT, 1)
    return [head, *data, tail]


def failed(ext_id: Raw, exc: Exception) -> bytes:
    """The answer to a request that failed; what is no error of ours is logged as an incident."""
    if isinstance(exc, DeskcalError):
        return encode_error(ext_id, exc)
    incident = uuid.uuid4().hex[:12]
    logger.error("incident %s", incident, exc_info=exc)
    told = f"our fault; report incident {incident} to whoever runs this server"
    return encode_error(ext_id, Internal(told, incident=incident))


def ping(context: Context) -> bytes:
    """The answer to Ping: the server's time."""
    return b'{"time":%d}' % context.now()


def _unknown(name: str) -> str:
    near = [known for known in COMMANDS if known.lower() == name.lower()]
    hint = f"; did you mean {near[0]}?" if near else "; see docs/protocol.md for the commands"
    return f"there is no command {name[:64]!r}{hint}"
