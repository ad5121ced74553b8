"""The error tree: every failure that an answer can report, with its status and code.

DeskcalError
├── InvalidJson           400  INVALID_JSON
├── InvalidRequest        400  INVALID_REQUEST
├── InvalidField          400  INVALID_FIELD
│   └── FieldRequired     400  FIELD_REQUIRED
├── Unauthorized          401  UNAUTHORIZED
├── Forbidden             403  FORBIDDEN
├── NotFound              404  NOT_FOUND
├── UnknownCommand        405  UNKNOWN_COMMAND
├── Conflict              409  CONFLICT
├── ResyncRequired        410  RESYNC_REQUIRED
├── MessageTooLarge       413  MESSAGE_TOO_LARGE
├── TooManyRequests       429  TOO_MANY_REQUESTS
├── Internal              500  INTERNAL
├── Unavailable           503  UNAVAILABLE
└── Timeout               504  TIMEOUT

Source: contract, section 2.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct


class EventId(Struct, frozen=True):
    """A part of a message that names an event."""

    id: int

    def __str__(self) -> str:
        return f"event {self.id}"


class DeskcalError(Exception):
    """An error of an answer: what went wrong and what to do about it."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL"

    def __init__(self, *message: str | EventId, field: str | None = None, **details: Any) -> None:
        """`message`: its parts, in one text."""
        self._parts = message
        self.message = "".join(map(str, message))
        super().__init__(self.message)
        self.field = field
        """Path of the invalid field, such as `participants[1].manager_id`, or None."""
        self.details = details
        """Further keys of the answer's `error`: `retry_after_ms`, `incident`, `event`."""

    def name_events(self, names: Mapping[int, str]) -> None:
        """Has the message name these events, by their ids, as a request names them."""
        self.message = "".join(
            f"event {names.get(part.id, part.id)}" if isinstance(part, EventId) else part
            for part in self._parts
        )


class InvalidJson(DeskcalError):
    """The message is not UTF-8 or not JSON."""

    status, code = 400, "INVALID_JSON"


class InvalidRequest(DeskcalError):
    """JSON, but not a request: not an object, or no usable `command`, `extID` or `data`."""

    status, code = 400, "INVALID_REQUEST"


class InvalidField(DeskcalError):
    """A field of `data` has the wrong type or value."""

    status, code = 400, "INVALID_FIELD"


class FieldRequired(InvalidField):
    """A field that the command needs is missing."""

    code = "FIELD_REQUIRED"


class Unauthorized(DeskcalError):
    """The token is absent, malformed, wrongly signed, expired or not yet valid."""

    status, code = 401, "UNAUTHORIZED"


class Forbidden(DeskcalError):
    """The session may not use the command, or may see the event but not change it."""

    status, code = 403, "FORBIDDEN"


class NotFound(DeskcalError):
    """No such event, or none that this session may see."""

    status, code = 404, "NOT_FOUND"


class UnknownCommand(DeskcalError):
    """No command of that name."""

    status, code = 405, "UNKNOWN_COMMAND"


class Conflict(DeskcalError):
    """A precondition failed; `details["event"]` may hold the event as it is now."""

    status, code = 409, "CONFLICT"


class ResyncRequired(DeskcalError):
    """The change cursor is older than what is kept."""

    status, code = 410, "RESYNC_REQUIRED"


class MessageTooLarge(DeskcalError):
    """The message is over the limit; the connection is closed after this answer."""

    status, code = 413, "MESSAGE_TOO_LARGE"


class TooManyRequests(DeskcalError):
    """Over a rate limit; `details["retry_after_ms"]` says how long to wait."""

    status, code = 429, "TOO_MANY_REQUESTS"


class Internal(DeskcalError):
    """Internal error; `details["incident"]` is in the server's log too."""

    status, code = 500, "INTERNAL"


class Unavailable(DeskcalError):
    """Shutting down, or the store can't be reached; nothing was applied."""

    status, code = 503, "UNAVAILABLE"


class Timeout(DeskcalError):
    """The outcome is not known: ask for the event, or send the create's idempotency_key again."""

    status, code = 504, "TIMEOUT"


def without_frames(error: DeskcalError) -> DeskcalError:
    """`error` without the frames in which it was raised, and without its causes.

    The frames hold the group and its documents, and the group holds the error.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _leaves(root: type[DeskcalError]) -> dict[str, type[DeskcalError]]:
    found = {root.code: root}
    for child in root.__subclasses__():
        found |= _leaves(child)
    return found


BY_CODE: dict[str, type[DeskcalError]] = _leaves(DeskcalError)
"""Class of each wire code, for clients."""
