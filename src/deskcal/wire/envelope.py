"""Frames to requests and answers to frames: the JSON of the envelope. No I/O here."""

import re
from typing import Any

import msgspec
from msgspec import Raw, Struct

from deskcal.core.document import MAX_DEPTH, deeper_than, wire_safe
from deskcal.core.event import NULL
from deskcal.errors import DeskcalError, InvalidJson, InvalidRequest
from deskcal.wire.field_errors import field_error

ABOVE_AST = 2
"""Levels of the envelope above an `ast_json`, which may itself be as deep as a message."""
JsonText = bytes | Raw
NO_EXT_ID = Raw(b"null")

EventAnswer = tuple[bytes, JsonText, bytes, bytes, bytes]
"""A line that carries one event, in pieces that nobody copies before they are sent."""
DOCUMENT = 3
"""Where the event stands in an `EventAnswer`."""

# What stands around the extID and the event of an `EventAnswer`.
BEFORE_EXT_ID = b'{"extID":'
BEFORE_EVENT = b',"status":200,"data":{"event":'
AFTER_EVENT = b"}}\r\n"

_PLAIN_TEXT = re.compile(r"[\w .:/+=@#-]*", re.ASCII).fullmatch
_EXT_ID = re.compile(rb'null|-?[0-9]+|".*"', re.DOTALL).fullmatch
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Request(Struct, gc=False):
    """One request: who asks is not known yet, `data` is still JSON text."""

    command: str
    ext_id: Raw = msgspec.field(default=NO_EXT_ID, name="extID")
    """JSON text to echo, safe to send."""
    data: Raw = NULL
    """An object, or null."""
    token: str | None = msgspec.field(default=None, name="__token")


_decode_envelope = msgspec.json.Decoder(Request).decode
_decode_keys = msgspec.json.Decoder(dict[str, Raw]).decode
_encode = msgspec.json.Encoder().encode


class BadRequest(Exception):
    """A frame that is no request: what to answer, and to which extID."""

    def __init__(self, error: DeskcalError, ext_id: Raw = NO_EXT_ID) -> None:
        super().__init__(error.message)
        self.error = error
        self.ext_id = ext_id


def decode_request(frame: bytes, max_depth: int = MAX_DEPTH) -> Request:
    """The request in a frame; an unusable token is handed on as "", which no key signs.

    Raises: BadRequest.
    Source: contract, sections 1 and 2.
    """
    try:
        if not frame.isascii():
            frame.decode()
        request = _decode_envelope(frame)
    except (ValueError, RecursionError) as exc:
        return _decode_slowly(frame, max_depth, exc)
    request.ext_id = _ext_id(bytes(request.ext_id))
    _check_data(request)
    _check_depth(frame, max_depth, request)
    return request


def plain_ext_id(ext_id: str | int | None) -> bytes | None:
    """The extID to echo, where it needs no escapes; None where it might."""
    if isinstance(ext_id, str):
        if _PLAIN_TEXT(ext_id):
            return f'"{ext_id}"'.encode()
        return None
    return b"null" if ext_id is None else b"%d" % ext_id


def _check_data(request: Request) -> None:
    if bytes(request.data).strip()[:1] not in (b"{", b"n"):
        fault = InvalidRequest("data is no object; send {} or leave it out")
        raise BadRequest(fault, request.ext_id)


def _decode_slowly(frame: bytes, max_depth: int, cause: Exception) -> Request:
    """The way of a frame that the fast one refused: finds out what to say, and to whom."""
    try:
        text = frame.decode()
        keys = _decode_keys(text)
    except UnicodeDecodeError as exc:
        raise BadRequest(
            InvalidJson(f"the message is not UTF-8: {exc.reason} at byte {exc.start}")
        ) from exc
    except msgspec.ValidationError as exc:
        raise BadRequest(
            InvalidRequest('the message is no JSON object; send {"command":...}')
        ) from exc
    except RecursionError as exc:
        raise BadRequest(_too_deep(max_depth)) from exc
    except ValueError as exc:
        raise BadRequest(_not_json(text, exc)) from exc
    ext_id = _ext_id(bytes(keys.get("extID", NULL)))
    command = _text(keys.get("command"))
    if command is None:
        raise BadRequest(
            InvalidRequest("command is required, as a string such as 'MngGetCalendarEvent'"), ext_id
        ) from cause
    token = _text(keys.get("__token")) or ""
    request = Request(command, ext_id, keys.get("data", NULL), token)
    _check_data(request)
    _check_depth(frame, max_depth, request)
    return request


