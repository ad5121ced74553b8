"""Events as JSON text: the stored document, its escaped form on the wire, its index row.

A document is exactly the bytes that answers and pushes contain. Pure: no I/O here.
"""

import bisect
import json
import math
import re
import sys
from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from deskcal.core.alarms import due_before
from deskcal.core.all_day import UTC, span_of
from deskcal.core.event import Event, managers_of
from deskcal.errors import InvalidField
from deskcal.limits import DAY_SEC

MAX_AST_BYTES = 256 * 1024
MAX_DEPTH = 64
DURATION_LIMITS_SEC = (4 * 3600, 2 * DAY_SEC, 32 * DAY_SEC)
"""Longest duration of the classes 0, 1, 2; class 3 is without limit."""

_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "']}\x7f"}
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"')
_LONG = 309
"""Digits of the shortest integer beyond the range of a double."""
_LONG_INTEGER = re.compile(rb"[0-9]{%d}" % _LONG)
_ORDINARY = bytes(byte for byte in range(0x7F) if byte not in b"\"'\\]}")
"""What neither ends a string, nor is ever escaped."""
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_STRING_BYTES = re.compile(rb'"(?:[^"\\]|\\.)*+"')

_to_ascii = json.JSONEncoder().encode
_encode = msgspec.json.Encoder().encode
_decode_event = msgspec.json.Decoder(Event).decode
_TITLE, _AST = b',"title":', b',"ast_json":'
_NOT_SENT = b'"reminder_sent_time":0,'
_decode_events = msgspec.json.Decoder(list[Event]).decode


class _Keys(Struct, frozen=True, gc=False):
    id: int
    series_id: int = 0


class _Place(Struct, frozen=True, gc=False):
    brand: str
    desk: str


_decode_keys = msgspec.json.Decoder(_Keys).decode
_decode_place = msgspec.json.Decoder(_Place).decode


class EventScope(Struct, frozen=True, gc=False):
    """What decides who may see and change an event."""

    brand: str
    desk: str
    owner_manager_id: int
    created_by: int
    managers: tuple[int, ...]
    """Owner, creator and participants, each once."""


class Record(EventScope, frozen=True, gc=False):
    """A stored event: what decides who may see it, and its document."""

    document: bytes


class IndexRow(Struct, frozen=True, gc=False):
    """Where an event is found: what its columns say that is not a field of it as it stands.

    `store.columns` adds the fields that lists are filtered by.
    """

    event_id: int
    brand: str
    desk: str
    duration_class: int
    start_time: int
    end_time: int
    due_time: int
    managers: tuple[int, ...]


def encode_event(event: Event) -> bytes:
    """The document of `event`: ASCII without line breaks, `'`, `]`, `}` escaped inside strings.

    Source: contract, section 1.
    """
    document = _encode(event)
    texts = event.title + event.brand + event.desk + event.timezone
    texts += event.location + event.customer_timezone + event.outcome + event.outcome_note
    if _has_no_escapes(texts):
        return document
    return wire_safe(document)


def _has_no_escapes(texts: str) -> bool:
    """Whether nothing in `texts` is escaped but what msgspec has escaped."""
    is_plain = texts.isascii() and "\x7f" not in texts
    return is_plain and "'" not in texts and "]" not in texts and "}" not in texts


def decode_event(document: bytes) -> Event:
    """The event of a document that `encode_event` made."""
    return _decode_event(document)


def fired_events(documents: Sequence[bytes], now: int) -> list[tuple[Event, bytes]]:
    """Events whose reminder was not sent, as they are once it was, at `now`: with new documents.

    All are decoded together, and of a document only the number is another one. No text after it
    holds an unescaped quote, and `ast_json` stands before it.
    """
    sent = b'"reminder_sent_time":%d,' % now
    fired = [sent.join(document.rsplit(_NOT_SENT, 1)) for document in documents]
    return list(zip(_decode_events(b"[%b]" % b",".join(fired)), fired, strict=True))


def title_text(document: bytes) -> bytes:
    """The title in a document that `encode_event` made, as the JSON text that stands there.

    No text of an event holds an unescaped quote, and `ast_json` stands after it.
    """
    start = document.index(_TITLE) + len(_TITLE)
    return document[start : document.index(_AST, start)]


def id_of(document: bytes) -> int:
    """The id of the event of a document, in a fifth of the time of `decode_event`."""
    return _decode_keys(document).id


def series_of(document: bytes) -> int:
    """The series of the event of a document; 0: it has none."""
    return _decode_keys(document).series_id


def place_of(document: bytes) -> tuple[str, str]:
    """Brand and desk of the event of a document, in a third of the time of its scope."""
    place = _decode_place(document)
    return (place.brand, place.desk)


