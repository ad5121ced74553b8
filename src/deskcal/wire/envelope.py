"""Frames to requests and answers to frames: the JSON of the envelope. No I/O here."""

import enum
import re
from typing import Any, get_args

import msgspec
from msgspec import Raw, Struct

from deskcal.core.document import MAX_DEPTH, deeper_than, wire_safe
from deskcal.core.event import MAX_ID, MAX_TIME, NULL
from deskcal.errors import DeskcalError, FieldRequired, InvalidField, InvalidJson, InvalidRequest

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
_QUOTED = re.compile(r"`\$?([^`]*)`")
_INT_BOUND = re.compile(r"Expected `int` (>=|<=) (-?\d+)")
_LENGTH = re.compile(r"Expected `(\w+)` of length (>=|<=) (\d+)")
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
        raise _field_error(str(exc), decoder.type, data) from exc
    except ValueError as exc:
        raise InvalidJson(f"data is not usable JSON: {exc}") from exc


def _field_error(text: str, wanted: Any, data: Raw) -> DeskcalError:
    """What the decoder said, for people: `Expected `int`, got `str` - at `$.login``."""
    rule, _, where = text.rpartition(" - at ")
    if not rule:
        rule, where = text, "`$`"
    field = where.strip("`").removeprefix("$").removeprefix(".")
    if "missing required field" in rule:
        name = _QUOTED.findall(rule)[-1]
        field = f"{field}.{name}" if field else name
        return FieldRequired(f"{field} is required", field=field)
    if not field:
        return InvalidField(f"data: {rule}")
    steps = re.findall(r"[^.\[\]]+", field)
    sent = _sent_at(data, steps)
    choices = _choices(wanted, steps)
    people = f"must be {choices}" if choices else _people(rule, sent)
    return InvalidField(f"{field} ({_shown(sent)}) {people}", field=field)


def _sent_at(data: Raw, steps: list[str]) -> str:
    """The JSON text at the path that the decoder named, so it is there."""
    for step in steps:
        if step.isdigit():
            data = msgspec.json.decode(data, type=list[Raw])[int(step)]
        else:
            data = msgspec.json.decode(data, type=dict[str, Raw])[step]
    return bytes(data).decode()


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _choices(hint: Any, steps: list[str]) -> str:
    """The numbers of the enumeration at the path, with their names; "" if there is none."""
    for step in steps:
        structs = [kind for kind in _kinds_of(hint) if issubclass(kind, Struct)]
        fields = [field for struct in structs for field in msgspec.structs.fields(struct)]
        hint = next((field.type for field in fields if field.encode_name == step), hint)
    enums = [kind for kind in _kinds_of(hint) if issubclass(kind, enum.IntEnum)]
    names = [f"{int(n)} ({n.name.lower().replace('_', '-')})" for kind in enums for n in kind]
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _kinds_of(hint: Any) -> list[type]:
    """The classes in a hint such as `list[Row] | None`."""
    if isinstance(hint, type) and not get_args(hint):
        return [hint]
    return [kind for part in get_args(hint) for kind in _kinds_of(part)]


def _people(rule: str, sent: str) -> str:
    length = _LENGTH.match(rule)
    if length:
        unit = {"str": "character", "array": "row"}.get(length[1], "key")
        return f"must have {_side(length[2])} {length[3]} {unit}{'' if length[3] == '1' else 's'}"
    bound = _INT_BOUND.match(rule)
    if bound:
        return _beyond(bound[1], int(bound[2]))
    if rule.endswith("out of range"):
        return "is beyond the range of every number here"
    if ", got `" in rule:
        return _kinds(_QUOTED.findall(rule)[0], sent)
    return f"is refused: {rule}"


def _beyond(side: str, limit: int) -> str:
    if side == "<=" and limit == MAX_TIME:
        return (
            f"is more than {limit}, the end of the year 9999: "
            "times are in seconds, this looks like milliseconds"
        )
    if side == "<=" and limit == MAX_ID:
        return f"is more than {limit}, the largest integer that every client can hold"
    return f"must be {_side(side)} {limit}"


def _side(side: str) -> str:
    return "at least" if side == ">=" else "at most"


_KINDS = {
    "int": "an integer",
    "float": "a number",
    "str": "a string",
    "array": "an array",
    "object": "an object",
    "bool": "true or false",
    "null": "null",
}


def _kinds(expected: str, sent: str) -> str:
    """`int | null` as "must be an integer or null"."""
    kinds = [kind.strip() for kind in expected.split("|")]
    people = "must be " + " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    if "int" in kinds and sent[0] in "-0123456789":
        return people + ", written without a fraction or exponent"
    return people
