"""Frames to requests and answers to frames: the JSON of the envelope. No I/O here."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from deskcal.core.document import MAX_DEPTH, deeper_than, wire_safe
from deskcal.core.event import NULL
from deskcal.errors import DeskcalError, InvalidField, InvalidJson, InvalidRequest
from deskcal.wire.members import Member, members

ABOVE_FIELDS = 2
"""Levels of a message above a field of `data`. An `ast_json` may be as deep as a message."""
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
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]").search
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""One escape of a string, or a pair of surrogates; in a group what stands for half a character."""


class Request(Struct, gc=False):
    """One request: who asks is not known yet, `data` is still JSON text."""

    command: str
    ext_id: Raw = NO_EXT_ID
    """JSON text to echo, safe to send."""
    data: Raw = NULL
    """An object, or null."""
    token: str | None = None
    fault: InvalidField | None = None
    """Of `data`, where a decoder cannot read it: raise it after the checks that come before."""


class _Envelope(Struct, gc=False):
    command: str
    ext_id: Raw = msgspec.field(default=NO_EXT_ID, name="extID")
    data: Raw = NULL
    token: str | None = msgspec.field(default=None, name="__token")


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
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
        envelope = _decode_envelope(frame)
    except (ValueError, RecursionError) as exc:
        return _decode_slowly(frame, max_depth, exc)
    ext_id = _ext_id(bytes(envelope.ext_id))
    request = Request(envelope.command, ext_id, envelope.data, envelope.token)
    _check_data(request)
    if deeper_than(frame, max_depth):
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
    """Decodes a frame that `decode_request` could not: finds out what to say, and to whom."""
    whole = _without_halves(frame)
    keys = _keys(whole, max_depth)
    ext_id = _ext_id(bytes(keys.get("extID", NULL)))
    command = _text(keys.get("command"))
    if command is None:
        raise BadRequest(
            InvalidRequest("command is required, as a string such as 'MngGetCalendarEvent'"), ext_id
        ) from cause
    token = _text(keys.get("__token")) or ""
    request = Request(command, ext_id, keys.get("data", NULL), token)
    _check_data(request)
    try:
        if whole != frame:
            request.fault = _half_character(frame, whole, ext_id)
        if deeper_than(whole, max_depth):
            _check_depth(whole, max_depth, request)
    except ValueError as exc:
        raise BadRequest(InvalidJson(f"the message is not JSON: {exc}"), ext_id) from exc
    return request


def _keys(frame: bytes, max_depth: int) -> Mapping[str, Raw]:
    """The values of the envelope, as JSON text. Raises: BadRequest."""
    try:
        return _decode_keys(frame.decode())
    except UnicodeDecodeError as exc:
        raise BadRequest(
            InvalidJson(f"the message is not UTF-8: {exc.reason} at byte {exc.start}")
        ) from exc
    except msgspec.ValidationError as exc:
        raise BadRequest(
            InvalidRequest('the message is no JSON object; send {"command":...}')
        ) from exc
    except RecursionError as exc:
        try:
            return {one.name: Raw(frame[one.start : one.stop]) for one in members(frame)}
        except ValueError:
            raise BadRequest(_too_deep(max_depth)) from exc
    except ValueError as exc:
        raise BadRequest(_not_json(frame, exc)) from exc


def _not_json(frame: bytes, exc: ValueError) -> InvalidJson:
    if frame.startswith(b"\xef\xbb\xbf"):
        return InvalidJson("the message begins with a byte order mark (U+FEFF); leave it out")
    return InvalidJson(f"the message is not JSON: {exc}")


def _without_halves(frame: bytes) -> bytes:
    """The frame with U+FFFD in place of each lone surrogate; everything keeps its place in it."""
    if not _SURROGATE(frame):
        return frame
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], frame)


