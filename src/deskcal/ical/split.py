"""A large iCalendar file in parts that each fit one message, all components of a UID together.

The file is read twice; between the reads only the places of its components are kept, in some 30
bytes each. Of a property that is longer than what is kept of it the rest is not handed on.
"""

import hashlib
from array import array
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

MAX_ZONE_BYTES = 256 * 1024
"""Of the VTIMEZONEs, which every part carries."""
MAX_HEAD_BYTES = 4 * 1024
"""Of the lines of X-WR-TIMEZONE, which every part carries."""
MAX_PROPERTY_BYTES = 32 * 1024
"""Of one property, with its line ends; more than is kept of what deskcal has no field for."""
MAX_TEXT_BYTES = 256 * 1024
"""Of a DESCRIPTION; more than is kept of it."""
_PIECE_BYTES = 16 * 1024
"""Of a line that is read at once."""
_HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
_TAIL = b"END:VCALENDAR\r\n"
_NONE = 0xFFFF_FFFF
"""In place of the number of a component."""


class FilePart(Struct, frozen=True):
    """A calendar of its own."""

    text: bytes
    done_bytes: int
    """Of the file's components, those of this part and of all before it."""
    uids: int
    """How many it has."""
    lines: list[tuple[int, int]]
    """Where consecutive lines begin: line of the part, line of the file."""

    def line_of(self, line: int) -> int:
        """The line of the file that is `line` of the part."""
        found = [(part, whole) for part, whole in self.lines if part <= line]
        if not found:
            return line
        part, whole = found[-1]
        return whole + line - part


class Places(Struct):
    """What a file holds: where its components are, and the text of its zones."""

    starts: "array[int]"
    stops: "array[int]"
    lines: "array[int]"
    firsts: bytearray
    """1 for a component that is the first of its UID."""
    following: "array[int]"
    """The number of the next component with the UID; `_NONE`: it is the last."""
    head: bytes
    """X-WR-TIMEZONE of the calendar; empty: it has none."""
    zones: bytes
    total_bytes: int
    is_calendar: bool

    def groups(self) -> Iterator[list[int]]:
        """The numbers of the components of each UID, in the order of the file."""
        for number, is_first in enumerate(self.firsts):
            if is_first:
                group = [number]
                while (following := self.following[group[-1]]) != _NONE:
                    group.append(following)
                yield group


class _Line(Struct, frozen=True):
    """A line, or a piece of a long one."""

    text: bytes
    number: int
    """In the file; the first is 1."""
    is_start: bool
    """Whether it begins a line."""

    @property
    def is_property(self) -> bool:
        """Whether it begins a content line. Source: RFC 5545, 3.1."""
        return self.is_start and self.text[:1] not in (b" ", b"\t")


def _read_lines(file: BinaryIO, number: int, length: int) -> Iterator[_Line]:
    """The lines of the next `length` bytes, of which the first is line `number`; 0: all."""
    is_start = True
    left = length
    while text := file.readline(min(_PIECE_BYTES, left) if length else _PIECE_BYTES):
        yield _Line(text, number, is_start)
        is_start = text.endswith(b"\n")
        number += is_start
        left -= len(text)
        if length and left <= 0:
            return