def _not_json(text: str, exc: ValueError) -> InvalidJson:
    """What is wrong with the text, with the two faults named that the eye passes over."""
    if text.startswith("\ufeff"):
        return InvalidJson("the message begins with a byte order mark (U+FEFF); leave it out")
    if _SURROGATE.search(text):
        return InvalidJson(
            f"the message is not JSON: {exc}; look at its \\uD800 to \\uDFFF escapes, "
            "which stand for a character only in pairs"
        )
    return InvalidJson(f"the message is not JSON: {exc}")


def _text(raw: Raw | None) -> str | None:
    """The string in `raw`; None when there is none, or it is of another type."""
    try:
        return None if raw is None else msgspec.json.decode(raw, type=str)
    except ValueError:
        return None


def _ext_id(text: bytes) -> Raw:
    """The extID to echo, safe to send. Raises: BadRequest, for `null`, if it is unusable."""
    text = text.strip()
    if not _EXT_ID(text):
        raise BadRequest(
            InvalidRequest("extID is neither a string nor an integer; it is echoed as it came")
        )
    return Raw(wire_safe(text))


def _check_depth(frame: bytes, max_depth: int, request: Request) -> None:
    """Raises: BadRequest if the message is too deep, `ast_json` counted from its own container."""
    if not deeper_than(frame, max_depth):
        return
    rest = _without_ast(frame, request.data)
    if deeper_than(frame, max_depth + ABOVE_AST) or deeper_than(rest, max_depth):
        raise BadRequest(_too_deep(max_depth), request.ext_id)


def _without_ast(frame: bytes, data: Raw) -> bytes:
    """The message without `data.ast_json`; the message itself where `data` is no object."""
    try:
        fields = _decode_keys(data)
    except msgspec.ValidationError:
        return frame
    fields.pop("ast_json", None)
    return _encode({**_decode_keys(frame), "data": fields})


def _too_deep(max_depth: int) -> InvalidJson:
    return InvalidJson(f"the message is nested more than {max_depth} levels deep")


def encode_answer(ext_id: JsonText, data: bytes) -> bytes:
    """The success answer as a line; `data` is JSON text, safe to send."""
    return b"".join((BEFORE_EXT_ID, ext_id, b',"status":200,"data":', data, b"}\r\n"))


def event_answer(ext_id: JsonText, document: bytes) -> EventAnswer:
    """The success answer that carries one event, given as its document."""
    return (BEFORE_EXT_ID, ext_id, BEFORE_EVENT, document, AFTER_EVENT)


def encode_error(ext_id: JsonText, error: DeskcalError) -> bytes:
    """The failure answer as a line. Source: contract, section 2."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.field is not None:
        body["field"] = error.field
    text = wire_safe(_encode(body | error.details))
    return b'{"extID":%b,"status":%d,"error":%b}\r\n' % (ext_id, error.status, text)


def decode_data(decoder: msgspec.json.Decoder[Any], data: Raw) -> Any:
    """`data` as the struct of its command.

    Raises: FieldRequired or InvalidField, naming the field, its value and the rule.
    """
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as exc:
        if bytes(data) == b"null":
            return decode_data(decoder, Raw(b"{}"))
        raise field_error(str(exc), decoder.type, data) from exc
    except ValueError as exc:
        raise InvalidJson(f"data is not usable JSON: {exc}") from exc