def _half_character(frame: bytes, whole: bytes, ext_id: Raw) -> InvalidField:
    """The fault of the field of `data` in which `frame` is not `whole`.

    Raises: BadRequest if it is not in `data`. Source: contract, section 2, extID.
    """
    outside = InvalidJson(
        "the message holds a lone surrogate outside data: \\ud800 to \\udfff escapes stand for a "
        "character only in pairs"
    )
    one = _first_difference(frame, whole)
    if one.name != "data":
        raise BadRequest(outside, NO_EXT_ID if one.name == "extID" else ext_id)
    return _halved_field(frame[one.start : one.stop], whole[one.start : one.stop])


def _first_difference(text: bytes, whole: bytes) -> Member:
    """The first member in which two objects differ that have their members at the same places."""
    spans = ((one, slice(one.key_start, one.stop)) for one in members(whole))
    return next(one for one, span in spans if text[span] != whole[span])


def _halved_field(data: bytes, whole: bytes) -> InvalidField:
    field = _first_difference(data, whole)
    name, half = field.name[:64], _first_half(data[field.key_start : field.stop])
    return InvalidField(
        f"{name} holds a lone surrogate ({half}): half a character, as a text cut in its middle "
        "ends in; such escapes stand for a character only in pairs",
        field=name,
    )


def _first_half(text: bytes) -> str:
    halves = (found[1] for found in _ESCAPE.finditer(text) if found[1])
    return "\\u" + next(halves, b"").decode()


def _text(raw: Raw | None) -> str | None:
    """The string in `raw`; None when there is none, or it is of another type."""
    try:
        return None if raw is None else msgspec.json.decode(raw, type=str)
    except (ValueError, RecursionError):
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
    """Takes note of the field of `data` that is too deep, for a message of more than `max_depth`.

    Raises: BadRequest if another part of the message is. `ast_json` is counted from its own
    container.
    """
    for one in members(frame):
        value = frame[one.start : one.stop]
        if one.name != "data" and deeper_than(value, max_depth - 1):
            raise BadRequest(_too_deep(max_depth), request.ext_id)
    data = bytes(request.data)
    if data.strip() == b"null":
        return
    for one in members(data):
        limit = max_depth if one.name == "ast_json" else max_depth - ABOVE_FIELDS
        if request.fault is None and deeper_than(data[one.start : one.stop], limit):
            request.fault = InvalidField(
                f"{one.name[:64]} is nested more than {limit} levels deep", field=one.name[:64]
            )


def _too_deep(max_depth: int) -> InvalidJson:
    return InvalidJson(f"the message is nested more than {max_depth} levels deep")


def encode_answer(ext_id: JsonText, data: bytes, ignored: bytes = b"") -> bytes:
    """The success answer as a line; `data` is JSON text, safe to send.

    `ignored` is JSON text that follows the last member of `data`, or empty.
    """
    if ignored:
        (data,) = with_ignored([data], ignored)
    return b"".join((BEFORE_EXT_ID, ext_id, b',"status":200,"data":', data, b"}\r\n"))


def event_answer(ext_id: JsonText, document: bytes, ignored: bytes = b"") -> EventAnswer:
    """The success answer that carries one event, given as its document."""
    tail = ignored + AFTER_EVENT if ignored else AFTER_EVENT
    return (BEFORE_EXT_ID, ext_id, BEFORE_EVENT, document, tail)


def with_ignored(pieces: list[bytes], ignored: bytes) -> list[bytes]:
    """The pieces of an object with members, and the text of one member more at its end."""
    return [*pieces[:-1], pieces[-1][:-1] + ignored + b"}"] if ignored else pieces


def encode_error(ext_id: JsonText, error: DeskcalError) -> bytes:
    """The failure answer as a line. Source: contract, section 2."""
    return b'{"extID":%b,%b\r\n' % (ext_id, encode_failure(error)[1:])


def encode_failure(error: DeskcalError) -> bytes:
    """Status and error of a failure, as one JSON object. Source: contract, section 2."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.field is not None:
        body["field"] = error.field
    text = wire_safe(_encode(body | error.details))
    return b'{"status":%d,"error":%b}' % (error.status, text)