class _Finder:
    """Finds the components of a file."""

    def __init__(self) -> None:
        self.starts, self.stops, self.lines = array("Q"), array("Q"), array("Q")
        self.is_calendar = False
        self.total_bytes = 0
        self._head = b""
        self._is_head = False
        self._zones: list[bytes] = []
        self._zone_bytes = 0
        self._keys = array("Q")
        self._name = b""
        """Of the component that has begun; empty: none has."""
        self._start = self._line = 0
        self._uid = b""
        self._is_uid = False

    def add(self, line: _Line, at: int) -> None:
        """Takes the next line, which begins at the byte `at`."""
        word = line.text.strip().upper() if line.is_start else b""
        if not self._name and word.startswith(b"BEGIN:"):
            self.is_calendar = self.is_calendar or word == b"BEGIN:VCALENDAR"
            if word != b"BEGIN:VCALENDAR":
                self._name, self._start, self._line = word[6:], at, line.number
                self._uid, self._is_uid = b"", False
        elif self._name:
            self._read_uid(line)
        else:
            self._read_head(line)
        if self._name == b"VTIMEZONE" and self._zone_bytes < MAX_ZONE_BYTES:
            self._zones.append(line.text)
            self._zone_bytes += len(line.text)
        if self._name and word == b"END:" + self._name:
            self.close(at + len(line.text))

    def close(self, stop: int) -> None:
        """Ends the component that has begun, if one has."""
        if self._name not in (b"", b"VTIMEZONE"):
            uid = self._uid or b"%d" % self._start
            key = int.from_bytes(hashlib.blake2b(uid, digest_size=4).digest(), "big")
            # Two UIDs of one key go into the same part, which does no harm.
            self._keys.append(key << 32 | len(self.starts))
            self.starts.append(self._start)
            self.stops.append(stop)
            self.lines.append(self._line)
            self.total_bytes += stop - self._start
        self._name = b""

    def _read_head(self, line: _Line) -> None:
        """Takes a line of the calendar itself."""
        if line.is_property:
            self._is_head = line.text[:14].upper() in (b"X-WR-TIMEZONE:", b"X-WR-TIMEZONE;")
        self._is_head &= len(self._head) + len(line.text) <= MAX_HEAD_BYTES
        if self._is_head:
            self._head += line.text.rstrip(b"\r\n") + b"\r\n"

    def _read_uid(self, line: _Line) -> None:
        if self._is_uid and not line.is_property:
            text = line.text[1:] if line.is_start else line.text
            self._uid = (self._uid + text.rstrip(b"\r\n"))[:_PIECE_BYTES]
            return
        self._is_uid = not self._uid and line.text[:4].upper() in (b"UID:", b"UID;")
        if self._is_uid:
            self._uid = line.text.partition(b":")[2].rstrip(b"\r\n")

    def places(self) -> Places:
        """What was found."""
        keys = array("Q", sorted(self._keys))
        firsts = bytearray(len(keys))
        following = array("I", [_NONE]) * len(keys)
        previous = -1
        for key in keys:
            if previous >> 32 == key >> 32:
                following[previous & _NONE] = key & _NONE
            else:
                firsts[key & _NONE] = 1
            previous = key
        return Places(
            self.starts,
            self.stops,
            self.lines,
            firsts,
            following,
            self._head,
            b"".join(self._zones),
            self.total_bytes,
            self.is_calendar,
        )


def find_places(file: BinaryIO) -> Places:
    """Reads the file once. A component that is cut goes to its end."""
    finder = _Finder()
    at = 0
    for line in _read_lines(file, 1, 0):
        finder.add(line, at)
        at += len(line.text)
    finder.close(at)
    return finder.places()


class _Part:
    """The part that is being made."""

    def __init__(self, head: bytes) -> None:
        self._head = _HEAD + head
        self.clear()

    def clear(self) -> None:
        """Begins the next part."""
        self._pieces = [self._head]
        self._line = self._head.count(b"\n") + 1
        self._lines: list[tuple[int, int]] = []
        self.uids = 0

    def add(self, file: BinaryIO, number: int, length: int) -> None:
        """Adds the component that begins with the line `number`, of `length` bytes."""
        if length > MAX_PROPERTY_BYTES:
            self._add_long(_read_lines(file, number, length))
            return
        text = file.read(length)
        self._lines.append((self._line, number))
        self._pieces.append(text)
        self._line += text.count(b"\n")
        self._end_line(text.endswith(b"\n"))

    def _add_long(self, lines: Iterator[_Line]) -> None:
        """Without what its properties are too long by."""
        size = most = 0
        is_gap, is_ended = True, True
        for line in lines:
            if line.is_property:
                size, most = 0, _most(line.text)
            size += len(line.text)
            if size > most:
                is_gap = True
                continue
            if line.is_start:
                self._end_line(is_ended)
                if is_gap:
                    self._lines.append((self._line, line.number))
                is_gap = False
            self._pieces.append(line.text)
            is_ended = line.text.endswith(b"\n")
            self._line += is_ended
        self._end_line(is_ended)

    def _end_line(self, is_ended: bool) -> None:
        if not is_ended:
            self._pieces.append(b"\r\n")
            self._line += 1

    def made(self, done_bytes: int) -> FilePart:
        """The part."""
        return FilePart(b"".join((*self._pieces, _TAIL)), done_bytes, self.uids, self._lines)


def _most(line: bytes) -> int:
    """How many bytes are handed on of the property that begins with the line."""
    is_text = line[:12].upper().startswith((b"DESCRIPTION:", b"DESCRIPTION;"))
    return MAX_TEXT_BYTES if is_text else MAX_PROPERTY_BYTES


def parts_of(file: BinaryIO, places: Places, max_bytes: int) -> Iterator[FilePart]:
    """The parts, none much larger than `max_bytes` unless one UID alone is."""
    part = _Part(places.head + places.zones)
    size = done = 0
    for group in places.groups():
        length = sum(places.stops[number] - places.starts[number] for number in group)
        if part.uids and size + length > max_bytes:
            yield part.made(done)
            part.clear()
            size = 0
        for number in group:
            start = places.starts[number]
            file.seek(start)
            part.add(file, places.lines[number], places.stops[number] - start)
        part.uids += 1
        size, done = size + length, done + length
    if part.uids:
        yield part.made(done)
