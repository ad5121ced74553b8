"""What goes over a client's connection: calls, answers, pushes as they come. No sockets here."""

import asyncio
from collections.abc import Callable, Mapping
from ssl import SSLContext
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from deskcal.errors import BY_CODE, DeskcalError, InvalidField, Timeout, Unavailable
from deskcal.wire.frames import CRLF

REPEATABLE = frozenset(
    {
        "Ping",
        "Subscribe",
        "Unsubscribe",
        "MngGetCalendarEvent",
        "MngGetCalendarEventsByFilter",
        "MngSearchCalendarEvents",
        "MngExportCalendarEvents",
        "MngGetCalendarSeries",
        "MngGetCalendarTrash",
        "MngGetCalendarDirectory",
        "MngAckCalendarReminder",
        "MngGetCalendarReminders",
        "MngGetCalendarChanges",
        "MngGetCalendarEventHistory",
        "MngGetCalendarFreeBusy",
        "MngFindCalendarSlots",
        "MngGetCalendarSummary",
        "MngReleaseCalendarEvent",
        "MngGetCalendarDevices",
        "MngGetCalendarWebhooks",
        "MngGetCalendarWebhookDeliveries",
    }
)
"""Commands that may be sent twice; so may a create that carries an idempotency_key.

Those that the server's registry names `is_repeatable`, which a test compares.
"""


class Options(Struct, frozen=True, kw_only=True):
    """Where to connect, and the limits of a client; see `Client.connect`."""

    host: str
    port: int
    token: str | None = None
    ssl: SSLContext | None = None
    timeout_sec: float = 20
    """Of one call, with the time until there is a connection again."""
    quiet_sec: float = 45
    """A silence that is asked about with a Ping; after a second one the connection is broken."""
    max_message_bytes: int = 256 * 1024 * 1024
    max_pushed: int = 10_000
    """Pushed messages that wait to be taken; then the oldest goes."""


class Answer(Struct, frozen=True):
    """An answer as it came."""

    status: int
    data: Raw
    error: dict[str, Any]
    text: bytes
    """The whole message, JSON with its line end."""

    def failure(self) -> DeskcalError | None:
        """Its error, None on success; `details` has a code that is unknown."""
        if self.status == 200:
            return None
        details = dict(self.error)
        code = details.pop("code", None)
        message = str(details.pop("message", f"the server answers with status {self.status}"))
        field = details.pop("field", None)
        error = BY_CODE.get(str(code))
        if error is None:
            error = _BY_STATUS.get(self.status, DeskcalError)
            details |= {"code": code, "status": self.status}
        return error(message, field=field, **details)


_BY_STATUS = {error.status: error for error in reversed(BY_CODE.values())}


class Incoming(Struct, gc=False):
    """A message of the server, as far as answers differ from pushes."""

    ext_id: str | int | UnsetType | None = msgspec.field(default=UNSET, name="extID")
    status: int = 0
    data: Raw = Raw(b"null")
    error: dict[str, Any] | None = None
    event: Raw | UnsetType = UNSET


decode_incoming = msgspec.json.Decoder(Incoming).decode


class Call(Struct, eq=False):
    """A request that has no answer yet."""

    ext_id: str
    command: str
    frame: bytes
    repeatable: bool
    answer: asyncio.Future[Answer]
    on_answer: Callable[[Answer], None] | None = None
    sent: bool = False

    def lost(self, why: str) -> DeskcalError:
        """The error of a call that gets no answer: Timeout if it may have taken effect."""
        if self.sent:
            return Timeout(f"{self.command}: {why}; whether it took effect is not known")
        return Unavailable(f"{self.command}: {why}; it was not sent")


def may_repeat(command: str, data: Mapping[str, Any]) -> bool:
    """Whether sending it twice does no more than sending it once."""
    if command != "MngAddCalendarEvent":
        return command in REPEATABLE
    return msgspec.json.encode(data.get("idempotency_key")) not in (b"null", b'""')


def encode_line(request: dict[str, Any]) -> bytes:
    """The request as one line; JSON text inside (`Raw`) may have had line breaks.

    Raises: InvalidField, naming the field of `data`, for a text that holds a lone surrogate: no
    UTF-8 has one. What stands in a `Raw` is for the server to check.
    """
    try:
        text = msgspec.json.encode(request)
    except UnicodeEncodeError as exc:
        fields = request["data"].items()
        name = next((name for name, value in fields if _is_halved({name: value})), None)
        name = name and name.encode("ascii", "backslashreplace").decode()
        raise InvalidField(
            f"{name or 'the request'} holds a lone surrogate (U+{ord(exc.object[exc.start]):04X}), "
            "half a character, which no message can carry; it was not sent",
            field=name,
        ) from exc
    return text.replace(b"\n", b" ").replace(b"\r", b" ") + CRLF


def _is_halved(value: Any) -> bool:
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        return True
    return False
