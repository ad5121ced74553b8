"""A large iCalendar file in parts that each fit one message, all components of a UID together.

The file is read twice; between the reads only the places of its components are kept.
"""

from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

MAX_ZONE_BYTES = 256 * 1024
"""Of the VTIMEZONEs, which every part carries."""
MAX_LINE_BYTES = 1024 * 1024
_HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
_TAIL = b"END:VCALENDAR\r\n"


class _Place(Struct):
    """One component of the file."""

    start: int
    line: int
    stop: int = 0
    uid: bytes = b""


class FilePart(Struct, frozen=True):
    """A calendar of its own."""

    text: bytes
    done_bytes: int
    """Of the file's components, those of this part and of all before it."""
    lines: list[tuple[int, int]]
    """Where a component begins: line of the part, line of the file."""

    def line_of(self, line: int) -> int:
        """The line of the file that is `line` of the part."""
        found = [(part, whole) for part, whole in self.lines if part <= line]
        if not found:
            return line
        part, whole = found[-1]
        return whole + line - part


class Places(Struct):
    """What a file holds: components by UID, and the text of its zones."""

    by_uid: dict[bytes, list[_Place]]
    zones: bytes
    total_bytes: int
    is_calendar: bool


def find_places(file: BinaryIO) -> Places:
    """Reads the file once. A component that is cut goes to its end."""
    by_uid: dict[bytes, list[_Place]] = {}
    zones: list[bytes] = []
    found = Places(by_uid, b"", 0, False)
    place: _Place | None = None
    name, at, is_uid = b"", file.tell(), False
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES), b""), 1):
        word = line.strip().upper()
        if place is None and word.startswith(b"BEGIN:"):
            found.is_calendar = found.is_calendar or word == b"BEGIN:VCALENDAR"
            if word != b"BEGIN:VCALENDAR":
                place, name = _Place(at, number), word.removeprefix(b"BEGIN:")
        elif place is not None:
            is_uid = _read_uid(place, line, is_uid)
        at += len(line)
        if name == b"VTIMEZONE" and sum(map(len, zones)) < MAX_ZONE_BYTES:
            zones.append(line)
        if place is not None and word == b"END:" + name:
            _keep(found, place, name, at)
            place, name = None, b""
    if place is not None:
        _keep(found, place, name, at)
    found.zones = b"".join(zones)
    return found


def _read_uid(place: _Place, line: bytes, is_uid: bool) -> bool:
    """Whether the line is the UID, or goes on with it."""
    if is_uid and line[:1] in (b" ", b"\t"):
        place.uid += line[1:].rstrip(b"\r\n")
        return True
    if not place.uid and line[:4].upper() in (b"UID:", b"UID;"):
        place.uid = line.partition(b":")[2].rstrip(b"\r\n")
        return True
    return False


def _keep(found: Places, place: _Place, name: bytes, stop: int) -> None:
    if name == b"VTIMEZONE":
        return
    place.stop = stop
    found.total_bytes += stop - place.start
    found.by_uid.setdefault(place.uid or b"%d" % place.start, []).append(place)


def parts_of(file: BinaryIO, places: Places, max_bytes: int) -> Iterator[FilePart]:
    """The parts, none much larger than `max_bytes` unless one UID alone is."""
    pieces: list[bytes] = []
    lines: list[tuple[int, int]] = []
    size = done = 0
    head = _HEAD + places.zones
    line = head.count(b"\n") + 1
    for group in places.by_uid.values():
        length = sum(place.stop - place.start for place in group)
        if pieces and size + length > max_bytes:
            yield FilePart(b"".join((head, *pieces, _TAIL)), done, lines)
            pieces, lines, size, line = [], [], 0, head.count(b"\n") + 1
        for place in group:
            file.seek(place.start)
            text = file.read(place.stop - place.start)
            lines.append((line, place.line))
            pieces.append(text if text.endswith(b"\n") else text + b"\r\n")
            line += pieces[-1].count(b"\n")
        size, done = size + length, done + length
    if pieces:
        yield FilePart(b"".join((head, *pieces, _TAIL)), done, lines)