def scope_of(event: Event) -> EventScope:
    """What decides who may see and change `event`."""
    return EventScope(
        sys.intern(event.brand),
        sys.intern(event.desk),
        event.owner_manager_id,
        event.created_by,
        managers_of(event),
    )


def record_of(
    document: bytes, event: Event | None = None, managers: tuple[int, ...] = ()
) -> Record:
    """The stored event of a document; `event` and its `managers`: if they are known already."""
    event = event or _decode_event(document)
    return Record(
        sys.intern(event.brand),
        sys.intern(event.desk),
        event.owner_manager_id,
        event.created_by,
        managers or managers_of(event),
        document,
    )


def index_row(event: Event, default_timezone: str = UTC) -> IndexRow:
    """`index_values` as a struct."""
    return IndexRow(*index_values(event, default_timezone))


def index_values(
    event: Event, default_timezone: str = UTC
) -> tuple[int, str, str, int, int, int, int, tuple[int, ...]]:
    """The one derivation of the fields of `IndexRow` from an event, in their order.

    `default_timezone`: of all-day events that name no zone.
    """
    start_time, end_time = span_of(event, default_timezone)
    return (
        event.id,
        event.brand,
        event.desk,
        duration_class(end_time - start_time),
        start_time,
        end_time,
        due_before(event, end_time),
        managers_of(event),
    )


def duration_class(duration_sec: int) -> int:
    """0 to 3: within a class a range has to look back by no more than the class's limit."""
    return bisect.bisect_left(DURATION_LIMITS_SEC, duration_sec)


def wire_safe(text: bytes) -> bytes:
    r"""Compact JSON text with other than printable ASCII, and `'`, `]`, `}` in strings, as \uXXXX.

    Source: contract, section 1.
    """
    if _is_plain(text):
        return text
    return _STRING.sub(_safe_string, text.decode()).encode("ascii")


def _is_plain(text: bytes) -> bool:
    """Whether `text` needs no escapes: each string leaves its two quotes side by side."""
    marks = text.translate(None, _ORDINARY).replace(b'""', b"")
    return not marks.translate(None, b"]}")


def _safe_string(match: re.Match[str]) -> str:
    text = match[0]
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    return text if text.isascii() else _NON_ASCII.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return _to_ascii(match[0])[1:-1]


def canonical_ast(sent: Raw, max_depth: int = MAX_DEPTH) -> Raw:
    """`ast_json` as it is stored: compact and safe to send; keys, numbers and nesting untouched.

    Raises: InvalidField if it is no object, array, string or null, too long, too deep, or holds
    what no client could read (a lone surrogate, a number beyond the range of a double).
    Source: seed 001, "Validation"; contract, section 4.
    """
    text = bytes(sent).strip()
    if text[:1] not in (b"{", b"[", b'"', b"n"):
        raise InvalidField(
            "ast_json is a number or a boolean; it can be an object, an array, a string or null",
            field="ast_json",
        )
    if len(text) > MAX_AST_BYTES:
        raise InvalidField(
            f"ast_json has {len(text)} bytes; at most {MAX_AST_BYTES} are allowed", field="ast_json"
        )
    if deeper_than(text, max_depth):
        raise InvalidField(
            f"ast_json is nested more than {max_depth} levels deep", field="ast_json"
        )
    _check_readable(text)
    return Raw(wire_safe(msgspec.json.format(text, indent=-1)))


def _check_readable(text: bytes) -> None:
    """Refuses numbers and strings that other JSON parsers cannot read."""
    try:
        msgspec.json.decode(text)
        if len(text) >= _LONG and _LONG_INTEGER.search(text):
            json.loads(text, parse_int=_double)
    except ValueError as exc:
        raise InvalidField(
            "ast_json holds a lone surrogate or a number beyond the range of a double, "
            "which no client could read back",
            field="ast_json",
        ) from exc


def _double(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("integer beyond the range of a double")
    return number


def _brackets_of(text: bytes) -> bytes:
    """The brackets of `text` outside strings, all of them square.

    Where no quote is escaped and no string holds a bracket, as in most texts, that takes a tenth of
    the time of looking at each string.
    """
    if b'\\"' not in text:
        marks = text.translate(_ONE_KIND, _NO_MARKS).replace(b'""', b"")
        if b'"' not in marks:
            return marks
    return _STRING_BYTES.sub(b"", text).translate(_ONE_KIND, _NO_BRACKETS)


def deeper_than(text: bytes, limit: int) -> bool:
    """Whether arrays and objects nest more than `limit` levels in `text` (JSON, balanced)."""
    if text.count(b"[") + text.count(b"{") <= limit:
        return False
    brackets = _brackets_of(text)
    run = b"[" * (limit + 1)
    for _ in range(limit):
        if not brackets:
            return False
        if run in brackets:
            return True
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
